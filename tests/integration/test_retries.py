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
def started(request, carrier):
    """A job of each kind, its message still waiting."""
    if request.param == "export":
        return carrier.start_export(carrier.table(ROWS))
    return carrier.start_import(carrier.table(), CSV)


WRITER_TRIES = 10
"""How often the writer of an import's batches tries by itself."""


@contextmanager
def _fault(carrier, job_id, code="AccessDeniedException", **options):
    """Let the reading of an export's rows fail, or the writing of an import's.

    An import puts rows one by one where an earlier worker may have put them.
    """
    table = carrier.service.stack.RecordsTable
    with ExitStack() as faults:
        if carrier.queue(job_id) == "ExportQueue":
            faults.enter_context(failing("Query", code, within=table, **options))
        else:
            if "times" in options:
                options["times"] *= WRITER_TRIES
            faults.enter_context(failing("BatchWriteItem", code, **options))
        if carrier.queue(job_id) == "ImportQueue" and "times" not in options:
            for one_by_one in ("PutItem", "TransactWriteItems"):
                faults.enter_context(failing(one_by_one, code, within=table))
        yield


def _let_it_fail(carrier, job_id):
    """Let the sweeper restart the job, whose deliveries may fail, as often as it likes."""
    for _ in range(3 * MAX_ATTEMPTS):
        carrier.wait(91)
        carrier.sweep()
        for record in carrier.service.messages(carrier.queue(job_id)):
            carrier.deliver(job_id, [record])


def test_a_fault_that_passes_leaves_no_trace_in_the_result(carrier, started):
    records = carrier.take(started)

    with _fault(carrier, started, times=1):
        assert not carrier.deliver(started, records)
    job = carrier.job(started)
    assert (job.status, job.mail, job.error) == (Status.RUNNING, MailState.NOT_DUE, "")
    assert carrier.deliver(started, records)

    job = carrier.job(started)
    assert (job.status, job.error) == (Status.FINISHED, "")
    assert job.counts == Counts(11, 11, 0)
    carrier.service.run_jobs()
    assert len(carrier.mails()) == 1


@pytest.mark.parametrize("steps_done", [0, 1])
def test_a_fault_that_stays_fails_the_job_after_three_attempts_in_one_place(
    carrier, started, steps_done
):
    queue = carrier.queue(started)
    records = carrier.take(started)
    deliveries = 0

    with _fault(carrier, started, after=steps_done):
        while carrier.job(started).status is not Status.FAILED:
            deliveries += 1
            assert not carrier.deliver(started, records)
            records = carrier.retry(queue, records)
        assert carrier.deliver(started, records)
    carrier.recover(started)

    job = carrier.job(started)
    # An import comes further by its first checkpoint, which says what it is about to send.
    assert MAX_ATTEMPTS <= deliveries <= MAX_ATTEMPTS + steps_done + (queue == "ImportQueue")
    assert job.error
    assert job.counts.total == job.counts.succeeded + job.counts.failed
    (mail,) = carrier.mails()
    assert job.error in mail.html
    assert "failed" in mail.subject


def test_a_failed_job_shows_its_reason_and_no_file(carrier, started):
    records = carrier.take(started)
    with _fault(carrier, started):
        while carrier.job(started).status is not Status.FAILED:
            carrier.deliver(started, records)

    job = carrier.job(started)
    path = f"/oserve/v1/table/{job.table_id}/{job.operation}/{started}/"
    shown = carrier.service.call("GET", path).json()

    assert (shown["status"], shown["error_msg"]) == ("failed", job.error)
    assert shown["download_url"] is None


def test_any_save_may_fail_once(carrier):
    table = carrier.table(ROWS)
    for start, counts in (
        (lambda: carrier.start_export(table), Counts(11, 11, 0)),
        (lambda: carrier.start_import(carrier.table(), CSV), Counts(11, 11, 0)),
    ):
        done, spared = False, 0
        while not done:
            job_id = start()
            records = carrier.take(job_id)
            with failing("UpdateItem", times=1, after=spared):
                done = carrier.deliver(job_id, records)
            if not done:
                assert carrier.deliver(job_id, records)
            assert carrier.job(job_id).status is Status.FINISHED, spared
            assert carrier.job(job_id).counts == counts
            carrier.service.run_jobs()
            assert len(carrier.mails()) == 1
            spared += 1
        assert spared > 4


