"""Unique indexes that are made while an import runs, and the repair of those that are wrong."""

import json
from zlib import crc32

import boto3
import pytest

from admin.__main__ import main
from ferry.aws.attributes import encode_item
from ferry.jobs.job import Counts, Status
from ferry.records.index_repair import IndexRepair, repair_indexes
from tests.faults import dying, meanwhile

FIELDS = [{"name": "name", "type": "string"}]
INDEXES = [{"name": "name_1", "fields": ["name"]}]
SAME = b"name\n" + b"same\n" * 10

pytestmark = pytest.mark.usefixtures("small_steps")


def make_index(driver, table):
    path = f"/oserve/v1/table/{table}/"
    return driver.service.call("PUT", path, {"indexes": INDEXES})


def entries(driver):
    items = boto3.client("dynamodb").scan(TableName=driver.service.stack.RecordsTable)["Items"]
    return [item for item in items if item["_pk"]["S"].endswith("#unique")]


@pytest.mark.parametrize("operation", ["GetItem", "Query", "UpdateItem", "BatchWriteItem"])
def test_an_index_is_whole_whenever_it_is_made_during_an_import(driver, operation):
    table = driver.service.create_table("goods", FIELDS, shards=2)
    job_id = driver.start_import(table, SAME)
    answers = []

    with meanwhile(operation, lambda: answers.append(make_index(driver, table))):
        driver.service.run_jobs()

    rows = driver.rows(table)
    if driver.schema(table).indexes:
        assert len(rows) == len(entries(driver)) == 1
        assert driver.job(job_id).counts == Counts(10, 1, 9)
    else:
        assert all(job_id in answer.body.decode() for answer in answers), answers
        assert driver.job(job_id).counts == Counts(10, 10, 0)


def test_an_import_that_begins_while_an_index_is_made_gets_it_refused_or_keeps_to_it(driver):
    table = driver.service.create_table("goods", FIELDS, shards=2)
    job_id = driver.start_import(table, SAME)

    def begin_and_die():
        with dying(8):
            driver.deliver(job_id, driver.take(job_id))

    with meanwhile("TransactWriteItems", begin_and_die):
        answer = make_index(driver, table)
    driver.recover(job_id)

    assert answer.status == 400
    assert driver.schema(table).indexes == ()
    assert driver.job(job_id).counts == Counts(10, 10, 0)


def test_an_import_that_has_ended_keeps_no_index_from_being_made(driver):
    table = driver.service.create_table("goods", FIELDS, shards=2)
    job_id = driver.start_import(table, b"name\n\0\n")
    with dying(4):
        driver.deliver(job_id, driver.take(job_id))
    assert make_index(driver, table).status == 400

    driver.recover(job_id)

    assert driver.job(job_id).status is Status.FINISHED
    assert make_index(driver, table).status == 200


def wrong_indexes(driver):
    """Return a table of two rows: one has no entry, and one entry has no row."""
    table = driver.service.create_table("goods", FIELDS, shards=2, indexes=INDEXES)
    for name in ("a", "b", "gone"):
        driver.service.call("POST", f"/oserve/v1/table/{table}/record/", {"name": name})
    client, records = boto3.client("dynamodb"), driver.service.stack.RecordsTable
    by_name = {row.fields["name"]: row.id for row in driver.rows(table)}
    for item in client.scan(TableName=records)["Items"]:
        key = {name: item[name] for name in ("_pk", "_sk")}
        is_entry_of_a = item.get("_row", {}).get("S") == by_name["a"]
        if is_entry_of_a or item["_sk"]["S"] == by_name["gone"]:
            client.delete_item(TableName=records, Key=key)
    return table, by_name


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_repair_deletes_orphans_and_puts_what_is_missing(driver, dry_run):
    table, by_name = wrong_indexes(driver)
    before = entries(driver)

    found = repair_indexes(driver.service.stack.RecordsTable, driver.schema(table), dry_run=dry_run)

    assert found == IndexRepair(rows=2, orphans=1, missing=1)
    if dry_run:
        assert entries(driver) == before
        return
    owners = {item["_row"]["S"] for item in entries(driver)}
    assert owners == {by_name["a"], by_name["b"]}
    again = repair_indexes(driver.service.stack.RecordsTable, driver.schema(table), dry_run=False)
    assert again == IndexRepair(rows=2)


def test_a_repair_names_rows_with_the_same_values(driver):
    table, _ = wrong_indexes(driver)
    rows = driver.rows(table)
    boto3.client("dynamodb").update_item(
        TableName=driver.service.stack.RecordsTable,
        Key=encode_item({"_pk": f"{table}#{_shard(rows[0].id)}", "_sk": rows[0].id}),
        UpdateExpression="SET #name = :name",
        ExpressionAttributeNames={"#name": "name"},
        ExpressionAttributeValues=encode_item({":name": rows[1].fields["name"]}),
    )

    found = repair_indexes(driver.service.stack.RecordsTable, driver.schema(table), dry_run=False)

    assert len(found.clashes) == 1
    assert rows[0].id in found.clashes[0]
    assert rows[1].id in found.clashes[0]


def _shard(row_id):
    return crc32(row_id.encode()) % 2


def test_the_command_repairs(driver, tmp_path, capsys, monkeypatch):
    table, _ = wrong_indexes(driver)
    stack = driver.service.stack
    named = {"ControlTable": stack.ControlTable, "RecordsTable": stack.RecordsTable}
    monkeypatch.setattr("admin.__main__.local_outputs", lambda _: named)

    arguments = ["repair-indexes", driver.app_id, str(table), "--json"]
    assert main([*arguments, "--dry-run"]) == 0
    assert json.loads(capsys.readouterr().out)["orphans"] == 1
    assert main(arguments) == 0
    assert main(arguments) == 0

    assert json.loads(capsys.readouterr().out.split("}")[-2] + "}")["orphans"] == 0
