"""Rows are counted as they are, though each answer to a write is lost once."""

import pytest

from ferry.aws.signed_client.replies import HttpReply
from ferry.jobs.job import Counts, Status
from tests.integration.test_matching import FIELDS, INDEXES, ROWS, THE_FILE
from tests.transport import ClientTransport

WRITES = ("x-amz-target:DynamoDB_20120810.PutItem", "x-amz-target:DynamoDB_20120810.UpdateItem",
          "x-amz-target:DynamoDB_20120810.DeleteItem")  # fmt: skip


@pytest.fixture
def lost(monkeypatch):
    """Answer the first try of each write of a row by an error, after it has been done."""
    send = ClientTransport.send
    seen: set[bytes] = set()

    def sent(transport, tag, body, headers):
        send(transport, tag, body, headers)
        if body not in seen and any(line.startswith(WRITES) for line in headers):
            seen.add(body)
            broken = b'{"__type": "InternalServerError", "message": "lost"}'
            transport._answers[-1] = tag, HttpReply(500, [], broken)

    monkeypatch.setattr(ClientTransport, "send", sent)
    return seen


@pytest.mark.parametrize("mode", ["upsert", "mirror&most_deleted=1"])
def test_what_was_written_is_counted_and_undone(driver, small_steps, request, mode):
    table = driver.service.create_table("goods", FIELDS, shards=2, indexes=INDEXES)
    driver.service.call("POST", f"/oserve/v1/table/{table}/record/", ROWS)
    query = f"match=sku&mode={mode}&keep_before=1"
    whole = driver.start_import(table, THE_FILE, query=query)
    driver.service.run_jobs()
    expected = driver.job(whole).counts, driver.job(whole).result.effects
    undone = _undo(driver, table, whole)
    assert driver.job(undone).counts.failed == 0
    assert expected[0].succeeded

    lost = request.getfixturevalue("lost")
    job_id = driver.start_import(table, THE_FILE, query=query)
    driver.service.run_jobs()
    job = driver.job(job_id)
    assert (job.status, (job.counts, job.result.effects)) == (Status.FINISHED, expected)
    undone = driver.job(_undo(driver, table, job_id))

    assert lost
    total = undone.counts.total
    assert (undone.status, undone.counts) == (Status.FINISHED, Counts(total, total, 0))


def _undo(driver, table, job_id):
    answer = driver.service.call("POST", f"/oserve/v1/table/{table}/import/{job_id}/undo/")
    assert answer.status == 201, answer
    driver.service.run_jobs()
    return answer.headers["X-Job-Id"]
