import gzip

import pytest

from ferry.errors import InvalidFile
from ferry.files.formats import FORMATS
from tests.unit.goods import GOODS

CHINESE = "姓名,城市\n张三,北京\n"
JAPANESE = "なまえ,まち\nさとう,東京\n"


@pytest.mark.parametrize(
    ("head", "looks"),
    [
        pytest.param(bytes.fromhex("d0d5c3fb2cb3c7cad00a"), "GBK", id="F6"),
        pytest.param(CHINESE.encode("gb18030"), "GBK", id="gb18030"),
        pytest.param(f"{CHINESE}朱镕基,𠮷\n".encode("gb18030"), "GBK", id="gb18030-beyond-gb2312"),
        pytest.param(CHINESE.encode("utf-16"), r"UTF-16 \(LE\)", id="F7"),
        pytest.param(b"\xfe\xff" + CHINESE.encode("utf-16-be"), r"UTF-16 \(BE\)", id="utf-16-be"),
        pytest.param("name,price\n".encode("utf-16-le"), r"UTF-16 \(LE\)", id="utf-16-le-no-mark"),
        pytest.param("name,price\n".encode("utf-16-be"), r"UTF-16 \(BE\)", id="utf-16-be-no-mark"),
        pytest.param(JAPANESE.encode("cp932"), "Shift-JIS", id="shift-jis"),
        pytest.param(b"name\ncaf\xe9\n", "windows-1252", id="latin-1"),
        pytest.param(b"name\nM\xfcller\nGr\xf6\xdfe\nB\xe4cker\n", "windows-1252", id="german"),
        pytest.param(b"\x89PNG\r\n\x1a\n\0\0", "a PNG picture", id="F4"),
        pytest.param(b"PK\x03\x04\x14\0", "Excel workbook", id="xlsx"),
        pytest.param(gzip.compress(b"name\n"), "gzip", id="gzip"),
        pytest.param(b"%PDF-1.7\n", "PDF", id="pdf"),
    ],
)
@pytest.mark.parametrize("name", ["csv", "json"])
def test_what_is_not_utf8_is_refused_by_its_name(name: str, head: bytes, looks: str) -> None:
    with pytest.raises(InvalidFile, match=f"looks like .*{looks}.*save it as UTF-8"):
        FORMATS[name].inspect(head, whole=True, schema=GOODS)


@pytest.mark.parametrize("cut", [1, 2])
def test_a_character_may_be_cut_at_the_end_of_the_first_block(cut: int) -> None:
    head = "name\n名".encode()[:-cut]

    assert FORMATS["csv"].inspect(head, whole=False, schema=GOODS).columns == ("name",)
    with pytest.raises(InvalidFile):
        FORMATS["csv"].inspect(head, whole=True, schema=GOODS)


@pytest.mark.parametrize("head", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("name", FORMATS)
def test_an_empty_file_is_refused(name: str, head: bytes) -> None:
    with pytest.raises(InvalidFile, match="empty"):
        FORMATS[name].inspect(head, whole=True, schema=GOODS)
