"""The sweeper: whatever is lost on the way, every job ends and every owner is told, once."""

import json

import pytest

from ferry.jobs.job import MAX_ATTEMPTS, MAX_CLOSINGS, Counts, MailState, Status
from tests.faults import dying, failing, meanwhile

ROWS = [{"name": f"row {n}", "amount": n} for n in range(5)]
CSV = b"name\r\n" + b"".join(b"row %d\r\n" % n for n in range(5))


@pytest.fixture(params=["export", "import"])
def start(request, carrier):
    """Start a job of each kind."""
    table = carrier.table(ROWS)
    if request.param == "export":
        return lambda: carrier.start_export(table)
    return lambda: carrier.start_import(table, CSV)


@pytest.fixture
def queue(start, request):
    return {"export": "ExportQueue", "import": "ImportQueue"}[request.node.callspec.params["start"]]


def _assert_finished_with_one_mail(carrier, job_id):
    carrier.service.run_jobs()
    assert carrier.job(job_id).status is Status.FINISHED
    assert carrier.job(job_id).counts == Counts(5, 5, 0)
    assert carrier.job(job_id).mail is MailState.SENT
    assert len(carrier.mails()) == 1
    _assert_left_alone(carrier)


def _assert_left_alone(carrier):
    for _ in range(2):
        carrier.wait(10_000)
        carrier.sweep()
    for queue in ("ExportQueue", "ImportQueue", "NoticeQueue"):
        assert carrier.waiting(queue) == []
    assert carrier.mails() == []


def test_a_job_whose_message_was_lost_is_sent_again(carrier, start, queue):
    with failing("SendMessage"):
        job_id = start()
    assert carrier.waiting(queue) == []

    carrier.wait(59)
    carrier.sweep()
    assert carrier.waiting(queue) == []
    carrier.wait(2)
    carrier.sweep()

    _assert_finished_with_one_mail(carrier, job_id)


def test_a_job_that_waits_long_gets_no_heap_of_messages(carrier, start, queue):
    job_id = start()

    for _ in range(10):
        carrier.wait(60)
        carrier.sweep()

    waiting = carrier.waiting(queue)
    assert set(waiting) == {job_id}
    assert len(waiting) <= 3


def test_a_job_that_nobody_begins_for_a_day_fails_and_says_so(carrier, start, queue):
    job_id = start()
    message = carrier.take(job_id)

    for _ in range(24):
        carrier.wait(3_600)
        carrier.sweep()
        assert carrier.job(job_id).status is Status.PENDING
    carrier.wait(3_600)
    carrier.sweep()

    assert carrier.job(job_id).status is Status.FAILED
    assert "waited a day" in carrier.job(job_id).error
    assert carrier.deliver(job_id, message)
    assert carrier.job(job_id).status is Status.FAILED
    carrier.waiting(queue)
    carrier.service.run_jobs()
    assert len(carrier.mails()) == 1
    _assert_left_alone(carrier)


def test_a_job_whose_worker_was_killed_is_sent_again_after_the_lease(carrier, start, queue):
    job_id = start()
    with dying(4):
        carrier.service.run_jobs()

    carrier.wait(89)
    carrier.sweep()
    assert carrier.waiting(queue) == []
    carrier.wait(2)
    carrier.sweep()

    _assert_finished_with_one_mail(carrier, job_id)


def test_a_job_whose_workers_are_killed_again_and_again_fails_and_says_so(carrier, start, queue):
    job_id = start()
    for _ in range(MAX_ATTEMPTS):
        with dying(3):
            carrier.service.run_jobs()
        assert carrier.job(job_id).status is Status.RUNNING
        carrier.wait(91)
        carrier.sweep()

    carrier.service.run_jobs()  # closes it

    job = carrier.job(job_id)
    assert (job.status, job.mail, job.faulty) == (Status.FAILED, MailState.SENT, True)
    assert "stopped 3 times" in job.error
    assert carrier.waiting(queue) == []
    (mail,) = carrier.mails()
    assert "stopped 3 times" in mail.html
    _assert_left_alone(carrier)


def test_a_worker_that_comes_back_after_the_sweeper_gave_up_changes_nothing(carrier, start):
    job_id = start()
    for _ in range(MAX_ATTEMPTS + MAX_CLOSINGS - 1):
        with dying(3):
            carrier.service.run_jobs()
        carrier.wait(91)
        carrier.sweep()
    message = carrier.take(job_id)
    given_up = []

    def sweep():
        carrier.wait(91)
        carrier.sweep()
        given_up.append(carrier.job(job_id))

    with meanwhile("UpdateItem", sweep, nth=2):  # its end; the first is its claim
        carrier.deliver(job_id, message)

    assert given_up[0].status is Status.FAILED
    assert carrier.job(job_id) == given_up[0]
    carrier.service.run_jobs()
    assert len(carrier.mails()) == 1


def test_a_mail_whose_message_was_lost_is_sent(carrier, start):
    job_id = start()
    message = carrier.take(job_id)
    with failing("SendMessage"):
        carrier.deliver(job_id, message)
    assert carrier.waiting("NoticeQueue") == []

    carrier.wait(91)
    carrier.sweep()

    _assert_finished_with_one_mail(carrier, job_id)


def test_a_job_that_ends_while_it_is_swept_is_left_as_it_ended(carrier, start):
    job_id = start()
    records = carrier.take(job_id)
    carrier.wait(61)

    with meanwhile("UpdateItem", lambda: carrier.deliver(job_id, records)):
        carrier.sweep()

    _assert_finished_with_one_mail(carrier, job_id)


def test_a_failed_sweep_is_made_up_for_by_the_next(carrier, start):
    with failing("SendMessage"):
        job_id = start()
    carrier.wait(61)
    with failing("Query"), pytest.raises(Exception, match="refused by a test"):
        carrier.sweep()
    with failing("SendMessage"):
        carrier.sweep()

    carrier.sweep()

    _assert_finished_with_one_mail(carrier, job_id)


def test_a_job_that_cannot_be_changed_keeps_no_other_from_its_turn(carrier):
    with failing("SendMessage"):
        job_ids = [carrier.start_import(carrier.table(), CSV) for _ in range(3)]
    carrier.wait(61)

    with failing("UpdateItem", within=job_ids[0]):
        carrier.sweep()

    assert {*job_ids} <= set(carrier.waiting("ImportQueue"))


def test_a_sweep_whose_time_is_up_has_begun_with_the_oldest(carrier):
    job_ids = []
    for _ in range(3):
        with failing("SendMessage"):
            job_ids.append(carrier.start_import(carrier.table(), CSV))
        carrier.wait(1)
    carrier.wait(61)
    left = iter([900_000, 900_000, 0])
    carrier.service.context.get_remaining_time_in_millis = lambda: next(left)

    carrier.sweep()

    assert {*carrier.waiting("ImportQueue")} == {*job_ids[:2]}


def test_how_many_jobs_are_overdue_is_told_before_anything_is_done(carrier, capsys):
    with failing("SendMessage"):
        carrier.start_import(carrier.table(), CSV)
    carrier.wait(61)
    capsys.readouterr()

    with dying(2):
        carrier.sweep()

    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["JobsOverdue"] for line in told if "JobsOverdue" in line] == [[1.0]]


def test_many_jobs_are_swept_at_once(carrier):
    with failing("SendMessage"):
        job_ids = [carrier.start_import(carrier.table(), CSV) for _ in range(8)]

    carrier.wait(61)
    carrier.sweep()
    carrier.service.run_jobs()

    assert {carrier.job(job_id).status for job_id in job_ids} == {Status.FINISHED}
    assert len(carrier.mails()) == 8
