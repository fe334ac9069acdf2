"""Imports of DynamoDB's own exports to S3: what is read, checked and refused."""

import base64
import gzip
import hashlib
import json

import boto3
import pytest

from ferry.aws.bucket import Files
from ferry.config import settings
from ferry.jobs.job import Counts, Status
from tests.faults import dying, failing

FOLDER = "2026-Nov/AWSDynamoDB/01693685827463-2d8752fd/"
URL = f"s3://theirs/{FOLDER}manifest-summary.json"
PARTS = [
    [{"name": {"S": "eggs"}, "amount": {"N": "2"}}, {"name": {"S": "milk"}, "amount": {"N": "1"}}],
    [],
    [{"name": {"S": "tea"}, "amount": {"N": "x"}}, {"name": {"S": "rice"}, "amount": {"N": "3"}}],
]


@pytest.fixture
def bucket(driver, monkeypatch):
    make_their_bucket(monkeypatch)


def make_their_bucket(patch):
    """Make a bucket of others' that the service may read."""
    boto3.client("s3").create_bucket(
        Bucket="theirs", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    patch.setenv("FETCH_BUCKETS", "arn:aws:s3:::theirs")
    settings.cache_clear()


def put(name, content):
    text = content if isinstance(content, bytes) else json.dumps(content).encode()
    boto3.client("s3").put_object(Bucket="theirs", Key=FOLDER + name, Body=text)


def put_export(parts=PARTS, *, prefix="2026-Nov/", counts=None, **summary):
    """Store an export as DynamoDB writes it; the last line of a file has no end."""
    lines = []
    for number, items in enumerate(parts):
        text = b"\n".join(json.dumps({"Item": item}).encode() for item in items)
        body = gzip.compress(text)
        put(f"data/part{number}.json.gz", body)
        line = {
            "itemCount": counts[number] if counts else len(items),
            "md5Checksum": base64.b64encode(hashlib.md5(body).digest()).decode(),
            "etag": "af83d6f217c19b8b0fff8023d8ca4716-1",
            "dataFileS3Key": f"{prefix}{FOLDER.partition('/')[2]}data/part{number}.json.gz",
        }
        lines.append(json.dumps(line).encode())
    put("manifest-files.json", b"\n".join(lines))
    told = {
        "version": "2020-06-30",
        "s3Bucket": "elsewhere",
        "s3Prefix": "2026-Nov",
        "manifestFilesS3Key": "AWSDynamoDB/01693685827463-2d8752fd/manifest-files.json",
        "itemCount": sum(map(len, parts)),
        "outputFormat": "DYNAMODB_JSON",
        **summary,
    }
    put("manifest-summary.json", told)


def brought(driver, url=URL, **options):
    table = driver.table()
    job_id = driver.start_fetched(table, url, **options)
    driver.service.run_jobs()
    return table, driver.job(job_id)


@pytest.mark.usefixtures("bucket")
@pytest.mark.parametrize(("manifest", "prefix"), [("summary", "2026-Nov/"), ("files", "")])
def test_all_files_of_an_export_are_one_import(driver, manifest, prefix):
    put_export(prefix=prefix)

    table, job = brought(driver, URL.replace("summary", manifest))

    assert driver.names_and_amounts(table) == [("eggs", 2), ("milk", 1), ("rice", 3)]
    assert (job.status, job.counts) == (Status.FINISHED, Counts(4, 3, 1))
    assert job.request.file_name == "01693685827463-2d8752fd.dynamodb.json.gz"
    assert job.result.detected["values"] == "DynamoDB JSON"
    assert [row.line for row in job.checkpoint.first_failed] == [4]


@pytest.mark.usefixtures("bucket")
@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"outputFormat": "ION"}, "Amazon Ion, which is not read; export the table anew"),
        ({"exportType": "INCREMENTAL_EXPORT"}, "its rows are puts and deletes; import it with"),
        ({"itemCount": 5}, "5 items in manifest-summary.json, 4 in manifest-files.json"),
        ({"itemCount": "many"}, "manifest-summary.json is no manifest of a DynamoDB export"),
        ({"outputFormat": "CSV"}, "manifest-summary.json is no manifest of a DynamoDB export"),
    ],
    ids=str,
)
def test_what_is_no_full_export_in_dynamodb_json_is_refused_by_name(driver, given, reason):
    put_export(**given)

    _, job = brought(driver)

    assert job.status is Status.FAILED
    assert reason in job.error
    assert not Files(driver.service.stack.UploadBucket).exists(f"direct/{job.id}")


