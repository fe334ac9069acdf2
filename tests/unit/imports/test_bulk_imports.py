"""Imports in bulk beside imports record by record: the same rows, failed rows and counts."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from ferry.errors import InvalidFile
from ferry.files.formats import FORMATS
from ferry.files.options import AS_WRITTEN, ReadingOptions
from ferry.imports.import_job import IMPORTS, ImportJob, ImportRequest, ImportResult
from ferry.imports.importing import run_import
from ferry.imports.pipeline import STEP_RECORDS
from ferry.jobs.job import Counts, Operation, Status
from ferry.jobs.run import Run
from ferry.tables.schema import Constraints, Field, FieldType, Schema, Table

SCHEMA = Schema(
    (
        Field(name="name", type=FieldType.STRING, constraints=Constraints(required=True)),
        Field(name="amount", type=FieldType.INTEGER, default=5),
        Field(name="price", type=FieldType.NUMBER),
        Field(name="on", type=FieldType.BOOLEAN),
        Field(name="tags", type=FieldType.ARRAY, items={"type": "string"}),
        Field(name="obj", type=FieldType.OBJECT),
    )
)
TABLE = Table(
    id=1, app_id="a", name="goods", schema=SCHEMA, created_by=1, created_at=0, updated_at=0
)
CSV_CELLS = st.sampled_from(
    [
        *["a", "", '""', '"a ""b"", c"', '"x\r\ny"', 'a"b', '"a"b', "é🚀", "\0", "1", "-7", "007"],
        *["1.50", "1e3", "9" * 39, "true", "FALSE", "0", "yes", '"[""a"",""b""]"', '"[1]"', "[]"],
        *['"{""k"":1.10}"', '"{""k"":1,""k"":2}"', "{}", '"{""k"":NaN}"', '"', "\r", "a,b"],
    ]
)
CSV_ROWS = st.lists(CSV_CELLS, min_size=6, max_size=6) | st.lists(CSV_CELLS, max_size=7)
CSV_LINES = CSV_ROWS.map(",".join) | st.just('milk,1,1.5,true,"[""a""]",{}')
JSON_VALUES = st.sampled_from(
    [
        *['"a"', '""', "null", "1", "-7", "1.50", "1e3", "1.0", "9" * 39, "true", "0", '"true"'],
        *['["a","b"]', "[1]", "[]", '{"k":1.10}', '{"k":1,"k":2}', '{"k":{"k" :2}}', "{}", "NaN"],
        *['"\\ud800"', '"\\u0000"', '"\\":"', "01", "{", '{"":1}', "[[[]]]"],
    ]
)
JSON_MEMBERS = st.tuples(st.sampled_from([*SCHEMA.names, "other", "name"]), JSON_VALUES)
JSON_LINES = st.lists(JSON_MEMBERS, max_size=6).map(
    lambda members: "{" + ", ".join(f'"{name}": {value}' for name, value in members) + "}"
) | st.sampled_from(['{"name":"milk","amount":1,"tags":["a"]}', "", " ", "null", '{"name":"a"'])
ENDS = st.sampled_from(["\n", "\r\n", "\n\n", "\n", "\n"])
RAW = st.sampled_from([b"", b"", b"", b"\xff", b"\xc3\n"])


def files(head: str, lines: st.SearchStrategy[str]) -> st.SearchStrategy[bytes]:
    line = st.tuples(lines, ENDS).map("".join)
    return st.tuples(st.lists(line, max_size=20), RAW, st.lists(line, max_size=3)).map(
        lambda parts: (head + "".join(parts[0])).encode() + parts[1] + "".join(parts[2]).encode()
    )


FILES = st.tuples(st.just("csv"), files("name,amount,price,on,tags,obj\n", CSV_LINES)) | st.tuples(
    st.just("jsonl"), files('{"name":"first"}\n', JSON_LINES)
)


class Killed(BaseException):
    """The worker ends here."""


class Stored:
    """A file, what an import writes, and its job, which may die at a save."""

    def __init__(
        self, name: str, data: bytes, cut: int, dies_at: int, options: ReadingOptions = AS_WRITTEN
    ) -> None:
        self.items: dict[str, Any] = {}
        self.files: dict[str, bytes] = {"file": data}
        self.job = _job(name, options)
        self._cut = cut
        self._dies_at = dies_at

    # As `Files`

    def blocks(self, key: str, *, offset: int = 0, etag: str = "") -> Iterator[bytes]:
        data = self.files[key][offset:]
        yield from (data[at : at + self._cut] for at in range(0, len(data), self._cut))

    def put(self, key: str, body: bytes) -> None:
        self.files[key] = body

    def write(self, key: str, chunks: Iterable[bytes], _media_type: str) -> None:
        self.files[key] = b"".join(chunks)

    # As `Tables`

    def get(self, _app_id: str, _table_id: int) -> Table:
        return TABLE

    def as_of(self, _app_id: str, _table_id: int, _version: int) -> Table:
        return TABLE

    @property
    def open_imports(self) -> "Stored":
        return self

    # As `OpenImports`

    def note(self, *_: object, now: int) -> None:
        pass

    # As `Jobs`

    def save(self, job: ImportJob, **_: str) -> bool:
        self._dies_at -= 1
        if self._dies_at == 0:
            raise Killed
        self.job = job
        return False

    # As `Records`, their writer and its groups

    table_name = "records"

    @property
    def unique(self) -> "Stored":
        return self

    def put_missing(self, _: Table, items: Sequence[Any], _on_batch: object) -> list[Any]:
        for item in items:
            self.items.setdefault(item["_sk"]["S"], item)
        return []

    def writer(self, _on_wait: Callable[[], object]) -> "Stored":
        return self

    def group(self) -> "_Group":
        return _Group(self.items)

    def close(self, *_: object) -> None:
        pass


class _Group:
    def __init__(self, items: dict[str, Any]) -> None:
        self._items = items
        self._held: list[str] = []

    def put(self, items: Sequence[str]) -> None:
        self._held += items

    def wait(self) -> None:
        for item in map(msgspec.json.decode, self._held):
            self._items[item["_sk"]["S"]] = item


def _job(name: str, options: ReadingOptions) -> ImportJob:
    return IMPORTS.job(
        id="0" * 32,
        operation=Operation.IMPORT,
        app_id="a",
        user_id=1,
        table_id=1,
        table_name="goods",
        request=ImportRequest(
            file_type=name, file_name=f"goods.{name}", file_key="file", **structs.asdict(options)
        ),
        public_url="",
        accepted_at=1_760_000_000_000,
        updated_at=0,
        due_at=0,
        status=Status.RUNNING,
        result=ImportResult(),
    )


def carried(
    name: str,
    data: bytes,
    *,
    cut: int,
    dies_at: int = 0,
    step: int = STEP_RECORDS,
    options: ReadingOptions = AS_WRITTEN,
) -> tuple[Any, ...]:
    """Return an import's results: items, counts, the failed-rows file, or why it failed."""
    stored: Any = Stored(name, data, cut, dies_at, options)

    def deliver() -> tuple[Any, ...]:
        run = Run(stored.job, jobs=stored, clock=lambda: 0.0, time_left=lambda: 900.0)
        done = run_import(
            run,
            file_limit=10**9,
            unpacked_limit=10**9,
            web=stored,
            tables=stored,
            records=stored,
            uploads=stored,
            results=stored,
            most_records=step,
        )
        return stored.items, done.counts, stored.files.get(done.result.report_key, b"")

    try:
        return deliver()
    except Killed:
        return deliver()
    except InvalidFile as error:
        return (error.reason,)


