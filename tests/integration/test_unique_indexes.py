import pytest

from ferry.errors import Duplicate
from ferry.records import store as stored
from ferry.records.reading.windows import Window
from ferry.records.row_store import Rows
from ferry.records.store import Records
from ferry.records.unique_rows import UniqueRecords
from ferry.tables.records import Record
from ferry.tables.schema import Field, FieldType, Index, Schema, Table

FIELDS = [
    {"name": "name", "type": "string"},
    {"name": "code", "type": "string"},
    {"name": "size", "type": "number"},
    {"name": "made", "type": "date"},
]
INDEXES = [{"fields": ["code"]}, {"name": "model", "fields": ["name", "size"]}]
TABLE = Table(
    id=1,
    app_id="a",
    name="goods",
    schema=Schema(
        (Field(name="code", type=FieldType.STRING), Field(name="serial", type=FieldType.INTEGER))
    ),
    created_by=1,
    created_at=0,
    updated_at=0,
    shards=2,
    indexes=(Index("code_1", ("code",)), Index("serial_1", ("serial",))),
)


@pytest.fixture
def records(service):
    """The path of the records of a table with unique indexes."""
    return f"/oserve/v1/table/{service.create_table('goods', FIELDS, indexes=INDEXES)}/record/"


@pytest.fixture
def unique(stack):
    return UniqueRecords(stack.RecordsTable)


def item(number, **fields):
    return stored.item(TABLE, row(number, **fields))


def row(number, **fields):
    return Record(
        id=f"{number:024x}",
        created_by=1,
        created_at=0,  # the second that the id begins with
        updated_at=number,
        read_perm=[],
        write_perm=[],
        written_at=0,
        fields=fields,
    )


def ids(stack):
    rows = Records(stack.RecordsTable).stream(TABLE, Window())
    return [int(record.id, 16) for record in rows]


def put(unique, items):
    return [(r.number, r.entry.index) for r in unique.put_all(TABLE, items)]


def test_a_duplicate_is_error_11000_and_names_index_and_value(service, records):
    assert service.call("POST", records, {"code": "x"}).status == 201

    answer = service.call("POST", records, {"code": "x"})

    assert answer.status == 400
    assert answer.json()["error_msg"] == (
        'E11000 duplicate key: the unique index code_1 has code = "x" already'
    )
    assert service.call("GET", records).json()["meta"]["total_count"] == 1


def test_in_an_array_duplicates_fail_alone(service, records):
    service.call("POST", records, {"code": "b"})

    answer = service.call(
        "POST", records, [{"code": "a"}, {"code": "b"}, {"code": 1}, {"code": "a"}, {"code": "c"}]
    )

    outcome = answer.json()
    results = outcome["operation_result"]
    assert answer.status == 201
    assert [r.get("error", {}).get("code") for r in results] == [None, 11000, 11, 11000, None]
    assert "code_1" in results[3]["error"]["err_msg"]
    assert (outcome["total_count"], outcome["succeed"]) == (5, 2)
    assert service.call("GET", records).json()["meta"]["total_count"] == 3


def test_rows_without_a_value_for_each_field_are_not_in_the_index(service, records):
    rows = [{"code": None}, {}, {"name": "a"}, {"name": "a"}, {"size": 1}, {"size": 1}]

    assert service.call("POST", records, rows).json()["succeed"] == len(rows)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"name": "a", "size": 1}, {"name": "a", "size": 1.0}, True),
        ({"name": "a", "size": 1}, {"name": "a", "size": 2}, False),
        ({"code": "a"}, {"code": "A"}, False),
        ({"code": ""}, {"code": ""}, True),
        ({"name": "a", "size": 1e50}, {"name": "a", "size": 10**50}, True),
    ],
    ids=str,
)
def test_values_are_the_same_as_where_says(service, records, one, other, same):
    service.call("POST", records, one)

    assert service.call("POST", records, other).status == (400 if same else 201)


