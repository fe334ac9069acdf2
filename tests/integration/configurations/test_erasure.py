"""Revisions that share what they have in common, and what their erasure leaves."""

import json

import boto3
import pytest

from ferry.config import settings
from tests.faults import dying
from tests.integration.configurations.test_importing import DOCUMENT
from tests.service import new_app

SECRET = "correct-horse-battery"
LARGE = {
    "streams": {
        f"s{n}": f'CREATE STREAM s{n} () WITH (DATASOURCE="{n:0400}", FORMAT="JSON")'
        for n in range(300)
    }
}


def stored(engine) -> dict[str, bytes]:
    """Return every file that is kept of the app's configuration, by its key."""
    s3, bucket = boto3.client("s3"), engine.service.stack.ConfigBucket
    pages = s3.get_paginator("list_objects_v2").paginate(
        Bucket=bucket, Prefix=f"configs/{engine.app_id}/"
    )
    keys = [found["Key"] for page in pages for found in page.get("Contents", [])]
    return {key: s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys}


def size(engine) -> int:
    return sum(map(len, stored(engine).values()))


def holding(engine, text: str) -> list[str]:
    files = {**stored(engine), **_requests(engine)}
    return [key for key, content in files.items() if text.encode() in content]


def _requests(engine) -> dict[str, bytes]:
    s3, bucket = boto3.client("s3"), engine.service.stack.UploadBucket
    found = s3.list_objects_v2(Bucket=bucket).get("Contents", [])
    return {f["Key"]: s3.get_object(Bucket=bucket, Key=f["Key"])["Body"].read() for f in found}


def erase(engine, number: int):
    return engine.call("DELETE", f"/data/revisions/{number}")


def test_a_small_change_of_a_large_configuration_stores_the_difference(engine):
    assert engine.load(LARGE).status == 200
    before, exported = size(engine), engine.call("GET", "/data/export").body

    for number in range(3):
        engine.call("POST", "/config/uploads", {"name": f"a{number}.txt", "content": "x" * 27})
    engine.load(
        {"streams": {"s150": LARGE["streams"]["s150"].replace("JSON", "BINARY")}}, "?partial=1"
    )

    assert len(exported) > 100_000
    assert size(engine) - before < 80_000
    assert engine.call("GET", "/data/revisions/1").body == exported
    changed = json.loads(exported)["streams"] | {
        "s150": LARGE["streams"]["s150"].replace("JSON", "BINARY")
    }
    assert engine.export()["streams"] == changed


def test_what_is_erased_is_gone_and_the_others_are_whole(engine):
    with_secret = {**LARGE, "sourceConfig": {"mqtt": json.dumps({"a": {"password": SECRET}})}}
    engine.load(LARGE)
    engine.load(with_secret)
    engine.load(
        {**LARGE, "rules": DOCUMENT["rules"], "streams": LARGE["streams"] | DOCUMENT["streams"]}
    )
    kept = {n: engine.call("GET", f"/data/revisions/{n}").body for n in (1, 3)}
    assert holding(engine, SECRET)

    answer = erase(engine, 2)

    assert (answer.status, answer.json()["number"]) == (200, 2)
    assert answer.json()["erased_at"]
    assert holding(engine, SECRET) == []
    assert {n: engine.call("GET", f"/data/revisions/{n}").body for n in (1, 3)} == kept
    for method, path, body in [
        ("GET", "/data/revisions/2", None),
        ("GET", "/data/diff?from=2&to=3", None),
        ("POST", "/data/rollback", {"revision": 2}),
    ]:
        answer = engine.call(method, path, body)
        assert (answer.status, answer.body) == (404, b"revision 2 has been erased\n")
    assert [bool(r.get("erased_at")) for r in engine.revisions()] == [False, True, False]
    assert erase(engine, 2).status == 200


def test_when_all_others_are_erased_only_the_one_in_force_takes_space(engine):
    engine.load(LARGE)
    alone = size(engine)
    for number in range(3):
        engine.load(
            {
                **LARGE,
                "streams": LARGE["streams"]
                | {f"x{number}": DOCUMENT["streams"]["demo"].replace("demo", f"x{number}")},
            }
        )
    engine.load(LARGE)
    exported = engine.call("GET", "/data/export").body

    assert [erase(engine, number).status for number in (3, 1, 4, 2)] == [200] * 4

    assert engine.call("GET", "/data/export").body == exported
    assert size(engine) <= alone + 1_000


@pytest.mark.parametrize(("number", "status"), [(1, 409), (2, 404), ("x", 400)])
def test_what_cannot_be_erased(engine, number, status):
    engine.load(DOCUMENT)

    assert erase(engine, number).status == status
    assert engine.export()["streams"]


def test_an_erasure_that_was_killed_is_done_again(engine):
    engine.load({**DOCUMENT, "sourceConfig": {"mqtt": json.dumps({"a": {"password": SECRET}})}})
    engine.load(DOCUMENT)

    with dying(1, only="DeleteObjects"):
        erase(engine, 1)
    assert holding(engine, SECRET)

    assert erase(engine, 1).status == 200
    assert holding(engine, SECRET) == []


def test_as_many_revisions_are_kept_as_the_operator_says(engine, monkeypatch):
    monkeypatch.setenv("REVISIONS_PER_APP", "3")
    settings.cache_clear()
    for number in range(3):
        engine.call("POST", "/config/uploads", {"name": "a.txt", "content": f"{SECRET} {number}"})
    engine.load(DOCUMENT)
    engine.call("POST", "/data/rollback", {"revision": 3})

    assert [revision["number"] for revision in engine.revisions()] == [5, 4, 3]
    assert holding(engine, f"{SECRET} 0") == holding(engine, f"{SECRET} 1") == []
    assert engine.call("GET", "/data/revisions/1").status == 404


def test_others_do_not_erase_it(engine, service):
    engine.load(DOCUMENT)
    engine.load({})

    answer = engine.call("DELETE", "/data/revisions/1", token=new_app(service.stack, "B"))

    assert answer.status == 404
    assert engine.call("GET", "/data/revisions/1").json()["streams"]
