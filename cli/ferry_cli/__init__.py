"""`ferry`, the command line. docs/cli.md shows it."""

VERSION = "0.1.0"
"""That of the service that it was released with."""
