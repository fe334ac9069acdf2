import time

import pytest

from ferry.errors import InvalidFile
from ferry.files.entries import HEAD_BYTES, MAX_RECORD_BYTES
from ferry.files.formats import FORMATS
from ferry.files.position import Position
from tests.unit.files.files import entries, outcomes
from tests.unit.goods import GOODS

CSV = FORMATS["csv"]


def rows(body: str) -> list[object]:
    return outcomes(entries("csv", b"name,code\n" + body.encode()))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param("a,1\nb,2\n", [("a", "1"), ("b", "2")], id="lf"),
        pytest.param("a,1\r\nb,2\r\n", [("a", "1"), ("b", "2")], id="crlf"),
        pytest.param("a,1", [("a", "1")], id="no-newline-at-the-end"),
        pytest.param("a,1\r", [("a", "1")], id="half-a-crlf-at-the-end"),
        pytest.param(",\n", [], id="commas-alone"),
        pytest.param("a,1\r,\r\rb,2\r", [("a", "1"), ("b", "2")], id="cr"),
        pytest.param('5" pipe,6\'2" rod\n', [('5" pipe', "6'2\" rod")], id="quotes-inside"),
        pytest.param('a , "b, c" \n', [("a ", "b, c")], id="blanks-around-quotes"),
        pytest.param("a,1\n\x1a", [("a", "1")], id="end-of-file-mark"),
        pytest.param('"",\n', [("", None)], id="quoted-empty"),
        pytest.param('"",""', [("", "")], id="quoted-empty-last"),
        pytest.param(" a , b \n", [(" a ", " b ")], id="not-trimmed"),
        pytest.param('"a,b","c""d"\n', [("a,b", 'c"d')], id="comma-and-quote"),
        pytest.param('"""",""""""\n', [('"', '""')], id="quotes-alone"),
        pytest.param('"a\nb","c\r\nd\re"\r\n', [("a\nb", "c\r\nd\re")], id="newlines-kept"),
        pytest.param("\n\r\n\na,1\n\n\n", [("a", "1")], id="blank-lines"),
        pytest.param("a\0,名\u2028\n", [("a\0", "名\u2028")], id="odd-characters"),
        pytest.param("", [], id="G24"),
    ],
)
def test_cells(body: str, expected: list[tuple[str, str]]) -> None:
    assert rows(body) == [dict(zip(("name", "code"), row, strict=True)) for row in expected]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        pytest.param("a", "cells number 1, the columns 2", id="G19-fewer"),
        pytest.param("a,1,2", "cells number 3, the columns 2", id="G19-more"),
        pytest.param('"5" pipe,1', "is wrongly quoted in cell 1", id="quote-inside"),
        pytest.param('a,"b"c', "is wrongly quoted in cell 2", id="text-behind-quote"),
    ],
)
def test_a_bad_row_is_an_error_and_the_next_is_fine(bad: str, reason: str) -> None:
    first, error, last = rows(f"a,1\n{bad}\nb,2\n")

    assert reason in str(error)
    assert (first, last) == ({"name": "a", "code": "1"}, {"name": "b", "code": "2"})


def test_bytes_that_are_not_utf8_cost_their_row_only() -> None:
    data = b"name,code\na,1\nb\xff,2\nc,3\n"

    _, bad, last = entries("csv", data, head=12)

    assert bad.error
    assert "is not UTF-8 text at its byte 2" in bad.error.reason
    assert (bad.original, bad.line) == (b"b\xff,2", 3)
    assert last.cells == {"name": "c", "code": "3"}


@pytest.mark.parametrize("rest", ["c,3\n", "c,3\n" * 9, 'c,3\n"d",4\n', '"c",3\nd,"4"\n'])
@pytest.mark.parametrize("block", [1, 7, 1 << 16])
def test_an_unclosed_quote_costs_its_line_only(rest: str, block: int) -> None:
    found = entries("csv", b'name,code\na,1\n"b,2\n' + rest.encode(), block=block)

    bad = found[1]
    assert bad.error
    assert "quote" in bad.error.reason
    assert (bad.line, bad.original) == (3, b'"b,2')
    assert [entry.line for entry in found] == list(range(2, 4 + rest.count("\n")))
    assert not any(entry.error for entry in found[2:])


