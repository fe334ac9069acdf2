"""Jobs that stop at their budget, and go on with more."""

import gzip

import boto3
import pytest

from ferry.aws.queues import Queue
from ferry.errors import Conflict
from ferry.jobs.job import Counts, MailState, Status
from ferry.jobs.job_queue import JobQueue
from ferry.jobs.resuming import ResumeIn, resume_job
from ferry.tables.row_permissions import RowUser
from tests.faults import failing, meanwhile
from tests.integration.test_spending import spent

ROWS = [{"name": f"row {n}", "amount": n} for n in range(23)]
CSV = b"name,amount\r\n" + b"".join(
    b"row %d,%s\r\n" % (n, b"x" if n % 4 else b"1") for n in range(23)
)
DAYS = 7 * 86_400

pytestmark = pytest.mark.usefixtures("small_steps")


def resume(driver, table, job_id, operation="export", **limits):
    path = f"/oserve/v1/table/{table}/{operation}/{job_id}/resume/"
    return driver.service.call("POST", path, limits)


def shown(driver, table, job_id, operation="export"):
    return driver.service.call("GET", f"/oserve/v1/table/{table}/{operation}/{job_id}/").json()


def resume_to_the_end(driver, table, job_id, operation):
    """Resume the job with a little more, so that it stops again, then with enough."""
    used = spent(driver, table, job_id, operation)
    more = int(used["read_units"] + used["write_units"]) + 2
    for limits in ({"budget_units": more}, {"budget": 1}):
        assert driver.job(job_id).resumable
        assert resume(driver, table, job_id, operation, **limits).status == 202
        driver.service.run_jobs()


@pytest.mark.parametrize("options", [{}, {"compress": "gzip", "order_by": ["-created_at"]}])
def test_an_export_that_stopped_goes_on_to_the_file_of_one_that_did_not(driver, options):
    table = driver.table(ROWS)
    whole = driver.start_export(table, "jsonl", **options)
    driver.service.run_jobs()
    stopped = driver.start_export(table, "jsonl", budget_units=1, **options)
    driver.service.run_jobs()

    job = driver.job(stopped)
    assert (job.status, job.resumable) == (Status.CANCELLED, True)
    assert 0 < job.counts.succeeded < 23
    assert job.error == "stopped at its budget of 1 units; resume it with a higher budget"
    resume_to_the_end(driver, table, stopped, "export")

    assert driver.job(stopped).counts == Counts(23, 23, 0)
    unpack = gzip.decompress if options else bytes
    assert unpack(driver.file(stopped)) == unpack(driver.file(whole))


def test_a_sorted_export_that_stopped_reads_its_rows_again(driver):
    table = driver.table(ROWS)
    whole = driver.start_export(table, "jsonl", order_by=["-amount"])
    driver.service.run_jobs()
    stopped = driver.start_export(table, "jsonl", order_by=["-amount"], budget_units=1)
    driver.service.run_jobs()

    assert driver.job(stopped).resumable
    assert resume(driver, table, stopped, budget_units=1000).status == 202
    driver.service.run_jobs()
    assert driver.file(stopped) == driver.file(whole)


@pytest.mark.parametrize("query", ["", "keep_before=1"])
def test_an_import_that_stopped_goes_on_to_the_rows_of_one_that_did_not(driver, query):
    table = driver.table()
    whole = driver.start_import(table, CSV, query=query)
    driver.service.run_jobs()
    other = driver.table()
    stopped = driver.start_import(other, CSV, query=f"{query}&budget_units=1")
    driver.service.run_jobs()
    assert 0 < driver.job(stopped).counts.total < 23
    resume_to_the_end(driver, other, stopped, "import")

    assert driver.job(stopped).counts == driver.job(whole).counts == Counts(23, 6, 17)
    assert driver.names_and_amounts(other) == driver.names_and_amounts(table)
    assert driver.report(stopped) == driver.report(whole)


def test_a_budget_in_dollars_is_kept_by_the_price_of_units(driver):
    table = driver.table()
    job_id = driver.start_import(table, CSV, query="budget=0.0000015")
    driver.service.run_jobs()

    job = driver.job(job_id)
    assert job.error == "stopped at its budget of $0.0000015; resume it with a higher budget"
    used = spent(driver, table, job_id, "import")
    assert used["dollars"] >= 0.0000015
    seen = shown(driver, table, job_id, "import")
    assert (seen["status"], seen["budget"]) == ("cancelled", 0.0000015)
    assert seen["resume_until"] == job.accepted_at // 1000 + DAYS
    (mail,) = driver.mails()
    assert mail.subject == "Your import into goods1 stopped at its budget"
    assert "$0.0000015" in mail.html

    assert resume(driver, table, job_id, "import", budget=1).status == 202
    driver.service.run_jobs()
    assert "resume_until" not in shown(driver, table, job_id, "import")
    (mail,) = driver.mails()
    assert "stopped" not in mail.subject

    life = driver.service.call("GET", f"/oserve/v1/job/{job_id}/").json()["life"]
    assert [each["event"] for each in life["events"]] == [
        "accepted", "claimed", "cancelled", "resumed", "claimed", "finished",
    ]  # fmt: skip
    assert life["samples"][-1]["rows"] == 23


