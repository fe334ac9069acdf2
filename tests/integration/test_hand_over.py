"""Jobs that take longer than a function may run."""

import pytest

from ferry.jobs.job import Counts, Status
from tests.faults import recording

ROWS = [{"name": f"row {n}", "amount": n} for n in range(23)]
CSV = b"name,amount\r\n" + b"".join(
    b"row %d,%s\r\n" % (n, b"x" if n % 4 else b"1") for n in range(23)
)

pytestmark = pytest.mark.usefixtures("small_steps")


@pytest.fixture
def short_of_time(driver):
    """Let the time of every delivery be nearly up at its second checkpoint."""
    asked = 0

    def remaining():
        nonlocal asked
        asked += 1
        return 30_000 if asked % 2 == 0 else 900_000

    driver.service.context.get_remaining_time_in_millis = remaining


@pytest.mark.parametrize("file_type", ["csv", "json"])
def test_an_export_goes_on_in_the_next_delivery(driver, short_of_time, file_type):
    table = driver.table(ROWS)
    plain = driver.start_export(table, file_type)

    deliveries = _deliver_all(driver, plain)

    assert deliveries > 3
    assert driver.job(plain).status is Status.FINISHED
    assert driver.job(plain).counts == Counts(23, 23, 0)
    file = driver.file(plain)
    driver.service.context.get_remaining_time_in_millis = lambda: 900_000
    at_once = driver.start_export(table, file_type)
    assert _deliver_all(driver, at_once) == 1
    assert driver.file(at_once) == file
    assert len(driver.mails()) == 2


def test_an_import_goes_on_in_the_next_delivery(driver, short_of_time):
    table = driver.table()
    job_id = driver.start_import(table, CSV)

    deliveries = _deliver_all(driver, job_id)

    assert deliveries > 2
    assert driver.job(job_id).status is Status.FINISHED
    assert driver.job(job_id).counts == Counts(23, 6, 17)
    assert driver.names_and_amounts(table) == sorted((f"row {n}", 1) for n in range(0, 23, 4))
    assert driver.report(job_id).count(b"\r\n") == 1 + 17
    told = driver.job(job_id).checkpoint.first_failed
    assert [row.line for row in told] == [3, 4, 5, 7, 8]
    (mail,) = driver.mails()
    assert "Line 8: amount must be a whole number" in mail.html


def test_a_job_handed_over_waits_for_nobodys_lease(driver, short_of_time):
    job_id = driver.start_export(driver.table(ROWS))

    assert driver.deliver(job_id, driver.take(job_id))

    job = driver.job(job_id)
    assert (job.status, job.worker, job.attempts) == (Status.RUNNING, "", 0)
    assert [event.name for event in job.life.events] == ["claimed", "released"]
    assert job.checkpoint.rows == job.rows_done > 0
    assert driver.mails() == []
    assert driver.waiting("ExportQueue") == [job_id]


def test_a_hand_over_whose_message_is_lost_is_seen_to_by_the_sweeper(driver, short_of_time):
    job_id = driver.start_export(driver.table(ROWS))
    driver.deliver(job_id, driver.take(job_id))
    driver.waiting("ExportQueue")

    driver.recover(job_id)

    assert driver.job(job_id).counts == Counts(23, 23, 0)
    assert len(driver.mails()) == 1


def _deliver_all(driver, job_id):
    """Run the job and its mail; return in how many deliveries."""
    with recording() as calls:
        driver.service.run_jobs()
    assert not driver.job(job_id).open
    return calls.count("SendMessage")
