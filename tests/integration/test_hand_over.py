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
def short_of_time(carrier):
    """Let the time of every delivery be nearly up at its second checkpoint."""
    asked = 0

    def remaining():
        nonlocal asked
        asked += 1
        return 30_000 if asked % 2 == 0 else 900_000

    carrier.service.context.get_remaining_time_in_millis = remaining


@pytest.mark.parametrize("file_type", ["csv", "json"])
def test_an_export_goes_on_in_the_next_delivery(carrier, short_of_time, file_type):
    table = carrier.table(ROWS)
    plain = carrier.start_export(table, file_type)

    deliveries = _deliver_all(carrier, plain)

    assert deliveries > 3
    assert carrier.job(plain).status is Status.FINISHED
    assert carrier.job(plain).counts == Counts(23, 23, 0)
    file = carrier.file(plain)
    carrier.service.context.get_remaining_time_in_millis = lambda: 900_000
    at_once = carrier.start_export(table, file_type)
    assert _deliver_all(carrier, at_once) == 1
    assert carrier.file(at_once) == file
    assert len(carrier.mails()) == 2


def test_an_import_goes_on_in_the_next_delivery(carrier, short_of_time):
    table = carrier.table()
    job_id = carrier.start_import(table, CSV)

    deliveries = _deliver_all(carrier, job_id)

    assert deliveries > 2
    assert carrier.job(job_id).status is Status.FINISHED
    assert carrier.job(job_id).counts == Counts(23, 6, 17)
    assert carrier.carried(table) == sorted((f"row {n}", 1) for n in range(0, 23, 4))
    assert carrier.report(job_id).count(b"\r\n") == 1 + 17
    told = carrier.job(job_id).checkpoint.first_failed
    assert [row.line for row in told] == [3, 4, 5, 7, 8]
    (mail,) = carrier.mails()
    assert "Line 8: amount must be a whole number" in mail.html


def test_a_job_handed_over_waits_for_nobodys_lease(carrier, short_of_time):
    job_id = carrier.start_export(carrier.table(ROWS))

    assert carrier.deliver(job_id, carrier.take(job_id))

    job = carrier.job(job_id)
    assert (job.status, job.worker, job.attempts) == (Status.RUNNING, "", 0)
    assert job.checkpoint.rows == job.rows_done > 0
    assert carrier.mails() == []
    assert carrier.waiting("ExportQueue") == [job_id]


def test_a_hand_over_whose_message_is_lost_is_seen_to_by_the_sweeper(carrier, short_of_time):
    job_id = carrier.start_export(carrier.table(ROWS))
    carrier.deliver(job_id, carrier.take(job_id))
    carrier.waiting("ExportQueue")

    carrier.recover(job_id)

    assert carrier.job(job_id).counts == Counts(23, 23, 0)
    assert len(carrier.mails()) == 1


def _deliver_all(carrier, job_id):
    """Run the job and its mail; return in how many deliveries."""
    with recording() as calls:
        carrier.service.run_jobs()
    assert not carrier.job(job_id).open
    return calls.count("SendMessage")
