"""Exports that take more than one delivery, select too much, or are ended by hand."""

import gzip
import io
import zipfile

import pytest

from ferry import config
from ferry.jobs.job import Counts, Status
from ferry.jobs.run import SAVE_EVERY_S
from tests.faults import meanwhile
from tests.parquet_files import parquet_lines

ROWS = [{"name": f"row {n}", "amount": n} for n in range(11)]
SOME = {"mode": "part", "where": {"amount": {"$lt": 3}}}


@pytest.fixture
def hurried(driver):
    """Each delivery has its time nearly up from the start, and each row is a time to save."""
    driver.clock.step = SAVE_EVERY_S
    driver.service.context.get_remaining_time_in_millis = lambda: 50_000


@pytest.mark.usefixtures("small_steps")
@pytest.mark.parametrize(
    "options",
    [{}, {"compress": "gzip"}, {"file_type": "xlsx"}, {"file_type": "parquet"}, SOME],
    ids=str,
)
def test_an_export_goes_on_when_a_functions_time_is_up(driver, request, options):
    table = driver.table(ROWS)
    undisturbed = driver.start_export(table, **options)
    driver.service.run_jobs()

    request.getfixturevalue("hurried")
    job_id = driver.start_export(table, **options)
    deliveries = 0
    while records := driver.service.messages("ExportQueue"):
        assert driver.service.deliver("ExportQueue", records) == []
        deliveries += 1

    assert deliveries > len(ROWS) // 2
    assert driver.job(job_id).status is Status.FINISHED
    assert driver.job(job_id).counts == driver.job(undisturbed).counts
    assert _content(driver.file(job_id)) == _content(driver.file(undisturbed))


@pytest.mark.usefixtures("small_steps")
def test_parts_grow_with_their_number_and_the_file_is_whole(driver, monkeypatch):
    monkeypatch.setattr("ferry.exports.export_file.PART_BYTES", 60)
    table = driver.table([{"name": f"row {n}", "amount": n} for n in range(60)])
    equal = driver.start_export(table)
    driver.service.run_jobs()

    monkeypatch.setattr("ferry.exports.export_file.EQUAL_PARTS", 2)
    growing = driver.start_export(table)
    driver.service.run_jobs()

    parts = [len(driver.job(job_id).checkpoint.etags) for job_id in (equal, growing)]
    assert parts[1] < parts[0] / 2
    assert driver.file(growing) == driver.file(equal)


@pytest.mark.usefixtures("hurried")
def test_a_sort_that_no_delivery_could_end_fails_with_a_reason(driver):
    job_id = driver.start_export(driver.table(ROWS), order_by=["amount"])

    driver.service.run_jobs()

    job = driver.job(job_id)
    assert job.status is Status.FAILED
    assert "too many to be sorted" in job.error
    assert len(driver.mails()) == 1


def test_a_condition_is_counted_past_the_cap(driver, monkeypatch):
    _set_row_cap(monkeypatch, 3)
    table = driver.table(ROWS)

    job_id = driver.start_export(table, **SOME)
    assert driver.job(job_id).rows_total == 3
    driver.wait(60)
    body = {"file_type": "csv", "mode": "part", "where": {"amount": {"$lt": 4}}}
    refused = driver.service.call("POST", f"/oserve/v1.5/table/{table}/export/", body)

    assert refused.status == 400
    assert "more than 3 rows" in refused.json()["error_msg"]


def test_what_cannot_be_counted_in_time_fails_past_the_cap(driver, monkeypatch):
    _set_row_cap(monkeypatch, 3)
    table = driver.table(ROWS)
    time_left = driver.service.context.get_remaining_time_in_millis
    driver.service.context.get_remaining_time_in_millis = lambda: 7_000

    few = driver.start_export(table, **SOME)
    many = driver.start_export(table, mode="part", where={"amount": {"$gte": 3}})
    driver.service.context.get_remaining_time_in_millis = time_left
    driver.service.run_jobs()

    assert driver.job(few).counts == Counts(total=3, succeeded=3)
    assert driver.job(few).rows_total == 3
    assert driver.job(many).status is Status.FAILED
    assert "more than 3 rows" in driver.job(many).error
    assert len(driver.mails()) == 2


def test_a_running_export_is_cancelled_at_its_next_save(driver):
    driver.clock.step = SAVE_EVERY_S
    table = driver.table(ROWS)
    job_id = driver.start_export(table)

    def cancel():
        answer = driver.service.call("DELETE", f"/oserve/v1/table/{table}/export/{job_id}/")
        assert answer.status == 204

    with meanwhile("Query", cancel):
        driver.service.run_jobs()

    assert driver.job(job_id).status is Status.CANCELLED
    assert not driver.has_file(job_id)
    (mail,) = driver.mails()
    assert mail.links == []


def test_a_deleted_import_takes_its_files_with_it(driver):
    table = driver.table()
    job_id = driver.start_import(table, b"name,amount\nmilk,12\nbread,ten\n")
    driver.service.run_jobs()
    (mail,) = driver.mails()
    (link,) = mail.links

    path = f"/oserve/v1/table/{table}/import/{job_id}/"
    assert driver.service.call("DELETE", path).status == 204

    assert driver.service.call("GET", link, token="").status == 404
    assert driver.service.call("GET", path).status == 404
    assert not driver.has_file(job_id)
    assert driver.names_and_amounts(table) == [("milk", 12)]


def _content(file):
    """Unpack a file: each hand-over seals a packed stream, which takes a few bytes."""
    if file.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(file)) as archive:
            return archive.read("xl/worksheets/sheet1.xml")
    if file.startswith(b"PAR1"):
        return parquet_lines(file)
    return gzip.decompress(file) if file.startswith(b"\x1f\x8b") else file


def _set_row_cap(monkeypatch, rows):
    monkeypatch.setenv("EXPORT_ROW_CAP", str(rows))
    config.settings.cache_clear()
