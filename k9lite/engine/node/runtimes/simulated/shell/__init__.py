"""The small shell of simulated containers: a lexer, a parser, an evaluator, and the commands of a busybox."""
