"""The list of a configuration's imports, and what each changed or would change."""

import hashlib
import json

import pytest

from ferry.configurations.sending import DIRECT_TEXT_BYTES
from tests.service import new_app

DEMO = 'CREATE STREAM demo () WITH (DATASOURCE="users")'
OTHER = 'CREATE STREAM demo () WITH (DATASOURCE="others")'
JSON = {"accept": "application/json"}


def _tasks(engine, query=""):
    return engine.call("GET", f"/async/task{query}").json()


def _difference(engine, task):
    return engine.call("GET", f"/data/diff?task={task}", headers=JSON)


def test_imports_are_listed_with_how_they_ended_the_newest_first(engine):
    applied = engine.load({"streams": {"demo": DEMO, "bad": "CREATE"}}).headers["X-Job-Id"]
    dry = engine.load({"streams": {"demo": OTHER}}, "?partial=1&dry_run=1").headers["X-Job-Id"]
    broken = engine.load("{").headers["X-Job-Id"]
    waiting = engine.start({"streams": {}})

    tasks = {task["id"]: task for task in _tasks(engine)["tasks"]}

    assert list(tasks) == [waiting, broken, dry, applied]
    assert [task["status"] for task in tasks.values()] == ["register", "error", "finish", "error"]
    assert tasks[broken]["message"]
    assert tasks[dry].items() >= {"mode": "partial", "dry_run": True, "revision": None}.items()
    assert tasks[applied].items() >= {"revision": 1, "total": 2, "failed": 1}.items()


def test_the_list_has_pages_and_is_the_apps_own(engine):
    ids = [engine.load({"streams": {"demo": DEMO}}).headers["X-Job-Id"] for _ in range(3)]

    first = _tasks(engine, "?limit=2")
    rest = _tasks(engine, f"?limit=2&cursor={first['next']}")

    assert [task["id"] for task in first["tasks"] + rest["tasks"]] == ids[::-1]
    assert rest["next"] is None
    for wrong in ("?limit=0", "?limit=101", "?limit=x", "?cursor=x"):
        assert engine.call("GET", f"/async/task{wrong}").status == 400
    assert _tasks(engine, f"?cursor={ids[0]}")["tasks"] == []
    other = new_app(engine.service.stack, "B", "owner@b.test")
    assert engine.call("GET", "/async/task", token=other).json()["tasks"] == []
    assert engine.call("GET", f"/data/diff?task={ids[0]}", token=other).status == 400


def test_a_dry_run_tells_what_its_import_would_change(engine):
    engine.load({"streams": {"demo": DEMO}})
    secret = json.dumps({"s": {"password": "open sesame", "qos": 1}})

    document = {"streams": {"demo": OTHER, "bad": "CREATE"}, "sinkConfig": {"mqtt": secret}}
    dry = engine.load(document, "?partial=1&dry_run=1").headers["X-Job-Id"]

    foreseen = _difference(engine, dry)
    # What would fail would not change anything.
    assert foreseen.json()["streams"] == {
        "demo": {"change": "changed", "before": DEMO, "after": OTHER}
    }
    assert b"******" in foreseen.body
    assert b"sesame" not in foreseen.body
    assert b"~ demo" in engine.call("GET", f"/data/diff?task={dry}").body
    assert len(engine.revisions()) == 1

    applied = engine.load(document, "?partial=1").headers["X-Job-Id"]
    assert _difference(engine, applied).json() == foreseen.json()
    assert _difference(engine, engine.start(document)).status == 400


def test_a_difference_that_no_answer_can_hold_says_so(engine):
    large = {"sinkConfig": {"mqtt": json.dumps({"k": {"x": "x" * DIRECT_TEXT_BYTES}})}}

    dry = engine.load(large, "?partial=1&dry_run=1").headers["X-Job-Id"]

    answer = _difference(engine, dry)
    assert (answer.status, b"more than an answer can hold" in answer.body) == (400, True)


def test_a_document_that_is_not_the_one_compared_is_not_imported(engine):
    compared, later = (json.dumps({"streams": {"demo": text}}) for text in (DEMO, OTHER))
    sha256 = hashlib.sha256(compared.encode()).hexdigest()

    dry = engine.load(compared, "?dry_run=1")
    assert dry.headers["X-Document-Sha256"] == sha256
    task = engine.call("GET", f"/async/task/{dry.headers['X-Job-Id']}")
    assert task.headers["X-Document-Sha256"] == sha256

    refused = engine.load(later, f"?sha256={sha256}")
    assert (refused.status, b"not the one that was asked for" in refused.body) == (400, True)
    assert engine.revisions() == []
    assert engine.load(compared, f"?sha256={sha256}").status == 200


@pytest.mark.parametrize("sha256", ["x", "A" * 64, "a" * 63])
def test_a_checksum_that_is_none_is_refused(engine, sha256):
    answer = engine.load({"streams": {}}, f"?sha256={sha256}")

    assert (answer.status, b"sha256" in answer.body) == (400, True)
