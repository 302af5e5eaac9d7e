"""The command line, one file per command. The only package that knows both the dashboard and the engine."""
