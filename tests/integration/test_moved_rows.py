"""Rows that change places while they are exported: each is in the file once all the same."""

import csv

import boto3
import pytest

from ferry.jobs.job import MailState, Status
from ferry.jobs.run import LEASE_S
from ferry.records.order_moves import count_moves
from ferry.records.registry import Tables
from ferry.translations.catalogue import translated
from tests.faults import dying, meanwhile

THEN = 1_700_000_000
FIRST, LAST = 0, 9

pytestmark = pytest.mark.usefixtures("small_steps")


@pytest.fixture
def table(driver):
    return driver.table(
        [{"name": f"row {n}", "amount": n, "created_at": THEN + n} for n in range(LAST + 1)]
    )


def ids(driver, table):
    rows = driver.service.call("GET", f"/oserve/v1/table/{table}/record/?limit=100").json()
    return {row["name"]: row["id"] for row in rows["objects"]}


def edit(driver, table, number, **changes):
    path = f"/oserve/v1/table/{table}/record/{ids(driver, table)[f'row {number}']}/"
    answer = driver.service.call("PUT", path, changes)
    assert answer.status == 200, answer


def exported(driver, job_id):
    return list(csv.DictReader(driver.file(job_id).decode("utf-8-sig").splitlines()))


def moves(driver, table):
    stack = driver.service.stack
    found = Tables(stack.ControlTable).get(driver.app_id, table)
    return count_moves(boto3.client("dynamodb"), stack.RecordsTable, found)


@pytest.mark.parametrize(
    ("number", "created_at"),
    [(FIRST, THEN + 100), (LAST, THEN - 100)],
    ids=["ahead of the reader", "behind the reader"],
)
@pytest.mark.parametrize("options", [{}, {"order_by": ["-amount"]}], ids=str)
def test_a_row_that_moves_is_exported_once(driver, table, number, created_at, options):
    job_id = driver.start_export(table, **options)

    with meanwhile("UploadPart", lambda: edit(driver, table, number, created_at=created_at)):
        driver.service.run_jobs()

    job = driver.job(job_id)
    assert (job.status, job.counts.total, job.mail) == (
        Status.FINISHED,
        LAST + 1,
        MailState.SENT,
    )
    assert sorted(row["name"] for row in exported(driver, job_id)) == sorted(ids(driver, table))
    assert job.restarts == 1


@pytest.mark.parametrize(("number", "amount"), [(FIRST, 100), (LAST, -1)])
def test_a_row_that_is_edited_between_two_sorts_is_exported_once(driver, table, number, amount):
    job_id = driver.start_export(table, order_by=["amount"])
    with dying(4, only="UpdateItem") as death:  # claim, begin, part, part
        driver.deliver(job_id, driver.take(job_id))
    assert death.happened
    assert 0 < driver.job(job_id).checkpoint.rows <= LAST
    driver.wait(LEASE_S + 1)

    edit(driver, table, number, amount=amount)
    driver.recover(job_id)

    read = exported(driver, job_id)
    assert sorted(row["name"] for row in read) == sorted(ids(driver, table))
    amounts = [int(row["amount"]) for row in read]
    assert amounts == sorted(amounts)


def test_rows_that_never_stay_where_they_are_fail_the_export_with_a_reason(driver, table):
    job_id = driver.start_export(table)
    places = iter(range(THEN + 100, THEN + 200))

    while records := driver.service.messages("ExportQueue"):
        move = lambda: edit(driver, table, FIRST, created_at=next(places))  # noqa: E731 - once
        with meanwhile("UploadPart", move):
            driver.service.deliver("ExportQueue", records)
    driver.service.run_jobs()

    job = driver.job(job_id)
    assert (job.status, job.faulty, job.result.result_key) == (Status.FAILED, False, "")
    assert "rows changed places" in job.error
    assert translated(job.error, "zh-CN") != job.error
    assert len(driver.mails()) == 1


def test_what_gives_a_row_another_place_is_counted_whatever_it_is(driver, table):
    row = ids(driver, table)["row 3"]

    edit(driver, table, 3, created_at=THEN - 1)
    assert moves(driver, table) == 1

    for conflict in ("upsert", "replace"):
        before = moves(driver, table)
        body = f"id,name,created_at\n{row},row 3,{THEN + before * 1000}\n".encode()
        driver.start_import(table, body, query=f"id_as_key=true&conflict={conflict}")
        driver.service.run_jobs()
        assert moves(driver, table) == before + 1, conflict
        # The same file again, as when an export comes back: nothing moves.
        driver.start_import(table, body, query=f"id_as_key=true&conflict={conflict}")
        driver.service.run_jobs()
        assert moves(driver, table) == before + 1, conflict


def test_an_edit_that_moves_nothing_restarts_nothing(driver, table):
    job_id = driver.start_export(table)

    with meanwhile("UploadPart", lambda: edit(driver, table, LAST, amount=7)):
        driver.service.run_jobs()

    assert driver.job(job_id).restarts == 0
    assert moves(driver, table) == 0