def test_a_change_frees_the_old_value_and_takes_the_new_one(service, records):
    first = service.call("POST", records, {"code": "x", "name": "n"}).json()
    second = service.call("POST", records, {"code": "y"}).json()

    refused = service.call("PUT", f"{records}{second['id']}/", {"code": "x"})
    assert refused.status == 400
    assert "code_1" in refused.json()["error_msg"]
    assert service.call("GET", f"{records}{second['id']}/").json()["code"] == "y"

    assert service.call("PUT", f"{records}{first['id']}/", {"code": "z"}).status == 200
    assert service.call("PUT", f"{records}{second['id']}/", {"code": "x"}).status == 200
    assert service.call("POST", records, {"code": "y"}).status == 201
    assert service.call("POST", records, {"code": "z"}).status == 400


def test_a_change_that_keeps_the_value_is_none_of_the_index(service, records):
    row = service.call("POST", records, {"code": "x", "name": "n", "size": 1}).json()

    assert service.call("PUT", f"{records}{row['id']}/", {"code": "x", "made": None}).status == 200
    assert service.call("PUT", f"{records}{row['id']}/", {"size": 1.0}).status == 200
    assert service.call("POST", records, {"code": "x"}).status == 400


def test_a_deleted_row_and_a_value_taken_away_free_the_value(service, records):
    row = service.call("POST", records, {"code": "x"}).json()
    service.call("PUT", f"{records}{row['id']}/", {"code": None})
    again = service.call("POST", records, {"code": "x"})
    assert again.status == 201

    service.call("DELETE", f"{records}{again.json()['id']}/")
    assert service.call("POST", records, {"code": "x"}).status == 201


def test_entries_are_no_rows(service, records):
    service.call("POST", records, [{"code": str(n)} for n in range(30)])

    assert service.call("GET", records).json()["meta"]["total_count"] == 30


def test_of_rows_with_the_same_value_the_first_is_written(unique, stack):
    items = [item(n, code=str(n % 3)) for n in range(10)]

    assert put(unique, items) == [(n, "code_1") for n in range(3, 10)]
    assert ids(stack) == [0, 1, 2]


def test_a_row_held_up_by_one_that_fails_is_written(unique, stack):
    put(unique, [item(0, code="a")])

    refused = put(unique, [item(1, code="a", serial=5), item(2, code="b", serial=5)])

    assert refused == [(0, "code_1")]
    assert ids(stack) == [0, 2]


def test_writing_rows_again_changes_nothing_and_refuses_the_same_ones(unique, stack):
    items = [item(n, code=str(n % 7), serial=n % 5) for n in range(40)]
    first = put(unique, items)

    assert put(unique, items) == first
    assert [n for n, _ in put(unique, items[20:])] == [n - 20 for n, _ in first if n >= 20]
    assert len(ids(stack)) == 40 - len(first)


def test_many_rows_take_many_transactions(unique, stack):
    put(unique, [item(1000, code="7"), item(1001, code="77")])

    assert put(unique, [item(n, code=str(n)) for n in range(120)]) == [
        (7, "code_1"),
        (77, "code_1"),
    ]
    assert len(ids(stack)) == 120


def test_large_rows_share_transactions_only_within_their_limit(unique, stack):
    assert put(unique, [item(n, code=f"{n}" + "x" * 190_000) for n in range(24)]) == []
    assert len(ids(stack)) == 24


def test_each_batch_renews_the_lease(unique):
    batches = []
    items = [item(n, code=str(n)) for n in range(60)]

    unique.put_all(TABLE, items, lambda: batches.append(1))

    assert len(batches) == 3


def test_an_entry_that_came_meanwhile_is_not_lost(stack, unique, monkeypatch):
    from ferry.records import row_store as module

    rows = Rows(stack.RecordsTable)
    unique.put_all(TABLE, [item(1)])
    commit, acted = module.commit, []

    def late(actions):
        if not acted:
            acted.append(True)
            rows.update(TABLE, row(1).id, lambda _: row(1, code="x"))
        return commit(actions)

    monkeypatch.setattr(module, "commit", late)
    rows.update(TABLE, row(1).id, lambda _: row(1, code="y"))

    assert put(unique, [item(2, code="x"), item(3, code="y")]) == [(1, "code_1")]


def test_a_duplicate_by_change_names_the_index(stack, unique):
    unique.put_all(TABLE, [item(1, serial=1), item(2, serial=2)])

    with pytest.raises(Duplicate, match="serial_1 has serial = 1 already"):
        Rows(stack.RecordsTable).update(TABLE, row(2).id, lambda _: row(2, serial=1))
