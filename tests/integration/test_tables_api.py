import pytest
from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb import dynamodb_backends

from tests.service import REGION, new_app

TABLES = "/oserve/v1/table/"
FIELDS = [
    {"name": "name", "type": "string", "constraints": {"required": True}},
    {"name": "price", "type": "number"},
    {"name": "code", "type": "string"},
]
CODE = [{"name": "code_1", "fields": ["code"], "unique": True}]
HOUR = 3600


@pytest.fixture
def table(service):
    """The path of a table of goods."""
    return f"{TABLES}{service.create_table('goods', FIELDS, shards=2)}/"


def fields(service, path):
    return [field["name"] for field in service.call("GET", path).json()["schema"]["fields"]]


def stored(service):
    """Every item of the records table, whose it ever is."""
    backend = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION]
    items = backend.get_table(service.stack.RecordsTable).items
    return [item for partition in items.values() for item in partition.values()]


def test_a_change_keeps_what_it_does_not_name(service, table):
    before = service.call("GET", table).json()

    answer = service.call("PUT", table, {"row_read_perm": ["user:1"]})

    assert answer.status == 200
    assert answer.json() == before | {
        "row_read_perm": ["user:1"],
        "updated_at": answer.json()["updated_at"],
    }
    assert service.call("GET", table).json() == answer.json()


def test_an_empty_change_changes_nothing(service, table):
    assert service.call("PUT", table, {}).json()["name"] == "goods"


def test_a_table_can_be_sent_back_as_it_was_answered(service, table):
    before = service.call("GET", table).json()

    after = service.call("PUT", table, before).json()

    assert after | {"updated_at": 0} == before | {"updated_at": 0}


def test_a_renamed_table_frees_its_name_and_holds_the_new_one(service, table):
    assert service.call("PUT", table, {"name": "wares"}).json()["name"] == "wares"

    service.create_table("goods", FIELDS)
    refused = service.call("POST", TABLES, {"name": "wares", "schema": {"fields": FIELDS}})
    assert refused.status == 400
    assert "wares" in refused.json()["error_msg"]


def test_a_name_that_another_table_has_is_refused_and_nothing_changes(service, table):
    service.create_table("wares", FIELDS)

    answer = service.call("PUT", table, {"name": "wares", "schema": {"fields": []}})

    assert answer.status == 400
    assert answer.json()["error_msg"] == "name: a table named 'wares' exists"
    assert service.call("GET", table).json()["name"] == "goods"
    assert "price" in fields(service, table)


def test_a_field_that_goes_is_hidden_with_its_values_and_shows_them_when_it_comes_back(
    service, table
):
    row = service.call("POST", f"{table}record/", {"name": "a", "price": 2}).json()
    path = f"{table}record/{row['id']}/"

    service.call("PUT", table, {"schema": {"fields": [FIELDS[0]]}})
    assert "price" not in service.call("GET", path).json()
    refused = service.call("GET", f'{table}record/?where={{"price":2}}')
    assert refused.status == 400
    service.call("PUT", path, {"name": "b", "price": None})

    service.call("PUT", table, {"schema": {"fields": FIELDS}})
    assert service.call("GET", path).json()["price"] == 2


def test_a_new_rule_is_one_for_later_writes(service, table):
    service.call("POST", f"{table}record/", {"name": "a"})
    required = FIELDS[1] | {"constraints": {"required": True}}

    service.call("PUT", table, {"schema": {"fields": [FIELDS[0], required]}})

    assert service.call("GET", f"{table}record/").json()["meta"]["total_count"] == 1
    assert service.call("POST", f"{table}record/", {"name": "b"}).status == 400


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"name": "1x"}, "name"),
        ({"name": 5}, "name"),
        ({"schema": []}, "schema"),
        ({"schema": {"fields": [{"name": "_a", "type": "string"}]}}, "schema.fields"),
        ({"schema": {"fields": [{"name": "id", "type": "integer"}]}}, "'id'"),
        ({"schema": {"fields": [{"name": "a", "type": "integer", "default": "x"}]}}, "a.default"),
        ({"indexes": [{"fields": ["nothing"]}]}, "nothing"),
        ({"indexes": [{"fields": []}]}, "indexes"),
        ({"indexes": [{"fields": ["code"], "unique": False}]}, "unique"),
        ({"indexes": [{"fields": ["created_at"]}]}, "created_at"),
        ({"indexes": [{"fields": ["tags"]}], "schema": {"fields": [
            {"name": "tags", "type": "array"}]}}, "tags is of type array"),
        ({"indexes": [*CODE, *CODE]}, "code_1 is a duplicate"),
        ({"indexes": [{"name": "1", "fields": ["code"]}]}, "cannot name an index"),
        ({"indexes": [{"name": f"i{n}", "fields": ["code"]} for n in range(6)]}, "at most 5"),
        ([], "body"),
    ],
    ids=str,
)  # fmt: skip
def test_a_change_that_cannot_be_served_is_refused(service, table, change, named):
    answer = service.call("PUT", table, change)

    assert answer.status == 400
    assert named in answer.json()["error_msg"]
    assert fields(service, table)[-1] == "code"


