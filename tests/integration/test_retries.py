"""Jobs whose processor fails: retried, at last given up, and their owner told."""

from contextlib import ExitStack, contextmanager

import pytest

from ferry.jobs.job import MAX_ATTEMPTS, OUTAGE_S, Counts, MailState, Status
from tests.faults import failing
from tests.service import handler

ROWS = [{"name": f"row {n}", "amount": n} for n in range(11)]
CSV = b"name,amount\r\n" + b"".join(b"row %d,%d\r\n" % (n, n) for n in range(11))

pytestmark = pytest.mark.usefixtures("small_steps")


@pytest.fixture(params=["export", "import"])
def started(request, driver):
    """A job of each kind, its message still waiting."""
    if request.param == "export":
        return driver.start_export(driver.table(ROWS))
    return driver.start_import(driver.table(), CSV)


WRITER_TRIES = 10
"""How often the writer of an import's batches tries by itself."""


@contextmanager
def _fault(driver, job_id, code="AccessDeniedException", **options):
    """Let the reading of an export's rows fail, or the writing of an import's.

    An import puts rows one by one where an earlier worker may have put them.
    """
    table = driver.service.stack.RecordsTable
    with ExitStack() as faults:
        if driver.queue(job_id) == "ExportQueue":
            faults.enter_context(failing("Query", code, within=table, **options))
        else:
            if "times" in options:
                options["times"] *= WRITER_TRIES
            faults.enter_context(failing("BatchWriteItem", code, **options))
        if driver.queue(job_id) == "ImportQueue" and "times" not in options:
            for one_by_one in ("PutItem", "TransactWriteItems"):
                faults.enter_context(failing(one_by_one, code, within=table))
        yield


def _let_it_fail(driver, job_id):
    """Let the sweeper restart the job, whose deliveries may fail, as often as it likes."""
    for _ in range(3 * MAX_ATTEMPTS):
        driver.wait(91)
        driver.sweep()
        for record in driver.service.messages(driver.queue(job_id)):
            driver.deliver(job_id, [record])


def test_a_fault_that_passes_leaves_no_trace_in_the_result(driver, started):
    records = driver.take(started)

    with _fault(driver, started, times=1):
        assert not driver.deliver(started, records)
    job = driver.job(started)
    assert (job.status, job.mail, job.error) == (Status.RUNNING, MailState.NOT_DUE, "")
    assert driver.deliver(started, records)

    job = driver.job(started)
    assert (job.status, job.error) == (Status.FINISHED, "")
    assert job.counts == Counts(11, 11, 0)
    driver.service.run_jobs()
    assert len(driver.mails()) == 1


@pytest.mark.parametrize("steps_done", [0, 1])
def test_a_fault_that_stays_fails_the_job_after_three_attempts_in_one_place(
    driver, started, steps_done
):
    queue = driver.queue(started)
    records = driver.take(started)
    deliveries = 0

    with _fault(driver, started, after=steps_done):
        while driver.job(started).status is not Status.FAILED:
            deliveries += 1
            assert not driver.deliver(started, records)
            records = driver.retry(queue, records)
        assert driver.deliver(started, records)
    driver.recover(started)

    job = driver.job(started)
    # An import comes further by its first checkpoint, which says what it is about to send.
    assert MAX_ATTEMPTS <= deliveries <= MAX_ATTEMPTS + steps_done + (queue == "ImportQueue")
    assert job.error
    assert job.counts.total == job.counts.succeeded + job.counts.failed
    (mail,) = driver.mails()
    assert job.error in mail.html
    assert "failed" in mail.subject


def test_a_failed_job_shows_its_reason_and_no_file(driver, started):
    records = driver.take(started)
    with _fault(driver, started):
        while driver.job(started).status is not Status.FAILED:
            driver.deliver(started, records)

    job = driver.job(started)
    path = f"/oserve/v1/table/{job.table_id}/{job.operation}/{started}/"
    shown = driver.service.call("GET", path).json()

    assert (shown["status"], shown["error_msg"]) == ("failed", job.error)
    assert shown["download_url"] is None


def test_any_save_may_fail_once(driver):
    table = driver.table(ROWS)
    for start, counts in (
        (lambda: driver.start_export(table), Counts(11, 11, 0)),
        (lambda: driver.start_import(driver.table(), CSV), Counts(11, 11, 0)),
    ):
        done, spared = False, 0
        while not done:
            job_id = start()
            records = driver.take(job_id)
            with failing("UpdateItem", times=1, after=spared):
                done = driver.deliver(job_id, records)
            if not done:
                assert driver.deliver(job_id, records)
            assert driver.job(job_id).status is Status.FINISHED, spared
            assert driver.job(job_id).counts == counts
            driver.service.run_jobs()
            assert len(driver.mails()) == 1
            spared += 1
        assert spared > 4


