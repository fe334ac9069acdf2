"""Converts the cells of many rows, column by column. Pure."""

from collections.abc import Sequence
from typing import Any

from ferry.files.csv.made_columns import MadeColumn
from ferry.files.entries import Layout
from ferry.tables.rows import Refused

type _Column = Sequence[str | None]


class BulkConversion:
    """The conversion of a file's rows, and the cells that are added to them."""

    def __init__(self, layout: Layout) -> None:
        self._width = len(layout.columns)
        self._converters = layout.converters
        self._made = layout.made
        self._values = sorted(layout.value_places)

    def rows(self, rows: list[Any]) -> list[Any]:
        """Return the rows with their cells converted, see `Layout.row_columns`.

        A row that is refused, does not fit the header or has no value is one without cells: the
        careful reader says why.
        """
        fitting = [at for at, row in enumerate(rows) if len(row) == self._width]
        if not fitting:
            return [[]] * len(rows)
        given = rows if len(fitting) == len(rows) else [rows[at] for at in fitting]
        converted = self._converted(list(zip(*given, strict=True)))
        if given is rows:
            return converted
        made: list[Any] = [[]] * len(rows)
        for at, row in zip(fitting, converted, strict=True):
            made[at] = row
        return made

    def _converted(self, columns: list[_Column]) -> list[Any]:
        count = len(columns[0])
        refused = self._without_value(columns) if self._made else set()
        added = [_made(made, columns, count) for made in self._made]
        for place, conversion in self._converters:
            columns[place] = conversion.column(columns[place])
            refused |= _refused(columns[place])
        for column in added:
            refused |= _refused(column)
        rows: list[Any] = list(zip(*columns, *added, strict=True))
        for at in refused:
            rows[at] = []
        return rows

    def _without_value(self, columns: list[_Column]) -> set[int]:
        """Return the rows whose cells are all empty; a constant is no value of the row's."""
        values = [columns[place] for place in self._values]
        if not all(None in column for column in values):
            return set()
        cells = zip(*values, strict=True)
        return {at for at, row in enumerate(cells) if row.count(None) == len(row)}


def _made(made: MadeColumn, columns: list[_Column], count: int) -> _Column:
    if not made.places:
        return [made.cell(())] * count
    return [made.cell(parts) for parts in zip(*(columns[at] for at in made.places), strict=True)]


def _refused(cells: _Column) -> set[int]:
    if Refused not in set(map(type, cells)):
        return set()
    return {at for at, cell in enumerate(cells) if type(cell) is Refused}
