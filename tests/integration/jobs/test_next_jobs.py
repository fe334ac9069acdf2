"""Jobs that a later release stored: this one runs those that it can, and leaves the others."""

import json
from pathlib import Path

import boto3
import pytest
import yaml
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from ferry.aws.bucket import Files
from ferry.jobs.job import Counts, MailState, Status
from tests.integration.driver import CSV_OF_TWO as CSV

HERE = Path(__file__).parent
FIRST = yaml.safe_load((HERE / "first_jobs.yaml").read_text("utf-8"))["waiting import"]
JOBS = yaml.safe_load((HERE / "next_jobs.yaml").read_text("utf-8"))
READABLE = ["readable export", "readable import"]
UNREADABLE = sorted(JOBS.keys() - {*READABLE})
STARTED_HERE = sorted({*UNREADABLE} - {"unknown operation"})
"""Those whose message comes to a worker of this release."""

GARBAGE = [{}, {"job": "x"}, {"job": {"status": "resting"}}]
DAY_S = 86_400


@pytest.fixture
def table(driver):
    return driver.table([{"name": "milk", "amount": 1}, {"name": "eggs", "amount": 2}])


@pytest.fixture
def store(driver, table):
    """Store a job as the next release would; its file has two rows."""
    user = driver.schema(table).created_by

    def store(name):
        job = FIRST | JOBS[name]
        job |= {"app_id": driver.app_id, "table_id": table, "user_id": user}
        if job["operation"] == "import":
            job["request"] = FIRST["request"] | {"file_key": f"direct/{job['id']}"}
        scope = f"TABLE#{table}#{job['operation']}#{user}"
        _put(driver, job["id"], job["due_at"], {"job": job, "scope": scope, "shard": 3})
        Files(driver.service.stack.UploadBucket).put(f"direct/{job['id']}", CSV)
        return job["id"]

    return store


def _put(driver, job_id, due_at, members):
    item = {"pk": f"JOB#{job_id}", "sk": "JOB", "open": "1", "due_at": due_at, **members}
    boto3.client("dynamodb").put_item(
        TableName=driver.service.stack.ControlTable, Item=TypeSerializer().serialize(item)["M"]
    )


def _stored(driver, job_id):
    key = {"pk": {"S": f"JOB#{job_id}"}, "sk": {"S": "JOB"}}
    got = boto3.client("dynamodb").get_item(TableName=driver.service.stack.ControlTable, Key=key)
    return TypeDeserializer().deserialize({"M": got["Item"]})


def _sweep(driver, capsys):
    """Sweep once, deliver what waits, and return what was counted of unreadable jobs."""
    driver.wait(600)
    capsys.readouterr()
    driver.sweep()
    driver.service.run_jobs()
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return sum(line["JobsUnreadable"][0] for line in lines if "JobsUnreadable" in line)


def _path(table, job_id="", operation="import"):
    return f"/oserve/v1.5/table/{table}/{operation}/{job_id}{'/' if job_id else ''}"


@pytest.mark.parametrize("name", READABLE)
def test_what_this_release_does_not_know_of_a_job_survives_its_work(driver, store, name):
    job_id = store(name)

    driver.recover(job_id)

    job, item = driver.job(job_id), _stored(driver, job_id)
    assert (job.status, job.mail, job.counts) == (
        Status.FINISHED, MailState.SENT, Counts(2, 2, 0),
    )  # fmt: skip
    assert item["job"]["labels"] == ["nightly"]
    assert item["job"]["warnings"] == {"late": True}
    assert item["job"]["counts"]["merged"] == 4
    assert item["shard"] == 3


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_it_cannot_carry_out_is_left_untouched_and_counted(driver, store, capsys, name):
    job_id = store(name)
    before = _stored(driver, job_id)

    counted = [_sweep(driver, capsys) for _ in range(5)]

    assert all(counted)
    after = _stored(driver, job_id)
    assert after.pop("due_at") > before.pop("due_at")
    assert after == before
    assert driver.mails() == []


@pytest.mark.parametrize("name", STARTED_HERE)
def test_it_is_sent_again_for_a_worker_that_knows_it(driver, store, name):
    job_id = store(name)
    queue = "ExportQueue" if JOBS[name].get("operation") == "export" else "ImportQueue"

    driver.wait(121)
    driver.sweep()

    assert driver.waiting(queue) == [job_id]


@pytest.mark.parametrize("name", ["later version", "unknown operation"])
def test_what_no_later_release_comes_for_within_a_day_fails(driver, store, capsys, name):
    job_id = store(name)

    driver.wait(DAY_S + 61)
    _sweep(driver, capsys)

    job = _stored(driver, job_id)["job"]
    assert (job["status"], job["mail"]) == ("failed", "due")
    assert "newer release" in job["error"]
    driver.wait(DAY_S + 61)
    driver.sweep()
    assert _stored(driver, job_id)["job"]["mail"] == "refused"
    assert "open" not in _stored(driver, job_id)


@pytest.mark.parametrize("garbage", GARBAGE)
def test_one_that_nobody_can_read_stops_nobody_else(driver, store, table, capsys, garbage):
    _put(driver, "0" * 32, 1, garbage | {"scope": f"TABLE#{table}#import#1"})
    job_id = store("readable import")

    assert _sweep(driver, capsys) == 1

    assert driver.job(job_id).status is Status.FINISHED
    assert _sweep(driver, capsys) == 1
    listed = driver.service.call("GET", _path(table)).json()
    assert [job["job_id"] for job in listed["objects"]] == [job_id]
    assert driver.service.call("GET", _path(table, job_id)).status == 200
    assert driver.service.call("DELETE", _path(table, job_id)).status == 204
    for method in ("GET", "DELETE"):
        refused = driver.service.call(method, _path(table, "0" * 32))
        assert (refused.status, refused.json()["status"]) == (409, "error")


@pytest.mark.parametrize("name", UNREADABLE)
def test_its_creator_is_shown_as_much_as_can_be_read_and_can_end_it(driver, store, table, name):
    job_id = store(name)
    operation = JOBS[name].get("operation", "import")
    if operation == "merge":
        assert driver.service.call("GET", _path(table, job_id)).status == 404
        return

    shown = driver.service.call("GET", _path(table, job_id, operation)).json()
    (listed,) = driver.service.call("GET", _path(table, operation=operation)).json()["objects"]
    ended = driver.service.call("DELETE", _path(table, job_id, operation))

    assert shown == listed
    assert shown["job_id"] == job_id
    assert shown["status"] == ("ready" if JOBS[name].get("status") else "pending")
    assert shown.keys() >= {"file_type", "file_name", "download_url", "created_at", "progress"}
    assert name == "later version" or "another release" in shown["error_msg"]
    assert ended.status == 204
    assert _stored(driver, job_id)["cancel"] is True
