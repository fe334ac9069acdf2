"""Rows whose `created_at` is not the second of their id stand by `created_at` all the same."""

import boto3
import pytest

from ferry.jobs.job import Status
from ferry.records.reading.windows import Window
from ferry.records.store import Records
from tests.faults import dying, meanwhile

NAMES = {"name": "name", "type": "string"}
INDEXED = {"indexes": [{"name": "name_1", "fields": ["name"]}]}
IDS = [f"{second:08x}{'0' * 16}" for second in (50, 10, 40, 20, 30)]
"""Of rows that were created in seconds 50, 10 and so on, as their ids say."""

MOVED = "id,name,created_at\n" + "".join(
    f"{row_id},row {number},{100 + number}\n" for number, row_id in enumerate(IDS)
)
LATE = 2**33
"""A second that no id begins with."""


@pytest.fixture
def table(request, driver):
    indexes = getattr(request, "param", {})
    return driver.service.create_table("moved", [NAMES], shards=2, **indexes)


EITHER = pytest.mark.parametrize("table", [{}, INDEXED], ids=["plain", "unique"], indirect=True)


def imported(driver, table, text, query="id_as_key=1"):
    job_id = driver.start_import(table, text.encode(), query=query)
    driver.service.run_jobs()
    job = driver.job(job_id)
    assert job.status is Status.FINISHED
    assert job.counts.failed == 0
    return job


def call(driver, verb, table, row_id="", body=None):
    path = f"/oserve/v1/table/{table}/record/{row_id}{'/' * bool(row_id)}"
    return driver.service.call(verb, path, body)


def names(driver, table):
    """Return the rows' names in their order, and see that all who count agree."""
    rows = driver.rows(table)
    in_order = sorted(rows, key=lambda row: (row.created_at, row.id))
    assert rows == in_order
    shown = call(driver, "GET", table).json()
    assert [row["id"] for row in shown["objects"]] == [row.id for row in in_order[::-1]]
    assert shown["meta"]["total_count"] == len(rows)
    for row in rows:
        assert call(driver, "GET", table, row.id).json()["created_at"] == row.created_at
    return [row.fields["name"] for row in rows]


def places(driver):
    """Return which rows have places, and see that no place is left over."""
    items = boto3.client("dynamodb").scan(TableName=driver.service.stack.RecordsTable)["Items"]
    items = [item for item in items if item["_pk"]["S"].count("#") == 1]
    found = {(i["_sk"]["S"], i["_place_of"]["S"]) for i in items if "_place_of" in i}
    assert found == {(i["_order"]["S"], i["_sk"]["S"]) for i in items if "_order" in i}
    return sorted(row_id for _, row_id in found)


def test_rows_of_a_file_stand_by_the_second_that_it_gives(driver, table):
    imported(driver, table, MOVED)

    assert names(driver, table) == [f"row {number}" for number in range(5)]
    assert places(driver) == sorted(IDS)
    window = Window(101, 104)
    records = Records(driver.service.stack.RecordsTable)
    found = records.stream(driver.schema(table), window)
    assert [row.created_at for row in found] == [101, 102, 103]
    assert records.count(driver.schema(table), window, limit=9) == 3


@EITHER
@pytest.mark.parametrize("name", ["goods.csv", "goods.json"])
def test_new_rows_stand_by_the_second_that_the_file_gives(driver, table, name):
    rows = [("late", LATE), ("now", ""), ("first", 1), ("old", 1_500_000_000)]
    text = "name,created_at\n" + "".join(f"{name},{second}\n" for name, second in rows)
    if name == "goods.json":
        text = "\n".join(f'{{"name":"{n}","created_at":{s or "null"}}}' for n, s in rows)
        text = text.replace('"created_at":null', '"other":1')

    driver.start_import(table, text.encode(), name.replace("json", "jsonl"))
    driver.service.run_jobs()

    assert names(driver, table) == ["first", "old", "now", "late"]
    assert len(places(driver)) == 3


@EITHER
def test_inserted_rows_stand_by_the_second_that_they_give(driver, table):
    rows = [{"name": "late", "created_at": LATE}, {"name": "now"}, {"name": "old", "created_at": 5}]

    assert call(driver, "POST", table, body=rows).json()["succeed"] == 3

    assert names(driver, table) == ["old", "now", "late"]
    assert len(places(driver)) == 2


