"""`ferry`, the command line. docs/cli.md shows it."""