def test_an_unclosed_quote_in_a_long_file_fails_the_file_at_that_line() -> None:
    rows = b"c,3\n" * (MAX_RECORD_BYTES // 4 + 2)

    with pytest.raises(InvalidFile, match="line 3 opens a quote"):
        entries("csv", b'name,code\na,1\n"b,2\n' + rows)


def test_lines_and_positions() -> None:
    data = b'\xef\xbb\xbf\nname,code\n\na,"x\ny"\n\nb,2'

    first, second = entries("csv", data)

    assert (first.number, first.line, first.original) == (1, 4, b'a,"x\ny"')
    assert first.end == Position(offset=data.index(b"\n\nb"), line=5, number=1)
    assert (second.number, second.line) == (2, 7)
    assert second.end == Position(offset=len(data), line=7, number=2)


def test_a_record_too_long_is_passed_over_and_keeps_its_beginning() -> None:
    body = b"a,1\n" + b"x" * (MAX_RECORD_BYTES + 1) + b"\nb,2\n"

    first, long, last = entries("csv", b"name,code\n" + body)

    assert long.error
    assert "longer than 4 MiB" in long.error.reason
    assert (long.original, long.complete) == (b"x" * 65_536, False)
    assert (first.number, long.number, last.number, last.line) == (1, 2, 3, 4)


def test_the_header_tells_columns_and_which_are_ignored() -> None:
    layout = CSV.inspect(b"\xef\xbb\xbfname,foo,,id\n", whole=True, schema=GOODS)  # F9, G17

    assert layout.columns == ("name", "", "", "id")
    assert layout.heads == ("name", "foo", "", "id")
    assert layout.ignored == ("foo", "(column 3)")
    assert layout.start == Position(offset=15, line=1)
    assert entries("csv", b"name,foo,,id\na,b,c,d")[0].cells == {"name": "a", "id": "d"}


def test_the_ignored_columns_that_are_named_are_few_and_short() -> None:
    header = ",".join(["name", "x" * 1000, *(f"x{n}" for n in range(200))]).encode()

    ignored = CSV.inspect(header, whole=True, schema=GOODS).ignored

    assert len(ignored) == 101
    assert (ignored[0], ignored[-1]) == ("x" * 64 + "…", "… 101 more")


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        pytest.param(b"\r\n\n", "blank lines only", id="blank"),
        pytest.param(b"name,name\n", 'names the column "name" twice', id="G18"),
        pytest.param(b"foo,bar\n1,2\n", "must name columns of the table", id="no-known-column"),
        pytest.param(b"a;b\n", "looks like semicolons", id="semicolons"),
        pytest.param(b",,\n", "blank lines only", id="empty-names"),
        pytest.param(b'"name,price\n', "never closed", id="unclosed"),
        pytest.param(b'"na"me\n', "wrongly quoted", id="misquoted"),
        pytest.param(b"# a\nname\n", "send header_row=2", id="comment"),
        pytest.param(b"Stock\n\n\nname,price\n", "line 4 .* send header_row=4", id="title"),
        pytest.param(b"Tea,5,name\n", "looks like a row", id="no-header"),
        pytest.param(b"name,Price,PRICE\n", "both match price", id="twice-but-for-case"),
    ],
)
def test_headers_that_are_refused(head: bytes, reason: str) -> None:
    with pytest.raises(InvalidFile, match=reason):
        CSV.inspect(head, whole=True, schema=GOODS)


def test_a_header_that_does_not_end_in_the_first_block_is_refused() -> None:
    with pytest.raises(InvalidFile, match="over 1,048,576 bytes"):
        CSV.inspect(b"name," * (HEAD_BYTES // 5), whole=False, schema=GOODS)


def test_a_hundred_thousand_columns_take_bounded_time() -> None:
    header = ",".join(["name", *(f"x{n}" for n in range(100_000))]).encode()
    data = header + b"\n" + b"a" + b"," * 100_000 + b"\n"

    started = time.process_time()
    (entry,) = entries("csv", data)

    assert time.process_time() - started < 2
    assert entry.cells["name"] == "a"
