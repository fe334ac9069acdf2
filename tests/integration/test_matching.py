"""Imports whose rows are matched with those of the table by a unique index (cases M1 to M8)."""

import boto3
import pytest

from ferry.jobs.job import Counts, Status
from tests.faults import dying, meanwhile
from tests.integration.killing import kill_at_calls

FIELDS = [
    {"name": "sku", "type": "string", "constraints": {"required": True}},
    {"name": "name", "type": "string", "default": "nameless"},
    {"name": "amount", "type": "integer"},
]
INDEXES = [{"name": "sku_1", "fields": ["sku"]}]
ROWS = [
    {"sku": "a", "name": "apple", "amount": 1},
    {"sku": "b", "name": "bread", "amount": 2},
    {"sku": "c", "name": "cheese", "amount": 3},
]
THE_FILE = b"sku,name,amount\na,apple,1\nb,bun,\nd,dates,4\n"
"""The same, changed, new; one of the table is missing."""


@pytest.fixture
def goods(driver):
    table = driver.service.create_table("goods", FIELDS, shards=2, indexes=INDEXES)
    answer = driver.service.call("POST", f"/oserve/v1/table/{table}/record/", ROWS)
    assert answer.json()["succeed"] == 3
    driver.wait(3600)
    return table


def run(driver, table, content, query):
    job_id = driver.start_import(table, content, query=query)
    driver.service.run_jobs()
    return driver.job(job_id)


def stored(driver, table):
    rows = [row.fields for row in driver.rows(table)]
    return {row["sku"]: (row.get("name"), row.get("amount")) for row in rows}


def items(driver):
    """Return all that is stored of rows and entries, byte for byte."""
    found = boto3.client("dynamodb").scan(TableName=driver.service.stack.RecordsTable)["Items"]
    return sorted(found, key=str)


OLD = {"a": ("apple", 1), "b": ("bread", 2), "c": ("cheese", 3)}
MODES = {
    "insert": ({**OLD, "d": ("dates", 4)}, (1, 0, 0, 0), 2),
    "skip": ({**OLD, "d": ("dates", 4)}, (1, 0, 0, 0), 0),
    "upsert": ({**OLD, "b": ("bun", None), "d": ("dates", 4)}, (1, 1, 1, 0), 0),
    "merge": ({**OLD, "b": ("bun", 2), "d": ("dates", 4)}, (1, 1, 1, 0), 0),
    "update": ({**OLD, "b": ("bun", None)}, (0, 1, 1, 0), 1),
    "replace": ({**OLD, "b": ("bun", None), "d": ("dates", 4)}, (1, 1, 1, 0), 0),
    "delete": ({"c": ("cheese", 3)}, (0, 0, 0, 2), 1),
}


def effects_of(job):
    found = job.result.effects
    return (found.new, found.changed, found.same, found.deleted)


@pytest.mark.parametrize("mode", MODES)
def test_each_mode_does_what_it_says(driver, goods, mode):
    after, effects, failed = MODES[mode]

    rehearsed = run(driver, goods, THE_FILE, f"match=sku&mode={mode}&dry_run=1")
    assert stored(driver, goods) == OLD
    job = run(driver, goods, THE_FILE, f"match=sku&mode={mode}")

    assert stored(driver, goods) == after
    skipped = 2 if mode == "skip" else 0
    assert job.counts == rehearsed.counts == Counts(3, 3 - failed, failed, skipped)
    assert effects_of(job) == effects_of(rehearsed) == effects


def test_changes_of_an_incremental_export_are_put_and_deleted(driver, goods):
    lines = [
        b'{"Keys":{"sku":{"S":"b"}},"NewImage":{"sku":{"S":"b"},"name":{"S":"bun"}}}',
        b'{"Keys":{"sku":{"S":"c"}},"OldImage":{"sku":{"S":"c"},"amount":{"N":"3"}}}',
        b'{"Keys":{"sku":{"S":"d"}},"NewImage":{"sku":{"S":"d"},"amount":{"N":"4"}}}',
        b'{"Keys":{"sku":{"S":"x"}}}',
        b'{"Keys":{"number":{"N":"1"}}}',
    ]
    path = "match=sku&mode=changes&keep_before=1"
    job_id = driver.start_import(goods, b"\n".join(lines), "part.json", query=path)
    driver.service.run_jobs()
    job = driver.job(job_id)

    assert stored(driver, goods) == {"a": OLD["a"], "b": ("bun", None), "d": ("nameless", 4)}
    assert (job.counts, effects_of(job)) == (Counts(5, 4, 1), (1, 1, 1, 1))
    assert [row.line for row in job.checkpoint.first_failed] == [5]


