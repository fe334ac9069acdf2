"""The sweeper: whatever is lost on the way, every job ends and every owner is told, once."""

import json

import pytest

from ferry.jobs.job import MAX_ATTEMPTS, MAX_CLOSINGS, Counts, MailState, Status
from ferry.jobs.run import LEASE_S
from tests.faults import dying, failing, meanwhile

ROWS = [{"name": f"row {n}", "amount": n} for n in range(5)]
CSV = b"name\r\n" + b"".join(b"row %d\r\n" % n for n in range(5))


@pytest.fixture(params=["export", "import"])
def start(request, driver):
    """Start a job of each kind."""
    table = driver.table(ROWS)
    if request.param == "export":
        return lambda: driver.start_export(table)
    return lambda: driver.start_import(table, CSV)


@pytest.fixture
def queue(start, request):
    return {"export": "ExportQueue", "import": "ImportQueue"}[request.node.callspec.params["start"]]


def _assert_finished_with_one_mail(driver, job_id):
    driver.service.run_jobs()
    assert driver.job(job_id).status is Status.FINISHED
    assert driver.job(job_id).counts == Counts(5, 5, 0)
    assert driver.job(job_id).mail is MailState.SENT
    assert len(driver.mails()) == 1
    _assert_left_alone(driver)


def _assert_left_alone(driver):
    for _ in range(2):
        driver.wait(10_000)
        driver.sweep()
    for queue in ("ExportQueue", "ImportQueue", "NoticeQueue"):
        assert driver.waiting(queue) == []
    assert driver.mails() == []


def test_a_job_whose_message_was_lost_is_sent_again(driver, start, queue):
    with failing("SendMessage"):
        job_id = start()
    assert driver.waiting(queue) == []

    driver.wait(59)
    driver.sweep()
    assert driver.waiting(queue) == []
    driver.wait(2)
    driver.sweep()

    _assert_finished_with_one_mail(driver, job_id)


def test_a_job_that_waits_long_gets_no_heap_of_messages(driver, start, queue):
    job_id = start()

    for _ in range(10):
        driver.wait(60)
        driver.sweep()

    waiting = driver.waiting(queue)
    assert set(waiting) == {job_id}
    assert len(waiting) <= 3


def test_a_job_that_nobody_begins_for_a_day_fails_and_says_so(driver, start, queue):
    job_id = start()
    message = driver.take(job_id)

    for _ in range(24):
        driver.wait(3_600)
        driver.sweep()
        assert driver.job(job_id).status is Status.PENDING
    driver.wait(3_600)
    driver.sweep()

    assert driver.job(job_id).status is Status.FAILED
    assert "waited a day" in driver.job(job_id).error
    assert driver.deliver(job_id, message)
    assert driver.job(job_id).status is Status.FAILED
    driver.waiting(queue)
    driver.service.run_jobs()
    assert len(driver.mails()) == 1
    _assert_left_alone(driver)


def test_a_job_whose_worker_was_killed_is_sent_again_after_the_lease(driver, start, queue):
    job_id = start()
    with dying(4):
        driver.service.run_jobs()

    driver.wait(89)
    driver.sweep()
    assert driver.waiting(queue) == []
    driver.wait(2)
    driver.sweep()

    _assert_finished_with_one_mail(driver, job_id)


def test_a_job_whose_workers_are_killed_again_and_again_fails_and_says_so(driver, start, queue):
    job_id = start()
    for _ in range(MAX_ATTEMPTS):
        with dying(3):
            driver.service.run_jobs()
        assert driver.job(job_id).status is Status.RUNNING
        driver.wait(91)
        driver.sweep()

    driver.service.run_jobs()  # closes it

    job = driver.job(job_id)
    assert (job.status, job.mail, job.faulty) == (Status.FAILED, MailState.SENT, True)
    assert "stopped 3 times" in job.error
    assert driver.waiting(queue) == []
    (mail,) = driver.mails()
    assert "stopped 3 times" in mail.html
    _assert_left_alone(driver)


