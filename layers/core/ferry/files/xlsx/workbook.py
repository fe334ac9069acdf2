"""Reads a table of an Excel workbook (ECMA-376) as lines, row by row.

Our own reader, on zipfile and expat: decision 160 has the figures. Those that can be had hold the
sheet or its texts in memory, and give neither number formats nor errors. Here the texts lie on
disk and a row at a time is held; document types, and with them entities, are refused.
"""

from array import array
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import BinaryIO
from xml.parsers.expat import ExpatError
from zipfile import BadZipFile
from zlib import error as ZlibError  # noqa: N812 - it is an exception

import msgspec

from ferry.errors import InvalidFile
from ferry.files.ods.spreadsheet import CONTENT, Spreadsheet
from ferry.files.unpacking import Allowance
from ferry.files.xlsx.cell_texts import CellTexts
from ferry.files.xlsx.packaging import Package
from ferry.files.xlsx.row_building import RowBuilder
from ferry.files.xlsx.row_parsing import SharedTexts, SheetRows
from ferry.files.xlsx.row_patterns import items, shared_texts, sheet_rows
from ferry.files.xlsx.sheet_lines import FoundLine, SheetRow
from ferry.files.xlsx.table_search import Sheet, WantedTable, find_table
from ferry.files.xlsx.workbook_xml import Relations, Styles, Tab, WorkbookPart, parse
from ferry.tables.values import shown

_MOST_TEXTS = 4_000_000
_MOST_CACHED, _MOST_CACHED_BYTES = 8192, 16 * 1024 * 1024
_LISTED = 20
_MOST_DIGITS = 4
_BROKEN = (
    BadZipFile,
    ZlibError,
    ExpatError,
    EOFError,
    LookupError,
    NotImplementedError,
    OverflowError,
    RecursionError,
    RuntimeError,
    ValueError,
)
"""Exceptions of zipfile, zlib and expat over a damaged or an encrypted file."""


def row_lines(
    blocks: Iterable[bytes],
    scratch: Callable[[], BinaryIO],
    allowance: Allowance,
    wanted: WantedTable = WantedTable(),  # noqa: B008 - it is frozen
    on_block: Callable[[], object] = lambda: None,
) -> Iterator[bytes]:
    """Yield a line that locates the table (`FoundLine`), then one line a row (`SheetRow`).

    Cells are as a CSV file has them: dates in ISO 8601, whole numbers without a point, the values
    of formulas. Empty rows are left out.

    Args:
        blocks: the file.
        scratch: opens a file on disk that is gone when closed.
        allowance: how much may come out of the file.
        wanted: which table.
        on_block: called for every block that is read, also where no line comes of it.

    Raises:
        InvalidFile: it is no workbook, has no such table, is damaged, or exceeds the allowance.

    """
    with scratch() as packed, scratch() as texts:
        size = 0
        for block in blocks:
            # On disk first: a zip file is read from its end, so it cannot be parsed as it streams
            # in.
            size += packed.write(block)
            on_block()
        try:
            for line in _lines(Package(packed, size, allowance, on_block), texts, wanted):
                # A text that many cells share comes out as often.
                allowance.spend(len(line), packed=size)
                yield line
        except _BROKEN as error:
            raise InvalidFile(f"the workbook is damaged, or no .xlsx file ({error})") from error


def _lines(package: Package, scratch: BinaryIO, wanted: WantedTable) -> Iterator[bytes]:
    book = Spreadsheet(package) if CONTENT in package else _Book(package, scratch)
    found = find_table(book.sheets(wanted.sheet), wanted)
    yield _ENCODER.encode(FoundLine(found.sheet, found.header_row)) + b"\n"
    for row in found.rows:
        yield _ENCODER.encode(row) + b"\n"


