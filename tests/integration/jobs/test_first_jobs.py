"""This release runs jobs that an earlier one stored."""

from pathlib import Path

import boto3
import pytest
import yaml
from boto3.dynamodb.types import TypeSerializer

from ferry.aws.bucket import Files
from ferry.exports.export_job import ExportCheckpoint, ExportRequest
from ferry.files.position import Position
from ferry.imports.import_job import ImportCheckpoint, ImportRequest
from ferry.jobs.job import Counts, MailState, Status
from tests.integration.driver import CSV_OF_TWO as CSV

JOBS = yaml.safe_load(Path(__file__).with_name("first_jobs.yaml").read_text("utf-8"))


@pytest.fixture
def store(driver):
    """Store a job as the first release did; its table has two rows, its file too."""
    table = driver.table([{"name": "milk", "amount": 1}, {"name": "eggs", "amount": 2}])
    user = driver.schema(table).created_by

    def store(name):
        job = JOBS[name] | {"app_id": driver.app_id, "table_id": table, "user_id": user}
        item = {"pk": f"JOB#{job['id']}", "sk": "JOB", "open": "1", "due_at": job["due_at"]}
        encoded = TypeSerializer().serialize(item | {"job": job})["M"]
        control = driver.service.stack.ControlTable
        boto3.client("dynamodb").put_item(TableName=control, Item=encoded)
        Files(driver.service.stack.UploadBucket).put(f"direct/{job['id']}", CSV)
        return job["id"]

    return store


@pytest.mark.parametrize(
    ("name", "request_", "checkpoint"),
    [
        ("waiting import", ImportRequest, None),
        ("running import", ImportRequest, ImportCheckpoint(Position(21, 3, 1), Counts(1, 1, 0))),
        ("waiting export", ExportRequest(file_type="csv", start=1), None),
        (
            "running export",
            ExportRequest(file_type="json"),
            ExportCheckpoint(
                "upload-1", ("etag-1",), "0176000000068e77f000000000000000000", 1, 5_242_880
            ),
        ),
        ("ended export", ExportRequest(file_type="csv"), None),
    ],
)
def test_it_is_read_with_what_is_new_as_if_nobody_had_asked_for_it(
    driver, store, name, request_, checkpoint
):
    job = driver.job(store(name))

    if request_ is ImportRequest:
        request_ = ImportRequest(
            file_type="csv", file_name="goods.csv", file_key=f"direct/{job.id}"
        )
    assert (job.request, job.checkpoint) == (request_, checkpoint)


# The running export's upload is nowhere but in that job.
@pytest.mark.parametrize("name", sorted(JOBS.keys() - {"running export"}))
def test_it_is_brought_to_its_end(driver, store, name):
    job_id = store(name)

    driver.wait(121)
    driver.sweep()
    driver.service.run_jobs()
    driver.recover(job_id)

    job = driver.job(job_id)
    assert (job.status, job.error, job.mail) == (Status.FINISHED, "", MailState.SENT)
    assert job.counts == Counts(2, 2, 0)
    assert len(driver.mails()) == 1
    shown = driver.service.call("GET", f"/oserve/v1/table/{job.table_id}/{job.operation}/{job_id}/")
    assert shown.json()["status"] == "finish"
    rows = {"waiting import": 4, "running import": 3}.get(name, 2)
    assert len(driver.rows(job.table_id)) == rows
