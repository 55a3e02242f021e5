"""The command line: one module a command. Knows nothing that the packages below it do not."""
