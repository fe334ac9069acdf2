"""Imports of workbooks: as sent, broken, and with rows that fail."""

import gzip
import io
import json
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import pytest

from ferry.jobs.job import Counts, Status
from tests.integration.bringing import bounded, bring
from tests.workbooks import sheet_of, sheets, workbook


def spelled(row):
    """Return the row as a workbook has it, where texts are that XML cannot hold."""
    return [
        cell.replace("_x", "_x005F_x").replace("\r", "_x000D_") if isinstance(cell, str) else cell
        for cell in row
    ]


def test_a_workbook_that_unpacks_to_a_gigabyte_is_refused(driver):
    path = f"/oserve/v1/table/{driver.table()}/import/"
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
        answer = driver.service.upload(path, "goods.xlsx", file.getvalue())

    assert answer.status == 400
    assert "200 times its size" in answer.json()["error_msg"]


def test_a_workbook_whose_cells_share_one_long_text_keeps_the_rows_before(driver):
    long = [("s", 0)] * 8
    book = workbook([["name", *"abcdefgh"], *[["milk", *long]] * 400], texts=["x" * 32_000])

    with bounded():
        job, imported = bring(driver, book, "goods.xlsx")

    assert job.status is Status.FAILED
    assert "200 times its size" in job.error
    assert 200 < len(imported) < 400
    assert f"read to line {job.counts.total + 1}" in job.error


def test_a_workbook_that_is_cut_off_is_refused(driver):
    path = f"/oserve/v1/table/{driver.table()}/import/"

    answer = driver.service.upload(path, "goods.xlsx", workbook([["name"], ["milk"]])[:-30])

    assert answer.status == 400
    assert "cut off" in answer.json()["error_msg"]


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_a_workbook_is_imported(driver, suffix):
    book = workbook([["name", "amount"], ["milk", 1], [], ["eggs", 2.0], ["salt", "x"]])
    name = f"goods.xlsx{suffix}"

    job, imported = bring(driver, gzip.compress(book) if suffix else book, name)

    assert job.counts == Counts(3, 2, 1)
    assert imported == [("eggs", 2), ("milk", 1)]
    head, failed = sheet_of(driver.report(job.id))
    assert head == ["line", "field", "reason", "name", "amount"]
    assert (failed[:2], failed[3:]) == ([5, "amount"], ["salt", "x"])
    assert job.result.report_key.endswith("/goods-failed.xlsx")


def test_failed_rows_of_a_workbook_can_be_mended_and_sent_again(driver, small_steps):
    rows = [["name", "amount", "foo"], *([f"00{n}", f"x{n}", None] for n in range(12))]
    rows += [["a\r\n_x000D_ ", "12,5", True], [None, 7, "é"], ["oil", 2]]
    job, imported = bring(driver, workbook([*rows[:-3], *map(spelled, rows[-3:])]), "goods.xlsx")
    assert (job.counts, imported) == (Counts(15, 1, 14), [("oil", 2)])

    book = openpyxl.load_workbook(io.BytesIO(driver.report(job.id)))
    failed = list(book.active.iter_rows(min_row=2))
    assert {row[3].data_type for row in failed if row[3].value} == {"s"}
    for number, (_, _, _, name, amount, _) in enumerate(failed):
        name.value = name.value or "corrected"
        amount.value = number
    corrected = io.BytesIO()
    book.save(corrected)
    again, imported = bring(driver, corrected.getvalue(), job.result.report_key.rpartition("/")[2])

    assert again.counts == Counts(14, 14, 0)
    assert again.result.ignored_columns == ("foo",)
    assert imported == sorted(
        [*((f"00{n}", n) for n in range(12)), ("a\r\n_x000D_ ", 12), ("corrected", 13)]
    )


def test_a_row_of_a_workbook_that_is_too_long_fails_alone(driver):
    long = "".join(chr(97 + n % 26) for n in range(50_000))
    rows = [["name"], ["milk"], [long * 1000], ["eggs"]]

    job, imported = bring(driver, workbook(rows), "goods.xlsx")

    assert imported == [("eggs", 0), ("milk", 0)]
    assert job.counts == Counts(3, 2, 1)
    _, failed = sheet_of(driver.report(job.id))
    assert failed[:4] == [3, None, failed[2], None]
    assert "longer than 4 MiB" in failed[2]
    again, _ = bring(driver, driver.report(job.id), "goods-failed.xlsx")
    assert again.counts == Counts(1, 0, 1)


