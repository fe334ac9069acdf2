"""Exports that several workers write: the file of one worker, whoever is killed on the way."""

import gzip
from collections import Counter
from random import Random

import boto3
import pytest

from ferry import config
from ferry.exports.segment_job import SEGMENTS
from ferry.jobs.job import Counts, MailState, Status
from ferry.jobs.run import LEASE_S, SAVE_EVERY_S
from ferry.jobs.segment_store import Segments
from tests.faults import dying, failing, meanwhile

ROWS = [{"name": f'row {n} "漢"', "amount": n, "created_at": 1_700_000_000 + n} for n in range(26)]
KINDS = [
    {},
    {"file_type": "json"},
    {"file_type": "jsonl", "order_by": ["-created_at"]},
    {"file_type": "json", "compress": "gzip"},
    {"mode": "part", "where": {"amount": {"$gte": 18}}, "file_type": "json"},
    {"mode": "part", "where": {"amount": {"$gte": 50}}, "file_type": "json"},
]


@pytest.fixture
def shared(driver, monkeypatch, small_steps):
    """Return what starts a job that is shared, and one that is not."""

    def start(table, *, segment_mb=1, **options):
        monkeypatch.setenv("EXPORT_SEGMENT_MB", str(segment_mb))
        config.settings.cache_clear()
        return driver.start_export(table, **options)

    monkeypatch.setattr("ferry.exports.export_cuts._ROW_BYTES", 1 << 20)
    return start


def one_workers(driver, shared, table, **options):
    """Return the file that one worker writes."""
    job_id = shared(table, segment_mb=0, **options)
    driver.service.run_jobs()
    driver.mails()
    return driver.file(job_id)


def unpacked(file):
    return gzip.decompress(file) if file.startswith(b"\x1f\x8b") else file


@pytest.mark.parametrize("options", KINDS, ids=str)
def test_the_file_is_that_of_one_worker(driver, shared, options):
    table = driver.table(ROWS)
    alone = one_workers(driver, shared, table, **options)
    job_id = shared(table, **options)
    driver.service.run_jobs()

    job = driver.job(job_id)
    assert len(job.checkpoint.cuts) > 2
    assert (job.status, job.mail, job.bytes_done) == (
        Status.FINISHED,
        MailState.SENT,
        len(driver.file(job_id)),
    )
    assert unpacked(driver.file(job_id)) == unpacked(alone)
    assert len(driver.mails()) == 1


def test_workers_killed_at_random_calls_leave_the_same_file(driver, shared):
    table = driver.table(ROWS)
    alone = one_workers(driver, shared, table, file_type="json")
    job_id = shared(table, file_type="json")
    random, deaths = Random(7), Counter()

    while not driver.job(job_id).ended:
        driver.wait(LEASE_S + 1)
        driver.sweep()
        for record in driver.service.messages("ExportQueue"):
            # Of a worker that dies three times before it comes further, the job fails.
            at = random.randrange(1, 20) if deaths[record["body"]] < 2 else 1_000
            with dying(at) as death:
                driver.service.deliver("ExportQueue", [record])
            deaths[record["body"]] += death.happened
    driver.service.run_jobs()

    job = driver.job(job_id)
    assert deaths.total() > 10
    assert (job.status, job.restarts) == (Status.FINISHED, 0)
    assert job.counts == Counts(total=26, succeeded=26)
    assert driver.file(job_id) == alone
    assert len(driver.mails()) == 1


def test_a_join_that_was_answered_to_nobody_is_not_done_again(driver, shared):
    table = driver.table(ROWS)
    alone = one_workers(driver, shared, table)
    job_id = shared(table)
    with dying(1, only="DeleteObjects") as death:  # right behind the completion of the upload
        driver.service.run_jobs()
    assert death.happened

    driver.recover(job_id)

    assert driver.file(job_id) == alone
    assert driver.job(job_id).restarts == 0


def test_a_segment_goes_on_when_a_functions_time_is_up(driver, shared):
    table = driver.table(ROWS)
    alone = one_workers(driver, shared, table)
    job_id = shared(table, segment_mb=20)
    driver.clock.step = SAVE_EVERY_S
    driver.service.context.get_remaining_time_in_millis = lambda: 50_000
    deliveries = 0
    while records := driver.service.messages("ExportQueue"):
        assert driver.service.deliver("ExportQueue", records) == []
        deliveries += len(records)

    assert deliveries > len(ROWS) // 2
    assert driver.file(job_id) == alone


