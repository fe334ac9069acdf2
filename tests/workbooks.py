"""Small .xlsx files, made by hand so that they can also be wrong."""

import io
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def formats(*codes: str) -> str:
    """Return the styles of a workbook: General, a date of its own, yyyy-mm-dd, then the codes."""
    own = ["yyyy\\-mm\\-dd", *codes]
    made = "".join(
        f'<numFmt numFmtId="{number}" formatCode="{escape(code, _QUOTE)}"/>'
        for number, code in enumerate(own, start=164)
    )
    styles = "".join(
        f'<xf numFmtId="{number}"/>' for number in (0, 14, *range(164, 164 + len(own)))
    )
    return (
        f'<styleSheet xmlns="{MAIN}"><numFmts>{made}</numFmts><cellXfs>{styles}</cellXfs>'
        "</styleSheet>"
    )


_QUOTE = {'"': "&quot;"}
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
    return sheets({"one": rows}, texts=texts, **parts)


def sheets(
    tabs: Mapping[str, Sequence[Sequence[object]]],
    *,
    texts: Sequence[str] = (),
    hidden: Collection[str] = (),
    charts: Collection[str] = (),
    **parts: str,
) -> bytes:
    """Return a workbook of several sheets by their names."""
    shared = "".join(f"<si><t>{escape(text)}</t></si>" for text in texts)
    numbers = {name: number for number, name in enumerate(tabs, start=1)}
    kinds = {name: "chartsheet" if name in charts else "worksheet" for name in tabs}
    listed = "".join(
        f'<sheet name="{escape(name)}" sheetId="{number}" r:id="rId{number}"'
        f"{' state="hidden"' if name in hidden else ''}/>"
        for name, number in numbers.items()
    )
    related = "".join(
        f'<Relationship Id="rId{number}" Type="{RELATIONS}/{kinds[name]}" '
        f'Target="{kinds[name]}s/sheet{number}.xml"/>'
        for name, number in numbers.items()
    )
    made = {
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>{listed}'
        "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f"<Relationships>{related}</Relationships>",
        "xl/styles.xml": formats(),
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{shared}</sst>',
    }
    for name, number in numbers.items():
        made[f"xl/{kinds[name]}s/sheet{number}.xml"] = sheet(tabs[name])
    names = {name.rpartition("/")[2].removesuffix(".xml"): name for name in made}
    return archive(made | {names[name]: text for name, text in parts.items()})


def archive(parts: Mapping[str, str | bytes]) -> bytes:
    """Return a zip archive."""
    file = io.BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as packed:
        for name, text in parts.items():
            packed.writestr(name, text)
    return file.getvalue()


def before_itself(packed: bytes) -> bytes:
    """Return a zip archive whose directory puts its first part before the file's beginning.

    The end of the directory says where that begins, 16 bytes after PK\\5\\6: one byte too far.
    https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT 4.3.16
    """
    at = packed.rindex(b"PK\5\6") + 16
    start = int.from_bytes(packed[at : at + 4], "little") + 1
    return packed[:at] + start.to_bytes(4, "little") + packed[at + 4 :]


def sheet_of(file: bytes) -> list[list[Any]]:
    """Return the cells of a workbook's rows."""
    sheet = openpyxl.load_workbook(io.BytesIO(file)).active
    return [list(row) for row in sheet.iter_rows(values_only=True)]