def test_a_budget_that_is_not_reached_changes_nothing(driver):
    table = driver.table(ROWS)
    job_id = driver.start_export(table, "jsonl", budget=5)
    driver.service.run_jobs()

    assert driver.job(job_id).status is Status.FINISHED
    assert resume(driver, table, job_id, budget=9).status == 409


def test_calls_and_messages_that_come_twice_do_no_more(driver):
    table = driver.table(ROWS)
    job_id = driver.start_export(table, "jsonl", budget_units=1)
    first = driver.take(job_id)
    driver.deliver(job_id, first)
    driver.deliver(job_id, first)  # it has stopped
    assert driver.job(job_id).resumable

    assert resume(driver, table, job_id, budget_units=1000).json() == {"status": "pending"}
    assert resume(driver, table, job_id, budget_units=1000).json() == {"status": "pending"}
    assert resume(driver, table, job_id, budget_units=2000).status == 409
    driver.service.run_jobs()

    job = driver.job(job_id)
    assert (job.status, job.mail) == (Status.FINISHED, MailState.SENT)
    assert driver.file(job_id).count(b"\n") == 23
    assert len(driver.mails()) == 1  # the first was not due any more


@pytest.mark.parametrize(
    ("limits", "status"),
    [
        ({}, 400),
        ({"budget_units": 1}, 400),
        ({"budget": 0}, 400),
        ({"budget": 1, "budget_units": 1}, 400),
        ({"speed": 1}, 400),
        ({"budget": None, "budget_units": None}, 202),
        ({"budget": 0.5}, 202),
    ],
)
def test_a_job_is_resumed_with_more_than_it_has_spent(driver, limits, status):
    table = driver.table(ROWS)
    job_id = driver.start_export(table, "jsonl", budget_units=1)
    driver.service.run_jobs()

    assert resume(driver, table, job_id, **limits).status == status


def test_a_cancelled_job_and_one_too_old_are_not_resumed(driver):
    table = driver.table(ROWS)
    cancelled = driver.start_export(table, "jsonl")
    path = f"/oserve/v1/table/{table}/export/{cancelled}/cancel/"
    assert driver.service.call("POST", path).status == 202
    old = driver.start_export(table, "jsonl", budget_units=1)
    driver.service.run_jobs()

    assert resume(driver, table, cancelled, budget=1).status == 409
    driver.wait(DAYS)
    assert resume(driver, table, old, budget=1).status == 404


def test_a_resumed_job_is_not_too_old_for_the_sweeper(driver):
    table = driver.table(ROWS)
    job_id = driver.start_export(table, "jsonl", budget_units=1)
    driver.service.run_jobs()
    driver.wait(2 * 86_400)
    resume(driver, table, job_id, budget=1)
    driver.waiting("ExportQueue")  # its message is lost

    driver.recover(job_id)

    assert driver.job(job_id).status is Status.FINISHED


def test_a_deleted_job_is_not_resumed(driver):
    table = driver.table(ROWS)
    job_id = driver.start_export(table, "jsonl", budget_units=1)
    driver.service.run_jobs()
    assert driver.service.call("DELETE", f"/oserve/v1/table/{table}/export/{job_id}/").status == 204

    assert resume(driver, table, job_id, budget=1).status == 404


def uploads(driver):
    bucket = driver.service.stack.ResultsBucket
    return boto3.client("s3").list_multipart_uploads(Bucket=bucket).get("Uploads", [])


def test_the_upload_of_an_export_is_kept_for_as_long_as_it_can_be_resumed(driver):
    table = driver.table(ROWS)
    job_id = driver.start_export(table, "jsonl", budget_units=1)
    driver.service.run_jobs()
    assert len(uploads(driver)) == 1

    driver.drop(table)
    assert resume(driver, table, job_id, budget=1).status == 202
    driver.service.run_jobs()

    job = driver.job(job_id)
    assert (job.status, job.counts) == (Status.FAILED, Counts())
    assert uploads(driver) == []


def test_an_export_that_is_cancelled_past_its_budget_keeps_nothing(driver):
    job_id = driver.start_export(driver.table(ROWS), "jsonl", budget_units=1)

    with meanwhile("PutObject", lambda: driver.ask_for_the_end(job_id)):
        driver.service.run_jobs()

    job = driver.job(job_id)
    assert (job.status, job.resumable, job.counts) == (Status.CANCELLED, False, Counts())
    assert uploads(driver) == []


def test_an_export_that_fails_for_good_keeps_nothing(driver):
    job_id = driver.start_export(driver.table(ROWS), "jsonl")
    records = driver.take(job_id)

    with failing("UploadPart", "AccessDenied"):
        while driver.job(job_id).status is not Status.FAILED:
            assert not driver.deliver(job_id, records)

    assert uploads(driver) == []


def test_whoever_may_read_other_rows_by_now_starts_again(driver):
    table = driver.table(ROWS)
    job_id = driver.start_export(table, "jsonl", budget_units=1)
    driver.service.run_jobs()
    now, queue = int(driver.clock.now), JobQueue(driver.jobs, Queue(""))

    with pytest.raises(Conflict, match="your role on the table has changed"):
        resume_job(
            driver.job(job_id),
            ResumeIn(budget=1.0),
            row_user=RowUser(7),
            now=now,
            link_days=7,
            region="us-east-1",
            queue=queue,
        )