class _Book:
    """A workbook's sheets."""

    def __init__(self, package: Package, scratch: BinaryIO) -> None:
        main = package.related("").of_type("officeDocument") or "xl/workbook.xml"
        book, styles = WorkbookPart(), Styles()
        if kind := package.other_kind():
            raise InvalidFile(f"the file is {kind}; save it as Excel Workbook (.xlsx)")
        _parse(package.blocks(main), book)
        self._package = package
        self._tabs = book.tabs
        self._related = package.related(main)
        _parse(package.optional(self._related.of_type("styles") or "xl/styles.xml"), styles)
        shared = package.optional(self._related.of_type("sharedStrings") or "xl/sharedStrings.xml")
        self._shared = _Texts(scratch, shared)
        self._texts = CellTexts(self._shared.text, styles.formats, since_1904=book.since_1904)

    def sheets(self, name: str) -> Iterator[Sheet]:
        """Yield the sheet of that name or number, or all with cells that are not hidden.

        Raises:
            InvalidFile: there is none.

        """
        tabs = list(enumerate(self._tabs, start=1))
        chosen = [found for found in tabs if self._has_cells(found[1]) and found[1].visible]
        if name:
            # A sheet that is named may be hidden: the caller knows what they ask for.
            chosen = [_named(name, tabs)]
            if not self._has_cells(chosen[0][1]):
                raise InvalidFile(f"the sheet {shown(chosen[0][1].name)} has no cells")
        if not chosen:
            raise InvalidFile("the workbook has no sheet with cells")
        for number, tab in chosen:
            yield Sheet(tab.name, number, self._rows(self._related.targets[tab.relation]))

    def _has_cells(self, tab: Tab) -> bool:
        return self._related.is_of(tab.relation, "worksheet")

    def _rows(self, part: str) -> Iterator[SheetRow]:
        builder = RowBuilder(self._texts, self._shared.longest)
        blocks = self._package.blocks(part)
        return items(blocks, b"</row>", SheetRows(builder), sheet_rows(builder))


class _Texts:
    """The texts that cells share: on disk, but for where each begins."""

    def __init__(self, file: BinaryIO, blocks: Iterable[bytes]) -> None:
        self._file = file
        self._ends = array("Q", [0])
        self.longest = 0
        for text in items(blocks, b"</si>", SharedTexts(), shared_texts):
            size = file.write(text.encode(errors="replace"))
            self._ends.append(self._ends[-1] + size)
            self.longest = max(self.longest, size)
            # Eight bytes of memory for each text, however short: the count is bounded, not only
            # the bytes.
            if len(self._ends) > _MOST_TEXTS:
                raise InvalidFile(f"it holds more than {_MOST_TEXTS:,} texts; save it as CSV")
        # By the longest text: 8,192 texts of 32 KB would be 256 MB.
        cached = min(_MOST_CACHED, _MOST_CACHED_BYTES // max(self.longest, 1))
        self.text = lru_cache(cached)(self._text)

    def _text(self, number: int) -> str | None:
        """Return a text, None if there is none of that number."""
        if number >= len(self._ends) - 1:
            return None
        start, end = self._ends[number], self._ends[number + 1]
        self._file.seek(start)
        return self._file.read(end - start).decode()


def _parse(blocks: Iterable[bytes], handlers: WorkbookPart | Styles | Relations) -> None:
    for _ in parse(blocks, handlers):
        pass


def _named(name: str, tabs: list[tuple[int, Tab]]) -> tuple[int, Tab]:
    for found in tabs:
        if found[1].name.strip().casefold() == name.strip().casefold():
            return found
    number = int(name) if name.isdecimal() and len(name) <= _MOST_DIGITS else 0
    if 0 < number <= len(tabs):
        return tabs[number - 1]
    names = ", ".join(f"{number} {shown(tab.name)}" for number, tab in tabs[:_LISTED])
    raise InvalidFile(f"the workbook has no sheet {shown(name)}; its sheets are {names}")


_ENCODER = msgspec.json.Encoder()
