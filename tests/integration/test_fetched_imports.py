"""Imports of files that a URL names."""

import gzip
import logging

import boto3
import pytest

from ferry.aws.bucket import Files
from ferry.config import settings
from ferry.imports.import_job import IMPORTS
from ferry.jobs.job import Counts, MailState, Status
from tests.faults import dying, each, failing, meanwhile, recording
from tests.integration.driver import CSV_OF_TWO as CSV
from tests.integration.driver import Driver
from tests.site import Page, Site

SECRET = "token=5ecret"
LARGE = b"name,amount\r\n" + b"a row that takes %s,1\r\n" % (b"space" * 200) * 900

pytestmark = pytest.mark.enable_socket


def upload_bucket(driver: Driver) -> Files:
    return Files(driver.service.stack.UploadBucket)


def unfinished(driver: Driver):
    bucket = driver.service.stack.UploadBucket
    return boto3.client("s3").list_multipart_uploads(Bucket=bucket).get("Uploads", [])


@pytest.fixture
def files_of_100_bytes(stack, monkeypatch):
    """No larger file may be fetched."""
    monkeypatch.setenv("IMPORT_FILE_BYTES", "100")
    settings.cache_clear()


@pytest.fixture
def small_parts(monkeypatch):
    """Parts that are smaller than what is received at once."""
    monkeypatch.setattr("moto.s3.models.S3_UPLOAD_PART_MIN_SIZE", 1)
    monkeypatch.setattr("ferry.aws.bucket.PART_BYTES", 1_000)


def test_what_a_url_leads_to_is_previewed_as_the_same_file_is(driver, site):
    path = f"/oserve/v1/table/{driver.table()}/import/preview/"
    sent = driver.service.upload(path, "goods.csv", CSV).json()
    url = site.put("/goods.csv", Page(CSV))

    previewed = driver.service.call("POST", path, {"file_url": url, "null_words": ["-"]})

    assert previewed.json() == sent
    assert driver.service.messages("ImportQueue") == []


def test_a_preview_fetches_no_more_than_it_reads(driver, site):
    path, large = "/oserve/v1/table/preview/", b"name,amount\n" + b"a,1\n" * 700_000
    plain = site.put("/large.csv", Page(large))
    book = site.put("/large.xlsx", Page(b"PK" + bytes(7_000_000)))

    assert not driver.service.call("POST", path, {"file_url": plain}).json()["whole"]
    refused = driver.service.call("POST", path, {"file_url": book})
    assert (refused.status, b"without a preview" in refused.body) == (400, True)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"file_key": "incoming/x"},
        {"file_url": "s3://exports/manifest-summary.json"},
        {"file_url": "ftp://files.test/a.csv"},
        {"file_url": "http://127.0.0.1:9/a.csv"},
        {"file_url": "http://127.0.0.1:9/a.csv", "colums": "x"},
    ],
)
def test_a_preview_of_no_file_is_refused(driver, body):
    assert driver.service.call("POST", "/oserve/v1/table/preview/", body).status == 400


def test_what_a_url_leads_to_is_imported(driver, site, caplog):
    caplog.set_level(logging.INFO)
    table = driver.table()
    url = site.put("/files/goods%202026.csv", Page(CSV))

    job_id = driver.start_fetched(table, f"{url}?{SECRET}")
    waiting = driver.job(job_id)
    driver.service.run_jobs()

    job = driver.job(job_id)
    assert (waiting.status, waiting.bytes_total) == (Status.PENDING, 0)
    assert (job.status, job.counts) == (Status.FINISHED, Counts(2, 2, 0))
    assert (job.bytes_total, job.bytes_done) == (len(CSV), len(CSV))
    assert driver.names_and_amounts(table) == [("eggs", 2), ("milk", 1)]
    assert site.asked == [f"/files/goods%202026.csv?{SECRET}"]
    assert b"".join(upload_bucket(driver).blocks(f"direct/{job_id}")) == CSV
    (mail,) = driver.mails()
    shown = driver.service.call("GET", f"/oserve/v1/table/{table}/import/{job_id}/")
    listed = driver.service.call("GET", f"/oserve/v1/table/{table}/import/")
    assert shown.json()["file_name"] == "goods 2026.csv"
    assert shown.json()["progress"]["bytes_total"] == len(CSV)
    assert "5ecret" not in mail.html + shown.body.decode() + listed.body.decode() + caplog.text
    assert job.request.file_url == ""


