"""The XML of a sheet that is written: its beginning and end, rows and cells. Pure.

What stands in a cell cannot run: text is an inline string, never a formula or a link, so nothing
has to be defused. What a spreadsheet cannot hold exactly is text: Excel keeps 15 digits of a
number, and knows no offset of a time.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" '
    'activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>{}</cols><sheetData>'
)
HEADER, DATE, MOMENT = 1, 2, 3
"""Styles of cells; see `packing`."""

_MARKUP = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
# What XML 1.0 cannot hold, or would change (CR), is spelled _xHHHH_; so is the start of a text
# that looks like such a spelling (ECMA-376 part 1, 22.9.2.19, ST_Xstring).
_SPECIAL = re.compile(r"[&<>\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")

_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2})?+")
_DAY_ZERO = date(1899, 12, 30).toordinal()
_FIRST_DAY = "1900-03-01"
"""Before it Excel counts days otherwise than others do."""
_DAY_S = 86_400
_MIN_WIDTH, _MAX_WIDTH = 8, 60
EMPTY = "<c/>"


def sheet_head(names: Sequence[str], widths: Sequence[int]) -> bytes:
    """Return a sheet's beginning, and its first row, which stays in sight.

    Args:
        names: of the columns.
        widths: about how many characters the cells of each have.

    """
    columns = [
        f'<col min="{at}" max="{at}" width="{_width(name, width)}" customWidth="1"/>'
        for at, (name, width) in enumerate(zip(names, widths, strict=True), start=1)
    ]
    return _HEAD.format("".join(columns)).encode() + row_xml(
        [text_cell(name, HEADER) if name else EMPTY for name in names]
    )


def sheet_tail(columns: int, rows: int) -> bytes:
    """Return a sheet's end: its header has a filter for all of its rows."""
    where = f"A1:{_letters(columns)}{rows + 1}"
    return f'</sheetData><autoFilter ref="{where}"/></worksheet>'.encode()


def row_xml(cells: Iterable[str]) -> bytes:
    """Return a row."""
    return f"<row>{''.join(cells)}</row>".encode()


def text_cell(text: str, style: int = 0) -> str:
    """Return a cell of text."""
    if _SPECIAL.search(text):
        text = _SPECIAL.sub(_spelled, text)
    styled = f' s="{style}"' if style else ""
    return f'<c{styled} t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def number_cell(number: object, style: int = 0) -> str:
    """Return a cell of a number."""
    return f'<c s="{style}"><v>{number}</v></c>' if style else f"<c><v>{number}</v></c>"


def boolean_cell(value: bool) -> str:
    """Return a cell that is true or false."""
    return f'<c t="b"><v>{value:d}</v></c>'


def error_cell(error: str) -> str:
    """Return a cell with an error, such as ``#N/A``."""
    return f'<c t="e"><v>{error}</v></c>'


def moment_cell(text: str) -> str:
    """Return a cell of a date or a time in ISO 8601; of text where Excel has no such date.

    It has none before 1900-03-01 or of an offset, and none that it would give back otherwise, as
    fractions of seconds and midnight.
    """
    found = _ISO.fullmatch(text)
    if found is None or text < _FIRST_DAY or text.endswith("T00:00:00"):
        return text_cell(text)
    moment = datetime.fromisoformat(text)
    days = moment.toordinal() - _DAY_ZERO
    if not found[1]:
        return number_cell(days, DATE)
    seconds = moment.hour * 3600 + moment.minute * 60 + moment.second
    return number_cell(f"{days + seconds / _DAY_S:.10f}", MOMENT)


def _width(name: str, width: int) -> int:
    return min(max(len(name) + 3, width, _MIN_WIDTH), _MAX_WIDTH)  # the filter's arrow takes 2


def _letters(column: int) -> str:
    """Return the letters of a column's number.

    >>> _letters(28)
    'AB'
    """
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters or "A"


def _spelled(found: re.Match[str]) -> str:
    character = found[0]
    return _MARKUP.get(character) or f"_x{ord(character):04X}_"
