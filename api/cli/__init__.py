"""Command line: one module per command. Uses only what the packages below it offer."""
