"""How the process that reads a Parquet file ends. Pure."""

from enum import IntEnum


class ExitCode(IntEnum):
    """Its exit code; a signal that ended it is a negative number."""

    READ = 0
    REFUSED = 3
    """The last line of its errors says why."""
    TOO_LARGE = 4
    """The memory was not enough."""
