"""The control table and the objects, as one job needs them."""

import json

from benchmarks.replay.control import ControlTable
from benchmarks.replay.http import Request
from benchmarks.replay.objects import Objects

KEY = {"pk": {"S": "JOB#1"}, "sk": {"S": "JOB"}}


def asked(**more):
    return json.dumps(more).encode()


def body(answer):
    return json.loads(answer.partition(b"\r\n\r\n")[2])


def put(table, **attributes):
    table.put(asked(Item={**KEY, **attributes}))


def test_an_item_that_is_not_there_is_not_answered():
    assert body(ControlTable().get(asked(Key=KEY))) == {}


def test_an_update_sets_paths_and_adds():
    table = ControlTable()
    put(table, job={"M": {"status": {"S": "pending"}, "attempts": {"N": "1"}}})

    answer = table.update(
        asked(
            Key=KEY,
            UpdateExpression="SET job.#status = :new, job.attempts = job.attempts + :one, due = :d",
            ExpressionAttributeNames={"#status": "status"},
            ExpressionAttributeValues={
                ":new": {"S": "running"},
                ":one": {"N": "1"},
                ":d": {"N": "9"},
            },
        )
    )

    changed = {
        **KEY,
        "job": {"M": {"status": {"S": "running"}, "attempts": {"N": "2"}}},
        "due": {"N": "9"},
    }
    assert body(answer) == {"Attributes": changed}
    assert body(table.get(asked(Key=KEY))) == {"Item": changed}


def test_a_transaction_puts():
    table = ControlTable()

    table.transact(asked(TransactItems=[{"Put": {"Item": {**KEY, "a": {"S": "b"}}}}]))

    assert body(table.get(asked(Key=KEY)))["Item"]["a"] == {"S": "b"}


def request(method, path, content=b"", headers=None, **query):
    return Request(method, path, query, headers or {}, content)


def test_parts_become_one_object_in_their_order():
    objects = Objects()
    begun = objects.answer(request("POST", "/b/k", uploads=""))
    upload = begun.partition(b"<UploadId>")[2].partition(b"<")[0].decode()

    objects.answer(request("PUT", "/b/k", b"two", partNumber="2", uploadId=upload))
    objects.answer(request("PUT", "/b/k", b"one", partNumber="1", uploadId=upload))
    assert objects.contents == {}
    objects.answer(request("POST", "/b/k", uploadId=upload))

    assert objects.contents == {"/b/k": b"onetwo"}


def test_an_object_is_read_from_a_byte_on():
    objects = Objects()
    objects.answer(request("PUT", "/b/k", b"0123456789"))

    answer = objects.answer(request("GET", "/b/k", headers={"range": "bytes=7-"}))

    assert answer.endswith(b"\r\n\r\n789")
    assert b"206 Partial Content" in answer
    assert b"bytes 7-9/10" in answer
    assert objects.answer(request("HEAD", "/b/k")).endswith(b"\r\n\r\n")


def test_what_is_not_there_is_not_found():
    objects = Objects()
    objects.answer(request("PUT", "/b/k", b"0123456789"))

    assert b"404 Not Found" in objects.answer(request("GET", "/b/other"))
    assert b"416 " in objects.answer(request("GET", "/b/k", headers={"range": "bytes=10-"}))