@pytest.mark.usefixtures("bucket")
def test_a_file_that_is_not_the_one_of_the_manifest_is_refused_before_a_row_is_written(driver):
    put_export()
    put("data/part2.json.gz", gzip.compress(b'{"Item":{"name":{"S":"other"}}}'))

    table, job = brought(driver)

    assert "part2.json.gz: its MD5 is not that of the manifest" in job.error
    assert driver.names_and_amounts(table) == []


@pytest.mark.usefixtures("bucket")
def test_a_file_that_is_missing_is_named(driver):
    put_export()
    boto3.client("s3").delete_object(Bucket="theirs", Key=f"{FOLDER}data/part0.json.gz")

    _, job = brought(driver)

    assert "data/part0.json.gz: no such object" in job.error


@pytest.mark.usefixtures("bucket")
def test_fewer_rows_than_the_manifest_says_fail_the_job(driver):
    put_export(counts=[2, 0, 3], itemCount=5)

    table, job = brought(driver)

    assert job.status is Status.FAILED
    assert "the export's manifest says 5 items, and its files have 4" in job.error
    assert job.counts == Counts(4, 3, 1)
    assert len(driver.names_and_amounts(table)) == 3


def test_a_bucket_that_no_parameter_names_is_not_read(driver):
    _, job = brought(driver)

    assert "the bucket theirs is not one that files may come from" in job.error


@pytest.mark.usefixtures("bucket")
def test_a_worker_that_dies_once_the_file_is_there_leaves_the_count_to_the_next(driver):
    put_export(counts=[2, 0, 3], itemCount=5)
    job_id = driver.start_fetched(driver.table(), URL)

    with dying(1, only="HeadObject") as death:
        driver.deliver(job_id, driver.take(job_id))
    driver.recover(job_id)

    assert death.happened
    assert "says 5 items" in driver.job(job_id).error


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"file_url": URL, "file_name": "goods.csv"}, "has its name from its manifest"),
        ({"file_url": "s3:///manifest-summary.json"}, "unsupported url scheme s3"),
        ({"file_url": "s3://theirs/a.json"}, "s3://bucket/…/manifest-summary.json"),
    ],
)
def test_what_names_no_manifest_is_refused_at_once(driver, body, text):
    answer = driver.service.call("POST", f"/oserve/v1/table/{driver.table()}/import/", body)

    assert answer.status == 400
    assert text in answer.json()["error_msg"]


@pytest.mark.usefixtures("bucket")
@pytest.mark.parametrize("code", ["SlowDown", "InternalError", "ExpiredToken"])
@pytest.mark.parametrize("after", [0, 1, 3])
def test_an_outage_of_s3_does_not_fail_the_job(driver, code, after):
    put_export()
    table = driver.table()
    job_id = driver.start_fetched(table, URL)

    with failing("GetObject", code, times=1, after=after):
        driver.deliver(job_id, driver.take(job_id))
    driver.recover(job_id)

    assert driver.job(job_id).counts == Counts(4, 3, 1)
    assert driver.names_and_amounts(table) == [("eggs", 2), ("milk", 1), ("rice", 3)]


@pytest.mark.usefixtures("bucket")
def test_a_manifest_of_too_many_files_is_refused(driver, monkeypatch):
    monkeypatch.setattr("ferry.fetch.native_export._MOST_FILES", 2)
    put_export()

    _, job = brought(driver)

    assert job.status is Status.FAILED
    assert "manifest-files.json names more than 2 files" in job.error
