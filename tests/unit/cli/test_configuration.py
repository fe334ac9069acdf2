"""Configurations go in and out, and each item that failed is named."""

import json

import httpx
import pytest

from ferry_client import FerryError, Refused
from tests.unit.cli.site import STORE, Site

DOCUMENT = {"streams": {"demo": "CREATE STREAM demo () WITH ()"}}
FINE = httpx.Response(200, json={"ErrorMsg": "", "ConfigResponse": {"streams": {}}})
FAILED = {"streams": {"demo": "found EOF"}}


def test_an_import_sends_the_document_as_a_text():
    site = Site([FINE])

    assert site.client().configuration.import_(DOCUMENT) == {}

    (request,) = site.asked
    assert (request.url.path, request.url.query) == ("/data/import", b"partial=1")
    assert json.loads(json.loads(request.content)["content"]) == DOCUMENT
    assert request.headers["Idempotency-Key"]


@pytest.mark.parametrize(
    "body",
    [
        {"json": {"ErrorMsg": "process error", "ConfigResponse": {**FAILED, "rules": {}}}},
        {
            "json": {
                "error": 1000,
                "message": "err:process error, response:"
                + json.dumps({"ErrorMsg": "process error", "ConfigResponse": FAILED}),
            }
        },
    ],
)
def test_items_that_failed_are_named(body: dict):
    site = Site([httpx.Response(400, **body)])

    assert site.client().configuration.import_(DOCUMENT, dry_run=True) == FAILED


def test_of_very_many_errors_the_status_has_all():
    whole = {"streams": {"demo": "found EOF", "other": "found EOF"}, "rules": {}}
    answer = {"ErrorMsg": "process error", "ConfigResponse": FAILED}
    site = Site([httpx.Response(400, json=answer), httpx.Response(200, json=whole)])

    assert site.client().configuration.import_(DOCUMENT) == {"streams": whole["streams"]}


@pytest.mark.parametrize("text", ['{"ErrorMsg":"no JSON","ConfigResponse":{}}', "no JSON", "{"])
def test_a_document_that_cannot_be_read_is_refused(text: str):
    site = Site([httpx.Response(400, text=text)])

    with pytest.raises(Refused):
        site.client().configuration.import_(DOCUMENT)


def test_an_import_that_takes_long_is_waited_for(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("time.sleep", lambda _: None)
    running, done = ({"id": "t", "status": status} for status in ("running", "finish"))
    answers = [{"id": "t"}, running, done, {"streams": {}}]
    site = Site(
        [httpx.Response(202 if n == 0 else 200, json=each) for n, each in enumerate(answers)]
    )

    assert site.client().configuration.import_(DOCUMENT, partial=False) == {}
    assert site.lines[1:] == ["GET /async/task/t"] * 2 + ["GET /data/import/status"]
    assert site.asked[0].url.query == b""


def test_an_import_that_was_cancelled_is_an_error():
    task = {"id": "t", "status": "cancel", "message": "cancelled"}
    site = Site([httpx.Response(200, json=each) for each in ({"id": "t"}, task, {"streams": {}})])

    with pytest.raises(FerryError, match="ended as cancel"):
        site.client().configuration.import_(DOCUMENT)


def test_a_large_export_is_fetched_from_the_store_without_the_token():
    away = httpx.Response(302, headers={"Location": f"{STORE}/engine.json"})
    site = Site([away, httpx.Response(200, json=DOCUMENT)])

    assert site.client().configuration.export() == DOCUMENT
    assert "Authorization" not in site.asked[1].headers
