"""Files that callers upload to the bucket themselves."""

import boto3
import pytest

from ferry.aws.bucket import Files
from ferry.jobs.job import Counts, Status
from tests.faults import dying
from tests.integration.carrier import CSV_OF_TWO as CSV
from tests.integration.carrier import Carrier


def ask(carrier: Carrier, table: int, **body):
    body = {"file_name": "goods.csv", **body}
    return carrier.service.call("POST", f"/oserve/v1/table/{table}/import/upload/", body)


def test_what_arrives_is_imported(carrier):
    table = carrier.table()

    answer = ask(carrier, table)
    form = answer.json()
    assert answer.status == 201
    assert carrier.service.put(form, CSV) == 204
    carrier.service.run_jobs()

    job = carrier.job(answer.headers["X-Job-Id"])
    assert (job.status, job.counts) == (Status.FINISHED, Counts(2, 2, 0))
    assert job.bytes_total == len(CSV)
    assert form["file_key"] == f"incoming/{carrier.app_id}/{table}/{job.id}/goods.csv"
    assert carrier.service.call("GET", answer.headers["Location"]).json()["status"] == "finish"
    assert len(carrier.mails()) == 1


def test_an_arrival_that_is_told_twice_is_imported_once(carrier):
    table = carrier.table()
    carrier.service.put(ask(carrier, table).json(), CSV)
    told = carrier.service.messages("UploadQueue")

    for _ in range(3):
        assert carrier.service.deliver("UploadQueue", told) == []
    carrier.service.run_jobs()

    assert carrier.carried(table) == [("eggs", 2), ("milk", 1)]
    assert len(carrier.mails()) == 1


@pytest.mark.parametrize("first", ["event", "caller"])
def test_the_caller_may_start_it_as_well(carrier, first):
    table = carrier.table()
    form = ask(carrier, table).json()
    carrier.service.put(form, CSV)
    told = carrier.service.messages("UploadQueue")
    path, body = f"/oserve/v1/table/{table}/import/", {"file_key": form["file_key"]}

    if first == "event":
        carrier.service.deliver("UploadQueue", told)
    answers = [carrier.service.call("POST", path, body) for _ in range(2)]
    carrier.service.deliver("UploadQueue", told)
    carrier.service.run_jobs()

    assert [(answer.status, answer.body) for answer in answers] == [(201, b'{"status":"ok"}')] * 2
    assert {answer.headers["X-Job-Id"] for answer in answers} == {form["file_key"].split("/")[3]}
    assert carrier.carried(table) == [("eggs", 2), ("milk", 1)]
    assert len(carrier.mails()) == 1


def test_a_worker_that_dies_between_the_job_and_its_message_loses_nothing(carrier):
    table = carrier.table()
    answer = ask(carrier, table)
    carrier.service.put(answer.json(), CSV)
    told = carrier.service.messages("UploadQueue")

    with dying(1, only="SendMessage"):
        carrier.service.deliver("UploadQueue", told)
    carrier.service.deliver("UploadQueue", told)
    carrier.recover(answer.headers["X-Job-Id"])

    assert carrier.carried(table) == [("eggs", 2), ("milk", 1)]
    assert len(carrier.mails()) == 1


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("goods.csv", b"foo,bar\n1,2\n", "the table has name, amount"),
        ("goods.csv", "姓名\n张三\n".encode("gbk"), "GB18030"),
        ("goods.csv.gz", b"no gzip at all", "gzip"),
        ("goods.xlsx", b"no workbook at all", ".xlsx"),
    ],
)
def test_a_file_that_cannot_be_imported_is_told_by_mail(carrier, name, content, reason):
    table = carrier.table()
    answer = ask(carrier, table, file_name=name)
    carrier.service.put(answer.json(), content)
    carrier.service.run_jobs()

    job = carrier.job(answer.headers["X-Job-Id"])
    (mail,) = carrier.mails()
    assert job.status is Status.FAILED
    assert "无效的文件" not in job.error + mail.html
    assert reason in job.error
    assert reason in mail.html
    assert carrier.carried(table) == []
    carrier.wait(600)
    carrier.sweep()
    carrier.service.run_jobs()
    assert carrier.mails() == []