@pytest.mark.parametrize("call", ["UploadPart", "CompleteMultipartUpload"])
def test_an_export_whose_upload_was_lost_starts_over(driver, call):
    table = driver.table(ROWS)
    undisturbed = driver.start_export(table)
    driver.service.run_jobs()
    job_id = driver.start_export(table)
    records = driver.take(job_id)

    with failing(call, "NoSuchUpload", times=1):
        assert not driver.deliver(job_id, records)
    assert driver.deliver(job_id, records)

    assert driver.file(job_id) == driver.file(undisturbed)
    assert driver.job(job_id).counts == Counts(11, 11, 0)


@pytest.mark.parametrize("call", ["UploadPart", "CompleteMultipartUpload"])
def test_an_export_whose_upload_is_lost_time_and_again_fails_at_last(driver, call):
    job_id = driver.start_export(driver.table(ROWS))

    with failing(call, "NoSuchUpload"):
        records = driver.take(job_id)
        for _ in range(MAX_ATTEMPTS):
            driver.deliver(job_id, records)
        _let_it_fail(driver, job_id)

    assert driver.job(job_id).status is Status.FAILED


@pytest.mark.parametrize("kind", ["export", "import"])
def test_a_job_whose_table_is_gone_fails_with_its_reason(driver, kind):
    table = driver.table(ROWS)
    job_id = driver.start_export(table) if kind == "export" else driver.start_import(table, CSV)
    driver.drop(table)

    driver.service.run_jobs()

    assert driver.job(job_id).status is Status.FAILED
    assert driver.job(job_id).error == f"table {table} does not exist"
    assert len(driver.mails()) == 1


def test_an_import_whose_file_is_gone_fails_with_its_reason(driver):
    job_id = driver.start_import(driver.table(), CSV)
    driver.drop_upload(job_id)

    driver.service.run_jobs()

    assert driver.job(job_id).status is Status.FAILED
    assert "does not exist" in driver.job(job_id).error
    assert len(driver.mails()) == 1


@pytest.mark.parametrize("function", ["process_export", "process_import", "send_notice"])
def test_a_message_that_names_no_job_is_given_up_at_once(stack, context, function):
    bodies = ["", "no JSON", "[]", "{}", '{"job_id":5}', '{"job_id":"unknown"}']
    records = [
        {"messageId": str(number), "receiptHandle": "r", "body": body, "eventSource": "aws:sqs"}
        for number, body in enumerate(bodies)
    ]

    answer = handler(function)({"Records": records}, context)

    assert answer == {"batchItemFailures": []}


def test_one_bad_message_of_a_batch_keeps_no_other_back(driver):
    for _ in range(3):
        job_id = driver.start_import(driver.table(), CSV)
        driver.deliver(job_id, driver.take(job_id))
    notices = driver.service.messages("NoticeQueue")

    with failing("SendEmail", "TooManyRequestsException", times=1):
        failed = driver.service.deliver("NoticeQueue", notices)

    assert failed == [notices[0]["messageId"]]
    assert len(driver.mails()) == 2


OUTAGES = ["ThrottlingException", "InternalServerError", "ServiceUnavailable"]


@pytest.mark.parametrize("code", OUTAGES)
def test_an_outage_of_some_hours_fails_no_job_however_often_it_is_delivered(driver, started, code):
    with _fault(driver, started, code):
        for _ in range(MAX_ATTEMPTS + 1):
            driver.wait(91)
            driver.sweep()
            for record in driver.service.messages(driver.queue(started)):
                assert not driver.deliver(started, [record])
        driver.wait(OUTAGE_S - 3600)
    job = driver.job(started)
    assert (job.status, job.attempts, job.worker) == (Status.RUNNING, 0, "")

    driver.recover(started)

    job = driver.job(started)
    assert (job.status, job.counts, job.stalled_since) == (Status.FINISHED, Counts(11, 11, 0), 0)
    assert len(driver.mails()) == 1


def test_an_outage_that_lasts_longer_fails_the_job_and_says_so(driver, started):
    with _fault(driver, started, "ServiceUnavailable"):
        for _ in range(2):
            driver.sweep()
            for record in driver.service.messages(driver.queue(started)):
                driver.deliver(started, [record])
            driver.wait(OUTAGE_S)
    driver.recover(started)

    job = driver.job(started)
    assert (job.status, job.faulty) == (Status.FAILED, True)
    assert "6 hours" in job.error
    assert len(driver.mails()) == 1
