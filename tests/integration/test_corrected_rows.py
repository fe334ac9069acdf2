"""Failed rows that come back corrected, by the link in the mail of their import."""

import re
from html import unescape

import boto3
import openpyxl
import pytest

from ferry.jobs.job import Counts
from tests.service import new_user
from tests.workbooks import workbook

CSV = b"name;amount\r\n\xcf\xe5\xf0\xe2\xfb\xe9;1,5\r\nb;x\r\nc;3\r\n"
OPTIONS = "?encoding=windows-1251&decimal=,&delimiter=;&comment=%23"


def _page(driver, link):
    answer = driver.service.call("GET", link, token="")
    assert answer.status == 200, answer
    return answer


def _form(page):
    text = page.body.decode()
    fields = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', text)
    (url,) = re.findall(r'<form action="([^"]*)"', text)
    return {
        "upload_url": unescape(url),
        "fields": {unescape(name): unescape(value) for name, value in fields},
    }


def _links(mail):
    """Return the paths of the failed-rows file and of the page that takes it back."""
    (report,), (back,) = mail.links, mail.upload_links
    return report, back


def _failed_import(driver, table, name, content, query=""):
    answer = driver.service.upload(f"/oserve/v1/table/{table}/import/{query}", name, content)
    assert answer.status == 201, answer
    driver.service.run_jobs()
    (mail,) = driver.mails()
    return mail


def _send_back(driver, link, name, content):
    form = _form(_page(driver, link))
    assert driver.service.put(form, content, name=name) == 303
    driver.service.run_jobs()
    (mail,) = driver.mails()
    return mail


def test_corrected_rows_go_into_the_same_table_by_the_same_options(driver):
    table = driver.table()
    mail = _failed_import(driver, table, "goods.csv", CSV, OPTIONS)
    report, back = _links(mail)
    corrected = driver.service.download(report).replace(b";x", b";2").replace(b";1,5", b";1")

    told = _send_back(driver, back, "goods-failed.csv", corrected)

    assert "2 rows" in told.subject
    assert driver.names_and_amounts(table) == [("b", 2), ("c", 3), ("Первый", 1)]


def test_corrected_rows_of_a_mirrored_file_delete_nothing(driver):
    indexes = [{"name": "name_1", "fields": ["name"]}]
    fields = [{"name": "name", "type": "string"}, {"name": "amount", "type": "integer"}]
    table = driver.service.create_table("mirrored", fields, shards=2, indexes=indexes)
    query = "?match=name&mode=mirror&most_deleted=100%25"
    mail = _failed_import(driver, table, "g.csv", b"name,amount\na,1\nb,x\n", query)

    _send_back(driver, _links(mail)[1], "g-failed.csv", b"name,amount\nb,2\n")

    assert driver.names_and_amounts(table) == [("a", 1), ("b", 2)]


def test_what_fails_again_comes_back_again(driver):
    table = driver.table()
    mail = _failed_import(driver, table, "goods.csv", b"name,amount\na,x\nb,y\n")
    for value in (b"x", b"y"):
        report, back = _links(mail)
        rows = driver.service.download(report)
        assert rows.count(b"reason") == 1
        mail = _send_back(driver, back, "again.csv", rows.replace(b"," + value, b",1"))
        assert "failed_rows" not in mail.html

    assert mail.links == mail.upload_links == []
    assert driver.names_and_amounts(table) == [("a", 1), ("b", 1)]


def test_a_workbook_comes_back_as_it_was_saved(driver, tmp_path):
    table = driver.table()
    sent = workbook([["A title"], ["name", "amount"], ["a", "x"]])
    mail = _failed_import(driver, table, "goods.xlsx", sent, "?header_row=2")
    report, back = _links(mail)
    path = tmp_path / "goods-failed.xlsx"
    path.write_bytes(driver.service.download(report))
    book = openpyxl.load_workbook(path)
    book.active["E2"] = 7
    book.save(path)

    told = _send_back(driver, back, path.name, path.read_bytes())

    assert "1 row" in told.subject
    assert driver.names_and_amounts(table) == [("a", 7)]


