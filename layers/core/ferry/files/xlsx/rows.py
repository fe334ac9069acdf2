"""The rows and the texts of a workbook's sheets (ECMA-376 part 1, 18), while parsed. Pure."""

from ferry.errors import InvalidFile
from ferry.files.entries import MAX_RECORD_BYTES
from ferry.files.xlsx.cell_texts import CellTexts
from ferry.files.xlsx.workbook_xml import Attributes

_MOST_COLUMNS = 16_384
"""https://support.microsoft.com/office/1672b34d-7043-467e-8e27-269d656771c3"""


class _Collecting:
    """Collects the text of some elements, no more than a record may have."""

    def __init__(self) -> None:
        self._pieces: list[str] | None = None
        self._size = 0
        self._reading = False  # inside how a text is to be read, which is not the text

    def text(self, text: str) -> None:
        """Take text where it counts."""
        if self._pieces is not None and self._size <= MAX_RECORD_BYTES:
            self._pieces.append(text)
            self._size += len(text)


class SharedTexts(_Collecting):
    """The texts that cells share, each from one or several runs; readings of kanji left out."""

    def __init__(self) -> None:
        super().__init__()
        self._found: list[str] = []
        self._runs: list[str] = []

    def start(self, name: str, _: Attributes) -> None:
        """Take the start of a text, a run, or a reading."""
        if name == "si":
            self._runs, self._size = [], 0
        elif name == "rPh":
            self._reading = True
        elif name == "t" and not self._reading:
            self._pieces = []

    def end(self, name: str) -> None:
        """Take the end of a text, a run, or a reading."""
        if name == "t" and self._pieces is not None:
            self._runs += self._pieces
            self._pieces = None
        elif name == "rPh":
            self._reading = False
        elif name == "si":
            self._found.append("".join(self._runs))

    def taken(self) -> list[str]:
        """Return the texts since the last call."""
        found, self._found = self._found, []
        return found


class SheetRows(_Collecting):
    """The rows of a sheet that are not empty, as their numbers and their cells' texts."""

    def __init__(self, texts: CellTexts) -> None:
        super().__init__()
        self._texts = texts
        self._found: list[tuple[int, list[str | None]]] = []
        self._row = 0
        self._cells: list[str | None] = []
        self._kind = self._style = ""
        self._column = 0
        self._value = ""
        self._row_size = 0

    def start(self, name: str, attributes: Attributes) -> None:
        """Take the start of a row, a cell or its value."""
        if name == "c":
            self._start_cell(attributes)
        elif name == "rPh":
            self._reading = True
        elif name in {"v", "t"} and not self._reading:
            self._pieces = []
        elif name == "row":
            self._row = int(attributes.get("r") or self._row + 1)
            self._cells, self._row_size, self._column = [], 0, 0

    def end(self, name: str) -> None:
        """Take the end of a row, a cell or its value."""
        if name in {"v", "t"} and self._pieces is not None:
            self._value += "".join(self._pieces)
            self._pieces = None
        elif name == "rPh":
            self._reading = False
        elif name == "c":
            self._end_cell()
        elif name == "row" and any(cell is not None for cell in self._cells):
            self._found.append((self._row, self._cells))

    def taken(self) -> list[tuple[int, list[str | None]]]:
        """Return the rows since the last call."""
        found, self._found = self._found, []
        return found

    def _start_cell(self, attributes: Attributes) -> None:
        self._kind = attributes.get("t", "n")
        self._style = attributes.get("s", "0")
        self._value, self._size = "", 0
        place = attributes.get("r")
        self._column = _column(place) if place else self._column + 1

    def _end_cell(self) -> None:
        # What comes behind is not held: the row is too long as it is, and fails for that.
        if not self._value or self._row_size > MAX_RECORD_BYTES:
            return
        text = self._texts.of(self._kind, self._style, self._value)
        self._row_size += len(text)
        self._cells += [None] * (self._column - 1 - len(self._cells))
        self._cells.append(text)


def _column(place: str) -> int:
    """Return the number of the column of a cell's place, from 1: that of ``AB12`` is 28."""
    number = 0
    for letter in place.rstrip("0123456789"):
        number = number * 26 + ord(letter) - ord("A") + 1
    if not 1 <= number <= _MOST_COLUMNS:
        raise InvalidFile(f"the workbook is damaged: it has a cell at {place[:20]}")
    return number
