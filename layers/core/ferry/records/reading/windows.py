"""Parts of a table's rows."""

import msgspec

from ferry.records.reading.row_filter import RowFilter
from ferry.tables.records import first_order

_BEHIND_ALL = "~"


class Window(msgspec.Struct, frozen=True):
    """A part of a table's rows by creation second: [start, end), None for an open end.

    Only rows after the order key `after` and before the order key `before` belong to it, "" for
    all; and only those that `filter` admits.
    """

    start: int | None = None
    end: int | None = None
    after: str = ""
    before: str = ""
    filter: RowFilter | None = None

    @property
    def bounds(self) -> tuple[str, str]:
        """The least and the greatest order key of the window."""
        # A key with one more digit lies between that key and the next.
        low = self.after + "0" if self.after else first_order(self.start or 0)
        high = first_order(self.end) if self.end is not None else _BEHIND_ALL
        if self.before:  # lower the last digit by one: "g" lies behind every id of that beginning
            high = f"{self.before[:-1]}{chr(ord(self.before[-1]) - 1)}g"
        return low, high


EVERYTHING = Window()
