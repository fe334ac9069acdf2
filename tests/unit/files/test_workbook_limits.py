"""Workbooks that are damaged, or made to cost more than they weigh: each costs what it weighs."""

import collections
import contextlib
import random
import resource
import sys
import time
from io import BytesIO
from itertools import islice
from struct import pack
from tempfile import TemporaryFile
from typing import Any
from zipfile import ZIP_LZMA, ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ferry.errors import InvalidFile
from ferry.files.unpacking import Allowance
from ferry.files.xlsx.workbook import row_lines
from tests.workbooks import MAIN, archive, before_itself, cell, formats, sheet, workbook


def read(data: bytes, limit: int = 10**9) -> list[bytes]:
    return list(row_lines([data[:100], data[100:]], TemporaryFile, Allowance(limit)))[1:]


GOOD = workbook([["a", "b"], ["x", 1]])


def claiming(part: str, size: int) -> bytes:
    """Return GOOD, whose directory claims that a part has so many bytes unpacked."""
    file = bytearray(GOOD)
    entry = file.index(b"PK\x01\x02")
    while file[entry + 46 : entry + 46 + len(part)] != part.encode():
        entry = file.index(b"PK\x01\x02", entry + 4)
    file[entry + 24 : entry + 28] = pack("<I", size)
    return bytes(file)


def sheet_of_cell(place: str) -> bytes:
    return workbook(sheet1=f'<worksheet><row><c r="{place}"><v>1</v></c></row></worksheet>')


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"no workbook", "no .xlsx"),
        (b"PK\x03\x04", "cut off"),
        (GOOD[:-30], "cut off"),
        (GOOD[: len(GOOD) // 2], "cut off"),
        (before_itself(GOOD), "damaged"),
        (
            claiming("xl/worksheets/sheet1.xml", 1_500_000_001),
            "read in time; send the sheet as CSV",
        ),
        (workbook([["a"]], sheet1="<worksheet><sheetData>"), "damaged"),
        (workbook([["a"]], sheet1=sheet([["a"]] * 5000)[:90_000]), "damaged"),
        (workbook([["a"]], workbook="<workbook/>"), "no sheet"),
        (workbook([["a"]], **{"workbook.xml.rels": "<Relationships/>"}), "no sheet"),
        (archive({"word/document.xml": ""}), "Word"),
        (archive({"xl/workbook.bin": ""}), "xlsb"),
        (archive({"mimetype": "", "content.xml": ""}), "no sheet with cells"),
        (archive({"a.txt": ""}), "does not have the part xl/workbook.xml"),
        (
            workbook([["a"]], sheet1='<!DOCTYPE x [<!ENTITY e "boom">]><worksheet>&e;</worksheet>'),
            "document type",
        ),
        (sheet_of_cell("ZZZZ1"), "ZZZZ"),
        (sheet_of_cell("XFE1"), "XFE"),
        (sheet_of_cell("Ä1"), "Ä1"),
        (sheet_of_cell("12"), "12"),
        (sheet_of_cell("A"), "at A"),
        (workbook(sheet1='<worksheet><row r="x"><c><v>1</v></c></row></worksheet>'), "number x"),
        (workbook(sheet1='<worksheet><row r="-1"><c><v>1</v></c></row></worksheet>'), "number -1"),
    ],
)
def test_what_is_no_workbook_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(InvalidFile, match=reason):
        read(data)


def test_rows_before_the_damage_are_read() -> None:
    cut = workbook(sheet1=sheet([["a"]] * 9000)[:300_000])
    lines = row_lines([cut], TemporaryFile, Allowance(10**9))

    with pytest.raises(InvalidFile, match="damaged"):
        collections.deque(lines, maxlen=0)
    assert len(list(islice(row_lines([cut], TemporaryFile, Allowance(10**9)), 3000))) == 3000


@pytest.mark.parametrize(
    ("streams", "reason"),
    [
        (("Workbook",), "old Excel workbook"),
        (("EncryptionInfo", "EncryptedPackage"), "encrypted"),
        ((), "old Excel workbook"),
    ],
)
def test_a_compound_file_is_named_for_what_it_is(streams: tuple[str, ...], reason: str) -> None:
    names = b"".join(name.encode("utf-16-le") for name in streams)
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(70_000) + names + bytes(1000)

    with pytest.raises(InvalidFile, match=reason):
        read(data)


def test_backslashes_in_the_names_of_an_archive_are_slashes() -> None:
    with ZipFile(BytesIO(GOOD)) as before:
        parts = {name.replace("/", "\\"): before.read(name) for name in before.namelist()}

    assert read(archive(parts)) == read(GOOD)


