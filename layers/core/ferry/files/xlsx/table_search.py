"""Finds the table in a workbook: the sheet, and the row that names the columns. Pure.

A workbook may begin with a sheet of instructions, and a sheet with a title. What is found is said
to the user, who can name the sheet and the row instead.
"""

from collections.abc import Iterator
from itertools import chain, islice

import msgspec

from ferry.errors import InvalidFile
from ferry.files.xlsx.sheet_lines import SheetRow
from ferry.tables.values import shown

_ROWS_SEARCHED = 50
_INVISIBLE = "\ufeff\u200b\u200c\u200d\u2060"
_NAMES_SHOWN = 20


class WantedTable(msgspec.Struct, frozen=True):
    """The table that is searched for in a workbook.

    Attributes:
        columns: names of the table's columns; none where the first row will do.
        sheet: the name or the number of the sheet, "" for the first that has a table.
        header_row: the number of the row that names the columns, 0 for the first that does.

    """

    columns: frozenset[str] = frozenset()
    sheet: str = ""
    header_row: int = 0


class Sheet(msgspec.Struct, frozen=True):
    """A sheet with cells: its name, its number among all of them, and its rows."""

    name: str
    number: int
    rows: Iterator[SheetRow]


class FoundTable(msgspec.Struct, frozen=True):
    """A table.

    Attributes:
        sheet: the name of its sheet.
        header_row: the number of the row that names the columns.
        rows: that row, and those behind it.

    """

    sheet: str
    header_row: int
    rows: Iterator[SheetRow]


def find_table(sheets: Iterator[Sheet], wanted: WantedTable) -> FoundTable:
    """Return the table of the first sheet that has one.

    A row that names two columns, or nothing but columns, makes a table; where no sheet has such a
    row, one that names a column among other things.

    Raises:
        InvalidFile: there is none.

    """
    names = frozenset(map(_loose, wanted.columns))
    doubtful: FoundTable | None = None
    seen: list[tuple[str, SheetRow]] = []
    for sheet in sheets:
        first = list(islice(_from(sheet.rows, wanted.header_row), _ROWS_SEARCHED))
        if not first:
            continue
        seen.append((sheet.name, first[0]))
        searched = first[:1] if wanted.header_row else first
        # Of equal rows the first: the names stand above the values, which may repeat one of them.
        # Without names, the first of the rows with most cells: titles have fewer.
        best = max(searched, key=lambda row: _score(row, names)[0] if names else _filled(row))
        matches, certain = _score(best, names)
        if matches or not names:
            # The rows that were searched have left the iterator, and belong to the table all the
            # same.
            rows = chain(first[first.index(best) :], sheet.rows)
            found = FoundTable(sheet.name, best.number, rows)
            if certain or not names:
                return found
            # One matching cell may be chance, such as a title that equals a column's name. A later
            # sheet with a certain header is preferred.
            doubtful = doubtful or found
    if doubtful:
        return doubtful
    raise InvalidFile(_none_found(seen, wanted))


def _from(rows: Iterator[SheetRow], header_row: int) -> Iterator[SheetRow]:
    if not header_row:
        return rows
    found = (row for row in rows if row.number >= header_row)
    first = next(found, None)
    return chain([first], found) if first and first.number == header_row else iter(())


def _score(row: SheetRow, names: frozenset[str]) -> tuple[int, bool]:
    """Return the number of columns that the row names, and whether it can only be a header."""
    cells = [_loose(cell) for cell in row.cells if cell]
    matches = len(names.intersection(cells))
    return matches, matches > 1 or matches == len(cells) > 0


def _filled(row: SheetRow) -> int:
    return sum(map(bool, row.cells))


def _loose(name: str) -> str:
    return name.strip().strip(_INVISIBLE).strip().casefold()


def _none_found(seen: list[tuple[str, SheetRow]], wanted: WantedTable) -> str:
    where = f"row {wanted.header_row} of it" if wanted.header_row else "it"
    if not seen:
        return f"the sheet is empty, or {where} is" if wanted.sheet else "its sheets are empty"
    name, row = seen[0]
    reads = shown(", ".join(cell or "" for cell in row.cells[:_NAMES_SHOWN]))
    table = ", ".join(sorted(wanted.columns)[:_NAMES_SHOWN])
    others = f" (of {len(seen)} sheets)" if len(seen) > 1 else ""
    return (
        f"no row of a sheet names columns of the table; row {row.number} of {shown(name)}{others} "
        f"reads {reads}, the table has {table}; sheet= and header_row= say where the names stand"
    )
