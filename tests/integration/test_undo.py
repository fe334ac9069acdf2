"""Undoing imports (cases U1 to U5): every row as it was, byte for byte, unless it was changed."""

import boto3
import pytest

from ferry.jobs.job import Counts, Status
from tests.faults import failing
from tests.integration.killing import kill_at_calls
from tests.integration.test_matching import (
    FIELDS,
    INDEXES,
    MODES,
    OLD,
    ROWS,
    THE_FILE,
    effects_of,
    goods,
    items,
    run,
    stored,
)

__all__ = ["goods"]


def undo(driver, table, job_id, what="undo", query=""):
    path = f"/oserve/v1/table/{table}/import/{job_id}/{what}/{query}"
    answer = driver.service.call("POST", path)
    assert (answer.status, answer.body) == (201, b'{"status":"ok"}'), answer
    driver.service.run_jobs()
    return driver.job(answer.headers["X-Job-Id"])


@pytest.mark.parametrize("mode", [*MODES, "mirror"])
def test_the_table_is_byte_for_byte_as_before(driver, goods, mode):
    before = items(driver)
    query = f"match=sku&mode={mode}&keep_before=1"
    query += "&most_deleted=1" if mode == "mirror" else ""
    job = run(driver, goods, THE_FILE, query)
    after = items(driver)
    assert after != before

    undone = undo(driver, goods, job.id)

    assert items(driver) == before
    assert undone.status is Status.FINISHED
    assert undone.counts.failed == 0
    assert undone.counts.total == job.result.effects.written

    again = undo(driver, goods, undone.id)

    assert items(driver) == after
    assert again.counts == undone.counts


def test_new_rows_without_a_key_are_undone(driver):
    table = driver.table([{"name": "first"}])
    before = items(driver)
    job = run(driver, table, b"name,amount\na,1\nb,2\n", "keep_before=1")
    assert len(driver.rows(table)) == 3

    undo(driver, table, job.id)

    assert items(driver) == before


def test_rows_of_one_key_are_undone_in_their_order(driver, goods):
    before = items(driver)
    content = b"sku,amount\nd,1\nd,2\na,5\na,6\nb,7\n"
    job = run(driver, goods, content, "match=sku&mode=upsert&keep_before=1")

    undo(driver, goods, job.id)

    assert items(driver) == before


def test_values_that_moved_between_rows_move_back(driver):
    indexes = [*INDEXES, {"name": "name_1", "fields": ["name"]}]
    table = driver.service.create_table("goods", FIELDS, shards=2, indexes=indexes)
    assert driver.service.call("POST", f"/oserve/v1/table/{table}/record/", ROWS).status == 201
    before = items(driver)
    content = b"sku,name\nb,buns\na,bread\nc,apple\n"
    job = run(driver, table, content, "match=sku&mode=upsert&keep_before=1")
    assert job.counts == Counts(3, 3, 0)

    undo(driver, table, job.id)

    assert items(driver) == before


def test_rows_that_were_changed_since_are_kept_and_listed(driver, goods):
    job = run(driver, goods, THE_FILE, "match=sku&mode=upsert&keep_before=1")
    ids = {row.fields["sku"]: row.id for row in driver.rows(goods)}
    path = f"/oserve/v1/table/{goods}/record"
    driver.service.call("PUT", f"{path}/{ids['b']}/", {"amount": 99})
    driver.service.call("DELETE", f"{path}/{ids['d']}/")

    undone = undo(driver, goods, job.id)

    assert stored(driver, goods) == {**OLD, "b": ("bun", 99)}
    # The new row is gone already, which is what undo would have done.
    assert undone.counts == Counts(2, 1, 1)
    report = driver.report(undone.id).decode("utf-8-sig").splitlines()
    assert report == ["line,key,reason", '3,"sku = ""b""",kept: changed since the import']


def test_a_value_that_another_row_has_by_now_keeps_its_row(driver, goods):
    job = run(driver, goods, b"sku\nb\n", "match=sku&mode=delete&keep_before=1")
    driver.service.call("POST", f"/oserve/v1/table/{goods}/record/", {"sku": "b"})

    undone = undo(driver, goods, job.id)

    assert undone.counts == Counts(1, 0, 1)
    assert b"E11000" in driver.report(undone.id)
    assert stored(driver, goods)["b"] == ("nameless", None)


