from collections import Counter
from decimal import Decimal
from types import SimpleNamespace

import boto3
import msgspec
import pytest

from ferry.aws import clients
from ferry.aws.attributes import MAX_ITEM_BYTES, item_bytes
from ferry.errors import InvalidRow
from ferry.records.reading.windows import Window
from ferry.records.row_store import Rows
from ferry.records.store import Records, item
from ferry.tables.records import Record, derived_id
from ferry.tables.schema import Schema, Table
from tests.faults import failing, meanwhile, recording

TABLE = Table(id=1, app_id="a", name="t", schema=Schema(), created_by=1, created_at=0, updated_at=0)
ONE_SHARD = msgspec.structs.replace(TABLE, id=2, shards=1)
TWO_SHARDS = msgspec.structs.replace(TABLE, id=3, shards=2)
ALL = Window()


@pytest.fixture
def records(stack):
    return Records(stack.RecordsTable)


def _record(number, second, **fields):
    return Record(
        id=derived_id(second, number),
        created_by=1,
        created_at=second,
        updated_at=second,
        read_perm=["user:*"],
        write_perm=[],
        written_at=second * 1000,
        fields=fields,
    )


def _put(records, table, rows):
    records.put(item(table, row) for row in rows)


def _by_order(rows):
    return sorted(rows, key=lambda row: (row.created_at, row.id))


def test_rows_lie_on_every_shard_and_come_back_in_one_order(stack, records):
    rows = [_record(number, 1000 + number % 7, n=number) for number in range(200)]

    _put(records, TABLE, rows)

    stored = boto3.client("dynamodb").scan(TableName=stack.RecordsTable)["Items"]
    shards = Counter(row["_pk"]["S"] for row in stored)
    assert shards.keys() == {f"1#{shard}" for shard in range(16)}
    assert list(records.stream(TABLE, ALL)) == _by_order(rows)
    assert list(records.stream(TABLE, ALL, newest_first=True)) == _by_order(rows)[::-1]


def test_every_kind_of_value_comes_back_as_it_was(records):
    row = _record(
        1,
        1000,
        text="a\r\n\0\"',é漢🙂",
        empty="",
        whole=10**37 + 1,
        negative=-(2**63),
        exact=Decimal("0.1000000000000000055511151231257827021"),
        tiny=Decimal("1E-120"),
        yes=True,
        no=False,
        array=[1, "a", None, [], {}, False, Decimal("1.5")],
        nested={"k": None, "a.b": {"c": [{"d": ""}]}},
    )

    _put(records, TABLE, [row])

    (found,) = records.stream(TABLE, ALL)
    assert found == row
    assert {k: type(v) for k, v in found.fields.items()} == {
        k: type(v) for k, v in row.fields.items()
    }


def test_a_window_has_its_start_and_not_its_end(records):
    last = 10**11 - 1
    _put(records, TWO_SHARDS, [_record(1, s) for s in (0, 999, 1000, 1001, last)])
    expected = {
        (None, None): [0, 999, 1000, 1001, last],
        (1000, None): [1000, 1001, last],
        (None, 1000): [0, 999],
        (999, 1001): [999, 1000],
        (1000, 1001): [1000],
        (1002, 2000): [],
        (None, 1): [0],
        (0, 1): [0],
        (None, 0): [],
    }

    found = {
        bounds: [row.created_at for row in records.stream(TWO_SHARDS, Window(*bounds))]
        for bounds in expected
    }
    counted = {b: records.count(TWO_SHARDS, Window(*b), limit=10) for b in expected}

    assert found == expected
    assert counted == {bounds: len(seconds) for bounds, seconds in expected.items()}


def test_a_windows_bounds_are_never_the_wrong_way_round():
    # DynamoDB refuses a BETWEEN whose upper bound is the lesser one.
    for window in (Window(None, 0), Window(0, 1), Window(after="000003e8" + "f" * 16, end=1001)):
        low, high = window.bounds
        assert low <= high


def test_a_window_goes_on_after_any_row(records):
    rows = _by_order(_record(number, 1000 + number % 3) for number in range(25))
    _put(records, TWO_SHARDS, rows)

    for place, row in enumerate(rows):
        for window in (Window(after=row.order), Window(1000, 1003, after=row.order)):
            assert list(records.stream(TWO_SHARDS, window)) == rows[place + 1 :]


def test_rows_of_many_pages_come_whole_and_in_order(records, monkeypatch):
    monkeypatch.setattr("ferry.records.reading.merging.FIRST_ROWS", 2)
    monkeypatch.setattr("ferry.records.store.HELD_PAGE_BYTES", 600)
    rows = _by_order(_record(number, 1000 + number % 5) for number in range(150))
    _put(records, TABLE, rows)

    with recording() as calls:
        assert list(records.stream(TABLE, ALL)) == rows
        assert list(records.stream(TABLE, ALL, newest_first=True)) == rows[::-1]

    assert calls.count("Query") > 2 * TABLE.shards


