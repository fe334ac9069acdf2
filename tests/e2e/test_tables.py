"""A user works with tables, from the first request to the file behind the mailed link."""

import csv
import gzip
import io
import json
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3
import httpx
import pytest

from ferry_client import JobFailed
from local.visitor import Visitor, create_table, whole
from tests.mail_events import bounce
from tests.site import Page, Site

FIELDS = [
    {"name": "name", "type": "string", "constraints": {"required": True}},
    {"name": "price", "type": "number"},
    {"name": "tags", "type": "array", "items": {"type": "string"}},
]
ROWS = 300


def _new_table(visitor: Visitor) -> int:
    return create_table(
        visitor.client, {"name": f"e2e_{uuid4().hex[:8]}", "schema": {"fields": FIELDS}}
    )


def _goods(rows: int) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(["name", "price", "tags"])
    writer.writerows([f"商品 {n}", f"{n}.25", json.dumps(["a", f"名{n}"])] for n in range(rows))
    return text.getvalue().encode()


def _rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def _links(mail: dict[str, Any]) -> list[str]:
    return [word for word in mail["text"].split() if "/download/" in word]


def test_a_file_goes_in_and_comes_out_and_mails_say_so(visitor: Visitor, tmp_path: Path):
    source = tmp_path / "goods.csv"
    source.write_bytes(_goods(ROWS) + b",1.5,\r\nbad,abc,\r\n")
    table = _new_table(visitor)

    job = visitor.client.start_import(table, source)
    assert job.wait()["counts"] == {"total": ROWS + 2, "succeeded": ROWS, "failed": 2}
    (link,) = _links(visitor.mail_of(job.id))
    visitor.client.download(link, tmp_path / "failed.csv")
    failed = _rows((tmp_path / "failed.csv").read_bytes())
    assert [(row["line"], row["field"]) for row in failed] == [
        (str(ROWS + 2), "name"),
        (str(ROWS + 3), "price"),
    ]

    job = visitor.client.start_export(table, whole("csv"))
    job.wait()
    (link,) = _links(visitor.mail_of(job.id))
    visitor.client.download(link, tmp_path / "out.csv")
    exported = _rows((tmp_path / "out.csv").read_bytes())
    given = _rows(_goods(ROWS))
    assert sorted((r["name"], r["price"], json.loads(r["tags"])[1]) for r in exported) == sorted(
        (r["name"], r["price"], json.loads(r["tags"])[1]) for r in given
    )


def test_an_uploaded_file_is_imported_by_itself_as_one_in_a_request_is(
    visitor: Visitor, tmp_path: Path
):
    source = tmp_path / "goods.csv.gz"
    source.write_bytes(gzip.compress(_goods(ROWS) + b"bad,abc,\r\n"))
    table = _new_table(visitor)

    job, _ = visitor.upload(table, source)

    assert job.wait()["counts"] == {"total": ROWS + 1, "succeeded": ROWS, "failed": 1}
    (link,) = _links(visitor.mail_of(job.id))
    visitor.client.download(link, tmp_path / "failed.csv")
    (failed,) = _rows((tmp_path / "failed.csv").read_bytes())
    assert (failed["line"], failed["name"], failed["price"]) == (str(ROWS + 2), "bad", "abc")


def test_a_file_is_fetched_from_its_url_but_not_from_where_it_must_not(visitor: Visitor):
    table = _new_table(visitor)
    with Site.open() as site:
        there = site.put("/files/goods.csv", Page(_goods(ROWS)))
        moved = site.put("/moved", Page(status=302, headers={"Location": f"{there}?token=5ecret"}))
        job = visitor.client.start_import_of_url(table, moved, name="goods.csv")
        assert job.wait()["counts"] == {"total": ROWS, "succeeded": ROWS, "failed": 0}
        assert site.asked == ["/moved", "/files/goods.csv?token=5ecret"]
        assert "5ecret" not in visitor.mail_of(job.id)["text"]

        inside = Page(status=302, headers={"Location": "http://169.254.169.254/latest/"})
        job = visitor.client.start_import_of_url(table, site.put("/goods.csv", inside))
        with pytest.raises(JobFailed, match=r"ip 169\.254\.169\.254 is in internal network"):
            job.wait()
        assert "169.254.169.254" in visitor.mail_of(job.id)["text"]


