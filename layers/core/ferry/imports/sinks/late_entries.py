"""Entries of a bulk that are read with care only when somebody asks for one."""

from collections.abc import Callable
from typing import Any

from ferry.files.bulks import Bulk
from ferry.files.entries import Entry, Layout
from ferry.files.format import Format


class LateEntry:
    """A record of a bulk, of which no more than its place is known.

    Attributes:
        number: as `Entry.number`.

    """

    __slots__ = ("_entries", "_place", "number")

    def __init__(self, entries: "_BulkEntries", place: int) -> None:
        self.number = entries.first + place
        self._entries = entries
        self._place = place

    def read(self) -> Entry:
        """Return the entry."""
        return self._entries.read()[self._place]

    def cells(self) -> dict[str, Any]:
        """Return its cells, as `Entry.cells` has them."""
        return self._entries.cells(self._place)


def late_entries(bulk: Bulk, file_format: Format, layout: Layout) -> list[LateEntry]:
    """Return the entries of a bulk's rows."""
    entries = _BulkEntries(bulk, file_format, layout)
    return [LateEntry(entries, place) for place in range(len(bulk.rows))]


def first_line(bulk: Bulk) -> int | None:
    """Return the line of a bulk's first record, if each record is one line and none is blank."""
    text = bulk.text.lstrip(b"\r\n")
    before = bulk.text.count(b"\n", 0, len(bulk.text) - len(text))
    return bulk.start.line + before if text.count(b"\n") + 1 == len(bulk.rows) else None


def settled(entry: Entry | LateEntry) -> Entry:
    """Return the entry itself."""
    return entry.read() if isinstance(entry, LateEntry) else entry


class _BulkEntries:
    """The entries of one bulk, read all at once: its text is split from its beginning."""

    def __init__(self, bulk: Bulk, file_format: Format, layout: Layout) -> None:
        self.first = bulk.start.number + 1
        self._bulk = bulk
        self._layout = layout
        self._format = file_format
        self._entries: list[Entry] = []

    def read(self) -> list[Entry]:
        bulk = self._bulk
        if not self._entries:
            self._entries = list(self._format.read([bulk.text], self._layout, bulk.start))
        return self._entries

    def cells(self, place: int) -> dict[str, Any]:
        if not self._format.has_heads:
            return self.read()[place].cells
        named = zip(self._layout.row_columns, self._bulk.rows[place], strict=True)
        return {name: cell for name, cell in named if name}


type CellsOf = Callable[[], dict[str, Any]]
