"""awk, as POSIX has it: a lexer, a parser, and what runs the program record by record."""
