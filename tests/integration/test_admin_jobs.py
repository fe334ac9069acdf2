"""The admin command shows jobs, local and deployed alike."""

import io
import json
import time

import boto3
import pytest

from admin import job_history
from admin.__main__ import main
from ferry.jobs.run import LEASE_S
from ferry.telemetry import logger
from tests.faults import dying, failing
from tests.integration.driver import CSV_OF_TWO

GROUP = "functions"


@pytest.fixture
def admin(driver, monkeypatch, capsys: pytest.CaptureFixture[str]):
    """Run a command against the service; return what it prints, and its facts as read from JSON."""
    outputs = {"ControlTable": driver.service.stack.ControlTable, "LogGroup": GROUP}
    monkeypatch.setattr("admin.__main__.local_outputs", lambda _: outputs)
    monkeypatch.setattr("admin.job_commands.time", driver.clock)

    def run(*arguments: str, code: int = 0):
        said = []
        for more in ([], ["--json"]):
            capsys.readouterr()  # what functions have printed by now
            assert main([*arguments, *more]) == code
            said.append(capsys.readouterr())
        return said[0].out or said[0].err, json.loads(said[1].out or "null")

    return run


@pytest.fixture
def written(monkeypatch):
    """Return the functions' log lines; the logger keeps the stream that it was made with."""
    lines = io.StringIO()
    monkeypatch.setattr(logger.registered_handler, "stream", lines)
    return lines


def test_it_tells_the_life_of_a_job_from_its_acceptance_to_its_mail(driver, admin):
    job_id = driver.start_import(driver.table(), CSV_OF_TWO)
    text, facts = admin("job", job_id)
    assert "Accepted: import of table goods1 (1), for user 1 of app" in text
    assert "Waits for a worker" in text
    assert "The sweeper checks it, unless it has moved on" in text
    assert (facts["id"], facts["status"]) == (job_id, "pending")

    driver.deliver(job_id, driver.take(job_id))
    driver.wait(5)
    text, _ = admin("job", job_id)
    assert "Finished after 0 seconds: 2 rows, 2 succeeded, 0 failed" in text
    assert "Its mail is due" in text

    driver.service.run_jobs()
    text, facts = admin("job", job_id)
    assert "Its mail was sent" in text
    assert "The sweeper" not in text
    assert "DynamoDB drops it" in text
    moments = [sentence["at"] for sentence in facts["story"]]
    assert moments == sorted(moments)


def test_it_tells_who_holds_a_job_and_that_nobody_does(driver, admin):
    job_id = driver.start_import(driver.table(), CSV_OF_TWO)
    with dying(5):
        driver.service.run_jobs()

    text, _ = admin("job", job_id)
    assert f"holds it for {LEASE_S} seconds more" in text
    assert "Attempt 1 since it last came further" in text
    driver.wait(LEASE_S + 10)
    assert "has given no sign of life for 100 seconds: it is gone" in admin("job", job_id)[0]


def test_it_says_why_a_job_failed_and_why_its_mail_was_not_sent(driver, admin):
    job_id = driver.start_import(driver.table(), CSV_OF_TWO)
    driver.drop_upload(job_id)
    with failing("SendEmail", "MessageRejected"):
        driver.service.run_jobs()

    text, _ = admin("job", job_id)
    assert "Failed after" in text
    assert "No mail was sent" in text
    assert "refused by a test" in text


def test_it_lists_what_is_open_the_longest_overdue_first(driver, admin):
    table = driver.table()
    waits = driver.start_import(table, CSV_OF_TWO)
    driver.wait(5)
    ends = driver.start_import(table, CSV_OF_TWO)
    driver.deliver(ends, [m for m in driver.service.messages("ImportQueue") if ends in m["body"]])
    key = {"pk": {"S": "JOB#damaged"}, "sk": {"S": "JOB"}}
    boto3.client("dynamodb").put_item(
        TableName=driver.service.stack.ControlTable,
        Item={**key, "open": {"S": "1"}, "due_at": {"N": "1"}},
    )

    text, rows = admin("jobs", "--open")

    assert [row["job"] for row in rows] == ["damaged", waits, ends]
    assert [row["status"] for row in rows] == [None, "pending", "finished, mail due"]
    assert "unreadable by this release" in text


def test_unknown_jobs_and_lists_of_ended_ones_are_refused(admin):
    assert "does not exist" in admin("job", "0" * 32, code=1)[0]
    assert "add --open" in admin("jobs", code=1)[0]


def test_it_shows_what_the_functions_wrote_of_a_job_and_of_no_other(driver, admin, written):
    driver.clock.now = time.time()  # logs take nothing that is older than two weeks
    logs = boto3.client("logs")
    logs.create_log_group(logGroupName=GROUP)
    logs.create_log_stream(logGroupName=GROUP, logStreamName="all")
    table = driver.table()
    job_id, other = (driver.start_import(table, CSV_OF_TWO) for _ in range(2))
    with failing("BatchWriteItem", times=1):
        driver.service.deliver("ImportQueue", driver.service.messages("ImportQueue"))
    lines = written.getvalue().splitlines()
    logs.put_log_events(
        logGroupName=GROUP,
        logStreamName="all",
        logEvents=[
            {"timestamp": int(driver.clock.now * 1000) - 1000 + n, "message": line}
            for n, line in enumerate([*lines, "START RequestId: 1", '["no object"]'])
        ],
    )

    text, facts = admin("history", job_id)

    assert {line["job_id"] for line in facts} == {job_id}
    said = [line["message"] for line in facts]
    assert said[:2] == ["job accepted", "job taken"]
    assert said[-1] in {"job left", "message failed"}
    assert len(text.splitlines()) == len(facts)
    assert other not in text
    assert "No log line names" in admin("history", "0" * 32)[0]


def test_every_line_that_a_worker_writes_while_it_has_a_job_names_it(driver, written):
    job_id = driver.start_import(driver.table(), CSV_OF_TWO)
    with failing("GetItem", after=1):
        driver.deliver(job_id, driver.take(job_id))

    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    assert "message failed" in {line["message"] for line in lines}
    assert {line["job_id"] for line in lines} == {job_id}


def test_only_what_came_after_a_jobs_acceptance_is_searched():
    assert job_history.began("0199c7a4c00011223344556677889900") == 0x0199C7A4C000
    assert job_history.began("not an id") == 0