@pytest.mark.parametrize(
    ("page", "body", "name"),
    [
        (("/export", gzip.compress(CSV)), {"file_name": "goods.csv.gz"}, "goods.csv.gz"),
        (("/goods.csv", b'{"name":"milk"}\n'), {"file_name": "a/b/goods.jsonl"}, "goods.jsonl"),
        (("/GOODS.CSV.GZ", gzip.compress(CSV)), {}, "GOODS.CSV.GZ"),
        (("/%E8%B4%A7.csv", "name\n牛奶\n".encode("gbk")), {"encoding": "gb18030"}, "货.csv"),
        (("/a%2Fgoods.csv", CSV), {"dry_run": 1}, "goods.csv"),
    ],
)
def test_the_name_and_the_options_are_the_bodys(driver, site, page, body, name):
    table = driver.table()
    path, content = page

    job_id = driver.start_fetched(table, site.put(path, Page(content)), **body)
    driver.service.run_jobs()

    job = driver.job(job_id)
    assert (job.status, job.error, job.request.file_name) == (Status.FINISHED, "", name)
    assert job.counts.failed == 0 < job.counts.succeeded
    assert bool(driver.rows(table)) is not job.request.dry_run


def test_a_redirect_is_followed_and_what_passes_is_tried_again(driver, site):
    target = site.put("/there", Page(status=503), Page(status=429), Page(CSV))
    url = site.put("/goods.csv", Page(status=302, headers={"Location": f"{target}?{SECRET}"}))
    table = driver.table()

    job_id = driver.start_fetched(table, url)
    driver.service.run_jobs()

    assert driver.job(job_id).counts == Counts(2, 2, 0)
    assert site.asked == ["/goods.csv", f"/there?{SECRET}"] * 3


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("goods.csv", b"", "the file is empty"),
        ("goods.xlsx", b"", "the file is empty"),
        ("goods.csv", b"foo,bar\n1,2\n", "the table has name, amount"),
        ("goods.csv", "姓名\n张三\n".encode("gbk"), "GB18030"),
        ("goods.csv.gz", b"no gzip at all", "gzip"),
        ("goods.xlsx", b"no workbook at all", ".xlsx"),
        ("goods.json", b"12", "JSON must begin with"),
        ("goods.csv", b"<!doctype html><p>Sign in", "the first line must name columns"),
    ],
)
def test_what_arrives_is_checked_as_any_file_is(driver, site, name, content, reason):
    table = driver.table()

    job_id = driver.start_fetched(table, site.put(f"/{name}", Page(content)))
    driver.service.run_jobs()

    _assert_failed(driver, job_id, reason)
    assert driver.rows(table) == []


@pytest.mark.parametrize(
    ("pages", "reason"),
    [
        ([], "cannot download the file with status: 404 Not Found"),
        ([Page(status=403)], "status: 403"),
        ([Page(status=503)], "status: 503"),
        ([Page(CSV * 10)], "the file is larger than 100 bytes"),
        (
            [Page(status=302, headers={"Location": f"http://169.254.169.254/?{SECRET}"})],
            "ip 169.254.169.254 is in internal network",
        ),
        (
            [Page(status=302, headers={"Location": f"ftp://127.0.0.1/?{SECRET}"})],
            "unsupported url scheme ftp",
        ),
        (
            [Page(status=302, headers={"Location": f"http://h:port/?{SECRET}"})],
            "invalid uri",
        ),
    ],
)
@pytest.mark.usefixtures("files_of_100_bytes")
def test_what_cannot_be_had_is_told_by_mail(driver, site, caplog, pages, reason):
    caplog.set_level(logging.INFO)
    url = site.put("/goods.csv", *pages or [Page(status=404)])

    job_id = driver.start_fetched(driver.table(), f"{url}?{SECRET}")
    driver.service.run_jobs()

    error = _assert_failed(driver, job_id, reason)
    assert "it could not be fetched from 127.0.0.1: " in error
    assert "see that file_url can be opened" in error
    assert "5ecret" not in error + caplog.text
    assert not upload_bucket(driver).exists(f"direct/{job_id}")
    assert unfinished(driver) == []


