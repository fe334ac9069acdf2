"""Imports whose worker is killed, whose message comes twice, whose answer gets lost."""

import json
from functools import partial
from itertools import count

import pytest

from ferry.aws.bucket import Files
from ferry.jobs.job import Status
from tests.faults import dying, failing, meanwhile
from tests.integration.configurations.test_importing import DEMO, DOCUMENT, RULE
from tests.service import handler

VERSIONED = 'CREATE STREAM demo () WITH (DATASOURCE="users", FORMAT="JSON", VERSION="2")'
UPLOAD = '{"name":"a.txt","content":"text"}'


def test_an_import_killed_at_a_call_is_applied_once(engine, clock):
    """A version can be imported once: a second time it would be refused."""
    at = -4
    while True:
        at += 5  # `make faults` kills at any call
        engine.load({"streams": {"demo": DEMO}})
        before = engine.revisions()[0]["number"]
        document = {"streams": {f"n{at}": VERSIONED.replace("demo", f"n{at}")}}
        document |= {"uploads": {"a.txt": UPLOAD}}
        task = engine.start(document, "?partial=1")
        records = engine.service.messages("ConfigQueue")
        with dying(at) as death:
            assert engine.service.deliver("ConfigQueue", records) == []
        if death.happened:
            clock.now += 5400
            assert engine.service.deliver("ConfigQueue", records) == []
        _settle(engine, clock, task)

        assert engine.job(task).status is Status.FINISHED, death.calls
        assert engine.task(task)["status"] == "finish", death.calls
        assert engine.revisions()[0]["number"] == before + 1
        assert engine.call("GET", "/config/uploads").json() == ["/a.txt"]
        assert len(engine.service.mails()) == 2, death.calls
        if not death.happened:
            break
    assert "TransactWriteItems" in death.calls


def _settle(engine, clock, task):
    for _ in range(10):
        if not engine.job(task).open:
            engine.service.run_jobs()
            return
        clock.now += 91
        handler("sweep_jobs")({}, engine.service.context)
        engine.service.run_jobs()
    raise AssertionError(engine.job(task))


def test_a_message_that_comes_twice_is_applied_once(engine):
    task = engine.start(DOCUMENT)
    records = engine.service.messages("ConfigQueue")

    for _ in range(2):
        assert engine.service.deliver("ConfigQueue", records) == []

    assert len(engine.revisions()) == 1
    assert engine.task(task)["status"] == "finish"


def test_an_import_cancelled_as_it_is_about_to_commit_changes_nothing(engine):
    task = engine.start(DOCUMENT)
    records = engine.service.messages("ConfigQueue")

    with meanwhile("TransactWriteItems", lambda: engine.call("POST", f"/async/task/{task}/cancel")):
        engine.service.deliver("ConfigQueue", records)

    assert engine.task(task)["status"] == "cancel"
    assert engine.revisions() == []


def test_a_rollback_between_reading_and_committing_is_not_lost(engine):
    engine.load(DOCUMENT)
    engine.load({"streams": {}})
    engine.start({"rules": {"added": RULE.replace("rule1", "added")}}, "?partial=1")
    records = engine.service.messages("ConfigQueue")

    with meanwhile(
        "TransactWriteItems", lambda: engine.call("POST", "/data/rollback", {"revision": 1})
    ):
        engine.service.deliver("ConfigQueue", records)

    assert engine.export()["rules"].keys() == {"rule1", "added"}
    assert [r["cause"] for r in engine.revisions()] == ["import", "rollback", "import", "import"]


def test_an_outage_is_waited_out_and_changes_nothing(engine, monkeypatch):
    def deliver_again(_):
        records = engine.service.messages("ConfigQueue") or seen
        seen[:] = records
        engine.service.deliver("ConfigQueue", records)

    seen: list[object] = []
    monkeypatch.setattr("ferry.configurations.waiting.sleep", deliver_again)
    monkeypatch.setattr("ferry.configurations.waiting.monotonic", partial(next, count()))

    with failing("PutObject", after=1):
        answer = engine.load(DOCUMENT)

    assert answer.status == 202
    assert engine.revisions() == []


def test_uploads_of_a_document_are_there_for_file_uris(engine):
    content = json.dumps({"streams": {"demo": DEMO}})
    engine.load({"uploads": {"a.json": json.dumps({"name": "a.json", "content": content})}})

    assert engine.load_file("file:///a.json").status == 200
    assert engine.export()["streams"] == {"demo": DEMO}


@pytest.mark.parametrize(
    ("call", "nth"),
    # The layout looks at the file first, and writes it after the outcome and the document.
    [("HeadObject", 1), ("PutObject", 3)],
)
@pytest.mark.parametrize("before", ["", "oldest"])
def test_a_late_layout_leaves_a_newer_upload_alone(engine, call, nth, before):
    def upload(content):
        body = {"name": "a.txt", "content": content}
        assert engine.call("POST", "/config/uploads", body).status == 201

    if before:
        upload(before)
    engine.start({"uploads": {"a.txt": UPLOAD}})

    with meanwhile(call, lambda: upload("newer"), nth=nth):
        engine.service.run_jobs()

    assert json.loads(engine.export()["uploads"]["a.txt"])["content"] == "newer"
    assert _stored(engine, "a.txt") == b"newer"


def test_a_late_layout_does_not_bring_back_a_deleted_upload(engine):
    engine.call("POST", "/config/uploads", {"name": "a.txt", "content": "older"})
    engine.start({"uploads": {"a.txt": UPLOAD}})

    def delete():
        assert engine.call("DELETE", "/config/uploads/a.txt").status == 200

    with meanwhile("PutObject", delete, nth=3):
        engine.service.run_jobs()

    assert engine.call("GET", "/config/uploads").json() == []


def _stored(engine, name):
    files = Files(engine.service.stack.ConfigBucket)
    return b"".join(files.blocks(f"configs/{engine.app_id}/uploads/{name}"))