def test_pages_that_end_at_a_megabyte_come_whole_and_are_counted(records):
    rows = _by_order(_record(number, 1000, text="x" * 200_000) for number in range(12))
    _put(records, ONE_SHARD, rows)

    with recording() as calls:
        assert list(records.stream(ONE_SHARD, ALL)) == rows
    assert calls.count("Query") > 1
    assert records.count(ONE_SHARD, ALL, limit=100) == 12


def test_counting_stops_past_the_limit(records):
    _put(records, ONE_SHARD, [_record(n, 1000, text="x" * 200_000) for n in range(30)])

    with recording() as calls:
        assert 5 < records.count(ONE_SHARD, ALL, limit=5) < 30
    assert calls.count("Query") < 5


def test_a_reader_that_stops_early_leaves_no_thread_reading(records):
    _put(records, TABLE, [_record(number, 1000) for number in range(100)])
    stream = records.stream(TABLE, ALL)
    next(stream)

    stream.close()

    with recording() as calls:
        assert calls == []


def test_a_reader_hears_of_a_failing_page(records):
    _put(records, TABLE, [_record(number, 1000) for number in range(100)])

    with failing("Query", times=1, after=3), pytest.raises(Exception, match="refused by a test"):
        list(records.stream(TABLE, ALL))
    with failing("Query", times=1, after=3), pytest.raises(Exception, match="refused by a test"):
        records.count(TABLE, ALL, limit=10)


def test_writing_twice_leaves_one(records):
    rows = [_record(number, 1000) for number in range(60)]

    _put(records, TABLE, rows)
    _put(records, TABLE, rows)

    assert records.count(TABLE, ALL, limit=1000) == 60


def test_a_table_sees_only_its_own_rows(records):
    other = msgspec.structs.replace(TABLE, id=11)
    _put(records, TABLE, [_record(1, 1000)])
    _put(records, other, [_record(2, 1000), _record(3, 1000)])

    assert list(records.stream(TABLE, ALL)) == [_record(1, 1000)]
    assert records.count(other, ALL, limit=10) == 2


def test_items_left_unprocessed_are_sent_again(records, monkeypatch):
    rests = _leave_unprocessed(10, monkeypatch)
    rows = _by_order(_record(number, 1000) for number in range(60))

    _put(records, TABLE, rows)

    assert rests
    assert list(records.stream(TABLE, ALL)) == rows


def test_items_that_stay_unprocessed_are_not_passed_over(records, monkeypatch):
    _leave_unprocessed(0, monkeypatch)

    with pytest.raises(TimeoutError, match="unprocessed"):
        _put(records, TABLE, [_record(number, 1000) for number in range(3)])


def test_a_failing_batch_is_not_passed_over(records):
    rows = [_record(number, 1000) for number in range(200)]

    with (
        failing("BatchWriteItem", times=1, after=4),
        pytest.raises(Exception, match="refused by a test"),
    ):
        _put(records, TABLE, rows)


def test_a_record_that_fits_into_an_item_is_taken_and_a_larger_one_refused():
    empty = item_bytes(item(TABLE, _record(1, 1000, text="")))

    assert item(TABLE, _record(1, 1000, text="x" * (MAX_ITEM_BYTES - empty)))
    with pytest.raises(InvalidRow, match="409,600"):
        item(TABLE, _record(1, 1000, text="x" * (MAX_ITEM_BYTES - empty + 1)))
    with pytest.raises(InvalidRow, match="409,600"):
        item(TABLE, _record(1, 1000, text="漢" * (MAX_ITEM_BYTES // 3)))


def _leave_unprocessed(taken, monkeypatch):
    """Let every BatchWriteItem process at most `taken` items; return the numbers of those left."""
    rests = []

    def cut(params, context, **_):
        ((table, requests),) = params["RequestItems"].items()
        context["rest"] = {table: requests[taken:]} if requests[taken:] else {}
        # DynamoDB refuses an empty batch.
        params["RequestItems"] = {table: requests[: max(1, taken)]}

    def answer(parsed, context, **_):
        if context["rest"]:
            parsed["UnprocessedItems"] = context["rest"]
            rests.append(len(*context["rest"].values()))

    monkeypatch.setattr("ferry.aws.batches.time", SimpleNamespace(sleep=lambda _: None))
    events = clients.dynamodb().meta.events
    events.register("before-parameter-build.dynamodb.BatchWriteItem", cut)
    events.register("after-call.dynamodb.BatchWriteItem", answer)
    return rests


@pytest.mark.parametrize("columns", [3, 101])
def test_two_changes_of_different_columns_at_the_same_time_both_hold(stack, records, columns):
    row = _record(1, 1000, note="as it was", **{f"c{n}": 0 for n in range(columns)})
    _put(records, TABLE, [row])
    rows = Rows(stack.RecordsTable)

    def change(second, **fields):
        rows.update(
            TABLE,
            row.id,
            lambda old: msgspec.structs.replace(old, updated_at=second, fields=old.fields | fields),
        )

    with meanwhile("TransactWriteItems", lambda: change(2000, note="edited")):
        change(2001, **{f"c{n}": 1 for n in range(columns)})

    stored = rows.get(TABLE, row.id).fields
    assert stored == {"note": "edited"} | {f"c{n}": 1 for n in range(columns)}
