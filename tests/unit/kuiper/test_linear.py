"""Work grows with the size of the input and no faster: calls are counted, nothing is timed.

A regular expression is one call whatever it does; those of this package are possessive, so they
cannot go back.
"""

import json
import sys
from collections.abc import Callable

import pytest

from ferry.errors import FerryError
from ferry.kuiper.apply.application import apply
from ferry.kuiper.apply.mode import Mode
from ferry.kuiper.document.decoding import decode
from ferry.kuiper.document.document import Document
from ferry.kuiper.document.sections import Section
from ferry.kuiper.sql.ddl.create import parse_source
from ferry.kuiper.sql.query.select import parse_select
from tests.unit.kuiper.strategies import fault_of, rule, stream

SIZE = 600


def calls(work: Callable[[], object]) -> int:
    """Count the functions, of Python and of C, that `work` calls."""
    count = 0

    def counter(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(counter)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


def quietly(read: Callable[[str], object], text: str) -> None:
    fault_of(read, text, FerryError)


def document(size: int) -> Document:
    return Document(
        {
            Section.STREAMS: {f"s{i}": stream(f"s{i}") for i in range(size)},
            Section.RULES: {f"r{i}": rule(sql=f"SELECT f(a) FROM s{i}") for i in range(size)},
            Section.SOURCE_CONFIG: {"mqtt": json.dumps({f"k{i}": {"a": i} for i in range(size)})},
        }
    )


@pytest.mark.parametrize(
    "work",
    [
        lambda n: quietly(parse_source, f"CREATE STREAM s ({'a BIGINT, ' * n}) WITH ()"),
        lambda n: quietly(parse_source, "CREATE STREAM s () WITH (" + "," * n),
        lambda n: quietly(parse_source, "CREATE" + " -- x\n /* y */ " * n),
        lambda n: quietly(parse_select, "SELECT " + "a + " * n + "b FROM s"),
        lambda n: quietly(parse_select, "SELECT a FROM " + "a/" * n),
        lambda n: quietly(parse_select, "SELECT a" + ', "x\\' * n),
        lambda n: quietly(
            parse_select, "SELECT " + "f(a[1], CASE WHEN a THEN b END), " * n + "a FROM s"
        ),
        lambda n: quietly(decode, '{"x":[' + "[],{}," * n + "[]]}"),
        lambda n: quietly(decode, '{"rules":{' + '"a":"b",' * n),
        lambda n: quietly(decode, "[" * n),
        lambda n: apply(Document(), document(n), Mode.FULL),
        lambda n: apply(document(n), document(n), Mode.PARTIAL),
        lambda n: decode(document(n).encoded()),
    ],
)
def test_twice_the_input_is_twice_the_work(work: Callable[[int], object]) -> None:
    work(SIZE)
    assert calls(lambda: work(2 * SIZE)) <= 2.1 * calls(lambda: work(SIZE)) + 50