def test_no_part_is_packed_by_a_method_that_may_claim_any_memory() -> None:
    file = BytesIO()
    with ZipFile(BytesIO(GOOD)) as before, ZipFile(file, "w", ZIP_LZMA) as after:
        for name in before.namelist():
            after.writestr(name, before.read(name))

    with pytest.raises(InvalidFile, match="method"):
        read(file.getvalue())


def test_a_sheet_that_unpacks_to_too_much_is_refused() -> None:
    xml = sheet([["a"]]).replace("<sheetData>", "<sheetData>" + " " * 100_000_000)

    with pytest.raises(InvalidFile, match="200 times"):
        read(workbook(sheet1=xml))


def test_a_text_that_many_cells_share_does_not_grow_without_end() -> None:
    rows = [[cell(("s", 0))] * 8] * 500

    with pytest.raises(InvalidFile, match="holds more than"):
        read(workbook(rows, texts=["x" * 32_000]), limit=20_000_000)


def test_a_row_of_long_texts_is_not_held() -> None:
    rows = [[cell(("s", 0))] * 400]

    (line,) = read(workbook(rows, texts=["x" * 1_000_000]))

    assert len(line) < 6_000_000


def test_a_cell_at_the_far_end_costs_nothing_but_its_row() -> None:
    xml = '<worksheet><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></worksheet>'

    (line,) = read(workbook(sheet1=xml))

    assert line.startswith(b"[1048576,[null,")
    assert line.count(b"null") == 16_383


# Each returns a workbook that is `times` as large as another in the respect that is tried.


def _letters(times: int) -> bytes:
    return sheet_of_cell("A" * 75_000 * times)


def _brackets(times: int) -> bytes:
    return workbook([[cell(("n", 1), "3")]], styles=formats("[" * 50_000 * times))


def _many_formats(times: int) -> bytes:
    return workbook([[cell(("n", 1), "3")]], styles=formats(*["[" * 250] * 500 * times))


def _nested(times: int) -> bytes:
    return workbook(sharedStrings="<sst>" + "<si>" * 500_000 * times)


def _endless_tag(times: int) -> bytes:
    noise = random.Random(1).randbytes(1_200_000 * times).hex()
    return workbook(sheet1=f'<worksheet x="{noise}')


def _attributes(times: int) -> bytes:
    attributes = " ".join(f'a{n}="1"' for n in range(4_000 * times))
    return workbook(sheet1=f"<worksheet><row {attributes}><c><v>1</v></c></row></worksheet>")


def _unquoted(times: int) -> bytes:
    return workbook(sheet1="<worksheet><sheetData>" + "<row><c " * 30_000 * times)


def _cells(times: int) -> bytes:
    cells = "".join(f'<c r="A1" s="{n}"><v>1</v></c>' for n in range(4_000 * times))
    return workbook(sheet1=f"<worksheet><sheetData><row>{cells}</row></sheetData></worksheet>")


def _backwards(times: int) -> bytes:
    names = ["".join((a, b, c)) for a in "ABC" for b in "ABCDEFGHIJKLMNOP" for c in "ABCDEFGHIJ"]
    cells = "".join(f'<c r="{name}1"><v>1</v></c>' for name in names[: 240 * times][::-1])
    return workbook(sheet1=f"<worksheet><sheetData><row>{cells}</row></sheetData></worksheet>" * 1)


def _runs(times: int) -> bytes:
    return workbook(sharedStrings="<sst><si>" + "<r><t>x</t></r>" * 8_000 * times + "</si></sst>")


def _shapes(times: int) -> bytes:
    rows = [[cell(("n", 1), str(n)), cell(("n", 1), str(n + 1))] for n in range(800 * times)]
    return workbook(rows)


def _spelled(times: int) -> bytes:
    return workbook([["_x" * 100_000 * times]])


def _digits(times: int) -> bytes:
    return workbook(
        [[cell(("n", "1" * 200_000 * times))], [cell(("n", "0." + "0" * 200_000 * times))]]
    )


def _blanks(times: int) -> bytes:
    rows = ("<row/>" + " " * 60_000 + "<x/><row></row>") * 5 * times
    noise = (
        random.Random(1).randbytes(3_000 * times).hex()
    )  # so that it is not refused for its size
    return workbook(sheet1=f"<worksheet><!--{noise}--><sheetData>{rows}</sheetData></worksheet>")


def _blank_rows(times: int) -> bytes:
    rows = ("<row/>" + " " * 60_000 + "<x/><row></row>") * 5 * times
    return workbook(sheet1=f"<worksheet><sheetData>{rows}</sheetData></worksheet>")


GROWING = [
    _blanks, _blank_rows,
    _letters, _brackets, _many_formats, _nested, _endless_tag, _attributes, _unquoted, _cells,
    _backwards, _runs, _shapes, _spelled, _digits,
]  # fmt: skip


