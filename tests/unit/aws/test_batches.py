"""Batches against a DynamoDB that leaves a part undone, as its API reference says it may."""

import pytest

from ferry.aws.batches import get_batch, write_batch
from ferry.aws.retry import Backoff

TABLE = "records"


class Dynamo:
    """A table of which each request processes so many items, in turn; at last all of them."""

    def __init__(self, *processed):
        self.processed = list(processed)
        self.asked = []

    def batch_get_item(self, **asked):
        request = asked["RequestItems"][TABLE]
        self.asked.append(request)
        done, left = self._part(request["Keys"])
        unprocessed = {TABLE: {**request, "Keys": left}} if left else {}
        found = [key for key in done if key["pk"]["S"] != "absent"]
        return {"Responses": {TABLE: found} if done else {}, "UnprocessedKeys": unprocessed}

    def batch_write_item(self, **asked):
        requests = asked["RequestItems"][TABLE]
        self.asked.append(requests)
        _, left = self._part(requests)
        return {"UnprocessedItems": {TABLE: left} if left else {}}

    def _part(self, requests):
        count = self.processed.pop(0) if self.processed else len(requests)
        return list(requests[:count]), list(requests[count:])


@pytest.fixture
def pauses(monkeypatch):
    slept = []
    monkeypatch.setattr("time.sleep", slept.append)
    return slept


def keys(count):
    return [{"pk": {"S": str(n)}} for n in range(count)]


def read(dynamo, keys, **options):
    return list(get_batch(dynamo, TABLE, keys, **options))


def test_any_number_of_keys_is_read_a_hundred_at_a_time(pauses):
    dynamo = Dynamo()

    assert read(dynamo, keys(250)) == keys(250)
    assert [len(asked["Keys"]) for asked in dynamo.asked] == [100, 100, 50]
    assert all(asked["ConsistentRead"] for asked in dynamo.asked)
    assert not pauses


def test_what_is_not_there_is_left_out(pauses):
    assert read(Dynamo(), [*keys(2), {"pk": {"S": "absent"}}]) == keys(2)


def test_a_rest_is_asked_for_again_after_a_pause_with_the_same_attributes(pauses):
    dynamo = Dynamo(40, 40)

    assert read(dynamo, keys(100), names=("pk", "a-b")) == keys(100)
    assert [len(asked["Keys"]) for asked in dynamo.asked] == [100, 60, 20]
    assert {asked["ProjectionExpression"] for asked in dynamo.asked} == {"#0, #1"}
    assert dynamo.asked[2]["ExpressionAttributeNames"] == {"#0": "pk", "#1": "a-b"}
    assert len(pauses) == 2


def test_reading_ends_with_an_error_when_nothing_is_processed(pauses):
    dynamo = Dynamo(*[0] * 1000)

    with pytest.raises(TimeoutError, match="2 items stayed unprocessed after 8 tries"):
        read(dynamo, keys(2))
    assert len(dynamo.asked) == 8
    assert len(pauses) == 7


def test_writing_ends_with_an_error_when_nothing_is_processed(pauses):
    dynamo = Dynamo(*[0] * 1000)

    with pytest.raises(TimeoutError):
        write_batch(dynamo, TABLE, [1, 2], backoff=Backoff(tries=3))
    assert dynamo.asked == [[1, 2]] * 3


def test_progress_counts_whoever_comes_further_does_not_fail(pauses):
    dynamo = Dynamo(*[0, 0, 1] * 25)

    write_batch(dynamo, TABLE, list(range(25)), backoff=Backoff(tries=3))

    assert [len(asked) for asked in dynamo.asked[:4]] == [25, 25, 25, 24]
    assert dynamo.asked[-1] == [24]


def test_pauses_grow_while_nothing_is_processed(monkeypatch, pauses):
    monkeypatch.setattr("ferry.aws.retry.uniform", lambda _, bound: bound)
    read(Dynamo(0, 0, 0, 1), keys(3))

    assert pauses == [0.1, 0.2, 0.4, 0.1]


def test_every_batch_is_counted_by_itself(pauses):
    dynamo = Dynamo(*[0, 0, 100] * 4)

    assert read(dynamo, keys(350), backoff=Backoff(tries=3)) == keys(350)
