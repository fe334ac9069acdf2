"""A row of a file on its way to its table."""

import msgspec

from ferry.files.entries import Entry


class Prepared[T](msgspec.Struct, frozen=True):
    """A row that keeps the rules, ready to be written.

    Attributes:
        entry: where it comes from.
        row: what the landing writes.
        size: bytes that it holds, about.

    """

    entry: Entry
    row: T
    size: int
