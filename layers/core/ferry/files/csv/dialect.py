"""How the cells of a line are told apart: the delimiter and the quote of a file. Pure."""

import msgspec


class Dialect(msgspec.Struct, frozen=True):
    """A dialect of delimited text; each of the two is one ASCII character.

    Attributes:
        delimiter: stands between two cells.
        quote: stands around a cell that holds a delimiter, a newline or a quote, which is doubled.

    """

    delimiter: str = ","
    quote: str = '"'


COMMAS = Dialect()
"""RFC 4180."""

TABS = Dialect("\t")
"""As spreadsheets write ``.tsv`` files: quoted as CSV files are."""
