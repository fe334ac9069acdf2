"""The lines of the text that a sheet is read as, each in JSON. Pure."""

import msgspec

TEXT, VALUE = "t", "v"


class FoundLine(msgspec.Struct, frozen=True):
    """The first line: where in the workbook the table was found."""

    sheet: str
    header_row: int


class SheetRow(msgspec.Struct, array_like=True):
    """A row of a sheet, in JSON a line of the text that its format reads.

    Attributes:
        number: of the row in the sheet, from 1.
        cells: their texts; those at the end that are empty are left out.
        kinds: a letter for each cell, `TEXT` for one that was text in the sheet.
        faults: by the index of a cell why it cannot be imported.

    """

    number: int
    cells: list[str | None]
    kinds: str = ""
    faults: dict[int, str] = {}

    @property
    def empty(self) -> bool:
        """Whether the row is empty; formulas whose text is empty do not count."""
        return not (self.faults or any(self.cells)) and not any(
            cell is not None and (cell or kind == TEXT)
            for cell, kind in zip(self.cells, self.kinds, strict=True)
        )
