"""The dialect of a CSV file: its delimiter and its quote. Pure."""

import msgspec

NO_QUOTE = "\0"
"""Stands for no quote at all: no row that holds NUL is imported anyway."""

_NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "pipes"}


class Dialect(msgspec.Struct, frozen=True):
    """A dialect of delimited text.

    Attributes:
        delimiter: stands between two cells; one ASCII character.
        quote: stands around a cell that holds a delimiter, a newline or a quote, which is doubled.
        comment: lines that begin with it are no rows, "" for no such lines.

    """

    delimiter: str = ","
    quote: str = '"'
    comment: str = ""

    @property
    def delimiter_name(self) -> str:
        """The delimiter's English name, in the plural."""
        return _NAMES.get(self.delimiter, f"“{self.delimiter}”")


COMMAS = Dialect()
"""RFC 4180."""

TABS = Dialect("\t")
"""As spreadsheets write ``.tsv`` files: quoted as CSV files are."""

USUAL = (",", ";", "\t", "|")
"""Delimiters that are detected, the likelier first."""
