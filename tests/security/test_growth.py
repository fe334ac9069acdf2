"""Twice the input takes at most two and a half times the work, whatever the input is.

Work is counted in calls and lines of Python code, which no other load on the machine changes. What
C code does in between is linear: `test_patterns.py` holds the regular expressions to that, and the
inputs here are so large that a quadratic one would not come to its end.
"""

import contextlib
import io
import sys
from collections.abc import Callable
from typing import Any

import pytest

from ferry.errors import FerryError
from ferry.files.headings import cleaned
from ferry.files.parquet.compact import i32, i64, listed, struct, text
from ferry.files.parquet.footers import remainder
from ferry.imports.multipart import sent_form
from ferry.tables.values import parse_json
from ferry.tables.where import MAX_TESTS, compile_where
from tests.security.grown import GROWN
from tests.security.parsers import PARSERS
from tests.unit.files.files import entries
from tests.unit.goods import GOODS

HEAD = b"name,amount\n"
ROWS = 2_000
RUN = 60_000
"""Bytes of one cell, name or run of blanks: a quadratic search would take a minute for it."""

CSV: dict[str, Callable[[int], bytes]] = {
    "blanks in a name": lambda n: b"a" + b" " * RUN * n + b"b,amount\n1,2\n",
    "blanks in a cell": lambda n: HEAD + b"a" + b" " * RUN * n + b"b,1\n",
    "blanks behind a quote": lambda n: HEAD + b'"a"' + b" " * RUN * n + b"b,1\n",
    "names": lambda n: b",".join(b"c%d" % i for i in range(ROWS * n)) + b"\n1\n",
    "empty names": lambda n: b"," * ROWS * n + b"\n1\n",
    "underscores": lambda n: b"_" * RUN * n + b"x,amount\n1,2\n",
    "quotes": lambda n: HEAD + b'"' * RUN * n + b"\n",
    "open quotes": lambda n: HEAD + b'a,"b\n' * ROWS * n,
    "blank lines": lambda n: HEAD + b"\r\n" * ROWS * n,
    "commas": lambda n: HEAD + b"," * RUN * n + b"\n",
    "digits": lambda n: HEAD + b"a," + b"9" * RUN * n + b"." + b"0" * RUN + b"x\n",
    "groups": lambda n: b"name;amount\n" + b"a;" + b"1." * RUN * n + b"\n",
    "separators": lambda n: b"sep=" + b"," * RUN * n + b"\n1\n",
    "bytes of no UTF-8": lambda n: HEAD + b"\xe9a" * ROWS * n + b",1\n",
    "preamble": lambda n: b"x\n" * ROWS * n + HEAD + b"a,1\n",
}
JSON: dict[str, Callable[[int], bytes]] = {
    "lists": lambda n: b"[" * ROWS * n,
    "objects": lambda n: b'{"a":' * ROWS * n,
    "quotes": lambda n: b"[" + b'"' * ROWS * n,
    "backslashes": lambda n: b'[{"name":"' + b"\\" * RUN * n,
    "open objects": lambda n: b'[{"name":"a"' * ROWS * n,
    "bare words": lambda n: b"[" + b"x," * ROWS * n,
    "blanks": lambda n: b"[" + b" " * RUN * n + b"{}]",
    "members": lambda n: b"[{" + b",".join(b'"k%d":1' % i for i in range(ROWS * n)) + b"}]",
    "blanks in a member's name": lambda n: b'[{"a' + b" " * RUN * n + b'b":1}]',
    "digits": lambda n: b'[{"amount":' + b"9" * RUN * n + b"}]",
    "half characters": lambda n: b'[{"name":"' + b"\\ud800" * RUN * n + b'"}]',
    "original": lambda n: b'[{"original"' + b" " * RUN * n + b":x}]",
    "wrapped": lambda n: b"{" + b'"a":[],' * ROWS * n,
}
FORMS: dict[str, Callable[[int], bytes]] = {
    "parts": lambda n: (
        b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n" * ROWS * n + b"--x--"
    ),
    "boundaries": lambda n: b"--x\r\n" * ROWS * n,
    "headers": lambda n: b"--x\r\n" + b"A: b\r\n" * ROWS * n,
    "dashes": lambda n: (
        b"--x\r\nContent-Disposition: form-data; name=file; filename=a.csv\r\n\r\n"
        + b"\r\n--" * ROWS * n
        + b"\r\n--x--\r\n"
    ),
}
WHERE: dict[str, Callable[[int], Any]] = {
    "empty conditions": lambda n: {"$and": [{}] * ROWS * n},
    "nested ones": lambda n: {"$or": [{"$and": [{}] * ROWS * n}] * 3},
    "operands": lambda n: {"amount": {"$in": list(range(ROWS * n))}},
    "members": lambda n: {f"c{i}": 1 for i in range(ROWS * n)},
}
TEXTS: dict[str, Callable[[int], str]] = {
    "lists": lambda n: "[" * RUN * n,
    "digits": lambda n: "9" * RUN * n,
    "exponents": lambda n: "1e" + "9" * RUN * n,
    "fractions": lambda n: "0." + "1" * RUN * n,
}


