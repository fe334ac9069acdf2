"""Rows of a failed-rows file that comes in again: what was added goes, the row stays. Pure."""

from ferry.errors import InvalidRow
from ferry.files.csv.csv_cells import cells_before, split
from ferry.files.csv.csv_writer import Cells
from ferry.files.csv.formulas import undefused
from ferry.files.encoding import REPLACEMENT, decode
from ferry.files.entries import MAX_CUT_BYTES, Layout
from ferry.files.record_stream import RawRecord

_UNSPLITTABLE = ("is wrongly quoted", "opens a quote", "is longer than")
"""How the reasons of rows begin whose text stands in one cell; see `FailedCsvRows`."""

_REASON = 2


def returned_row(record: RawRecord, layout: Layout) -> tuple[str, bytes]:
    """Return the fault of a row of a failed-rows file ("" if none is known) and the row's text.

    A row that could not be split stands as text in one cell. That text is read as the row, for it
    may have been corrected there.
    """
    try:
        text = decode(record.original)
    except InvalidRow as error:
        return error.reason, record.original
    start = cells_before(text, layout.added, layout.dialect)
    if record.fault or start < 0:
        return record.fault, record.original
    rest = text[start:]
    try:
        reason = split(text[:start], layout.dialect)[_REASON] or ""
        cells = split(rest, layout.dialect)
    except InvalidRow:
        return "", rest.encode()
    were = [cell and undefused(cell) for cell in cells]
    if were != cells:
        cells, rest = were, Cells(layout.dialect).joined(were).decode()
    if reason.startswith("is not UTF-8") and REPLACEMENT in rest:
        return f"is not UTF-8 text: {REPLACEMENT} stands for some of it; correct it", rest.encode()
    if reason.startswith(_UNSPLITTABLE):
        return _from_one_cell(cells, rest, layout)
    return "", rest.encode()


def _from_one_cell(cells: list[str | None], rest: str, layout: Layout) -> tuple[str, bytes]:
    filled = [cell for cell in cells if cell]
    whole = filled[0] if len(filled) == 1 else ""
    if len(whole.encode()) >= MAX_CUT_BYTES:
        return "was too long, and only its beginning is here; send the whole row", whole.encode()
    # A spreadsheet may have put empty cells behind the text.
    if layout.dialect.delimiter in whole or (whole and len(layout.columns) == 1):
        return "", whole.encode()
    return "", rest.encode()
