"""The texts of a spreadsheet's cells, as CSV has them (ISO/IEC 26300-1, 19.385). Pure."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal

from ferry.files.entries import MAX_RECORD_BYTES
from ferry.files.xlsx.invalid_cell import InvalidCell
from ferry.files.xlsx.number_texts import duration, number_text
from ferry.files.xlsx.row_building import RowBuilder
from ferry.files.xlsx.sheet_lines import TEXT, VALUE
from ferry.files.xlsx.workbook_xml import Attributes

OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0 "
_CALC = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0 "
CALC_TYPE = f"{_CALC}value-type"
TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0 "
FORMULA = f"{TABLE}formula"
_COUNT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0 c"
_SPACES = re.compile(r"[ \t\r\n]++")
_SPECIAL = {"\x01": " ", "\x02": "\t", "\x03": "\n"}
"""Characters that XML 1.0 cannot hold, in place of those that the collapsing of spaces spares."""
_ELEMENTS = {"s": "\x01", "tab": "\x02", "line-break": "\x03"}
_XML_SPACE = " \t\r\n"
_MOST_SPACES = 32_767
_ERROR = re.compile(r"#(?:N/A|DIV/0!|REF!|NAME\?|NUM!|NULL!|VALUE!)|Err:[0-9]{3}")
_TRUTHS = {"TRUE": "of:=TRUE()", "FALSE": "of:=FALSE()"}
"""LibreOffice makes formulas of the booleans of a workbook."""

_TIME = re.compile(
    r"(-?)PT(?:([0-9]{1,9})H)?+(?:([0-9]{1,9})M)?+(?:([0-9]{1,9}(?:\.[0-9]++)?+)S)?+"
)
_FORMULA = (
    "is a formula without a stored value; open the workbook in a spreadsheet and save it there"
)


class CellText:
    """Collects the paragraphs of a cell, without its comments and drawings.

    Attributes:
        depth: of the cell's element.
        paragraphs: how many there are.

    """

    def __init__(self, depth: int) -> None:
        self.depth = depth
        self.paragraphs = 0
        self._pieces: list[str] = []
        self._size = 0
        self._reading = False
        self._skipped = 0

    def start(self, name: str, attributes: Attributes, depth: int) -> None:
        """Take the start of an element inside the cell."""
        if depth == self.depth + 1:
            self._reading = name == "p"
            if self._reading and self.paragraphs:
                self._keep("\x03")
            self.paragraphs += self._reading
        elif name == "annotation" and not self._skipped:
            self._skipped = depth
        elif name in _ELEMENTS and self._reading:
            count = attributes.get(_COUNT, "1") if name == "s" else "1"
            spaces = int(count) if count.isdecimal() and len(count) <= len(str(_MOST_SPACES)) else 1
            self._keep(_ELEMENTS[name] * min(spaces, _MOST_SPACES))

    def add(self, text: str) -> None:
        """Take text of a paragraph."""
        if self._reading and not self._skipped:
            self._keep(text)

    def end(self, depth: int) -> None:
        """Take the end of an element inside the cell."""
        if depth == self._skipped:
            self._skipped = 0
        if depth == self.depth + 1:
            self._reading = False

    @property
    def text(self) -> str:
        """The paragraphs, a line each; white space of the XML counts as one space."""
        lines = "".join(self._pieces).split("\x03")
        text = "\n".join(_SPACES.sub(" ", _trimmed(line)) for line in lines)
        for special, meant in _SPECIAL.items():
            text = text.replace(special, meant)
        return text

    def _keep(self, text: str) -> None:
        if self._size <= MAX_RECORD_BYTES:
            self._pieces.append(text)
            self._size += len(text)


def _trimmed(line: str) -> str:
    """Return a paragraph without line ends around it; spaces there are kept, as programs do."""
    text = line.lstrip(_XML_SPACE)
    line = text if "\n" in line[: len(line) - len(text)] else line
    text = line.rstrip(_XML_SPACE)
    return text if "\n" in line[len(text) :] else line


def put_cell(builder: RowBuilder, column: int, attributes: Attributes, cell: CellText) -> None:
    """Put a cell into its column of the row, or why it has no value."""
    formula = FORMULA in attributes
    kind = attributes.get(f"{OFFICE}value-type", "string" if cell.paragraphs else "")
    text = cell.text
    if attributes.get(CALC_TYPE) == "error" or (formula and _ERROR.fullmatch(text)):
        error = text[:20]
        builder.fail(column, f"holds the error {error}; correct it in the spreadsheet", error)
    elif text in _TRUTHS and attributes.get(FORMULA) == _TRUTHS[text]:
        builder.place(column, text.lower(), VALUE)
    elif kind == "string":
        stored = attributes.get(f"{OFFICE}string-value")
        text = stored if stored is not None and not cell.paragraphs else text
        builder.place(column, text, VALUE if formula and not text else TEXT)
    elif read := _READERS.get(kind):
        try:
            builder.place(column, read(attributes, text), VALUE)
        except InvalidCell as error:
            builder.fail(column, error.reason, error.text)
    elif formula:
        builder.fail(column, _FORMULA)
    elif kind:
        builder.fail(column, f"is damaged: it is of the kind {kind[:20]}, which no spreadsheet has")


def _number(attributes: Attributes, text: str) -> str:
    number = number_text(attributes.get(f"{OFFICE}value", ""))
    # A format such as 00000 shows zeros that belong to a code.
    zeros = text.startswith("0") and text.isdecimal() and text.lstrip("0") == number.lstrip("0")
    return text if zeros else number


def _date(attributes: Attributes, _: str) -> str:
    value = attributes.get(f"{OFFICE}date-value", "")
    try:
        day, _, time = value.partition("T")
        if not time:
            return date.fromisoformat(day).isoformat()
        # SheetJS writes UTC, which xsd:dateTime allows: the value says so and goes on saying it.
        utc = "Z" if time.endswith("Z") else ""
        seconds, _, part = time.removesuffix(utc).partition(".")
        moment = datetime.fromisoformat(f"{day}T{seconds}")
        moment += timedelta(milliseconds=round(float(f"0.{part or 0}") * 1000))
    except (ValueError, OverflowError) as error:
        raise InvalidCell(f"is damaged: it should hold a date, and holds {value[:20]}") from error
    if moment.time() == _MIDNIGHT and not utc:
        return moment.date().isoformat()
    return moment.isoformat() + utc


def _time(attributes: Attributes, _: str) -> str:
    value = attributes.get(f"{OFFICE}time-value", "")
    found = _TIME.fullmatch(value)
    if found is None or len(value) > _LONGEST_TIME:
        raise InvalidCell(f"is damaged: it should hold a time, and holds {value[:20]}")
    sign, hours, minutes, seconds = found.groups()
    total = (int(hours or 0) * 60 + int(minutes or 0)) * 60 + Decimal(seconds or 0)
    return duration((-1 if sign else 1) * round(total * 1000))


def _boolean(attributes: Attributes, _: str) -> str:
    value = attributes.get(f"{OFFICE}boolean-value", "")
    if value not in {"true", "false"}:
        raise InvalidCell(f"is damaged: it should hold true or false, and holds {value[:20]}")
    return value


_MIDNIGHT = datetime.min.time()
_LONGEST_TIME = 60
_READERS: Mapping[str, Callable[[Attributes, str], str]] = {
    "float": _number,
    "percentage": _number,
    "currency": _number,
    "date": _date,
    "time": _time,
    "boolean": _boolean,
}
