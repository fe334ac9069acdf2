"""Jobs whose processor fails: retried, at last given up, and their owner told."""

import pytest

from ferry.jobs.job import MAX_ATTEMPTS, Counts, MailState, Status
from tests.faults import failing
from tests.service import handler

ROWS = [{"name": f"row {n}", "amount": n} for n in range(11)]
CSV = b"name,amount\r\n" + b"".join(b"row %d,%d\r\n" % (n, n) for n in range(11))
LETTERS = {"ExportQueue": "ExportDeadLetters", "ImportQueue": "ImportDeadLetters"}

pytestmark = pytest.mark.usefixtures("small_steps")


@pytest.fixture(params=["export", "import"])
def started(request, carrier):
    """A job of each kind, its message still waiting."""
    if request.param == "export":
        return carrier.start_export(carrier.table(ROWS))
    return carrier.start_import(carrier.table(), CSV)


def _fault(carrier, job_id, **options):
    """Let the reading of an export's rows fail, or the writing of an import's."""
    if carrier.queue(job_id) == "ExportQueue":
        return failing("Query", within="by_created", **options)
    return failing("BatchWriteItem", **options)


def _let_it_fail(carrier, job_id):
    """Let the sweeper see to the job, whose deliveries may fail, as long as it likes."""
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
def test_a_fault_that_stays_fails_the_job_and_its_message_ends_as_a_dead_letter(
    carrier, started, steps_done
):
    queue = carrier.queue(started)
    records = carrier.take(started)
    deliveries = 0

    with _fault(carrier, started, after=steps_done):
        while records:
            deliveries += 1
            assert records[0]["attributes"]["ApproximateReceiveCount"] == str(deliveries)
            assert not carrier.deliver(started, records)
            records = carrier.retry(queue, records)
        _let_it_fail(carrier, started)
    carrier.recover(started)

    job = carrier.job(started)
    assert deliveries == MAX_ATTEMPTS
    assert carrier.waiting(LETTERS[queue]) == [started]
    assert job.status is Status.FAILED
    assert job.error
    assert job.counts.total == job.counts.succeeded + job.counts.failed
    (mail,) = carrier.mails()
    assert job.error in mail.html
    assert "failed" in mail.subject


def test_a_failed_job_shows_its_reason_and_no_file(carrier, started):
    records = carrier.take(started)
    with _fault(carrier, started):
        for _ in range(MAX_ATTEMPTS):
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
