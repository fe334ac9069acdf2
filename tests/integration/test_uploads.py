"""Files that callers upload to the bucket themselves."""

import boto3
import pytest

from ferry.aws.bucket import Files
from ferry.jobs.job import Counts, Status
from tests.faults import dying
from tests.integration.driver import CSV_OF_TWO as CSV
from tests.integration.driver import Driver


def ask(driver: Driver, table: int, **body):
    body = {"file_name": "goods.csv", **body}
    return driver.service.call("POST", f"/oserve/v1/table/{table}/import/upload/", body)


def test_what_arrives_is_imported(driver):
    table = driver.table()

    answer = ask(driver, table)
    form = answer.json()
    assert answer.status == 201
    assert driver.service.put(form, CSV) == 204
    driver.service.run_jobs()

    job = driver.job(answer.headers["X-Job-Id"])
    assert (job.status, job.counts) == (Status.FINISHED, Counts(2, 2, 0))
    assert job.bytes_total == len(CSV)
    assert form["file_key"] == f"incoming/{driver.app_id}/{table}/{job.id}/goods.csv"
    assert driver.service.call("GET", answer.headers["Location"]).json()["status"] == "finish"
    assert len(driver.mails()) == 1


def test_an_arrival_that_is_told_twice_is_imported_once(driver):
    table = driver.table()
    driver.service.put(ask(driver, table).json(), CSV)
    told = driver.service.messages("UploadQueue")

    for _ in range(3):
        assert driver.service.deliver("UploadQueue", told) == []
    driver.service.run_jobs()

    assert driver.names_and_amounts(table) == [("eggs", 2), ("milk", 1)]
    assert len(driver.mails()) == 1


@pytest.mark.parametrize("first", ["event", "caller"])
def test_the_caller_may_start_it_as_well(driver, first):
    table = driver.table()
    form = ask(driver, table).json()
    driver.service.put(form, CSV)
    told = driver.service.messages("UploadQueue")
    path, body = f"/oserve/v1/table/{table}/import/", {"file_key": form["file_key"]}

    if first == "event":
        driver.service.deliver("UploadQueue", told)
    answers = [driver.service.call("POST", path, body) for _ in range(2)]
    driver.service.deliver("UploadQueue", told)
    driver.service.run_jobs()

    assert [(answer.status, answer.body) for answer in answers] == [(201, b'{"status":"ok"}')] * 2
    assert {answer.headers["X-Job-Id"] for answer in answers} == {form["file_key"].split("/")[3]}
    assert driver.names_and_amounts(table) == [("eggs", 2), ("milk", 1)]
    assert len(driver.mails()) == 1


def test_a_worker_that_dies_between_the_job_and_its_message_loses_nothing(driver):
    table = driver.table()
    answer = ask(driver, table)
    driver.service.put(answer.json(), CSV)
    told = driver.service.messages("UploadQueue")

    with dying(1, only="SendMessage"):
        driver.service.deliver("UploadQueue", told)
    driver.service.deliver("UploadQueue", told)
    driver.recover(answer.headers["X-Job-Id"])

    assert driver.names_and_amounts(table) == [("eggs", 2), ("milk", 1)]
    assert len(driver.mails()) == 1


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("goods.csv", b"foo,bar\n1,2\n", "the table has name, amount"),
        ("goods.csv", "姓名\n张三\n".encode("gbk"), "GB18030"),
        ("goods.csv.gz", b"no gzip at all", "gzip"),
        ("goods.xlsx", b"no workbook at all", ".xlsx"),
    ],
)
def test_a_file_that_cannot_be_imported_is_told_by_mail(driver, name, content, reason):
    table = driver.table()
    answer = ask(driver, table, file_name=name)
    driver.service.put(answer.json(), content)
    driver.service.run_jobs()

    job = driver.job(answer.headers["X-Job-Id"])
    (mail,) = driver.mails()
    assert job.status is Status.FAILED
    assert "无效的文件" not in job.error + mail.html
    assert reason in job.error
    assert reason in mail.html
    assert driver.names_and_amounts(table) == []
    driver.wait(600)
    driver.sweep()
    driver.service.run_jobs()
    assert driver.mails() == []


