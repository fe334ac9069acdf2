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


def test_a_set_takes_each_number_once():
    table = ControlTable()
    put(table, rows={"N": "1"})

    for number in ("1", "2", "1"):
        table.update(
            asked(
                Key=KEY,
                UpdateExpression="SET rows = rows + :rows ADD #seen :number",
                ExpressionAttributeNames={"#seen": "seen"},
                ExpressionAttributeValues={":rows": {"N": "5"}, ":number": {"NS": [number]}},
            )
        )

    item = body(table.get(asked(Key=KEY)))["Item"]
    assert (item["seen"], item["rows"]) == ({"NS": ["1", "2"]}, {"N": "16"})


def test_a_batch_has_what_is_there_of_this_table_alone():
    table = ControlTable()
    put(table)
    keys = {
        "control": {"Keys": [KEY, {**KEY, "sk": {"S": "x"}}]},
        "records": {"Keys": [{"_pk": 1}]},
    }

    answer = body(table.get_batch(asked(RequestItems=keys)))

    assert answer == {"Responses": {"control": [KEY], "records": []}, "UnprocessedKeys": {}}


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


def test_objects_are_listed_and_deleted_by_their_keys():
    objects = Objects()
    for name in ("a/1", "a/2", "b/1"):
        objects.answer(Request("PUT", f"/results/{name}", {}, {}, b"x"))

    listed = objects.answer(Request("GET", "/results", {"list-type": "2", "prefix": "a/"}, {}, b""))
    gone = b"<Delete><Object><Key>a/1</Key></Object></Delete>"
    objects.answer(Request("POST", "/results", {"delete": ""}, {}, gone))

    assert (listed.count(b"<Key>"), b"<Key>a/2</Key>" in listed) == (2, True)
    assert list(objects.contents) == ["/results/a/2", "/results/b/1"]