@given(
    file=FILES,
    cut=st.integers(1, 50) | st.just(1 << 18),
    size=st.sampled_from([1, 30, 100, 1 << 16]),
    step=st.sampled_from([1, 3, 10_000]),
    dies_at=st.integers(0, 6),
)
@settings(deadline=None, max_examples=120)
def test_an_import_in_bulk_comes_to_the_same(
    file: tuple[str, bytes], cut: int, size: int, step: int, dies_at: int
) -> None:
    name, data = file
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ferry.files.bulks.BULK_BYTES", size)
        in_bulk = carried(name, data, cut=cut, dies_at=dies_at, step=step)
        patch.setitem(FORMATS, name, structs.replace(FORMATS[name], bulks=None))
        one_by_one = carried(name, data, cut=1 << 18)

    assert in_bulk == one_by_one


@pytest.mark.parametrize(
    ("name", "head", "good", "bad"),
    [
        ("csv", b"name,amount\n", b"milk,%d\n", b"milk,x%d\n"),
        ("jsonl", b"", b'{"name":"milk","amount":%d}\n', b'{"name":"milk","amount":"%d"}\n'),
    ],
)
def test_a_bad_row_among_thousands_is_the_one_that_fails(
    name: str, head: bytes, good: bytes, bad: bytes
) -> None:
    rows = [(bad if number == 12_345 else good) % number for number in range(30_000)]

    items, counts, report = carried(name, head + b"".join(rows), cut=1 << 18)

    assert counts == Counts(30_000, 29_999, 1)
    assert len(items) == 29_999
    assert b"12345" in report
    assert str(12_346 + bool(head)).encode() in report
