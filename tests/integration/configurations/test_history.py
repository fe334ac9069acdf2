"""Revisions, differences, rollbacks; large exports; whom the routes are open to."""

import json

import boto3
import pytest

from ferry.config import settings
from tests.integration.configurations.test_importing import DEMO, DOCUMENT, RULE

CHANGED = RULE.replace("*", "a")


def test_history_difference_and_rollback(engine):
    engine.load(DOCUMENT)
    exported = engine.call("GET", "/data/export").body
    engine.load({"rules": {"rule1": CHANGED}}, "?partial=1")

    text = engine.call("GET", "/data/diff?from=1&to=2")
    data = engine.call("GET", "/data/diff", headers={"accept": "application/json"})
    back = engine.call("POST", "/data/rollback", {"revision": 1})

    assert text.body.decode() == f"rules\n  ~ rule1\n      - {RULE}\n      + {CHANGED}\n"
    assert data.json() == {
        "rules": {"rule1": {"change": "changed", "before": RULE, "after": CHANGED}}
    }
    assert (back.status, back.json()["number"], back.json()["of"]) == (200, 3, 1)
    assert engine.call("GET", "/data/export").body == exported
    assert engine.call("GET", "/data/revisions/1").body == exported
    history = engine.call("GET", "/data/revisions").json()
    assert [r["cause"] for r in history["revisions"]] == ["rollback", "import", "import"]
    assert history["current"] == 3


def test_a_large_export_is_sent_to_s3(engine):
    text = json.dumps({"name": "big", "content": "x" * 4_500_000})
    engine.store("big.json", json.dumps({"uploads": {"big": text}}).encode())
    assert engine.load_file("file:///big.json").status == 200

    stack = engine.service.stack
    for path in ("/data/export", "/data/revisions/1"):
        answer = engine.call("GET", path)
        assert answer.status == 302
        assert stack.ResultsBucket in answer.headers["Location"]
    found = boto3.client("s3").list_objects_v2(Bucket=stack.ResultsBucket, Prefix="configs/")
    assert [each["Size"] > 4_500_000 for each in found["Contents"]] == [True]


def test_the_structured_form_goes_out_and_in(engine):
    engine.load({**DOCUMENT, "sourceConfig": {"mqtt": '{"td":{"qos":1}}'}})
    yaml = engine.call("GET", "/v2/data/export")
    engine.load({})

    answer = engine.call("POST", "/v2/data/import", {"content": yaml.body.decode()})

    assert yaml.headers["Content-Type"] == "application/octet-stream"
    assert (answer.status, answer.body) == (200, b"success")
    assert engine.export()["sourceConfig"] == {"mqtt": '{"td":{"qos":1}}'}
    assert engine.export()["streams"] == {"demo": DEMO}


def test_the_structured_form_stops_at_its_first_error(engine):
    answer = engine.call("POST", "/v2/data/import", {"content": "streams: {a: {sql: x}, b: 1}"})

    assert answer.status == 400
    assert engine.revisions() == []


def _open(monkeypatch, url):
    monkeypatch.setenv("CONFIG_AUTH", "none")
    monkeypatch.setenv("PUBLIC_URL", url)
    settings.cache_clear()


def test_without_tokens_there_is_one_shared_app(engine, monkeypatch):
    engine.load(DOCUMENT)
    engine.service.run_jobs()
    engine.service.mails()
    _open(monkeypatch, "http://127.0.0.1:8080")

    here = {"host": "127.0.0.1:8080"}
    assert engine.call("GET", "/streams", token="", headers=here).json() == []
    engine.service.token = ""
    assert engine.load({"streams": {"demo": DEMO}}, headers=here).status == 200
    engine.service.run_jobs()
    assert engine.service.mails() == []


def test_without_tokens_no_page_may_read_the_answers(engine, monkeypatch):
    _open(monkeypatch, "http://127.0.0.1:8080")
    page = {"origin": "https://anywhere.test", "access-control-request-method": "GET"}

    for method, status in (("GET", 403), ("OPTIONS", 405)):
        answer = engine.call(method, "/streams", headers=page, token="")
        assert answer.status == status
        assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize(
    "sent",
    [
        {"host": "rebound.test:8080"},
        {"host": "127.0.0.1:8080", "origin": "https://anywhere.test"},
        {"host": "127.0.0.1:8080", "origin": "null"},
        {"host": "127.0.0.1:8080", "origin": "http://127.0.0.1.anywhere.test"},
        {"host": "["},
    ],
)
def test_without_tokens_no_page_of_another_site_changes_anything(engine, monkeypatch, sent):
    _open(monkeypatch, "http://127.0.0.1:8080")

    answer = engine.load(DOCUMENT, token="", headers=sent)

    assert answer.status == 403
    assert engine.service.messages("ConfigQueue") == []
    own = {"host": "localhost:8080", "origin": "http://localhost:3000"}
    assert engine.load(DOCUMENT, token="", headers=own).status == 200


def test_only_this_machine_goes_without_tokens(engine, monkeypatch):
    _open(monkeypatch, "https://ferry.test")

    assert engine.call("GET", "/streams", token="").status == 401
