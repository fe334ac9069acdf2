"""Bad input: a clear error, bounded time, and no change to the configuration in force."""

import json
import time

import pytest

from tests.integration.configurations.test_importing import DOCUMENT

WITH = 'WITH (DATASOURCE="x")'


@pytest.fixture
def untouched(engine):
    """Whatever a test sends, what was in force still is."""
    engine.load(DOCUMENT)
    before = engine.call("GET", "/data/export").body
    yield engine
    assert engine.call("GET", "/data/export").body == before


@pytest.mark.parametrize(
    "content",
    [
        "not json",
        "[" * 100_000,
        '{"streams":' + '{"a":' * 50_000,
        '\ufeff{"streams":{}}',
        '{"rules":{"r":{}}}',
        "\x00",
        '{"streams":{"a":"\\ud800"',
    ],
    ids=["text", "brackets", "braces", "bom", "object", "nul", "torn"],
)
def test_what_is_no_document_is_refused(untouched, content):
    began = time.process_time()

    answer = untouched.load(content)

    assert answer.status == 400
    assert answer.body.startswith(b"configuration unmarshal with error ")
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    "body",
    [b"", b"x", b"[]", b'"', b'{"content":{}}', b"\xff\xfe", b'{"file":"' + b"x" * 5000 + b'"}'],
)
def test_what_is_no_request_is_refused(untouched, body):
    answer = untouched.call("POST", "/data/import", body)

    assert answer.status == 400
    assert answer.body.startswith(b"Invalid body: ")


@pytest.mark.parametrize(
    "ddl",
    [
        "CREATE STREAM s (" + "a STRUCT(" * 10_000 + "b bigint" + ")" * 10_000 + ") " + WITH,
        "CREATE STREAM s (" + "(" * 10_000 + WITH,
        "CREATE STREAM s () " + WITH + "x" * 1_000_001,
    ],
    ids=["structs", "parentheses", "long"],
)
def test_a_monstrous_statement_is_its_items_error(untouched, ddl):
    answer = untouched.load({"streams": {"s": ddl}}, "?partial=1")

    assert answer.status == 400
    assert len(answer.json()["ConfigResponse"]["streams"]["s"]) < 2000


def test_a_rule_of_a_megabyte_is_its_items_error(untouched):
    rule = json.dumps({"sql": "SELECT " + "(" * 1_000_000, "actions": [{"log": {}}]})

    answer = untouched.load({"rules": {"r": rule}}, "?partial=1")

    assert answer.json()["ConfigResponse"]["rules"]["r"].endswith("more than 1000000")


@pytest.mark.parametrize(
    "text",
    [
        "a: &x [1]\nb: *x",
        "[" * 10_000,
        "a: [",
        "- 1",
        "!!python/object/apply:os.system [ls]",
        "streams: 5",
        "streams: {a: {sql: 5}}",
        "x: " + "1" * 5000,
    ],
)
def test_yaml_that_is_none_of_ours_is_refused(untouched, text):
    answer = untouched.call("POST", "/v2/data/import", {"content": text})

    if text.startswith("x: "):
        return  # an unknown section; it only has to be survived
    assert answer.status == 400
    assert answer.json()["message"].startswith("import failed: ")


@pytest.mark.parametrize(
    "body", [b"", b"{}", b'{"revision":-1}', b'{"revision":"1"}', b'{"revision":1,"x":2}']
)
def test_a_rollback_that_names_no_revision_is_refused(untouched, body):
    assert untouched.call("POST", "/data/rollback", body).status == 400


def test_a_revision_that_is_not_there_is_not_found(untouched):
    assert untouched.call("POST", "/data/rollback", {"revision": 9}).status == 404
    assert untouched.call("GET", "/data/revisions/9").status == 404
    assert untouched.call("GET", "/data/revisions/x").status == 400
    assert untouched.call("GET", "/data/diff?from=9").status == 404


def test_an_app_sees_nothing_of_another(untouched):
    from tests.service import new_app

    other = new_app(untouched.service.stack, "B", "owner@b.test")
    task = untouched.start({})

    assert untouched.call("GET", "/data/revisions", token=other).json()["revisions"] == []
    assert untouched.call("GET", "/streams", token=other).json() == []
    assert untouched.call("GET", f"/async/task/{task}", token=other).status == 400
    assert untouched.call("POST", f"/async/task/{task}/cancel", token=other).status == 400
    untouched.call("POST", f"/async/task/{task}/cancel")