def test_failed_rows_that_no_sheet_can_hold_come_as_csv(driver, monkeypatch):
    monkeypatch.setattr("ferry.files.xlsx.sheet_failures.MAX_ROWS", 2)

    job, _ = bring(driver, workbook([["name", "amount"], *[["a", "x"]] * 3]), "goods.xlsx")

    assert job.result.report_key.endswith("/goods-failed.csv")
    assert driver.report(job.id).count(b",a,x\r\n") == 3
    assert job.counts == Counts(3, 0, 3)


def test_a_workbook_goes_on_after_its_time_is_up(driver, small_steps):
    left = iter([900_000, 0] * 100)
    driver.service.context.get_remaining_time_in_millis = lambda: next(left)
    rows = [["name", "amount"], *([f"row {n:02}", n] for n in range(19))]

    job, imported = bring(driver, workbook(rows), "goods.xlsx")

    assert job.counts == Counts(19, 19, 0)
    assert imported == [(f"row {n:02}", n) for n in range(19)]


TABLE = [["name", "amount"], ["Tea", 5]]


def test_the_first_sheet_with_a_table_is_imported_and_named(driver):
    book = sheets({"Read me": [["How to use"]], "Data": [["Stock list"], [], *TABLE]})
    table = driver.table()

    answer = driver.service.upload(f"/oserve/v1/table/{table}/import/", "goods.xlsx", book)

    assert answer.json() == {"status": "ok"}
    found = {"sheet": "Data", "header_row": 3}
    assert json.loads(answer.headers["X-Ferry-Detected"]) == found
    driver.service.run_jobs()
    assert driver.names_and_amounts(table) == [("Tea", 5)]
    job_path = f"{answer.headers['Location']}"
    assert driver.service.call("GET", job_path).json()["detected"] == found
    (mail,) = driver.mails()
    assert "Read from the sheet “Data”; its row 3 names the columns." in mail.html


@pytest.mark.parametrize("query", ["sheet=Second", "sheet=2", "sheet=Second&header_row=2"])
def test_the_sheet_and_the_header_row_can_be_chosen(driver, query):
    book = sheets({"First": TABLE, "Second": [["name"], ["name", "amount"], ["Milk", 6]]})

    _, imported = bring(driver, book, "goods.xlsx", query=query)

    assert ("Milk", 6) in imported
    assert ("Tea", 5) not in imported


@pytest.mark.parametrize(
    ("name", "query", "reason"),
    [
        ("goods.xlsx", "sheet=Nowhere", "no sheet"),
        ("goods.xlsx", "header_row=0", "header_row"),
        ("goods.xlsx", "header_row=x", "header_row"),
        ("goods.csv", "sheet=Data", "for .xlsx files"),
    ],
)
def test_a_choice_that_cannot_be_is_refused(driver, name, query, reason):
    path = f"/oserve/v1/table/{driver.table()}/import/?{query}"
    content = workbook(TABLE) if name.endswith("xlsx") else b"name\nTea\n"

    answer = driver.service.upload(path, name, content)

    assert answer.status == 400
    assert reason in answer.json()["error_msg"]


def test_cells_without_a_value_fail_their_rows_and_again_when_they_are_sent_unmended(driver):
    formula = "<c><f>2+3</f></c>"
    error = '<c t="e"><v>#N/A</v></c>'
    rows = [["name", "amount"], ["a", error], [formula, 1], [error, 2], ["#N/A", 4]]

    job, imported = bring(driver, workbook(rows), "goods.xlsx")

    assert imported == [("#N/A", 4)]
    assert job.counts == Counts(4, 1, 3)
    reasons = [row[2] for row in sheet_of(driver.report(job.id))[1:]]
    assert ["the error #N/A" in reason for reason in reasons] == [True, False, True]
    assert "without a stored value" in reasons[1]
    again, imported = bring(driver, driver.report(job.id), "goods-failed.xlsx")
    assert (again.counts, imported) == (Counts(3, 0, 3), [])


def test_a_serial_in_a_date_column_is_named_with_its_date(driver):
    table = driver.service.create_table("dated", [{"name": "day", "type": "date"}], shards=1)
    job_id = driver.start_import(table, workbook([["day"], [43369]]), "goods.xlsx")
    driver.service.run_jobs()

    reason = sheet_of(driver.report(job_id))[1][2]

    assert '"43369", which Excel shows as 2018-09-26' in reason


def test_an_old_workbook_is_named_as_such(driver):
    path = f"/oserve/v1/table/{driver.table()}/import/"
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)

    answer = driver.service.upload(path, "goods.xlsx", data)

    assert answer.status == 400
    assert ".xls" in answer.json()["error_msg"]