@pytest.mark.parametrize("call", ["UploadPart", "CompleteMultipartUpload"])
def test_an_export_whose_upload_was_lost_starts_over(carrier, call):
    table = carrier.table(ROWS)
    undisturbed = carrier.start_export(table)
    carrier.service.run_jobs()
    job_id = carrier.start_export(table)
    records = carrier.take(job_id)

    with failing(call, "NoSuchUpload", times=1):
        assert not carrier.deliver(job_id, records)
    assert carrier.deliver(job_id, records)

    assert carrier.file(job_id) == carrier.file(undisturbed)
    assert carrier.job(job_id).counts == Counts(11, 11, 0)


@pytest.mark.parametrize("call", ["UploadPart", "CompleteMultipartUpload"])
def test_an_export_whose_upload_is_lost_time_and_again_fails_at_last(carrier, call):
    job_id = carrier.start_export(carrier.table(ROWS))

    with failing(call, "NoSuchUpload"):
        records = carrier.take(job_id)
        for _ in range(MAX_ATTEMPTS):
            carrier.deliver(job_id, records)
        _let_it_fail(carrier, job_id)

    assert carrier.job(job_id).status is Status.FAILED


@pytest.mark.parametrize("kind", ["export", "import"])
def test_a_job_whose_table_is_gone_fails_with_its_reason(carrier, kind):
    table = carrier.table(ROWS)
    job_id = carrier.start_export(table) if kind == "export" else carrier.start_import(table, CSV)
    carrier.drop(table)

    carrier.service.run_jobs()

    assert carrier.job(job_id).status is Status.FAILED
    assert carrier.job(job_id).error == f"table {table} does not exist"
    assert len(carrier.mails()) == 1


def test_an_import_whose_file_is_gone_fails_with_its_reason(carrier):
    job_id = carrier.start_import(carrier.table(), CSV)
    carrier.drop_upload(job_id)

    carrier.service.run_jobs()

    assert carrier.job(job_id).status is Status.FAILED
    assert "does not exist" in carrier.job(job_id).error
    assert len(carrier.mails()) == 1


@pytest.mark.parametrize("function", ["process_export", "process_import", "send_notice"])
def test_a_message_that_names_no_job_is_given_up_at_once(stack, context, function):
    bodies = ["", "no JSON", "[]", "{}", '{"job_id":5}', '{"job_id":"unknown"}']
    records = [
        {"messageId": str(number), "receiptHandle": "r", "body": body, "eventSource": "aws:sqs"}
        for number, body in enumerate(bodies)
    ]

    answer = handler(function)({"Records": records}, context)

    assert answer == {"batchItemFailures": []}


def test_one_bad_message_of_a_batch_keeps_no_other_back(carrier):
    for _ in range(3):
        job_id = carrier.start_import(carrier.table(), CSV)
        carrier.deliver(job_id, carrier.take(job_id))
    notices = carrier.service.messages("NoticeQueue")

    with failing("SendEmail", "TooManyRequestsException", times=1):
        failed = carrier.service.deliver("NoticeQueue", notices)

    assert failed == [notices[0]["messageId"]]
    assert len(carrier.mails()) == 2


OUTAGES = ["ThrottlingException", "InternalServerError", "ServiceUnavailable"]


@pytest.mark.parametrize("code", OUTAGES)
def test_an_outage_of_some_hours_fails_no_job_however_often_it_is_delivered(carrier, started, code):
    with _fault(carrier, started, code):
        for _ in range(3 * MAX_ATTEMPTS):
            carrier.wait(91)
            carrier.sweep()
            for record in carrier.service.messages(carrier.queue(started)):
                assert not carrier.deliver(started, [record])
        carrier.wait(OUTAGE_S - 3600)
    job = carrier.job(started)
    assert (job.status, job.attempts, job.worker) == (Status.RUNNING, 0, "")

    carrier.recover(started)

    job = carrier.job(started)
    assert (job.status, job.counts, job.stalled_since) == (Status.FINISHED, Counts(11, 11, 0), 0)
    assert len(carrier.mails()) == 1


def test_an_outage_that_lasts_longer_fails_the_job_and_says_so(carrier, started):
    with _fault(carrier, started, "ServiceUnavailable"):
        for _ in range(2):
            carrier.sweep()
            for record in carrier.service.messages(carrier.queue(started)):
                carrier.deliver(started, [record])
            carrier.wait(OUTAGE_S)
    carrier.recover(started)

    job = carrier.job(started)
    assert (job.status, job.faulty) == (Status.FAILED, True)
    assert "6 hours" in job.error
    assert len(carrier.mails()) == 1