def test_the_options_are_those_asked_for(carrier):
    table = carrier.table()
    answer = ask(carrier, table, dry_run=True, file_name="goods.csv.gz")
    import gzip

    carrier.service.put(answer.json(), gzip.compress(CSV))
    carrier.service.run_jobs()

    assert carrier.job(answer.headers["X-Job-Id"]).counts == Counts(2, 2, 0)
    assert carrier.carried(table) == []
    assert "Dry run" in carrier.mails()[0].subject


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
def test_what_cannot_be_asked_for(carrier, body, text):
    path = f"/oserve/v1/table/{carrier.table()}/import/upload/"

    answer = carrier.service.call("POST", path, body)

    assert answer.status == 400
    assert text in answer.json()["error_msg"]


def test_a_key_of_somebody_else_or_of_nothing_is_refused(carrier):
    mine, other = carrier.table(), carrier.table()
    form = ask(carrier, other).json()
    empty = ask(carrier, mine).json()
    carrier.service.put(form, CSV)

    for key in (form["file_key"], empty["file_key"], "direct/x", "incoming/a/1/nothing/x.csv", ""):
        answer = carrier.service.call("POST", f"/oserve/v1/table/{mine}/import/", {"file_key": key})
        assert answer.status == 400
        assert answer.json()["error_msg"].startswith("无效的文件")
    assert carrier.service.messages("ImportQueue") == []


def test_a_file_that_nobody_waits_for_is_passed_over(carrier, caplog):
    files = Files(carrier.service.stack.UploadBucket)
    files.put("incoming/a/1/unknown/x y.csv", CSV)
    files.put("direct/elsewhere", CSV)

    carrier.service.run_jobs()

    assert "upload ignored" in caplog.text
    assert carrier.mails() == []


def test_a_file_that_is_replaced_meanwhile_is_not_mixed_up(carrier):
    table = carrier.table()
    answer = ask(carrier, table)
    form = answer.json()
    carrier.service.put(form, CSV)
    carrier.service.deliver("UploadQueue", carrier.service.messages("UploadQueue"))

    boto3.client("s3").put_object(
        Bucket=carrier.service.stack.UploadBucket, Key=form["file_key"], Body=b"name\nother\n"
    )
    carrier.service.run_jobs()

    job = carrier.job(answer.headers["X-Job-Id"])
    assert job.status is Status.FAILED
    assert "replaced" in job.error
    assert carrier.carried(table) == []


def test_deleting_the_job_deletes_what_was_uploaded_and_another_upload_starts_nothing(carrier):
    table = carrier.table()
    answer = ask(carrier, table)
    form = answer.json()
    carrier.service.put(form, CSV)
    carrier.service.run_jobs()
    path = f"/oserve/v1/table/{table}/import/{answer.headers['X-Job-Id']}/"

    assert carrier.service.call("DELETE", path).status == 204

    assert not Files(carrier.service.stack.UploadBucket).exists(form["file_key"])
    carrier.service.put(form, CSV)
    carrier.service.run_jobs()
    assert len(carrier.rows(table)) == 2
    assert len(carrier.mails()) == 1


def test_a_body_too_large_is_told_the_way(carrier, monkeypatch):
    monkeypatch.setenv("IMPORT_BODY_BYTES", "20")
    from ferry.config import settings

    settings.cache_clear()
    table = carrier.table()

    answer = carrier.service.upload(f"/oserve/v1/table/{table}/import/", "goods.csv", CSV)

    assert answer.status == 413
    assert f"POST /oserve/v1/table/{table}/import/upload/" in answer.json()["error_msg"]