def test_a_row_that_is_the_same_is_not_written(driver, goods):
    before = items(driver)

    job = run(driver, goods, b"sku,name,amount\na,apple,1\n", "match=sku&mode=upsert")

    assert effects_of(job) == (0, 0, 1, 0)
    assert items(driver) == before


def test_what_a_replaced_row_keeps(driver, goods):
    (before,) = (row for row in driver.rows(goods) if row.fields["sku"] == "b")

    run(driver, goods, b"sku,amount\nb,7\n", "match=sku&mode=replace")

    (after,) = (row for row in driver.rows(goods) if row.fields["sku"] == "b")
    assert (after.id, after.created_at, after.created_by, after.written_at) == (
        before.id,
        before.created_at,
        before.created_by,
        before.written_at,
    )
    assert after.fields == {"sku": "b", "name": "nameless", "amount": 7}
    assert after.updated_at == before.updated_at + 3600


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("g.csv", b"sku,name,amount\nb,,NULL\n"),
        ("g.json", b'[{"sku": "b", "amount": null}]'),
    ],
)
def test_a_merge_leaves_alone_what_is_empty_and_empties_what_says_so(driver, goods, name, content):
    query = "match=sku&mode=merge" + ("&null_words=NULL" if name == "g.csv" else "")
    path = f"/oserve/v1/table/{goods}/import/?{query}"

    assert driver.service.upload(path, name, content).status == 201
    driver.service.run_jobs()

    assert stored(driver, goods)["b"] == ("bread", None)


def test_rows_of_one_key_land_one_after_the_other(driver, goods):
    content = b"sku,amount\nd,1\nd,2\na,5\na,6\n"

    job = run(driver, goods, content, "match=sku&mode=upsert")

    assert {k: v for k, v in stored(driver, goods).items() if k in "ad"} == {
        "a": ("apple", 6),
        "d": ("nameless", 2),
    }
    assert effects_of(job) == (1, 3, 0, 0)


def test_a_row_without_what_it_is_matched_by_fails(driver, goods):
    job = run(driver, goods, b"sku,name\n,x\nb,y\n", "match=sku&mode=merge")

    assert job.counts == Counts(2, 1, 1)
    assert b"2,sku,must have a value" in driver.report(job.id)


def test_rows_that_are_not_there_fail_to_be_updated_and_deleted(driver, goods):
    job = run(driver, goods, b"sku,name\nx,y\n", "match=sku&mode=update")

    assert b"is not there: the table has no row sku" in driver.report(job.id)


def test_rows_may_be_matched_by_their_ids(driver, goods):
    ids = {row.fields["sku"]: row.id for row in driver.rows(goods)}
    content = f"id,name\n{ids['b']},bun\n{'5' * 24},other\n".encode()

    job = run(driver, goods, content, "match=id&mode=update")

    assert job.counts == Counts(2, 1, 1)
    assert stored(driver, goods)["b"] == ("bun", 2)


def test_values_of_other_unique_indexes_are_kept_apart(driver):
    indexes = [*INDEXES, {"name": "name_1", "fields": ["name"]}]
    table = driver.service.create_table("goods", FIELDS, shards=2, indexes=indexes)
    assert driver.service.call("POST", f"/oserve/v1/table/{table}/record/", ROWS).status == 201
    content = b"sku,name\na,bread\nb,buns\nc,bread\n"

    rehearsed = run(driver, table, content, "match=sku&mode=upsert&dry_run=1")
    job = run(driver, table, content, "match=sku&mode=upsert")

    # One after the other: the first finds the value taken, the third finds it free.
    assert rehearsed.counts == job.counts == Counts(3, 2, 1)
    assert stored(driver, table) == {"a": ("apple", 1), "b": ("buns", 2), "c": ("bread", 3)}


