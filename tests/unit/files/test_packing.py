import gzip
import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferry.errors import DoesNotFit
from ferry.files.deflate import Gzip
from ferry.files.packing import MakePacking, Plain
from ferry.files.position import Packed
from ferry.files.xlsx.workbook_packing import Workbook

PIECES = st.lists(st.binary(max_size=300), max_size=12)


def packed(make: MakePacking, pieces: list[bytes], seals: set[int]) -> bytes:
    """Pack the pieces; behind those numbered in `seals` another packing goes on."""
    packing = make(Packed())
    file = packing.head()
    for number, piece in enumerate(pieces):
        file += packing.pack(piece)
        if number in seals:
            file += packing.seal()
            packing = make(packing.so_far)
    return file + packing.tail()


@given(pieces=PIECES, seals=st.sets(st.integers(0, 11)))
def test_a_plain_file_stays_as_it_is(pieces: list[bytes], seals: set[int]) -> None:
    assert packed(Plain, pieces, seals) == b"".join(pieces)


@given(pieces=PIECES, seals=st.sets(st.integers(0, 11)))
def test_a_gzip_file_is_one_member(pieces: list[bytes], seals: set[int]) -> None:
    file = packed(Gzip, pieces, seals)

    assert gzip.decompress(file) == b"".join(pieces)
    assert file.count(b"\x1f\x8b\x08\0\0\0\0\0") == 1


@given(pieces=PIECES, seals=st.sets(st.integers(0, 11)))
def test_a_workbook_is_a_whole_archive(pieces: list[bytes], seals: set[int]) -> None:
    with zipfile.ZipFile(io.BytesIO(packed(Workbook, pieces, seals))) as archive:
        assert archive.testzip() is None
        assert archive.namelist()[0] == "[Content_Types].xml"
        assert archive.read("xl/worksheets/sheet1.xml") == b"".join(pieces)


def test_what_is_packed_again_after_a_seal_is_the_same() -> None:
    rows = [b"row %d\r\n" % number for number in range(1000)]

    assert packed(Gzip, rows, {10}) == packed(Gzip, rows, {10})


def test_a_sheet_past_4_gigabytes_does_not_fit() -> None:
    with pytest.raises(DoesNotFit, match="4 GB"):
        Workbook(Packed(size=2**32)).tail()


def test_gzip_counts_its_content_modulo_4_gigabytes() -> None:
    packing = Gzip(Packed(crc=7, size=2**32 + 3))

    assert packing.tail().endswith(b"\x07\0\0\0\x03\0\0\0")