def test_a_worker_that_comes_back_after_the_sweeper_gave_up_changes_nothing(driver, start):
    job_id = start()
    for _ in range(MAX_ATTEMPTS + MAX_CLOSINGS - 1):
        with dying(3):
            driver.service.run_jobs()
        driver.wait(91)
        driver.sweep()
    message = driver.take(job_id)
    given_up = []

    def sweep():
        driver.wait(91)
        driver.sweep()
        given_up.append(driver.job(job_id))

    with meanwhile("UpdateItem", sweep, nth=2):  # its end; the first is its claim
        driver.deliver(job_id, message)

    assert given_up[0].status is Status.FAILED
    assert driver.job(job_id) == given_up[0]
    driver.service.run_jobs()
    assert len(driver.mails()) == 1


def test_a_mail_whose_message_was_lost_is_sent(driver, start):
    job_id = start()
    message = driver.take(job_id)
    with failing("SendMessage"):
        driver.deliver(job_id, message)
    assert driver.waiting("NoticeQueue") == []

    driver.wait(91)
    driver.sweep()

    _assert_finished_with_one_mail(driver, job_id)


def test_a_job_that_ends_while_it_is_swept_is_left_as_it_ended(driver, start):
    job_id = start()
    records = driver.take(job_id)
    driver.wait(61)

    with meanwhile("UpdateItem", lambda: driver.deliver(job_id, records)):
        driver.sweep()

    _assert_finished_with_one_mail(driver, job_id)


def test_a_failed_sweep_is_made_up_for_by_the_next(driver, start):
    with failing("SendMessage"):
        job_id = start()
    driver.wait(61)
    with failing("Query"), pytest.raises(Exception, match="refused by a test"):
        driver.sweep()
    with failing("SendMessage"):
        driver.sweep()

    driver.sweep()

    _assert_finished_with_one_mail(driver, job_id)


def test_a_job_that_cannot_be_changed_keeps_no_other_from_its_turn(driver):
    with failing("SendMessage"):
        job_ids = [driver.start_import(driver.table(), CSV) for _ in range(3)]
    driver.wait(61)

    with failing("UpdateItem", within=job_ids[0]):
        driver.sweep()

    assert {*job_ids} <= set(driver.waiting("ImportQueue"))


def test_a_sweep_whose_time_is_up_has_begun_with_the_oldest(driver):
    job_ids = []
    for _ in range(3):
        with failing("SendMessage"):
            job_ids.append(driver.start_import(driver.table(), CSV))
        driver.wait(1)
    driver.wait(61)
    left = iter([900_000, 900_000, 0])
    driver.service.context.get_remaining_time_in_millis = lambda: next(left)

    driver.sweep()

    assert {*driver.waiting("ImportQueue")} == {*job_ids[:2]}


def test_how_many_jobs_are_overdue_is_told_before_anything_is_done(driver, capsys):
    with failing("SendMessage"):
        driver.start_import(driver.table(), CSV)
    driver.wait(61)
    capsys.readouterr()

    with dying(2):
        driver.sweep()

    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["JobsOverdue"] for line in told if "JobsOverdue" in line] == [[1.0]]


def test_many_jobs_are_swept_at_once(driver):
    with failing("SendMessage"):
        job_ids = [driver.start_import(driver.table(), CSV) for _ in range(8)]

    driver.wait(61)
    driver.sweep()
    driver.service.run_jobs()

    assert {driver.job(job_id).status for job_id in job_ids} == {Status.FINISHED}
    assert len(driver.mails()) == 8


def test_a_day_by_which_a_killed_workers_clock_was_ahead_costs_minutes(driver, start, queue):
    job_id = start()
    message = driver.take(job_id)
    driver.clock.now += 86_400
    with dying(3):
        driver.deliver(job_id, message)
    driver.clock.now -= 86_400
    assert driver.job(job_id).due_at > driver.clock.now + 86_000

    driver.sweep()
    assert driver.waiting(queue) == []  # its worker may be alive
    driver.wait(LEASE_S + 1)
    driver.sweep()

    _assert_finished_with_one_mail(driver, job_id)


def test_a_lease_that_a_clock_may_have_set_is_left_alone(driver, start):
    job_id = start()
    message = driver.take(job_id)
    driver.clock.now += 500
    with dying(3):
        driver.deliver(job_id, message)
    driver.clock.now -= 500
    before = driver.job(job_id)

    driver.sweep()

    assert driver.job(job_id) == before
