import boto3
import msgspec
import pytest
from botocore.exceptions import ClientError

from ferry.errors import Malformed, NotFound
from ferry.records.registry import Tables
from ferry.tables.schema import Constraints, Field, FieldType, Schema, Table
from tests.faults import failing

TABLE = Table(
    id=1,
    app_id="a",
    name="goods",
    schema=Schema(
        (
            Field(name="name", type=FieldType.STRING, constraints=Constraints(required=True)),
            Field(name="tags", type=FieldType.ARRAY, items={"type": "string"}, default=["x", None]),
            Field(name="note", type=FieldType.STRING, default=None, description="漢"),
            Field(name="of", type=FieldType.POINTER, schema_name="users", acl={"read": "a"}),
        )
    ),
    created_by=1,
    created_at=2,
    updated_at=3,
    shards=5,
    row_read_perm=("user:1", "gid:2"),
)


@pytest.fixture
def tables(stack):
    return Tables(stack.ControlTable)


def _changed(**fields):
    return msgspec.structs.replace(TABLE, **fields)


def test_a_table_comes_back_as_it_was_added(tables):
    tables.add(TABLE)

    found = tables.get("a", 1)

    assert found == TABLE
    assert found.schema.fields[0].default is msgspec.UNSET
    assert found.schema.fields[2].default is None


def test_another_apps_table_is_not_found(tables):
    tables.add(TABLE)

    for app_id, table_id in (("b", 1), ("a", 2)):
        with pytest.raises(NotFound, match=f"table {table_id} does not exist"):
            tables.get(app_id, table_id)


def test_an_apps_tables_come_by_id(tables):
    for number in (2, 10, 1):
        tables.add(_changed(id=number, name=f"t{number}"))
    tables.add(_changed(id=3, app_id="b"))
    tables.add(_changed(id=4, app_id="ab"))

    assert [table.id for table in tables.of_app("a")] == [1, 2, 10]
    assert tables.of_app("c") == []


def test_tables_of_more_than_one_page_come_whole(tables):
    for number in range(8):
        big = Schema((Field(name="x", type=FieldType.STRING, description="d" * 200_000),))
        tables.add(_changed(id=number, name=f"t{number}", schema=big))

    assert [table.id for table in tables.of_app("a")] == list(range(8))


def test_a_taken_name_is_refused_and_nothing_stored(tables, stack):
    tables.add(TABLE)
    before = _items(stack)

    with pytest.raises(Malformed, match="'goods' exists"):
        tables.add(_changed(id=2))
    assert _items(stack) == before

    tables.add(_changed(id=2, app_id="b"))
    tables.add(_changed(id=3, name="Goods"))
    assert tables.get("b", 2).name == "goods"


def test_a_fault_of_the_database_is_not_mistaken_for_a_taken_name(tables):
    reasons = [{"Code": "TransactionConflict"}, {"Code": "None"}]

    with (
        failing("TransactWriteItems", "TransactionCanceledException", CancellationReasons=reasons),
        pytest.raises(ClientError, match="TransactionCanceledException"),
    ):
        tables.add(TABLE)


def test_no_id_is_given_twice(tables):
    assert [tables.new_id() for _ in range(3)] == [1, 2, 3]


def _items(stack):
    return boto3.client("dynamodb").scan(TableName=stack.ControlTable)["Items"]
