"""Rows put 25 a request: what DynamoDB says of them."""

import json

import pytest
from botocore.exceptions import ClientError

from ferry.attached.batch_puts import BatchPuts
from ferry.errors import Malformed, NotFound
from ferry.tables.attachment import Attachment

PUTS = BatchPuts(Attachment(table="orders", keys=("customer", "number")), ["customer", "number"])
ITEMS = [{"customer": {"S": "li"}, "number": {"N": str(number)}} for number in range(3)]


def put(answer):
    """Return what is left over when DynamoDB answers so."""
    steps = PUTS.put(ITEMS)
    ask = next(steps)
    assert ask.operation == "BatchWriteItem"
    puts = ask.parameters["RequestItems"]["orders"]
    assert [each["PutRequest"]["Item"] for each in puts] == ITEMS
    try:
        if isinstance(answer, str):
            error = {"Error": {"Code": answer, "Message": ""}}
            steps.throw(ClientError(error, "BatchWriteItem"))
        steps.send(json.dumps(answer).encode())
    except StopIteration as end:
        return list(end.value)
    raise AssertionError("another request")


def test_nothing_is_left_over_where_all_is_written():
    assert put({"UnprocessedItems": {}}) == []


def test_what_is_unprocessed_is_left_over():
    left = [{"PutRequest": {"Item": {**ITEMS[1], "price": {"N": "5"}}}}]

    assert put({"UnprocessedItems": {"orders": left}}) == [1]


def test_all_is_left_over_where_one_is_refused():
    assert put("ValidationException") == [0, 1, 2]


@pytest.mark.parametrize(
    ("code", "error"),
    [("ResourceNotFoundException", NotFound), ("AccessDeniedException", Malformed)],
)
def test_a_table_that_is_closed_ends_it(code, error):
    with pytest.raises(error):
        put(code)


@pytest.mark.parametrize(
    ("before", "after", "taken"),
    [
        (None, ITEMS[0], True),
        (ITEMS[0], ITEMS[0], True),
        ({**ITEMS[0], "ours": {"S": "a"}}, ITEMS[0], False),
        (ITEMS[0], None, False),
    ],
)
def test_only_rows_of_which_nothing_has_to_stay_are_taken(before, after, taken):
    assert PUTS.takes(before, after) == taken