def _footer_of(columns: int, groups: int) -> bytes:
    """Return a Parquet file that is all footer, of row groups of a chunk for each column."""
    column = struct({1: i32(2), 4: text("c")})
    group = struct({1: listed([struct({2: i64(4)})] * columns), 2: i64(9), 3: i64(1)})
    schema = listed([struct({4: text("s"), 5: i32(columns)}), *[column] * columns])
    _, footer = struct({1: i32(1), 2: schema, 3: i64(groups), 4: listed([group] * groups)})
    return b"PAR1" + footer + len(footer).to_bytes(4, "little") + b"PAR1"


FOOTERS = {
    "columns": lambda n: _footer_of(200 * n, 1),
    "row groups": lambda n: _footer_of(1, 300 * n),
    "nesting": lambda n: _footer_of(1, 1)[:-8] + b"\x1c" * 500 * n + bytes(4) + b"PAR1",
}

GROWING = [
    *(pytest.param(_csv, made, id=f"csv: {name}") for _csv in [lambda d: entries("csv", d)]
      for name, made in CSV.items()),
    *(pytest.param(_json, made, id=f"json: {name}") for _json in [lambda d: entries("json", d)]
      for name, made in JSON.items()),
    *(pytest.param(_form, made, id=f"form: {name}")
      for _form in [lambda d: sent_form(d, "multipart/form-data; boundary=x")]
      for name, made in FORMS.items()),
    *(pytest.param(_where, made, id=f"where: {name}")
      for _where in [lambda d: compile_where(d, GOODS)] for name, made in WHERE.items()),
    *(pytest.param(parse_json, made, id=f"body: {name}") for name, made in TEXTS.items()),
    *(pytest.param(_footer, made, id=f"parquet: {name}")
      for _footer in [lambda d: remainder(io.BytesIO(d), 0)] for name, made in FOOTERS.items()),
    *(pytest.param(PARSERS[parser].read, made, id=f"{parser}: {name}")
      for parser, cases in GROWN.items() for name, made in cases.items()),
]  # fmt: skip


def _work(read: Callable[[Any], object], given: Any) -> int:
    count = 0

    def trace(*_: Any) -> Any:
        nonlocal count
        count += 1
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        with contextlib.suppress(FerryError, ValueError):
            read(given)
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize(("read", "made"), GROWING)
def test_work_grows_as_the_input_does(read, made):
    _work(read, made(1))  # modules that are loaded on first use are no work of the input's
    assert _work(read, made(2)) <= 2.5 * _work(read, made(1)) + 2000


def test_a_condition_costs_no_more_at_each_row_than_its_operators():
    for made in (WHERE["empty conditions"], WHERE["nested ones"]):
        with pytest.raises(FerryError, match=f"at most {MAX_TESTS} operators"):
            compile_where(made(1), GOODS)
    compile_where({"$and": [{}] * MAX_TESTS}, GOODS)


def test_names_lose_every_kind_of_blank_at_their_ends():
    blanks = [chr(n) for n in range(0x11000) if chr(n).isspace()] + ["\ufeff", "\u200b", "\u2060"]

    assert cleaned("".join(blanks) + "a b" + "".join(blanks)) == "a b"