def test_the_public_apis_own_curl_lines_are_answered(
    facts: dict[str, Any], visitor: Visitor, tmp_path: Path
):
    table = _new_table(visitor)
    filename = tmp_path / "test.csv"
    filename.write_bytes(_goods(3))
    authorization = ["-H", f"Authorization: Bearer {facts['token']}"]
    base = f"{facts['api_url']}/oserve/v1/table/{table}"
    multipart = ["-H", "Content-Type: multipart/form-data", "-F", f"file=@{filename}"]
    as_json = ["-H", "Content-Type: application/json", "-d"]
    body = '{\n    "file_type": "csv",\n    "mode": "all"\n  }'

    for arguments, path in (
        (multipart, "/import/"),
        ([*as_json, body], "/export/"),
    ):
        command = ["curl", "-sS", "-X", "POST", *authorization, *arguments, base + path]
        answer = subprocess.run(
            [*command, "-w", "\n%{http_code}"], capture_output=True, text=True, check=True
        )
        assert answer.stdout.split("\n") == ['{"status":"ok"}', "201"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/oserve/v1/table/1/export/", 401),
        ("GET", "/oserve/v1/table/1/export", 405),
        ("PUT", "/oserve/v1/table/1/import/", 405),
        ("POST", "/oserve/v9/table/1/export/", 404),
        ("GET", "/nothing/here", 404),
    ],
)
def test_a_refused_request_says_why(http: httpx.Client, method: str, path: str, status: int):
    answer = http.request(method, path, json={"file_type": "csv", "mode": "all"})

    assert answer.status_code == status
    assert answer.json()["status"] == "error"
    assert answer.json()["error_msg"]


@pytest.mark.parametrize(
    ("characters", "status", "said"),
    [(8_000, 414, "POST a long condition to"), (11_000, 431, "Request Header Fields Too Large")],
)
def test_a_long_query_is_refused_by_us_before_the_http_api_refuses_it(
    facts: dict[str, Any], http: httpx.Client, characters: int, status: int, said: str
):
    token = {"Authorization": f"Bearer {facts['token']}"}
    query = {"where": "x" * characters}

    answer = http.get("/oserve/v1/table/1/record/", params=query, headers=token)

    assert (answer.status_code, said in answer.text) == (status, True)


def test_a_message_that_comes_twice_makes_one_mail(
    facts: dict[str, Any], visitor: Visitor, tmp_path: Path
):
    source = tmp_path / "goods.csv"
    source.write_bytes(_goods(10))
    table = _new_table(visitor)
    job = visitor.client.start_import(table, source)
    job.wait()
    visitor.mail_of(job.id)

    sqs = boto3.client("sqs", endpoint_url=facts["aws_endpoint_url"], region_name=facts["region"])
    body = json.dumps({"job_id": job.id})
    for queue in ("ImportQueue", "NoticeQueue"):
        url = next(u for u in sqs.list_queues()["QueueUrls"] if queue in u)
        sqs.send_message(QueueUrl=url, MessageBody=body)
    time.sleep(3)
    sqs.close()

    assert len(visitor.mails(job.id)) == 1
    assert job.wait()["counts"]["succeeded"] == 10


def test_a_mail_that_bounced_says_so_on_its_job(
    facts: dict[str, Any], visitor: Visitor, tmp_path: Path
):
    source = tmp_path / "goods.csv"
    source.write_bytes(_goods(1))
    job = visitor.client.start_import(_new_table(visitor), source)
    job.wait()
    visitor.mail_of(job.id)

    # The engine's SES tells nobody. Another address than the user's: later mails are to be sent.
    event = bounce(job.id, "former@example.com")
    sqs = boto3.client("sqs", endpoint_url=facts["aws_endpoint_url"], region_name=facts["region"])
    url = next(u for u in sqs.list_queues()["QueueUrls"] if "MailEventQueue" in u)
    sqs.send_message(QueueUrl=url, MessageBody=json.dumps(event))
    sqs.close()

    deadline = time.monotonic() + 60
    while (mail := job.show()["mail"])["status"] == "sent":
        assert time.monotonic() < deadline
        time.sleep(0.25)
    assert mail["status"] == "bounced"


def test_a_link_that_is_not_ours_leads_to_a_plain_page(http: httpx.Client):
    answer = http.get("/download/nothing", headers={"accept-language": "zh-CN"})

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "<html" in answer.text


def test_the_mailbox_lists_the_mails(http: httpx.Client, visitor: Visitor):
    newest = visitor.mail_of(visitor.client.start_export(_new_table(visitor), whole("csv")).id)

    page = http.get("/mailbox/").text

    assert newest["subject"] in page


def test_a_hundred_requests_at_once_are_all_answered(stack: dict[str, Any]):
    visitor = Visitor(stack)
    url = f"{stack['api_url']}/oserve/v1/table/{_new_table(visitor)}/"
    visitor.close()
    headers = {"Authorization": f"Bearer {stack['token']}"}
    limits = httpx.Limits(max_connections=100)

    with (
        httpx.Client(headers=headers, timeout=120, limits=limits, trust_env=False) as http,
        ThreadPoolExecutor(100) as threads,
    ):
        answers = list(threads.map(http.get, [url] * 100))

    assert {answer.status_code for answer in answers} == {200}