@pytest.mark.parametrize("to", ["10.0.0.1", "192.168.0.1", "127.0.0.1", "[::ffff:10.0.0.1]"])
def test_private_addresses_are_refused_unless_allowed(driver, site, monkeypatch, to):
    monkeypatch.setenv("FETCH_PRIVATE_NETWORKS", "false")
    settings.cache_clear()

    job_id = driver.start_fetched(driver.table(), f"http://{to}/goods.csv")
    driver.service.run_jobs()

    _assert_failed(driver, job_id, "is in internal network")
    assert site.asked == []


def test_loopback_is_refused_in_lambda_whatever_is_allowed(driver, site, monkeypatch):
    monkeypatch.setenv("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9001")
    settings.cache_clear()

    job_id = driver.start_fetched(driver.table(), site.put("/goods.csv", Page(CSV)))
    driver.service.run_jobs()

    _assert_failed(driver, job_id, "is in internal network")
    assert site.asked == []


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (
            {"file_url": "ftp://h/goods.csv?5ecret"},
            "unsupported url scheme ftp; it must be an http",
        ),
        ({"file_url": "s3://bucket/goods.csv"}, "unsupported url scheme s3"),
        ({"file_url": "file:///etc/passwd.csv"}, "unsupported url scheme file"),
        ({"file_url": "goods.csv?5ecret"}, "unsupported url scheme"),
        ({"file_url": "https:///goods.csv?5ecret"}, "it needs a host"),
        ({"file_url": "https://li:5ecret@h/goods.csv"}, "may not hold a password"),
        ({"file_url": "https://h:99999/goods.csv?5ecret"}, "it cannot be read"),
        ({"file_url": "https://h/goods.txt?5ecret"}, "must end in one of .csv"),
        ({"file_url": "https://h/?5ecret"}, "name the file by file_name"),
        ({"file_url": "https://h/goods.csv", "file_name": "goods"}, "must end in one of .csv"),
        ({"file_url": "https://h/goods.csv", "encoding": "ebcdic"}, "encoding"),
        ({"file_url": "https://h/" + "a" * 9_000 + ".csv"}, "file_url"),
        ({"file_url": 5}, "file_url"),
        ({"file_url": "https://h/\ud800/goods.csv"}, "it cannot be read"),
        ({"file_url": ""}, "either file_key or file_url"),
        ({"file_url": "https://h/goods.csv", "file_key": "incoming/x"}, "either file_key or"),
        ({"file_key": "incoming/x", "file_name": "goods.csv"}, "file_name goes with file_url"),
        ({"file_url": "https://h/goods.csv", "dryrun": 1}, "dryrun"),
        ({"file_url": "https://h/goods.csv", "conflict": "skip"}, "id_as_key"),
    ],
)
def test_what_cannot_be_asked_for(driver, body, text):
    path = f"/oserve/v1/table/{driver.table()}/import/"

    answer = driver.service.call("POST", path, body)

    assert answer.status == 400
    assert text in answer.json()["error_msg"]
    assert "5ecret" not in answer.body.decode()
    assert driver.service.messages("ImportQueue") == []


def test_a_file_that_lies_there_is_not_fetched_again(driver, site):
    """A worker dies at each of the calls that follow upon the file's being there."""
    calls = _calls_of_an_import(driver, site)
    stored = calls.index("CompleteMultipartUpload") + 1
    for at in range(stored + 1, len(calls) + 1):
        url = site.put("/goods.csv", Page(CSV), Page(b"name\r\nanother\r\n"))
        site.asked.clear()
        table = driver.table()
        job_id = driver.start_fetched(table, url)

        with dying(at) as death:
            driver.deliver(job_id, driver.take(job_id))
        driver.recover(job_id)

        assert death.happened
        assert site.asked == ["/goods.csv"], death.calls
        assert driver.names_and_amounts(table) == [("eggs", 2), ("milk", 1)]
        assert driver.job(job_id).counts == Counts(2, 2, 0)
        assert len(driver.mails()) == 1


