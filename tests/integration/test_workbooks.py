"""Imports of workbooks: as sent, broken, and with rows that fail."""

import gzip
import io
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import pytest

from ferry.jobs.job import Counts, Status
from tests.integration.bringing import bounded, bring
from tests.workbooks import sheet_of, workbook


def spelled(row):
    """Return the row as a workbook has it, where texts are that XML cannot hold."""
    return [
        cell.replace("_x", "_x005F_x").replace("\r", "_x000D_") if isinstance(cell, str) else cell
        for cell in row
    ]


def test_a_workbook_that_unpacks_to_a_gigabyte_is_refused(carrier):
    path = f"/oserve/v1/table/{carrier.table()}/import/"
    file = io.BytesIO(workbook([["name"], ["milk"]]))
    with ZipFile(file) as whole:
        parts = {name: whole.read(name) for name in whole.namelist()}
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        sheet = parts.pop("xl/worksheets/sheet1.xml")
        with archive.open("xl/worksheets/sheet1.xml", "w") as part:
            part.write(sheet.removesuffix(b"</sheetData></worksheet>"))
            for _ in range(1000):
                part.write(b" " * 1_000_000)
            part.write(b"</sheetData></worksheet>")
        for name, content in parts.items():
            archive.writestr(name, content)

    with bounded():
        answer = carrier.service.upload(path, "goods.xlsx", file.getvalue())

    assert answer.status == 400
    assert "200 times its size" in answer.json()["error_msg"]


def test_a_workbook_whose_cells_share_one_long_text_keeps_the_rows_before(carrier):
    long = [("s", 0)] * 8
    book = workbook([["name", *"abcdefgh"], *[["milk", *long]] * 400], texts=["x" * 32_000])

    with bounded():
        job, carried = bring(carrier, book, "goods.xlsx")

    assert job.status is Status.FAILED
    assert "200 times its size" in job.error
    assert 200 < len(carried) < 400
    assert f"read to line {job.counts.total + 1}" in job.error


def test_a_workbook_that_is_cut_off_is_refused(carrier):
    path = f"/oserve/v1/table/{carrier.table()}/import/"

    answer = carrier.service.upload(path, "goods.xlsx", workbook([["name"], ["milk"]])[:-30])

    assert answer.status == 400
    assert "cut off" in answer.json()["error_msg"]


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_a_workbook_is_imported(carrier, suffix):
    book = workbook([["name", "amount"], ["milk", 1], [], ["eggs", 2.0], ["salt", "x"]])
    name = f"goods.xlsx{suffix}"

    job, carried = bring(carrier, gzip.compress(book) if suffix else book, name)

    assert job.counts == Counts(3, 2, 1)
    assert carried == [("eggs", 2), ("milk", 1)]
    head, failed = sheet_of(carrier.report(job.id))
    assert head == ["line", "field", "reason", "name", "amount"]
    assert (failed[:2], failed[3:]) == (["5", "amount"], ["salt", "x"])
    assert job.result.report_key.endswith("/goods-failed.xlsx")


def test_failed_rows_of_a_workbook_can_be_mended_and_sent_again(carrier, small_steps):
    rows = [["name", "amount", "foo"], *([f"00{n}", f"x{n}", None] for n in range(12))]
    rows += [["a\r\n_x000D_ ", "12,5", True], [None, 7, "é"], ["oil", 2]]
    job, carried = bring(carrier, workbook([*rows[:-3], *map(spelled, rows[-3:])]), "goods.xlsx")
    assert (job.counts, carried) == (Counts(15, 1, 14), [("oil", 2)])

    book = openpyxl.load_workbook(io.BytesIO(carrier.report(job.id)))
    failed = list(book.active.iter_rows(min_row=2))
    assert {row[3].data_type for row in failed if row[3].value} == {"s"}
    for number, (_, _, _, name, amount, _) in enumerate(failed):
        name.value = name.value or "mended"
        amount.value = number
    mended = io.BytesIO()
    book.save(mended)
    again, carried = bring(carrier, mended.getvalue(), job.result.report_key.rpartition("/")[2])

    assert again.counts == Counts(14, 14, 0)
    assert again.result.ignored_columns == ("line", "field", "reason", "foo")
    assert carried == sorted(
        [*((f"00{n}", n) for n in range(12)), ("a\r\n_x000D_ ", 12), ("mended", 13)]
    )


def test_a_row_of_a_workbook_that_is_too_long_fails_alone(carrier):
    long = "".join(chr(97 + n % 26) for n in range(50_000))
    rows = [["name"], ["milk"], [long * 1000], ["eggs"]]

    job, carried = bring(carrier, workbook(rows), "goods.xlsx")

    assert carried == [("eggs", 0), ("milk", 0)]
    assert job.counts == Counts(3, 2, 1)
    _, failed = sheet_of(carrier.report(job.id))
    assert failed[:4] == ["3", None, failed[2], None]
    assert "longer than 4 MiB" in failed[2]
    again, _ = bring(carrier, carrier.report(job.id), "goods-failed.xlsx")
    assert again.counts == Counts(1, 0, 1)


def test_failed_rows_that_no_sheet_can_hold_come_as_csv(carrier, monkeypatch):
    monkeypatch.setattr("ferry.files.xlsx.failures.MAX_ROWS", 2)

    job, _ = bring(carrier, workbook([["name", "amount"], *[["a", "x"]] * 3]), "goods.xlsx")

    assert job.result.report_key.endswith("/goods-failed.csv")
    assert carrier.report(job.id).count(b',"a","x"\r\n') == 3
    assert job.counts == Counts(3, 0, 3)


def test_a_workbook_goes_on_after_its_time_is_up(carrier, small_steps):
    left = iter([900_000, 0] * 100)
    carrier.service.context.get_remaining_time_in_millis = lambda: next(left)
    rows = [["name", "amount"], *([f"row {n:02}", n] for n in range(19))]

    job, carried = bring(carrier, workbook(rows), "goods.xlsx")

    assert job.counts == Counts(19, 19, 0)
    assert carried == [(f"row {n:02}", n) for n in range(19)]
