"""Dead letters as the admin command shows them, moves them back and drops them."""

import json

import boto3
import pytest

from admin import dead_letters
from admin.__main__ import main
from tests.integration.driver import CSV_OF_TWO


@pytest.fixture
def admin(driver, monkeypatch, capsys):
    """Run a command against the service; return its facts, or what it says if it must fail."""
    stack = driver.service.stack
    monkeypatch.setattr(
        "admin.__main__.local_outputs", lambda _: {"ControlTable": stack.ControlTable}
    )
    monkeypatch.setattr(dead_letters, "LOCAL_STACK", "test")
    monkeypatch.setattr(dead_letters, "WAIT_S", 0)

    def admin(*arguments, code=0):
        capsys.readouterr()
        assert main([*arguments, "--json"]) == code
        said = capsys.readouterr()
        return said.err if code else json.loads(said.out)

    return admin


def _send(driver, queue, body, **order):
    url = getattr(driver.service.stack, queue)
    boto3.client("sqs").send_message(QueueUrl=url, MessageBody=body, **order)


def test_each_dead_letter_is_shown_with_its_job_and_stays(driver, admin):
    ended = driver.start_import(driver.table(), CSV_OF_TWO)
    driver.service.run_jobs()
    _send(driver, "ImportDeadLetters", json.dumps({"job_id": ended}))
    _send(driver, "ExportDeadLetters", '{"job_id": "gone"}')
    _send(driver, "UploadDeadLetters", '{"Records": []}')
    expected = [
        ("ExportDeadLetters", "gone", "NotFound"),
        ("ImportDeadLetters", ended, "finished"),
        ("UploadDeadLetters", None, "names no job"),
    ]

    for _ in range(2):
        rows = admin("dead-letters")
        assert [(row["queue"], row["job"], row["status"]) for row in rows] == expected


def test_a_dead_letter_that_is_moved_back_is_worked_off(driver, admin):
    job_id = driver.start_import(driver.table(), CSV_OF_TWO)
    (record,) = driver.take(job_id)
    _send(driver, "ImportDeadLetters", record["body"])

    assert admin("move-back", "ImportDeadLetters") == {"queue": "ImportDeadLetters", "moved": 1}

    driver.service.run_jobs()
    assert driver.job(job_id).counts.succeeded == 2
    assert admin("dead-letters") == []


def test_one_of_a_queue_in_order_keeps_its_group(driver, admin):
    _send(
        driver,
        "ConfigDeadLetters",
        '{"job_id": "c"}',
        MessageGroupId="an app",
        MessageDeduplicationId="1",
    )

    assert admin("move-back", "ConfigDeadLetters")["moved"] == 1

    (record,) = driver.service.messages("ConfigQueue")
    assert record["body"] == '{"job_id": "c"}'
    assert record["attributes"]["MessageGroupId"] == "an app"


def test_dead_letters_are_dropped_of_one_queue_alone(driver, admin):
    for queue in ("ExportDeadLetters", "ImportDeadLetters"):
        _send(driver, queue, '{"job_id": "gone"}')

    admin("drop-dead-letters", "ExportDeadLetters")

    assert [row["queue"] for row in admin("dead-letters")] == ["ImportDeadLetters"]


def test_what_is_no_dead_letter_queue_is_refused_with_those_that_are(admin):
    said = admin("move-back", "ImportQueue", code=1)

    assert "ImportQueue is no dead-letter queue: name" in said
    assert "ExportDeadLetters" in said
