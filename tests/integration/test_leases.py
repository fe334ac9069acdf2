"""Two deliveries of one message at the same time."""

from concurrent.futures import Executor, Future

import pytest

from ferry.jobs.job import Counts, Status
from tests.faults import dying, each, meanwhile, recording
from tests.steps import import_in_steps

ROWS = [{"name": f"row {n}", "amount": n} for n in range(11)]
CSV = b"name,amount\r\n" + b"".join(
    b"row %d,%s\r\n" % (n, b"x" if n % 3 else b"1") for n in range(11)
)
KEPT = [(f"row {n}", 1) for n in (0, 3, 6, 9)]

pytestmark = pytest.mark.usefixtures("small_steps", "one_thread")


class InOneThread(Executor):
    """Does at once what it is given."""

    def __init__(self, _workers):
        pass

    def submit(self, work, *arguments):
        done = Future()
        done.set_result(work(*arguments))
        return done


@pytest.fixture
def one_thread(monkeypatch):
    """A worker that is slow is so as a whole: it keeps no lease while a part is on its way."""
    monkeypatch.setattr("ferry.exports.parted_file.ThreadPoolExecutor", InOneThread)


@pytest.mark.parametrize(("operation", "nth"), [("UploadPart", 2), ("UpdateItem", 3)])
def test_a_second_delivery_of_an_export_steps_aside(driver, operation, nth):
    job_id = driver.start_export(driver.table(ROWS))
    message = driver.take(job_id)
    held = []

    def again():
        held.append(driver.job(job_id))
        assert driver.deliver(job_id, message)
        assert driver.job(job_id) == held[0]

    with meanwhile(operation, again, nth=nth):
        assert driver.deliver(job_id, message)

    assert held
    assert driver.job(job_id).counts == Counts(11, 11, 0)
    driver.service.run_jobs()
    assert len(driver.mails()) == 1


@pytest.mark.parametrize(
    ("operation", "nth"),
    [("UploadPart", 2), ("UpdateItem", 3), ("CompleteMultipartUpload", 1)],
)
def test_a_slow_export_changes_nothing_after_another_worker_has_ended_it(driver, operation, nth):
    table = driver.table(ROWS)
    job_id = driver.start_export(table)

    ended, file = _overtaken(driver, job_id, operation, nth)

    assert ended.counts == Counts(11, 11, 0)
    assert driver.file(job_id) == file


@pytest.mark.parametrize(
    ("operation", "nth"),
    [("BatchWriteItem", 2), ("PutObject", 2), ("UpdateItem", 3), ("CompleteMultipartUpload", 1)],
)
def test_a_slow_import_changes_nothing_after_another_worker_has_ended_it(driver, operation, nth):
    table = driver.table()
    job_id = driver.start_import(table, CSV)

    ended, report = _overtaken(driver, job_id, operation, nth)

    assert ended.counts == Counts(11, 4, 7)
    assert driver.names_and_amounts(table) == KEPT
    assert driver.report(job_id) == report


def _overtaken(driver, job_id, operation, nth):
    """Run the job while a second worker takes it over and ends it at the slow one's nth call."""
    message = driver.take(job_id)
    left = []

    def overtake():
        driver.wait(91)
        assert driver.deliver(job_id, message)
        job = driver.job(job_id)
        left.append((job, driver.file(job_id) if job.result.result_key else driver.report(job_id)))

    with meanwhile(operation, overtake, nth=nth):
        assert driver.deliver(job_id, message)

    ((job, file),) = left
    assert job.status is Status.FINISHED
    assert driver.job(job_id) == job
    assert driver.waiting("NoticeQueue") == [job_id]
    assert driver.waiting("ExportQueue") + driver.waiting("ImportQueue") == []
    return job, file


def test_a_slow_worker_leaves_the_next_ones_lease_alone(driver):
    job_id = driver.start_export(driver.table(ROWS))
    message = driver.take(job_id)
    left = []

    def taken_over_and_killed():
        driver.wait(91)
        with dying(6):
            driver.deliver(job_id, message)
        left.append(driver.job(job_id))

    with meanwhile("UploadPart", taken_over_and_killed, nth=2):
        assert driver.deliver(job_id, message)

    assert driver.job(job_id) == left[0]
    assert left[0].status is Status.RUNNING
    assert driver.waiting("NoticeQueue") == []
    driver.recover(job_id)
    assert driver.job(job_id).counts == Counts(11, 11, 0)
    assert len(driver.mails()) == 1


def test_a_step_whose_writing_is_throttled_keeps_the_lease(driver, monkeypatch):
    import_in_steps(monkeypatch, 1000)
    # One batch after the other: moto does not keep apart what two threads do to one item.
    monkeypatch.setattr("ferry.records.store.in_threads", lambda work, some, **_: map(work, some))
    table = driver.table()
    job_id = driver.start_import(table, b"name\r\n" + b"row\r\n" * 100)
    message = driver.take(job_id)

    def slowly():
        driver.wait(45)
        assert driver.deliver(job_id, message)

    with each("BatchWriteItem", slowly) as calls:
        assert driver.deliver(job_id, message)

    assert len(calls) == 4
    assert driver.job(job_id).counts == Counts(100, 100, 0)
    assert driver.waiting("NoticeQueue") == [job_id]


def test_a_sort_renews_the_lease_while_it_reads(driver):
    driver.start_export(driver.table(ROWS), order_by=["-amount"])

    driver.clock.step = 3
    with recording() as calls:
        driver.service.run_jobs()

    begun, written = calls.index("CreateMultipartUpload"), calls.index("UploadPart")
    assert calls[begun:written].count("UpdateItem") > len(ROWS)


def test_joining_failed_rows_renews_the_lease_at_each_piece(driver):
    driver.start_import(driver.table(), b"name,amount\r\n" + b"row,x\r\n" * 20)

    driver.clock.step = 3
    with recording() as calls:
        driver.service.run_jobs()

    joined = calls[calls.index("CreateMultipartUpload") : calls.index("UploadPart")]
    assert joined.count("UpdateItem") == joined.count("GetObject") == 5
