"""Imports that fail for good: what is in the table is counted, failed rows are given back."""

import pytest

from ferry.jobs.job import MAX_ATTEMPTS, MAX_CLOSINGS, Status
from tests.faults import dying, failing, meanwhile

ROWS = b"".join(b"row %d,%s\r\n" % (n, b"x" if n % 4 == 3 else b"%d" % n) for n in range(40))
CSV = b"name,amount\r\n" + ROWS
STOPPED_AT = range(6, 16)


@pytest.fixture
def job_id(driver, small_steps):
    return driver.start_import(driver.table(), CSV)


def _kill(driver, at, times):
    for _ in range(times):
        with dying(at):
            driver.service.run_jobs()
        driver.wait(5400)
        driver.sweep()


def _assert_told_as_it_is(driver, job_id):
    """The counts are those of the table, and each failed row that is counted comes back."""
    job = driver.job(job_id)
    counts = job.counts
    assert job.status is Status.FAILED
    assert counts.succeeded == len(driver.rows(job.table_id))
    assert counts.total == counts.succeeded + counts.failed
    report = driver.report(job_id) if job.result.report_key else b""
    assert report.count(b",x") == counts.failed
    (mail,) = driver.mails()
    assert str(counts.succeeded) in mail.html
    assert "uncounted" not in _counts_told(driver, job_id)


@pytest.mark.parametrize("at", STOPPED_AT)
def test_an_import_whose_workers_are_killed_at_one_place_is_told_as_it_is(driver, job_id, at):
    # The first worker comes further than those after it, who die before their first checkpoint.
    with dying(at):
        driver.service.run_jobs()
    driver.wait(5400)
    driver.sweep()
    _kill(driver, 6, MAX_ATTEMPTS)

    driver.recover(job_id)

    if driver.job(job_id).status is not Status.FINISHED:
        _assert_told_as_it_is(driver, job_id)


def test_an_import_that_meets_a_fault_at_one_place_is_told_as_it_is(driver, job_id):
    records = driver.take(job_id)
    table = driver.service.stack.RecordsTable
    with (
        failing("BatchWriteItem", "AccessDeniedException", after=2),
        failing("PutItem", "AccessDeniedException", within=table),
        failing("TransactWriteItems", "AccessDeniedException", within=table),
    ):
        while driver.job(job_id).status is not Status.FAILED:
            assert not driver.deliver(job_id, records)
    driver.recover(job_id)

    _assert_told_as_it_is(driver, job_id)
    assert driver.job(job_id).result.report_key


def test_an_import_that_cannot_even_be_closed_ends_all_the_same(driver, job_id):
    _kill(driver, 3, MAX_ATTEMPTS + MAX_CLOSINGS)

    driver.service.run_jobs()

    assert driver.job(job_id).status is Status.FAILED
    assert len(driver.mails()) == 1


def _counts_told(driver, job_id):
    path = f"/oserve/v1/table/{driver.job(job_id).table_id}/import/{job_id}/"
    return driver.service.call("GET", path).json()["counts"]


WITH_IDS = b"".join(b"68ee0e80%016x,row %d,%d\r\n" % (n, n, n) for n in range(40))


@pytest.mark.parametrize(
    ("at", "query", "uncounted"),
    [(8, "id_as_key=1", 9), (8, "keep_before=1", 0), (13, "keep_before=1", 9)],
)
def test_rows_with_keys_of_their_own_that_nobody_could_count_are_told(
    driver, small_steps, at, query, uncounted
):
    job_id = driver.start_import(driver.table(), b"id,name,amount\r\n" + WITH_IDS, query=query)
    _kill(driver, at, MAX_ATTEMPTS + MAX_CLOSINGS)
    driver.recover(job_id)

    job, counts = driver.job(job_id), _counts_told(driver, job_id)
    there = len(driver.rows(job.table_id))
    assert (job.status, counts.get("uncounted", 0)) == (Status.FAILED, uncounted)
    assert counts["succeeded"] <= there <= counts["succeeded"] + uncounted
    mail = driver.mails()[-1].html
    assert ("may have been written" in mail) == bool(uncounted)
    assert ("No row was written" in mail) == (not counts["succeeded"] and not uncounted)


@pytest.fixture
def mirror(driver, small_steps, monkeypatch):
    """A mirror of a file with two of a table's nine rows: one is changed, seven are deleted."""
    monkeypatch.setattr("ferry.imports.mirroring._AT_A_TIME", 2)
    fields = [{"name": name, "type": "string"} for name in ("sku", "name")]
    indexes = [{"fields": ["sku"], "unique": True}]
    table = driver.service.create_table("goods", fields, shards=1, indexes=indexes)
    rows = [{"sku": f"s{number}", "name": "old"} for number in range(9)]
    driver.service.call("POST", f"/oserve/v1/table/{table}/record/", rows)
    query = "match=sku&mode=mirror&most_deleted=7"
    return driver.start_import(table, b"sku,name\ns0,new\ns1,old\n", query=query)


@pytest.mark.parametrize("swap", [4, 7])
def test_rows_that_a_killed_mirror_has_deleted_are_counted(driver, mirror, swap):
    for at in (swap, *[1] * MAX_ATTEMPTS):
        with dying(at, only="TransactWriteItems"):
            driver.service.run_jobs()
        driver.wait(5400)
        driver.sweep()
    driver.recover(mirror)

    job, counts = driver.job(mirror), _counts_told(driver, mirror)
    assert job.status is Status.FAILED
    assert 0 < counts["mirrored"] == 9 - len(driver.rows(job.table_id))
    assert (counts["changed"], counts["same"], counts["succeeded"]) == (1, 1, 2)


def test_rows_that_a_cancelled_mirror_has_deleted_are_counted(driver, mirror):
    path = f"/oserve/v1/table/{driver.job(mirror).table_id}/import/{mirror}/cancel/"

    def cancel():
        driver.service.call("POST", path)

    with meanwhile("TransactWriteItems", cancel, nth=4):
        driver.service.run_jobs()

    job, counts = driver.job(mirror), _counts_told(driver, mirror)
    assert (job.status, counts["changed"]) == (Status.CANCELLED, 1)
    assert 0 < counts["mirrored"] == 9 - len(driver.rows(job.table_id))
