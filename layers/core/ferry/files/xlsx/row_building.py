"""A row of a sheet, put together cell by cell."""

from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from ferry.errors import InvalidFile
from ferry.files.entries import MAX_RECORD_BYTES
from ferry.files.xlsx.cell_texts import CellTexts, ReadCell
from ferry.files.xlsx.invalid_cell import NO_VALUE, InvalidCell
from ferry.files.xlsx.sheet_lines import TEXT, VALUE, SheetRow

MAX_COLUMNS = 16_384
"""https://support.microsoft.com/office/1672b34d-7043-467e-8e27-269d656771c3"""

_MOST_LETTERS = 3
_MOST_PLANS = 256
type Found = tuple[str, str, str, str, str]
"""A cell's XML: the letters of its column, style, kind, value, inline text."""


class _RowPlan(NamedTuple):
    """The readers of a row's cells, reused: most rows of a sheet have the same kinds and styles."""

    columns: list[int]
    readers: list[ReadCell]
    kinds: str


class RowBuilder:
    """Builds one row.

    Args:
        texts: makes texts of cells.
        longest: characters that a text which cells share may have.

    """

    def __init__(self, texts: CellTexts, longest: int) -> None:
        self._texts = texts
        self._longest = longest
        self._plans: dict[tuple[tuple[str, ...], ...], _RowPlan | None] = {}
        self.begin(0)

    def begin(self, number: int) -> None:
        """Begin a row."""
        self.number = number
        self._cells: list[str | None] = []
        self._kinds: list[str] = []
        self._faults: dict[int, str] = {}
        self._size = 0

    def quick_row(self, found: list[Found], size: int) -> SheetRow | None:
        """Return a row whose cells are all in order and without fault, None for any other.

        Args:
            found: its cells.
            size: characters of its XML.

        """
        letters, styles, kinds, values, inline = zip(*found, strict=True)
        key = letters, styles, kinds
        if key not in self._plans:
            if len(self._plans) >= _MOST_PLANS:
                self._plans.clear()
            self._plans[key] = self._plan(*key)
        plan = self._plans[key]
        if plan is None or len(found) * max(self._longest, size) > MAX_RECORD_BYTES:
            return None
        if any(inline):
            values = tuple([value or text for value, text in zip(values, inline, strict=True)])
        try:
            cells = [
                read(value) if value else None
                for read, value in zip(plan.readers, values, strict=True)
            ]
        except InvalidCell:
            return None
        if len(plan.kinds) != len(cells):  # some columns are left out
            given = dict(zip(plan.columns, cells, strict=True))
            cells = [given.get(column) for column in range(1, len(plan.kinds) + 1)]
        while cells and cells[-1] is None:
            del cells[-1]
        return SheetRow(self.number, cells, plan.kinds[: len(cells)])

    def put(self, column: int, kind: str, style: str, value: str) -> None:
        """Put a cell that has a value into its column, counted from 1."""
        if self._size > MAX_RECORD_BYTES:
            return
        try:
            text = self._texts.reader(kind, style)(value)
        except InvalidCell as error:
            self.fail(column, error.reason, error.text)
            return
        self._place(column, text, TEXT if kind in TEXT_KINDS else VALUE)

    def place(self, column: int, text: str, kind: str) -> None:
        """Put the text of a cell into its column; `kind` tells whether it was text there, too."""
        # What comes behind is not held: the row is too long as it is, and fails for that.
        if self._size <= MAX_RECORD_BYTES:
            self._place(column, text, kind)

    def put_empty(self, column: int) -> None:
        """Put the empty text that a formula has come to into its column."""
        self._place(column, "", VALUE)

    def fail(self, column: int, reason: str, text: str = NO_VALUE) -> None:
        """Put a cell that cannot be imported into its column."""
        self._place(column, text, VALUE)
        self._faults[column - 1] = reason

    def row(self) -> SheetRow:
        """Return the row."""
        return SheetRow(self.number, self._cells, "".join(self._kinds), self._faults)

    def _plan(
        self, letters: tuple[str, ...], styles: tuple[str, ...], kinds: tuple[str, ...]
    ) -> _RowPlan | None:
        columns: list[int] = []
        for name in letters:
            columns.append(column_number(name) if name else (columns or [0])[-1] + 1)
        if any(first >= second for first, second in pairwise(columns)):
            return None
        readers = [
            self._texts.reader(kind or "n", style)
            for kind, style in zip(kinds, styles, strict=True)
        ]
        text = {column for column, kind in zip(columns, kinds, strict=True) if kind in TEXT_KINDS}
        width = range(1, columns[-1] + 1)
        return _RowPlan(columns, readers, "".join(TEXT if n in text else VALUE for n in width))

    def _place(self, column: int, text: str, kind: str) -> None:
        cells, index = self._cells, column - 1
        self._size += len(text)
        missing = index - len(cells)
        if missing >= 0:
            if missing:
                cells += [None] * missing
                self._kinds += [VALUE] * missing
            cells.append(text)
            self._kinds.append(kind)
        elif cells[index] is None:  # out of order
            cells[index], self._kinds[index] = text, kind
        else:
            self._faults[index] = "is damaged: the row has that cell twice"


TEXT_KINDS = frozenset({"s", "str", "inlineStr"})


@lru_cache(1024)
def column_number(letters: str) -> int:
    """Return the number of a column, from 1.

    >>> column_number("AB")
    28

    Raises:
        InvalidFile: no sheet has such a column.

    """
    number = 0
    if len(letters) <= _MOST_LETTERS and letters.isascii():
        for letter in letters.upper():
            number = number * 26 + ord(letter) - ord("A") + 1
    if not 1 <= number <= MAX_COLUMNS:
        raise InvalidFile(f"the workbook is damaged: it has a cell in column {letters[:20]}")
    return number