def test_what_an_interrupted_import_wrote_can_be_undone(driver, small_steps, goods):
    before = items(driver)
    content = b"sku,name\na,1\nb,2\nc,3\nd,4\ne,5\nf,6\n"
    job_id = driver.start_import(goods, content, query="match=sku&mode=upsert&keep_before=1")
    with failing("TransactWriteItems", times=50, code="InternalServerError"):
        driver.deliver(job_id, driver.take(job_id))
    driver.ask_for_the_end(job_id)
    driver.recover(job_id)
    assert driver.job(job_id).status is Status.CANCELLED

    undo(driver, goods, job_id)

    assert items(driver) == before


def test_undo_killed_at_a_call_leaves_the_same(driver, small_steps):
    tables = []
    before = []

    def start():
        table = driver.service.create_table(
            f"goods{len(tables)}", FIELDS, shards=1, indexes=INDEXES
        )
        tables.append(table)
        driver.service.call("POST", f"/oserve/v1/table/{table}/record/", ROWS)
        before.append(stored(driver, table))
        job = run(driver, table, THE_FILE, "match=sku&mode=upsert&keep_before=1")
        driver.mails().clear()
        path = f"/oserve/v1/table/{table}/import/{job.id}/undo/"
        job_id = driver.service.call("POST", path).headers["X-Job-Id"]
        driver._queues[job_id] = "ImportQueue"
        return job_id

    def check(job_id):
        assert stored(driver, tables[-1]) == before[-1]
        assert effects_of(driver.job(job_id)) == (0, 1, 0, 1)

    kill_at_calls(driver, start, check, only="TransactWriteItems")


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("match=sku&mode=upsert", "without keep_before=1"),
        ("match=sku&mode=upsert&dry_run=1", "was a dry run"),
    ],
)
def test_what_cannot_be_undone_is_refused(driver, goods, query, reason):
    job = run(driver, goods, THE_FILE, query)

    answer = driver.service.call("POST", f"/oserve/v1/table/{goods}/import/{job.id}/undo/")

    assert answer.status == 400
    assert reason in answer.json()["error_msg"]


def test_a_job_that_has_not_ended_cannot_be_undone_yet(driver, goods):
    job_id = driver.start_import(goods, THE_FILE, query="match=sku&mode=upsert&keep_before=1")

    answer = driver.service.call("POST", f"/oserve/v1/table/{goods}/import/{job_id}/undo/")

    assert answer.status == 409


def test_until_when_it_can_be_undone_is_told_and_kept(driver, goods):
    job = run(driver, goods, THE_FILE, "match=sku&mode=upsert&keep_before=1")
    path = f"/oserve/v1/table/{goods}/import/{job.id}/"
    until = driver.service.call("GET", path).json()["undo_until"]
    (mail,) = driver.mails()
    assert f"{job.id}/undo/" in mail.html
    driver.wait(until - driver.clock.now - 1)
    assert driver.service.call("POST", f"{path}undo/").status == 201
    driver.wait(1)
    assert driver.service.call("POST", f"{path}undo/").status == 404


def test_an_undo_with_a_key_is_started_once(driver, goods):
    job = run(driver, goods, THE_FILE, "match=sku&mode=upsert&keep_before=1")
    path = f"/oserve/v1/table/{goods}/import/{job.id}/undo/"
    headers = {"Idempotency-Key": "once"}

    answers = [driver.service.call("POST", path, headers=headers) for _ in range(2)]

    assert len({answer.headers["X-Job-Id"] for answer in answers}) == 1
    assert len(driver.service.messages("ImportQueue")) == 1


def test_without_keep_before_nothing_is_kept(driver, goods):
    job = run(driver, goods, THE_FILE, "match=sku&mode=upsert")
    bucket = driver.service.stack.ResultsBucket
    found = boto3.client("s3").list_objects_v2(Bucket=bucket, Prefix=f"imports/{job.id}/")

    assert found["KeyCount"] == 0


def test_an_undo_waits_among_the_jobs_of_its_app(driver, goods):
    job = run(driver, goods, THE_FILE, "match=sku&mode=merge&keep_before=1")

    path = f"/oserve/v1/table/{goods}/import/{job.id}/undo/"
    assert driver.service.call("POST", path).status == 201

    (message,) = driver.service.messages("ImportQueue")
    assert message["attributes"]["MessageGroupId"] == driver.app_id
