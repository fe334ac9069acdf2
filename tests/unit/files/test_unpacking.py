import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferry.errors import InvalidFile
from ferry.files.incoming import skip, stem
from ferry.files.transcoding import to_utf8
from ferry.files.unpacking import Allowance, gunzip


def cut(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


@given(st.lists(st.binary(max_size=2000), min_size=1, max_size=4), st.integers(1, 300))
def test_all_members_come_out_however_the_file_is_cut(members: list[bytes], size: int) -> None:
    packed = b"".join(map(gzip.compress, members)) + b"\0" * 7

    assert b"".join(gunzip(cut(packed, size), Allowance(10**6))) == b"".join(members)


def test_blocks_are_small_and_end_where_a_block_ends() -> None:
    data = b"0123456789abcdef" * 65_536  # four blocks exactly

    blocks = list(gunzip([gzip.compress(data, mtime=0)], Allowance(10**9)))

    assert b"".join(blocks) == data
    assert max(map(len, blocks)) <= 262_144


def test_what_lies_before_a_cut_comes_out() -> None:
    packed = gzip.compress(bytes(range(256)) * 4000, 1)
    found = []

    with pytest.raises(InvalidFile, match="cut off"):
        found.extend(gunzip(cut(packed[:-100], 1000), Allowance(10**9)))

    assert len(b"".join(found)) > 100_000


@pytest.mark.parametrize("data", [b"no gzip", gzip.compress(b"a", mtime=0) + b"more"])
def test_what_is_no_gzip_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidFile, match="damaged"):
        list(gunzip([data], Allowance(10**9)))


def test_a_wrong_checksum_is_refused() -> None:
    packed = bytearray(gzip.compress(b"name\nApple\n", mtime=0))
    packed[-5] ^= 1

    with pytest.raises(InvalidFile, match="damaged"):
        list(gunzip([bytes(packed)], Allowance(10**9)))


def test_a_bomb_stops_early() -> None:
    packer = zlib.compressobj(9, wbits=31)
    packed = b"".join(packer.compress(bytes(1_000_000)) for _ in range(1000)) + packer.flush()
    came: list[int] = []

    with pytest.raises(InvalidFile, match="200 times"):
        came.extend(map(len, gunzip(cut(packed, 65_536), Allowance(10**10))))

    assert sum(came) < 70_000_000


def test_the_whole_is_bounded() -> None:
    with pytest.raises(InvalidFile, match="more than 10 bytes"):
        list(gunzip([gzip.compress(b"name\nApple\n", mtime=0)], Allowance(10)))


@given(st.text(st.characters(exclude_categories=["Cs"])), st.integers(1, 5))
def test_gb18030_becomes_utf8_however_it_is_cut(text: str, size: int) -> None:
    blocks = cut(text.encode("gb18030"), size)
    if b"".join(blocks).startswith(b"\xef\xbb\xbf"):
        return

    assert b"".join(to_utf8(blocks, "gb18030")).decode() == text


def test_what_is_no_text_stays_and_harms_nothing_else() -> None:
    data = "姓名\n".encode("gb18030") + b"\xff,x\n" + "张三\n".encode("gb18030")

    lines = b"".join(to_utf8([data], "gb18030")).split(b"\n")

    assert lines == ["姓名".encode(), b"\xff,x", "张三".encode(), b""]


def test_utf8_with_its_mark_stays_as_it_is() -> None:
    data = "\ufeff姓名".encode()

    assert b"".join(to_utf8(cut(data, 1), "gb18030")) == data


@given(st.binary(), st.integers(1, 9), st.integers(0, 40))
def test_skipping_is_slicing(data: bytes, size: int, offset: int) -> None:
    assert b"".join(skip(cut(data, size), offset)) == data[offset:]


@pytest.mark.parametrize(
    ("name", "expected"), [("a.csv", "a"), ("a.b.csv.GZ", "a.b"), ("a.gz", "a")]
)
def test_stems(name: str, expected: str) -> None:
    assert stem(name) == expected