def test_a_file_that_is_none_of_ours_fails_and_says_so(driver):
    table = driver.table()
    mail = _failed_import(driver, table, "goods.csv", b"name,amount\na,x\n")
    _, back = _links(mail)

    told = _send_back(driver, back, "goods.txt", b"whatever")

    assert "failed" in told.subject
    assert "must end in one of .csv" in told.html
    assert driver.names_and_amounts(table) == []


def test_opening_the_page_stores_nothing_and_its_address_stays_with_the_reader(driver, stack):
    mail = _failed_import(driver, driver.table(), "goods.csv", b"name,amount\na,x\n")
    _, back = _links(mail)
    stored = {"TableName": stack.ControlTable, "Select": "COUNT"}
    before = boto3.client("dynamodb").scan(**stored)["Count"]

    answer = _page(driver, back)

    assert boto3.client("dynamodb").scan(**stored)["Count"] == before
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    host = _form(answer)["upload_url"].rsplit("/", 2)[0]
    assert f"form-action {host}" in answer.headers["Content-Security-Policy"]


def test_the_browser_comes_back_to_a_page_that_says_what_is_next(driver):
    mail = _failed_import(driver, driver.table(), "goods.csv", b"name,amount\na,x\n")
    _, back = _links(mail)
    there = _form(_page(driver, back))["fields"]["success_action_redirect"]

    answer = driver.service.call("GET", f"{back}?bucket=b&key=k&etag=e", token="")

    assert there == f"https://ferry.test{back}"
    assert "The file has arrived" in answer.body.decode()


@pytest.mark.parametrize("dry_run", [True, False])
def test_only_rows_that_were_to_be_written_are_to_come_back(driver, dry_run):
    query = "?dry_run=1" if dry_run else ""
    mail = _failed_import(driver, driver.table(), "g.csv", b"name,amount\na,x\n", query)

    assert len(mail.upload_links) == (0 if dry_run else 1)


def test_a_link_serves_for_its_own_purpose_alone(driver):
    mail = _failed_import(driver, driver.table(), "goods.csv", b"name,amount\na,x\n")
    report, back = _links(mail)

    others = report.replace("download", "upload"), back.replace("upload", "download"), "/upload/x"
    for link in others:
        answer = driver.service.call("GET", link, token="")
        assert answer.status == 404
        assert "<html" in answer.body.decode()


def test_a_job_that_is_deleted_takes_no_rows_back(driver):
    table = driver.table()
    mail = _failed_import(driver, table, "goods.csv", b"name,amount\na,x\n")
    _, back = _links(mail)
    form = _form(_page(driver, back))
    job_id = form["fields"]["key"].split("/")[2]
    deleted = driver.service.call("DELETE", f"/oserve/v1/table/{table}/import/{job_id}/")
    assert (deleted.status, deleted.headers["X-Ferry-Job"]) == (204, "deleted")

    assert driver.service.call("GET", back, token="").status == 404
    driver.service.put(form, b"name,amount\na,1\n", name="a.csv")
    driver.service.run_jobs()
    assert driver.names_and_amounts(table) == []
    assert driver.mails() == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("goods.csv", b"name,amount\r\n,x\r\nmilk,2\r\n"),
        ("goods.jsonl", b'{"name": null, "amount": "x"}\n{"name": "milk", "amount": 2}\n'),
    ],
)
def test_reasons_are_in_the_importers_language_and_go_in_again(driver, name, content):
    driver.service.token = new_user(driver.service.stack, driver.app_id, "zh@a.test", "zh-CN")
    table = driver.table()
    first = driver.start_import(table, content, name)
    driver.service.run_jobs()

    report = driver.report(first)

    assert "不能为空：这一列是必填项；amount: 必须是" in report.decode()
    assert "must" not in report.decode()
    again = driver.start_import(table, report, name)
    driver.service.run_jobs()
    assert driver.job(again).counts == Counts(1, 0, 1)
    assert driver.job(again).result.ignored_columns == ()