def test_an_index_is_made_only_while_the_table_has_no_rows(service, table):
    assert service.call("PUT", table, {"indexes": CODE}).json()["indexes"] == CODE
    row = service.call("POST", f"{table}record/", {"name": "a", "code": "x"}).json()

    more = service.call("PUT", table, {"indexes": [*CODE, {"fields": ["name"]}]})
    assert more.status == 400
    assert "name_1 can be made only while the table has no rows" in more.json()["error_msg"]
    assert service.call("PUT", table, {"indexes": CODE}).status == 200
    assert service.call("PUT", table, {"indexes": []}).json()["indexes"] == []

    service.call("DELETE", f"{table}record/{row['id']}/")
    assert service.call("PUT", table, {"indexes": CODE}).status == 200
    again = service.call("POST", f"{table}record/", {"name": "b", "code": "x"})
    assert again.status == 201, "entries of an earlier index of the name do not count"


def test_an_indexed_field_neither_goes_nor_changes_its_type_over_rows(service):
    path = f"{TABLES}{service.create_table('goods', FIELDS, indexes=CODE)}/"
    service.call("POST", f"{path}record/", {"name": "a", "code": "1"})
    retyped = {"name": "code", "type": "integer"}

    assert service.call("PUT", path, {"schema": {"fields": FIELDS[:2]}}).status == 400
    assert service.call("PUT", path, {"schema": {"fields": [*FIELDS[:2], retyped]}}).status == 400


def test_a_deleted_table_is_gone_at_once_and_its_name_free(service, table):
    answer = service.call("DELETE", table)

    assert (answer.status, answer.body) == (204, b"")
    for method, path in [
        ("GET", table),
        ("PUT", table),
        ("DELETE", table),
        ("GET", f"{table}record/"),
        ("POST", f"{table}record/"),
        ("POST", f"{table}export/"),
    ]:
        assert service.call(method, path, {}).status == 404, (method, path)
    assert service.call("GET", TABLES).json()["objects"] == []
    service.create_table("goods", FIELDS)


def test_rows_and_entries_of_a_deleted_table_are_purged_and_no_others(service):
    kept = service.create_table("kept", FIELDS, indexes=CODE)
    gone = service.create_table("gone", FIELDS, indexes=CODE)
    for table in (kept, gone):
        rows = [{"name": "n", "code": str(n)} for n in range(60)]
        service.call("POST", f"{TABLES}{table}/record/", rows)
    assert len(stored(service)) == 240

    service.call("DELETE", f"{TABLES}{gone}/")
    service.run_jobs()

    assert len(stored(service)) == 120
    assert service.call("GET", f"{TABLES}{kept}/record/").json()["meta"]["total_count"] == 60


def test_a_purge_goes_on_in_another_delivery_when_its_time_is_up(service, table, monkeypatch):
    monkeypatch.setattr("ferry.records.partitions.PAGE_ITEMS", 5)
    service.call("POST", f"{table}record/", [{"name": "n"} for _ in range(40)])
    service.call("DELETE", table)
    monkeypatch.setattr(service.context, "get_remaining_time_in_millis", lambda: 1000)

    deliveries = 0
    while records := service.messages("PurgeQueue"):
        assert service.deliver("PurgeQueue", records) == []
        deliveries += 1

    assert stored(service) == []
    assert deliveries > 8


def test_a_purge_looks_once_more_after_the_last_writers_have_ended(service, clock, table):
    service.call("DELETE", table)
    service.run_jobs()
    late = {"_pk": {"S": "1#0"}, "_sk": {"S": "0" * 24}}
    backend = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION]
    backend.put_item(service.stack.RecordsTable, late)

    sweep(service)
    service.run_jobs()
    assert len(stored(service)) == 1

    clock.now += HOUR
    sweep(service)
    service.run_jobs()
    assert stored(service) == []

    clock.now += HOUR
    sweep(service)
    assert service.messages("PurgeQueue") == []


def test_a_purge_delivered_twice_does_no_harm(service, table):
    service.call("POST", f"{table}record/", {"name": "n"})
    service.call("DELETE", table)
    records = service.messages("PurgeQueue")

    assert service.deliver("PurgeQueue", records) == []
    assert service.deliver("PurgeQueue", records) == []
    assert stored(service) == []


def test_jobs_of_a_deleted_table_fail_and_say_why(service, table):
    job = service.call("POST", f"{table}export/", {"file_type": "csv", "mode": "all"})
    service.call("DELETE", table)
    service.run_jobs()

    shown = service.call("GET", job.headers["Location"]).json()

    assert (shown["status"], shown["error_msg"]) == ("failed", "table 1 does not exist")


def test_another_app_neither_changes_nor_deletes_a_table(service, table):
    other = new_app(service.stack, "B", "other@b.test")

    assert service.call("PUT", table, {"name": "mine"}, token=other).status == 404
    assert service.call("DELETE", table, token=other).status == 404
    assert service.call("GET", table).json()["name"] == "goods"


@pytest.mark.parametrize("slash", ["", "/"])
def test_v1_8_serves_the_same(service, slash):
    tables = f"/oserve/v1.8/table{slash}"
    made = service.call("POST", tables, {"name": "goods", "schema": {"fields": FIELDS}})
    table = f"/oserve/v1.8/table/{made.json()['id']}{slash}"

    assert made.status == 201
    assert service.call("GET", tables).json()["meta"]["total_count"] == 1
    assert service.call("PUT", table, {"name": "wares"}).status == 200
    assert service.call("GET", table).json()["name"] == "wares"
    assert service.call("PATCH", table).status == 405
    assert service.call("DELETE", table).status == 204


def sweep(service):
    from functions.sweep_jobs.app import lambda_handler

    lambda_handler({}, service.context)
