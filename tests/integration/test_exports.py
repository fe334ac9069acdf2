"""Exports that take more than one delivery, select too much, or are ended by hand."""

import gzip
import io
import zipfile

import pytest

from ferry import config
from ferry.jobs.job import Counts, Status
from ferry.jobs.run import SAVE_EVERY_S
from tests.faults import meanwhile

ROWS = [{"name": f"row {n}", "amount": n} for n in range(11)]
SOME = {"mode": "part", "where": {"amount": {"$lt": 3}}}


@pytest.fixture
def hurried(carrier):
    """Each delivery has its time nearly up from the start, and each row is a time to save."""
    carrier.clock.step = SAVE_EVERY_S
    carrier.service.context.get_remaining_time_in_millis = lambda: 50_000


@pytest.mark.usefixtures("small_steps")
@pytest.mark.parametrize(
    "options", [{}, {"compress": "gzip"}, {"file_type": "xlsx"}, SOME], ids=str
)
def test_an_export_goes_on_when_a_functions_time_is_up(carrier, request, options):
    table = carrier.table(ROWS)
    undisturbed = carrier.start_export(table, **options)
    carrier.service.run_jobs()

    request.getfixturevalue("hurried")
    job_id = carrier.start_export(table, **options)
    deliveries = 0
    while records := carrier.service.messages("ExportQueue"):
        assert carrier.service.deliver("ExportQueue", records) == []
        deliveries += 1

    assert deliveries > len(ROWS) // 2
    assert carrier.job(job_id).status is Status.FINISHED
    assert carrier.job(job_id).counts == carrier.job(undisturbed).counts
    assert _content(carrier.file(job_id)) == _content(carrier.file(undisturbed))


@pytest.mark.usefixtures("hurried")
def test_a_sort_that_no_delivery_could_end_fails_with_a_reason(carrier):
    job_id = carrier.start_export(carrier.table(ROWS), order_by=["amount"])

    carrier.service.run_jobs()

    job = carrier.job(job_id)
    assert job.status is Status.FAILED
    assert "too many to be sorted" in job.error
    assert len(carrier.mails()) == 1


def test_a_condition_is_counted_past_the_cap(carrier, monkeypatch):
    _set_row_cap(monkeypatch, 3)
    table = carrier.table(ROWS)

    job_id = carrier.start_export(table, **SOME)
    assert carrier.job(job_id).rows_total == 3
    carrier.wait(60)
    body = {"file_type": "csv", "mode": "part", "where": {"amount": {"$lt": 4}}}
    refused = carrier.service.call("POST", f"/oserve/v1.5/table/{table}/export/", body)

    assert refused.status == 400
    assert "more than 3 rows" in refused.json()["error_msg"]


def test_what_cannot_be_counted_in_time_fails_past_the_cap(carrier, monkeypatch):
    _set_row_cap(monkeypatch, 3)
    table = carrier.table(ROWS)
    time_left = carrier.service.context.get_remaining_time_in_millis
    carrier.service.context.get_remaining_time_in_millis = lambda: 7_000

    few = carrier.start_export(table, **SOME)
    many = carrier.start_export(table, mode="part", where={"amount": {"$gte": 3}})
    carrier.service.context.get_remaining_time_in_millis = time_left
    carrier.service.run_jobs()

    assert carrier.job(few).counts == Counts(total=3, succeeded=3)
    assert carrier.job(few).rows_total == 3
    assert carrier.job(many).status is Status.FAILED
    assert "more than 3 rows" in carrier.job(many).error
    assert len(carrier.mails()) == 2


def test_a_running_export_is_cancelled_at_its_next_save(carrier):
    carrier.clock.step = SAVE_EVERY_S
    table = carrier.table(ROWS)
    job_id = carrier.start_export(table)

    def cancel():
        answer = carrier.service.call("DELETE", f"/oserve/v1/table/{table}/export/{job_id}/")
        assert answer.status == 204

    with meanwhile("Query", cancel):
        carrier.service.run_jobs()

    assert carrier.job(job_id).status is Status.CANCELLED
    assert not carrier.has_file(job_id)
    (mail,) = carrier.mails()
    assert mail.links == []


def test_a_deleted_import_takes_its_files_with_it(carrier):
    table = carrier.table()
    job_id = carrier.start_import(table, b"name,amount\nmilk,12\nbread,ten\n")
    carrier.service.run_jobs()
    (mail,) = carrier.mails()
    (link,) = mail.links

    path = f"/oserve/v1/table/{table}/import/{job_id}/"
    assert carrier.service.call("DELETE", path).status == 204

    assert carrier.service.call("GET", link, token="").status == 404
    assert carrier.service.call("GET", path).status == 404
    assert not carrier.has_file(job_id)
    assert carrier.carried(table) == [("milk", 12)]


def _content(file):
    """Unpack a file: each hand-over seals a packed stream, which takes a few bytes."""
    if file.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(file)) as archive:
            return archive.read("xl/worksheets/sheet1.xml")
    return gzip.decompress(file) if file.startswith(b"\x1f\x8b") else file


def _set_row_cap(monkeypatch, rows):
    monkeypatch.setenv("EXPORT_ROW_CAP", str(rows))
    config.settings.cache_clear()