REFUSED = {
    "match=name&mode=upsert": "this table has: id; sku",
    "match=sku": "match needs mode",
    "mode=upsert": "match= with the fields of a unique index",
    "match=sku&mode=sync": "conflict",
    "match=sku&mode=upsert&conflict=skip": "two names",
    "match=sku&mode=upsert&most_deleted=5": "mode=mirror",
    "match=sku&mode=mirror&most_deleted=120%25": "most_deleted",
    "differences=csv": "dry_run",
}


@pytest.mark.parametrize("query", REFUSED)
def test_what_does_not_go_together_is_refused(driver, goods, query):
    path = f"/oserve/v1/table/{goods}/import/?{query}"

    answer = driver.service.upload(path, "goods.csv", THE_FILE)

    assert answer.status == 400
    assert REFUSED[query] in answer.json()["error_msg"]


def test_a_mode_overrules_that_of_a_profile_by_either_name(driver, goods):
    path = f"/oserve/v1/table/{goods}/profile/daily/"
    saved = driver.service.call("PUT", path, {"match": ["sku"], "conflict": "skip"})
    assert saved.status < 300, saved

    run(driver, goods, THE_FILE, "profile=daily&mode=upsert")

    assert stored(driver, goods)["b"] == ("bun", None)


@pytest.mark.parametrize("match", ["sku", "%5B%22sku%22%5D"])
def test_match_may_be_a_list(driver, goods, match):
    run(driver, goods, THE_FILE, f"match={match}&mode=upsert")

    assert stored(driver, goods)["b"] == ("bun", None)


def test_a_file_without_the_column_is_refused(driver, goods):
    job = run(driver, goods, b"name\nx\n", "match=sku&mode=upsert")

    assert job.status is Status.FAILED
    assert "no column sku" in job.error


@pytest.mark.parametrize("mode", ["insert", "upsert", "replace", "delete"])
def test_a_worker_killed_at_a_call_leaves_the_same(driver, small_steps, mode):
    after, effects, failed = MODES[mode]
    tables = []

    def start():
        table = driver.service.create_table(
            f"goods{len(tables)}", FIELDS, shards=1, indexes=INDEXES
        )
        tables.append(table)
        driver.service.call("POST", f"/oserve/v1/table/{table}/record/", ROWS)
        return driver.start_import(table, THE_FILE, query=f"match=sku&mode={mode}")

    def check(job_id):
        job = driver.job(job_id)
        assert (job.counts.total, job.counts.failed) == (3, failed)
        assert effects_of(job) == effects
        assert stored(driver, tables[-1]) == after

    kill_at_calls(driver, start, check, only="TransactWriteItems")


@pytest.mark.parametrize("at", [9, 12])
def test_edits_and_deletions_between_two_deliveries_stay(driver, small_steps, goods, at):
    content = b"sku,name\na,one\nb,two\nd,three\ne,four\n"
    job_id = driver.start_import(goods, content, query="match=sku&mode=upsert")
    with dying(at, only=""):
        driver.deliver(job_id, driver.take(job_id))
    changed = {row.fields["sku"]: row for row in driver.rows(goods)}
    path = f"/oserve/v1/table/{goods}/record"
    written = [sku for sku in "abde" if sku in changed and changed[sku].source]
    for sku in written[:1]:
        driver.service.call("PUT", f"{path}/{changed[sku].id}/", {"name": "mine"})
    for sku in written[1:]:
        driver.service.call("DELETE", f"{path}/{changed[sku].id}/")

    driver.recover(job_id)

    assert driver.job(job_id).counts == Counts(4, 4, 0)
    after = stored(driver, goods)
    assert all(after[sku][0] == "mine" for sku in written[:1])
    assert not set(written[1:]) & after.keys()


def test_a_row_that_somebody_changes_meanwhile_is_read_again(driver, goods):
    ids = {row.fields["sku"]: row.id for row in driver.rows(goods)}
    path = f"/oserve/v1/table/{goods}/record/{ids['b']}/"

    def edit():
        assert driver.service.call("PUT", path, {"amount": 99}).status == 200

    job_id = driver.start_import(goods, b"sku,name\nb,bun\n", query="match=sku&mode=upsert")
    with meanwhile("UpdateItem", edit, nth=4):
        driver.service.run_jobs()

    assert driver.job(job_id).counts == Counts(1, 1, 0)
    assert stored(driver, goods)["b"] == ("bun", 99)


