"""Documents and outcomes that no single answer can hold."""

import json
from urllib.parse import unquote, urlsplit

import boto3
import pytest

from ferry.configurations.sending import DIRECT_TEXT_BYTES
from ferry.kuiper.document.decoding import MAX_ITEMS
from tests.integration.configurations.test_importing import DEMO

COUNT = 40_000
ERROR = "Parse rule  error : unexpected end of JSON input."
EMPTY_RULES = {f"rule-{number:06}": "" for number in range(COUNT)}


@pytest.fixture
def failing_rules(engine):
    """The name of a stored document none of whose many rules can be applied."""
    engine.store("rules.json", json.dumps({"rules": EMPTY_RULES}).encode())
    return "file:///rules.json"


def _behind(engine, answer):
    """Return the file that a large answer was sent to."""
    assert answer.status == 302
    bucket = engine.service.stack.ConfigBucket
    path = unquote(urlsplit(answer.headers["Location"]).path)
    key = path[path.index("configs/") :]
    return boto3.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()


def test_of_very_many_errors_an_answer_names_the_first_and_the_status_all(engine, failing_rules):
    answer = engine.load_file(failing_rules)

    assert (answer.status, answer.headers["X-Failed-Items"]) == (400, str(COUNT))
    assert DIRECT_TEXT_BYTES / 3 < len(answer.body) <= DIRECT_TEXT_BYTES
    named = answer.json()["ConfigResponse"]["rules"]
    assert set(named.values()) == {ERROR}
    assert named.keys() == set(list(EMPTY_RULES)[: len(named)])
    status = json.loads(_behind(engine, engine.call("GET", "/data/import/status")))
    assert status["rules"] == dict.fromkeys(EMPTY_RULES, ERROR)
    (revision,) = engine.revisions()
    shown = engine.call("GET", f"/async/task/{revision['job_id']}")
    assert shown.json()["status"] == "error"
    assert len(shown.json()["message"]) <= DIRECT_TEXT_BYTES


def test_a_list_that_no_answer_can_hold_is_refused(engine, monkeypatch):
    engine.load({"streams": {name: DEMO.replace("demo", name) for name in ("a1", "b1")}})
    size = len(json.dumps('["a1","b1"]')) - 2
    monkeypatch.setattr("ferry.http.MOST_ANSWER_BYTES", size)
    assert engine.call("GET", "/streams").json() == ["a1", "b1"]
    monkeypatch.setattr("ferry.http.MOST_ANSWER_BYTES", size - 1)

    answer = engine.call("GET", "/streams")

    assert (answer.status, b"more than Lambda can send" in answer.body) == (400, True)


def test_more_items_than_can_be_looked_after_are_refused_as_a_whole(engine):
    content = json.dumps({"rules": dict.fromkeys(map(str, range(MAX_ITEMS + 1)), "")})
    engine.store("items.json", content.encode())

    answer = engine.load_file("file:///items.json")

    assert (answer.status, answer.body) == (
        400,
        b"configuration unmarshal with error more than 250,000 items; send the rest with "
        b"partial=1\n",
    )
    assert engine.revisions() == []


def test_a_difference_that_no_answer_holds_is_refused(engine):
    text = json.dumps({"name": "big", "content": "x" * DIRECT_TEXT_BYTES})
    engine.store("big.json", json.dumps({"uploads": {"big": text}}).encode())
    engine.load_file("file:///big.json")

    answer = engine.call("GET", "/data/diff", headers={"accept": "application/json"})

    assert answer.status == 400
    assert answer.body.startswith(b"the difference has 2,4")
    assert engine.call("GET", "/data/diff").body == b"uploads\n  + big\n"