def test_a_file_that_was_there_and_is_gone_is_not_fetched_again(driver, site):
    job_id = driver.start_fetched(driver.table(), site.put("/goods.csv", Page(CSV)))
    with dying(1, only="GetObject"):
        driver.deliver(job_id, driver.take(job_id))
    driver.drop_upload(job_id)

    driver.recover(job_id)

    _assert_failed(driver, job_id, "does not exist")
    assert len(site.asked) == 1


def test_a_fault_of_the_store_amid_the_fetching_passes(driver, site):
    table = driver.table()
    job_id = driver.start_fetched(table, site.put("/goods.csv", Page(CSV)))
    message = driver.take(job_id)

    with failing("UploadPart", times=1):
        assert not driver.deliver(job_id, message)
    assert unfinished(driver) == []
    assert driver.deliver(job_id, message)

    assert driver.job(job_id).counts == Counts(2, 2, 0)


def test_the_lease_lives_while_a_file_comes(driver, site, small_parts):
    """A minute between two parts; the sweeper would give the job to another worker after 90 s."""
    job_id = driver.start_fetched(driver.table(), site.put("/goods.csv", Page(LARGE)))
    sent = []

    def slowly():
        driver.wait(60)
        driver.sweep()
        sent.extend(driver.service.messages("ImportQueue"))

    with each("UploadPart", slowly) as parts:
        driver.deliver(job_id, driver.take(job_id))

    assert len(parts) > 2
    assert sent == []
    assert driver.job(job_id).counts == Counts(900, 900, 0)
    assert len(site.asked) == 1


def test_who_loses_the_lease_stops_fetching_and_leaves_nothing(driver, site, small_parts):
    job_id = driver.start_fetched(driver.table(), site.put("/goods.csv", Page(LARGE)))

    def lose():
        driver.wait(91)
        driver.jobs.claim(job_id, "another", IMPORTS, now=int(driver.clock.now), lease_s=90)

    with meanwhile("UploadPart", lose):
        driver.deliver(job_id, driver.take(job_id))

    assert driver.job(job_id).worker == "another"
    assert not upload_bucket(driver).exists(f"direct/{job_id}")
    assert unfinished(driver) == []


def test_fetching_stops_when_the_jobs_end_is_asked_for(driver, site, small_parts):
    table = driver.table()
    job_id = driver.start_fetched(table, site.put("/goods.csv", Page(LARGE)))

    def cancel():
        path = f"/oserve/v1/table/{table}/import/{job_id}/"
        assert driver.service.call("DELETE", path).status == 204
        driver.wait(3)

    with meanwhile("UploadPart", cancel):
        driver.service.run_jobs()

    assert (driver.job(job_id).status, driver.job(job_id).mail) == (
        Status.CANCELLED,
        MailState.SENT,
    )
    assert not upload_bucket(driver).exists(f"direct/{job_id}")
    assert unfinished(driver) == []
    assert len(driver.mails()) == 1


def test_a_file_that_comes_too_slowly_fails(driver, site):
    job_id = driver.start_fetched(driver.table(), site.put("/goods.csv", Page(CSV)))
    driver.service.context.get_remaining_time_in_millis = lambda: 59_000

    driver.service.run_jobs()

    _assert_failed(driver, job_id, "it came too slowly")


def test_deleting_the_job_deletes_what_was_fetched(driver, site):
    table = driver.table()
    job_id = driver.start_fetched(table, site.put("/goods.csv", Page(CSV)))
    driver.service.run_jobs()

    driver.service.call("DELETE", f"/oserve/v1/table/{table}/import/{job_id}/")

    assert not upload_bucket(driver).exists(f"direct/{job_id}")


def _calls_of_an_import(driver: Driver, site: Site) -> list[str]:
    job_id = driver.start_fetched(driver.table(), site.put("/goods.csv", Page(CSV)))
    message = driver.take(job_id)
    with recording() as calls:
        assert driver.deliver(job_id, message)
    driver.service.run_jobs()
    driver.mails()
    return calls


def _assert_failed(driver: Driver, job_id: str, reason: str) -> str:
    """Check that the job has failed for that reason, with one mail that says so, for good."""
    job = driver.job(job_id)
    assert job.status is Status.FAILED
    assert reason in job.error
    (mail,) = driver.mails()
    assert "failed" in mail.subject
    assert reason in mail.html
    driver.wait(600)
    driver.sweep()
    driver.service.run_jobs()
    assert driver.mails() == []
    return job.error
