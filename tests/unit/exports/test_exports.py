"""Every option of an export against a naive reference: read all, filter, sort, cut columns."""

import gzip
import io
import json
from collections.abc import Callable
from random import Random
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ferry.errors import TooManyRows
from ferry.exports import export_file, export_rows, row_writing
from ferry.exports import exporting as exports
from ferry.exports.export_job import ExportRequest
from ferry.records.reading import merging
from ferry.tables.cells import to_cell
from ferry.tables.records import Record
from ferry.tables.schema import FieldType
from ferry.tables.values import json_text
from tests.unit.exports.memory import ACCEPTED_MS, Exporter, as_stored, record
from tests.unit.goods import FIELDS, GOODS

type Row = dict[str, Any]

WHERES: dict[str, Callable[[Row], bool]] = {
    "": lambda _: True,
    '{"on":true}': lambda row: row.get("on") is True,
    '{"amount":{"$gt":0}}': lambda row: row["amount"] > 0,
    '{"name":{"$contains":"a"},"price":{"$exists":true}}': lambda row: (
        "a" in row["name"] and row.get("price") is not None
    ),
    '{"$or":[{"code":{"$isnull":true}},{"created_at":{"$lt":2}}]}': lambda row: (
        row.get("code") is None or row["created_at"] < 2
    ),
}
ORDERS: dict[tuple[str, ...], Callable[[Row], Any]] = {
    (): lambda row: (row["created_at"], row["id"]),
    ("created_at",): lambda row: (row["created_at"], row["id"]),
    ("-created_at",): lambda row: (-row["created_at"], -int(row["id"], 16)),
    ("amount",): lambda row: (row["amount"], row["created_at"], row["id"]),
    ("-amount",): lambda row: (-row["amount"], -row["created_at"], -int(row["id"], 16)),
    ("name", "amount"): lambda row: (
        row["name"], row["amount"], row["created_at"], row["id"]
    ),
}  # fmt: skip
COLUMNS = st.lists(st.sampled_from(GOODS.columns), unique=True, min_size=1, max_size=6)
REQUESTS = st.builds(
    lambda keys, column, **more: ExportRequest(**more, **({keys: tuple(column)} if keys else {})),
    st.sampled_from(["", "include_keys", "exclude_keys"]),
    COLUMNS,
    file_type=st.sampled_from(["csv", "json", "jsonl"]),
    start=st.none() | st.integers(0, 4),
    end=st.none() | st.integers(5, 9),
    where=st.sampled_from(sorted(WHERES)),
    order_by=st.sampled_from(sorted(ORDERS)),
    gzip=st.booleans(),
)
RECORDS = st.lists(FIELDS, max_size=12).map(
    lambda rows: [
        as_stored(record(number, fields=fields, written_at=ACCEPTED_MS + (number % 5 == 4)))
        for number, fields in enumerate(rows)
    ]
)
TYPES = {field.name: field.type for field in GOODS.fields}


@pytest.fixture(autouse=True, scope="module")
def _small_steps():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(export_file, "PART_BYTES", 200)
        patch.setattr(exports, "HELD_BYTES", 700)
        patch.setattr(merging, "FIRST_ROWS", 1)
        patch.setattr(row_writing, "PIECE_ROWS", 3)
        patch.setattr(export_rows, "AT_ONCE", 2)
        yield


@given(request=REQUESTS, records=RECORDS)
@settings(deadline=None, max_examples=100)
def test_a_file_holds_what_was_asked_for(request: ExportRequest, records: list[Record]) -> None:
    file = Exporter(GOODS, records).file(request)

    assert _plain(file, request) == _expected(request, records)


@given(request=REQUESTS, records=RECORDS, dies_after=st.integers(0, 8))
@settings(deadline=None, max_examples=100)
def test_a_file_that_is_gone_on_with_is_the_same(
    request: ExportRequest, records: list[Record], dies_after: int
) -> None:
    exporter = Exporter(GOODS, records)

    assert exporter.file(request, dies_after=dies_after) == exporter.file(request)


