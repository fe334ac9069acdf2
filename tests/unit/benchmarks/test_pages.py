"""Pages are cut as DynamoDB cuts them."""

import json

import pytest

from benchmarks.replay.http import Unserved
from benchmarks.replay.records import RecordsTable, StoredItem

MB = 1024 * 1024


def table(items):
    return RecordsTable(iter(items))


def stored(number, *, partition="1#0", size=100):
    order = f"{number:05}"
    text = json.dumps({"_sk": {"S": order}}).encode()
    return StoredItem(text, size, partition, order)


def asked(**more):
    return json.dumps({"ExpressionAttributeValues": {":pk": {"S": "1#0"}}, **more}).encode()


def page(answer):
    return json.loads(answer.partition(b"\r\n\r\n")[2])


def every_page(read, body):
    pages = [page(read(json.dumps(body).encode()))]
    while "LastEvaluatedKey" in pages[-1]:
        body = {**body, "ExclusiveStartKey": pages[-1]["LastEvaluatedKey"]}
        pages.append(page(read(json.dumps(body).encode())))
    return [[item["_sk"]["S"] for item in one["Items"]] for one in pages]


def test_a_query_yields_a_partition_by_its_order_up_to_the_limit():
    records = table([stored(3), stored(1), stored(2), stored(9, partition="1#1")])

    pages = every_page(records.query, json.loads(asked(Limit=2)))

    assert pages == [["00001", "00002"], ["00003"]]


def test_a_limit_that_the_last_row_meets_leaves_an_empty_page():
    pages = every_page(table([stored(1), stored(2)]).query, json.loads(asked(Limit=2)))

    assert pages == [["00001", "00002"], []]


def test_a_page_ends_at_a_megabyte():
    records = table([stored(number, size=MB // 2) for number in range(3)])

    assert every_page(records.query, json.loads(asked())) == [["00000", "00001"], ["00002"]]


def test_a_row_larger_than_what_is_left_still_comes():
    records = table([stored(number, size=2 * MB) for number in range(2)])

    assert every_page(records.query, json.loads(asked())) == [["00000"], ["00001"]]


def test_a_query_keeps_its_bounds():
    values = {":pk": {"S": "1#0"}, ":low": {"S": "00002"}, ":high": {"S": "00003"}}
    records = table([stored(number) for number in range(6)])

    answer = page(records.query(json.dumps({"ExpressionAttributeValues": values}).encode()))

    assert [item["_sk"]["S"] for item in answer["Items"]] == ["00002", "00003"]


def test_a_count_has_no_items():
    answer = page(table([stored(1), stored(2)]).query(asked(Select="COUNT")))

    assert answer == {"Count": 2, "ScannedCount": 2}


@pytest.mark.parametrize("segments", [1, 3])
def test_a_scan_yields_every_row_once_in_however_many_segments(segments):
    items = [
        stored(number, partition=f"1#{number % 4}", size=MB // 2 - number) for number in range(20)
    ]
    records = table(items)

    found = [
        order
        for segment in range(segments)
        for orders in every_page(records.scan, {"Segment": segment, "TotalSegments": segments})
        for order in orders
    ]

    assert sorted(found) == [item.sort for item in items]


@pytest.mark.parametrize(
    "more", [{"FilterExpression": "a = b"}, {"ScanIndexForward": False}], ids=str
)
def test_what_is_not_served_is_refused(more):
    with pytest.raises(Unserved):
        table([stored(1)]).query(asked(**more))


def test_written_rows_are_counted_and_kept_if_asked():
    records = table([])
    batch = b'{"RequestItems":{"records":[{"PutRequest":{}},{"PutRequest":{}}]}}'

    records.write(batch)
    assert (records.rows_put, records.batches) == (2, [])
    records.reset(keep=True)
    records.write(batch)
    assert (records.rows_put, records.batches) == (2, [batch])