def test_a_mirror_deletes_what_the_file_lacks(driver, goods):
    query = "match=sku&mode=mirror&most_deleted=1"

    job = run(driver, goods, THE_FILE, query)

    assert stored(driver, goods) == {"a": ("apple", 1), "b": ("bun", None), "d": ("dates", 4)}
    assert (effects_of(job), job.result.effects.mirrored) == ((1, 1, 1, 0), 1)
    shown = driver.service.call("GET", f"/oserve/v1/table/{goods}/import/{job.id}/").json()
    assert shown["counts"] == {
        **{"total": 3, "succeeded": 3, "failed": 0},
        **{"new": 1, "changed": 1, "same": 1, "deleted": 0, "mirrored": 1},
    }


@pytest.mark.parametrize("most", ["", "&most_deleted=33.3%25", "&most_deleted=0"])
def test_a_mirror_that_would_delete_too_much_changes_nothing(driver, goods, most):
    before = items(driver)

    job = run(driver, goods, THE_FILE, f"match=sku&mode=mirror{most}")

    assert job.status is Status.FAILED
    assert "would delete 1 of 3 rows" in job.error
    assert "most_deleted=1" in job.error
    assert items(driver) == before


@pytest.mark.parametrize("content", [b"sku,name\na,x\n,y\nb,z\nc,w\n", b"sku,name\na,b,c\n"])
def test_a_mirror_needs_the_key_of_every_row(driver, goods, content):
    before = items(driver)

    job = run(driver, goods, content, "match=sku&mode=mirror&most_deleted=100%25")

    assert job.status is Status.FAILED
    assert "nobody can tell what the file lacks" in job.error
    assert items(driver) == before


def test_a_row_that_fails_is_not_deleted_by_a_mirror(driver, goods):
    content = b"sku,amount\na,1\nb,x\nc,3\n"

    job = run(driver, goods, content, "match=sku&mode=mirror&most_deleted=0")

    assert job.counts == Counts(3, 2, 1)
    assert stored(driver, goods) == OLD


def test_rows_that_come_while_a_mirror_runs_stay(driver, goods):
    path = f"/oserve/v1/table/{goods}/record/"
    query = "match=sku&mode=mirror&most_deleted=1"
    job_id = driver.start_import(goods, THE_FILE, query=query)
    driver.wait(1)
    driver.service.call("POST", path, {"sku": "later"})

    driver.service.run_jobs()

    assert driver.job(job_id).result.effects.mirrored == 1
    assert "later" in stored(driver, goods)


def test_a_mirror_goes_on_after_its_time_is_up(driver, goods, monkeypatch):
    monkeypatch.setattr("ferry.imports.mirroring._AT_A_TIME", 1)
    job_id = driver.start_import(
        goods, b"sku,name\na,x\n", query="match=sku&mode=mirror&most_deleted=2"
    )
    driver.service.context.get_remaining_time_in_millis = lambda: 10_000
    for _ in range(2):
        driver.service.drain("ImportQueue")
    driver.service.context.get_remaining_time_in_millis = lambda: 900_000

    driver.service.run_jobs()

    assert driver.job(job_id).result.effects.mirrored == 2
    assert stored(driver, goods) == {"a": ("x", 1)}


def test_a_mirror_killed_at_a_call_counts_right(driver, small_steps):
    tables = []

    def start():
        table = driver.service.create_table(
            f"goods{len(tables)}", FIELDS, shards=1, indexes=INDEXES
        )
        tables.append(table)
        driver.service.call("POST", f"/oserve/v1/table/{table}/record/", ROWS)
        query = "match=sku&mode=mirror&most_deleted=2"
        return driver.start_import(table, b"sku,name\na,x\n", query=query)

    def check(job_id):
        effects = driver.job(job_id).result.effects
        assert (effects.changed, effects.mirrored) == (1, 2)
        assert stored(driver, tables[-1]) == {"a": ("x", 1)}

    kill_at_calls(driver, start, check)