def test_rows_that_move_let_the_whole_export_begin_anew(driver, shared):
    table = driver.table(ROWS)
    job_id = shared(table, file_type="jsonl")
    (row, *_) = driver.rows(table)

    def edit():
        path = f"/oserve/v1/table/{table}/record/{row.id}/"
        answer = driver.service.call("PUT", path, {"created_at": 1_800_000_000})
        assert answer.status == 200, answer

    with meanwhile("UploadPart", edit):
        driver.service.run_jobs()

    job = driver.job(job_id)
    assert (job.status, job.restarts, job.counts.total) == (Status.FINISHED, 1, len(ROWS))
    lines = driver.file(job_id).splitlines()
    assert len(lines) == len(ROWS)
    assert b"1800000000" in lines[-1]


def test_one_cancel_ends_all_segments(driver, shared):
    table = driver.table(ROWS)
    job_id = shared(table)
    driver.clock.step = SAVE_EVERY_S

    def cancel():
        path = f"/oserve/v1/table/{table}/export/{job_id}/cancel/"
        assert driver.service.call("POST", path).json() == {"status": "cancelling"}

    with meanwhile("UploadPart", cancel):
        driver.service.run_jobs()

    assert driver.job(job_id).status is Status.CANCELLED
    # Those that had ended before have ended well.
    found = statuses(driver, job_id)
    assert Status.CANCELLED in found
    assert found <= {Status.CANCELLED, Status.FINISHED}
    assert not driver.has_file(job_id)
    assert uploads(driver) == []
    assert len(driver.mails()) == 1


def test_a_segment_that_fails_for_good_fails_the_export_with_its_reason(
    driver, shared, monkeypatch
):
    job_id = shared(driver.table(ROWS))
    monkeypatch.setenv("EXPORT_ROW_CAP", "4")
    config.settings.cache_clear()
    driver.service.run_jobs()

    job = driver.job(job_id)
    assert (job.status, job.faulty) == (Status.FAILED, False)
    assert "more than 4 rows" in job.error
    assert uploads(driver) == []
    assert len(driver.mails()) == 1


def test_a_segment_that_is_tried_in_vain_fails_the_export(driver, shared):
    table = driver.table(ROWS)
    job_id = shared(table)
    driver.deliver(job_id, driver.take(job_id))
    records = driver.service.messages("ExportQueue")
    with failing("Query", "ValidationException", within=f"{table}#"):
        for _ in range(3):
            driver.service.deliver("ExportQueue", records)
    driver.service.run_jobs()

    job = driver.job(job_id)
    assert (job.status, job.faulty) == (Status.FAILED, True)
    assert len(driver.mails()) == 1


def test_users_see_one_job(driver, shared):
    table = driver.table(ROWS)
    job_id = shared(table, rate=1_000_000)
    driver.deliver(job_id, driver.take(job_id))
    (record, *others) = driver.service.messages("ExportQueue")
    driver.service.deliver("ExportQueue", [record])

    seen = driver.service.call("GET", f"/oserve/v1/table/{table}/export/{job_id}/").json()
    assert (seen["status"], 0 < seen["progress"]["rows_done"] < len(ROWS)) == ("ready", True)
    segment = f"{job_id}.0-0"
    for path in (f"/oserve/v1/table/{table}/export/{segment}/", f"/oserve/v1/job/{segment}/"):
        assert driver.service.call("GET", path).status == 404
        assert driver.service.call("DELETE", path).status == 404
    listed = driver.service.call("GET", "/oserve/v1/job/").json()["objects"]
    assert [job["job_id"] for job in listed] == [job_id]
    driver.service.deliver("ExportQueue", others)
    driver.service.run_jobs()
    spent = driver.service.call("GET", f"/oserve/v1/table/{table}/export/{job_id}/").json()["spent"]
    assert spent["read_units"] > len(others)


def test_a_budget_is_kept_by_one_worker(driver, shared):
    job_id = shared(driver.table(ROWS), file_type="jsonl", budget_units=100_000)
    driver.service.run_jobs()

    assert driver.job(job_id).checkpoint.cuts == ()


def statuses(driver, job_id):
    ids = [f"{job_id}.0-{number}" for number in range(40)]
    found = Segments(driver.service.stack.ControlTable).get_all(ids, SEGMENTS)
    return {segment.status for segment in found.values()}


def uploads(driver):
    client = boto3.client("s3")
    answer = client.list_multipart_uploads(Bucket=driver.service.stack.ResultsBucket)
    return answer.get("Uploads", [])