def _work(data: bytes) -> int:
    """Count the lines and calls of Python code that reading takes; no other load changes that."""
    count = 0

    def trace(*_: Any) -> Any:
        nonlocal count
        count += 1
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        read(data)
    except InvalidFile:
        pass
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("grown", GROWING)
def test_work_grows_as_the_file_does(grown: Any) -> None:
    assert _work(grown(4)) <= 2.5 * _work(grown(2)) + 2000


@pytest.mark.parametrize("grown", GROWING)
def test_no_file_takes_seconds_or_much_memory(grown: Any) -> None:
    data = grown(4)
    before, held = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    with contextlib.suppress(InvalidFile):
        read(data)

    # Far above what it takes (under 1 s and 60 MB), far below what it took (29 s, 2.4 GB).
    assert time.process_time() - before < 15
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - held < 300_000


def _directory_claims(entries: int) -> bytes:
    """Return an archive whose end claims a directory of so many bytes, and has them."""
    directory = bytes(46 * entries)
    end = pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 0, 0, len(directory), 0, 0)
    return b"PK\x03\x04" + directory + end


def _second_end(entries: int) -> bytes:
    """The same, behind an end whose offset field holds the signature of an end."""
    directory = bytes(46 * entries)
    signature = int.from_bytes(b"PK\x05\x06", "little")
    end = pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 0, 0, len(directory), signature, 0)
    return b"PK\x03\x04" + directory + end


def _zip64(entries: int) -> bytes:
    """The same, where a Zip64 locator points to another end, and the old one claims nothing."""
    directory = bytes(46 * entries)
    at = 4 + len(directory)
    record = pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 0, 0, len(directory), 4)
    locator = pack("<4sLQL", b"PK\x06\x07", 0, at, 1)
    end = pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0, 0xFFFFFFFF, 0)
    return b"PK\x03\x04" + directory + record + locator + end


@pytest.mark.parametrize("made", [_directory_claims, _second_end, _zip64])
def test_a_directory_of_millions_is_never_held(made: Any) -> None:
    data = made(1_000_000)
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    with pytest.raises(InvalidFile, match=r"too many parts|cut off"):
        read(data)

    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - held < 100_000


def test_whoever_waits_hears_of_every_block() -> None:
    data = workbook(sheet1=sheet([["a"]]).replace("<sheetData>", "<sheetData>" + " " * 3_000_000))
    beats: list[int] = []

    list(row_lines([data], TemporaryFile, Allowance(10**9), on_block=lambda: beats.append(1)))

    assert len(beats) > 3_000_000 // 65_536


@given(data=st.data())
@settings(deadline=None, max_examples=60)
def test_a_damaged_workbook_is_refused_or_read(data: st.DataObject) -> None:
    book = bytearray(data.draw(st.sampled_from(BOOKS)))
    for _ in range(data.draw(st.integers(1, 4))):
        book[data.draw(st.integers(0, len(book) - 1))] = data.draw(st.integers(0, 255))
    if data.draw(st.booleans()):
        del book[data.draw(st.integers(0, len(book) - 1)) :]

    with contextlib.suppress(InvalidFile):
        read(bytes(book))


@given(data=st.data())
@settings(deadline=None, max_examples=60)
def test_damaged_xml_is_refused_or_read(data: st.DataObject) -> None:
    part = data.draw(st.sampled_from(list(PARTS)))
    xml = PARTS[part]
    at = data.draw(st.integers(0, len(xml) - 1))
    put = data.draw(
        st.sampled_from(['"', "<", ">", "</row>", "x", "&", "", "-", "\x01", "9" * 40, "<c>"])
    )
    cut = data.draw(st.integers(0, 30))

    with contextlib.suppress(InvalidFile):
        read(workbook([["a", 1]], texts=["t"], **{part: xml[:at] + put + xml[at + cut :]}))


PARTS = {
    "sheet1": sheet([["a", 1, None, True], [cell(("s", 0)), cell(("n", "43000.5"), "1")]]),
    "sharedStrings": f'<sst xmlns="{MAIN}"><si><t>t</t></si><si><r><t>u</t></r></si></sst>',
    "styles": formats("[h]:mm", "00000"),
    "workbook": '<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/'
    'relationships"><workbookPr date1904="1"/><sheets><sheet name="one" r:id="rId1"/></sheets>'
    "</workbook>",
    "workbook.xml.rels": "<Relationships><Relationship Id='rId1' Type='x/worksheet' "
    "Target='worksheets/sheet1.xml'/></Relationships>",
}
BOOKS = [GOOD, workbook([["a"]] * 20, texts=["x"] * 9), workbook(**PARTS)]
