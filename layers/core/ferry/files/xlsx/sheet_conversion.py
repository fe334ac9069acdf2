"""Converts the cells of a sheet's rows; what is a number or a date there is not read anew. Pure."""

from ferry.files.entries import Layout
from ferry.files.xlsx.sheet_lines import TEXT, SheetRow
from ferry.tables.rows import Refused

type _Cells = list[str | None]


class SheetConversion:
    """The conversion of a sheet's rows, and the cells that are added to them."""

    def __init__(self, layout: Layout) -> None:
        self._added = layout.added
        self._width = layout.added + len(layout.columns)
        self._converters = layout.converters
        self._made = layout.made

    def cells(self, row: SheetRow) -> _Cells:
        """Return the row's cells, converted; as many as its sheet has columns."""
        cells = self._padded(row)
        for place, conversion in self._converters:
            at = self._added + place
            if cell := cells[at]:
                convert = conversion.cell if row.kinds[at] == TEXT else conversion.value
                cells[at] = convert(cell)
        return cells

    def made(self, row: SheetRow) -> dict[str, str | None]:
        """Return the cells that are added to a row, by column."""
        cells = self._padded(row)[self._added :]
        return {made.name: made.cell([cells[at] for at in made.places]) for made in self._made}

    def row(self, row: SheetRow) -> _Cells:
        """Return the cells of `Layout.row_columns`, none where one of them is refused."""
        cells = [*self.cells(row)[self._added :], *self.made(row).values()]
        return [] if any(type(cell) is Refused for cell in cells) else cells

    def _padded(self, row: SheetRow) -> _Cells:
        return row.cells + [None] * (self._width - len(row.cells))