def test_the_options_are_those_asked_for(driver):
    table = driver.table()
    answer = ask(driver, table, dry_run=True, file_name="goods.csv.gz")
    import gzip

    driver.service.put(answer.json(), gzip.compress(CSV))
    driver.service.run_jobs()

    assert driver.job(answer.headers["X-Job-Id"]).counts == Counts(2, 2, 0)
    assert driver.names_and_amounts(table) == []
    assert "Dry run" in driver.mails()[0].subject


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"file_name": "goods.txt"}, "无效的文件"),
        ({"file_name": "\r\n"}, "无效的文件"),
        ({"file_name": "a.csv", "dryrun": 1}, "dryrun"),
        ({"file_name": "a.csv", "conflict": "sync", "id_as_key": 1}, "conflict"),
        ({"file_name": "a.csv", "conflict": "skip"}, "id_as_key"),
        ({"file_name": "a.csv", "encoding": "ebcdic"}, "encoding"),
        ({"file_name": 1}, "file_name"),
        ({}, "file_name"),
        ([], "object"),
    ],
)
def test_what_cannot_be_asked_for(driver, body, text):
    path = f"/oserve/v1/table/{driver.table()}/import/upload/"

    answer = driver.service.call("POST", path, body)

    assert answer.status == 400
    assert text in answer.json()["error_msg"]


def test_a_key_of_somebody_else_or_of_nothing_is_refused(driver):
    mine, other = driver.table(), driver.table()
    form = ask(driver, other).json()
    empty = ask(driver, mine).json()
    driver.service.put(form, CSV)

    for key in (form["file_key"], empty["file_key"], "direct/x", "incoming/a/1/nothing/x.csv", ""):
        answer = driver.service.call("POST", f"/oserve/v1/table/{mine}/import/", {"file_key": key})
        assert answer.status == 400
        assert answer.json()["error_msg"].startswith("无效的文件")
    assert driver.service.messages("ImportQueue") == []


def test_a_file_that_nobody_waits_for_is_passed_over(driver, caplog):
    files = Files(driver.service.stack.UploadBucket)
    files.put("incoming/a/1/unknown/x y.csv", CSV)
    files.put("direct/elsewhere", CSV)

    driver.service.run_jobs()

    assert "upload ignored" in caplog.text
    assert driver.mails() == []


def test_a_file_that_is_replaced_meanwhile_is_not_mixed_up(driver):
    table = driver.table()
    answer = ask(driver, table)
    form = answer.json()
    driver.service.put(form, CSV)
    driver.service.deliver("UploadQueue", driver.service.messages("UploadQueue"))

    boto3.client("s3").put_object(
        Bucket=driver.service.stack.UploadBucket, Key=form["file_key"], Body=b"name\nother\n"
    )
    driver.service.run_jobs()

    job = driver.job(answer.headers["X-Job-Id"])
    assert job.status is Status.FAILED
    assert "replaced" in job.error
    assert driver.names_and_amounts(table) == []


def test_deleting_the_job_deletes_what_was_uploaded_and_another_upload_starts_nothing(driver):
    table = driver.table()
    answer = ask(driver, table)
    form = answer.json()
    driver.service.put(form, CSV)
    driver.service.run_jobs()
    path = f"/oserve/v1/table/{table}/import/{answer.headers['X-Job-Id']}/"

    assert driver.service.call("DELETE", path).status == 204

    assert not Files(driver.service.stack.UploadBucket).exists(form["file_key"])
    driver.service.put(form, CSV)
    driver.service.run_jobs()
    assert len(driver.rows(table)) == 2
    assert len(driver.mails()) == 1


def test_a_body_too_large_is_told_the_way(driver, monkeypatch):
    monkeypatch.setenv("IMPORT_BODY_BYTES", "20")
    from ferry.config import settings

    settings.cache_clear()
    table = driver.table()

    answer = driver.service.upload(f"/oserve/v1/table/{table}/import/", "goods.csv", CSV)

    assert answer.status == 413
    assert f"POST /oserve/v1/table/{table}/import/upload/" in answer.json()["error_msg"]
