"""Tables that are deleted while rows are imported into them."""

import pytest

from ferry.jobs.job import Counts, MailState, Status
from tests.faults import each, meanwhile
from tests.integration.driver import Driver
from tests.steps import import_in_steps

CSV = b"name,amount\r\n" + b"".join(
    b"row %d,%s\r\n" % (n, b"1" if n % 2 else b"x") for n in range(23)
)

pytestmark = pytest.mark.usefixtures("small_steps")


def delete(driver: Driver, table: int) -> None:
    assert driver.service.call("DELETE", f"/oserve/v1/table/{table}/").status == 204


@pytest.mark.parametrize("step", [1, 3])
def test_the_import_fails_at_the_end_of_the_step_and_counts_what_it_wrote(driver, step):
    table = driver.table()
    job_id = driver.start_import(table, CSV)

    with meanwhile("BatchWriteItem", lambda: delete(driver, table), nth=step):
        driver.deliver(job_id, driver.take(job_id))

    _assert_failed(driver, job_id, Counts(4 * step, 2 * step, 2 * step))


def test_the_last_step_is_no_exception(driver):
    table = driver.table()
    job_id = driver.start_import(table, CSV)

    with meanwhile("BatchWriteItem", lambda: delete(driver, table), nth=6):
        driver.deliver(job_id, driver.take(job_id))

    _assert_failed(driver, job_id, Counts(23, 11, 12))


def test_a_table_is_read_once_a_step_not_once_a_row(driver, monkeypatch):
    import_in_steps(monkeypatch, 1_000)
    job_id = driver.start_import(driver.table(), CSV)

    with each("GetItem", lambda: None) as looks:
        driver.deliver(job_id, driver.take(job_id))

    assert driver.job(job_id).status is Status.FINISHED
    # The job before its claim, the table twice, the user's language for the rows that failed.
    assert len(looks) == 4


def _assert_failed(driver: Driver, job_id: str, counts: Counts) -> None:
    driver.service.drain("NoticeQueue")
    job = driver.job(job_id)
    assert (job.status, job.counts, job.mail) == (Status.FAILED, counts, MailState.SENT)
    assert job.error == (
        f"table {job.table_id} was deleted while the import ran; create it anew, then import the "
        "file again"
    )
    assert driver.report(job_id).count(b"\r\n") == 1 + counts.failed
    (mail,) = driver.mails()
    assert job.error in mail.html
