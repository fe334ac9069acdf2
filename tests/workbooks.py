"""Small .xlsx files, made by hand so that they can also be wrong."""

import io
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><numFmts><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    '</numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/></cellXfs>'
    "</styleSheet>"
)
TEXT, DATE, OWN_DATE = "0", "1", "2"


def cell(value: object, style: str = TEXT) -> str:
    """Return a cell's XML: None an empty one, text inline, a tuple ("s", 3) of that kind."""
    match value:
        case None:
            return "<c/>"
        case (kind, inside):
            return f'<c t="{kind}" s="{style}"><v>{inside}</v></c>'
        case bool():
            return f'<c t="b"><v>{int(value)}</v></c>'
        case str():
            return f'<c t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    return f'<c s="{style}"><v>{value}</v></c>'


def sheet(rows: Sequence[Sequence[object]]) -> str:
    """Return a sheet's XML; a cell is a value or already XML."""
    lines = []
    for number, row in enumerate(rows, start=1):
        cells = [
            value if isinstance(value, str) and value.startswith("<c") else cell(value)
            for value in row
        ]
        lines.append(f'<row r="{number}">{"".join(cells)}</row>' if row else "")
    return f'<worksheet xmlns="{MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>'


def workbook(
    rows: Sequence[Sequence[object]] = (), *, texts: Sequence[str] = (), **parts: str
) -> bytes:
    """Return a workbook of one sheet; `parts` stand in place of its own, named by their files."""
    shared = "".join(f"<si><t>{escape(text)}</t></si>" for text in texts)
    made = {
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>'
        '<sheet name="one" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": "<Relationships>"
        f'<Relationship Id="rId1" Type="{RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>'
        "</Relationships>",
        "xl/styles.xml": STYLES,
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{shared}</sst>',
        "xl/worksheets/sheet1.xml": sheet(rows),
    }
    names = {name.rpartition("/")[2].partition(".")[0]: name for name in made}
    made |= {names[name]: text for name, text in parts.items()}
    file = io.BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for name, text in made.items():
            archive.writestr(name, text)
    return file.getvalue()


def sheet_of(file: bytes) -> list[list[Any]]:
    """Return the cells of a workbook's rows."""
    sheet = openpyxl.load_workbook(io.BytesIO(file)).active
    return [list(row) for row in sheet.iter_rows(values_only=True)]