@pytest.mark.parametrize("order_by", [(), ("-amount",)])
@pytest.mark.parametrize(
    "more", [{"file_type": "xlsx"}, {"file_type": "csv", "gzip": True}], ids=str
)
def test_a_packed_file_that_is_gone_on_with_is_the_same(
    more: dict[str, Any], order_by: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_file, "PART_BYTES", 20_000)
    text = Random(1).randbytes(1_000_000).hex()  # what cannot be packed well makes many parts
    rows = [record(n, fields={"name": text[n * 1000 :][:1000], "amount": n}) for n in range(1500)]
    exporter = Exporter(GOODS, rows)
    request = ExportRequest(**more, order_by=order_by)

    whole, resumed = exporter.file(request), exporter.file(request, dies_after=3)

    assert len(exporter.job.checkpoint.etags) > 4
    assert whole == resumed
    amounts = list(range(1500))
    assert _amounts(resumed) == (amounts[::-1] if order_by else amounts)


@pytest.mark.parametrize("order_by", [(), ("name",)])
def test_a_file_has_no_more_rows_than_it_may(order_by: tuple[str, ...]) -> None:
    rows = [record(n, fields={"name": "a", "amount": n}) for n in range(4)]

    for where, selected in (('{"amount":{"$lt":3}}', 3), ("", 4)):
        exporter = Exporter(GOODS, rows, row_cap=3)
        request = ExportRequest(file_type="csv", where=where, order_by=order_by)
        if selected <= 3:
            assert exporter.file(request).count(b"\r\n") == selected + 1
        else:
            with pytest.raises(TooManyRows, match="more than 3 rows"):
                exporter.file(request)


def _amounts(file: bytes) -> list[int]:
    at = GOODS.columns.index("amount")
    if file.startswith(b"PK"):
        sheet = openpyxl.load_workbook(io.BytesIO(file), read_only=True).active
        return [row[at] for row in sheet.iter_rows(min_row=2, values_only=True)]
    lines = gzip.decompress(file).decode().splitlines()[1:]
    return [int(line.split(",")[at]) for line in lines]


def _plain(file: bytes, request: ExportRequest) -> str:
    return (gzip.decompress(file) if request.gzip else file).decode()


def _expected(request: ExportRequest, records: list[Record]) -> str:
    rows = [
        record.columns
        for record in records
        if record.written_at <= ACCEPTED_MS
        and (request.start or 0) <= record.created_at < (request.end or 99)
    ]
    rows = sorted(filter(WHERES[request.where], rows), key=ORDERS[request.order_by])
    columns = [name for name in GOODS.columns if name not in request.exclude_keys]
    columns = [name for name in columns if not request.include_keys or name in request.include_keys]
    if request.file_type == "csv":
        cells = [[to_cell(row.get(name), _type(name)) for name in columns] for row in rows]
        lines = [columns, *cells]
        return "\ufeff" + "".join(",".join(map(_quoted, line)) + "\r\n" for line in lines)
    objects = [_object(row, columns) for row in rows]
    if request.file_type == "jsonl":
        return "".join(f"{text}\n" for text in objects)
    return "[\n" + ",\n".join(objects) + "\n]" if objects else "[]"


def _type(name: str) -> FieldType:
    return TYPES.get(name, FieldType.STRING)


def _quoted(cell: str | None) -> str:
    if cell is None:
        return ""
    return f'"{cell.replace('"', '""')}"' if not cell or set(cell) & set(',"\r\n') else cell


def _object(row: Row, columns: list[str]) -> str:
    return "{" + ",".join(f"{json.dumps(name)}:{_json(row, name)}" for name in columns) + "}"


def _json(row: Row, name: str) -> str:
    value = row.get(name)
    if name == "owner" and value is not None:
        value = {"_table": value["_table"], "id": value["id"]}
    return json_text(value)