def test_an_edit_of_created_at_moves_the_row_and_its_place(driver, table):
    imported(driver, table, MOVED)

    # To another second, into place, and a row that is displaced already, but for its name.
    assert call(driver, "PUT", table, IDS[0], {"created_at": 999}).status == 200
    assert call(driver, "PUT", table, IDS[1], {"created_at": 10}).status == 200
    assert call(driver, "PUT", table, IDS[2], {"name": "two"}).status == 200

    assert names(driver, table) == ["row 1", "two", "row 3", "row 4", "row 0"]
    assert places(driver) == sorted({*IDS} - {IDS[1]})


def test_a_deleted_row_leaves_no_place(driver, table):
    imported(driver, table, MOVED)

    for row_id in IDS[:4]:
        assert call(driver, "DELETE", table, row_id).status == 204

    assert names(driver, table) == ["row 4"]
    assert places(driver) == [IDS[4]]


def test_upserts_move_rows(driver, table):
    imported(driver, table, MOVED)
    text = f"id,name,created_at\n{IDS[3]},three,7\n{IDS[1]},one,10\n{IDS[3]},again,8\n"

    imported(driver, table, text, "id_as_key=1&conflict=upsert")

    assert names(driver, table) == ["again", "one", "row 0", "row 2", "row 4"]
    assert places(driver) == sorted({*IDS} - {IDS[1]})


@pytest.mark.parametrize("mode", ["replace", "update", "mirror", "delete"])
def test_modes_move_rows_and_undo_moves_them_back(driver, mode):
    table = driver.service.create_table("moved", [NAMES], shards=2, **INDEXED)
    imported(driver, table, MOVED)
    before = boto3.client("dynamodb").scan(TableName=driver.service.stack.RecordsTable)["Items"]
    text = "name,created_at\nrow 1,7\nrow 3,20\n"
    if mode == "delete":
        text = "name\nrow 1\nrow 3\n"
    query = f"match=name&mode={mode}&keep_before=1"
    query += "&most_deleted=9" if mode == "mirror" else ""

    job = imported(driver, table, text, query)

    expected = {"mirror": ["row 1", "row 3"], "delete": ["row 0", "row 2", "row 4"]}
    everything = ["row 1", "row 3", "row 0", "row 2", "row 4"]
    assert names(driver, table) == expected.get(mode, everything)
    assert IDS[3] not in places(driver)

    answer = driver.service.call("POST", f"/oserve/v1/table/{table}/import/{job.id}/undo/")
    assert answer.status == 201
    driver.service.run_jobs()

    assert names(driver, table) == [f"row {number}" for number in range(5)]
    after = boto3.client("dynamodb").scan(TableName=driver.service.stack.RecordsTable)["Items"]
    assert _by_key(after) == _by_key(before)


@pytest.mark.parametrize("query", ["", "id_as_key=1"])
@pytest.mark.parametrize("at", [9, 12, 15])
def test_a_killed_worker_leaves_no_row_without_a_place(driver, table, query, at, small_steps):
    text = MOVED if query else MOVED.replace("id,", "other,")
    job_id = driver.start_import(table, text.encode(), query=query)

    with dying(at):
        driver.deliver(job_id, driver.take(job_id))
    assert driver.rows(table) == sorted(driver.rows(table), key=lambda row: row.created_at)
    driver.recover(job_id)

    assert driver.job(job_id).counts.succeeded == 5
    assert names(driver, table) == [f"row {number}" for number in range(5)]
    assert len(places(driver)) == 5


def test_of_two_moves_at_the_same_time_no_place_is_left_over(driver, table):
    imported(driver, table, MOVED)

    def move(second):
        assert call(driver, "PUT", table, IDS[0], {"created_at": second}).status == 200

    with meanwhile("TransactWriteItems", lambda: move(300)):
        move(400)

    assert names(driver, table)[-1] == "row 0"
    assert places(driver) == sorted(IDS)

    with meanwhile("TransactWriteItems", lambda: move(500)):
        assert call(driver, "DELETE", table, IDS[0]).status == 204

    assert places(driver) == sorted(IDS[1:])


def test_an_export_has_displaced_rows_in_order(driver, table):
    imported(driver, table, MOVED)
    imported(driver, table, "name\nlast\n", "")

    job_id = driver.start_export(table, "csv")
    driver.service.run_jobs()

    job = driver.job(job_id)
    assert job.counts.total == 6
    lines = driver.file(job_id).decode("utf-8-sig").splitlines()[1:]
    assert [line.split(",")[0] for line in lines[:5]] == IDS
    assert [line.split(",")[4] for line in lines] == [f"row {n}" for n in range(5)] + ["last"]


def _by_key(items):
    """Return items in order, without the counter of moves: an undo moves rows once more."""
    kept = [item for item in items if item["_sk"]["S"] != "moves"]
    return sorted(kept, key=lambda item: (item["_pk"]["S"], item["_sk"]["S"]))
