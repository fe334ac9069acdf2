"""What DynamoDB says that requests consumed, spelled as it spells it."""

from types import SimpleNamespace

import pytest

from ferry.aws.capacity import (
    CapacityMeter,
    ask_for_capacity,
    asking_json,
    count_answer,
    count_page,
    count_refused,
    metered,
)

_ROW = b'{"n":{"S":"\\"ConsumedCapacity\\":{}"}}'
_OWN = b'{"ConsumedCapacity":{"M":{"TableName":{"S":"rows"},"CapacityUnits":{"N":"9"}}}}'


def units(count, *asked) -> tuple[float, float]:
    meter = CapacityMeter()
    with metered(meter, "rows"):
        count(*asked)
    return meter.read_units, meter.write_units


@pytest.mark.parametrize(
    ("operation", "told", "spent"),
    [
        ("GetItem", b'{"TableName":"rows","CapacityUnits":0.5}', (0.5, 0)),
        ("PutItem", b'{"TableName":"rows","CapacityUnits":3.0}', (0, 3)),
        ("PutItem", b'{"TableName":"another","CapacityUnits":3.0}', (0, 0)),
        ("BatchGetItem", b'[{"TableName":"rows","CapacityUnits":7.5}]', (7.5, 0)),
        (
            "BatchWriteItem",
            b'[{"TableName":"rows","CapacityUnits":25.0},{"TableName":"b","CapacityUnits":1.0}]',
            (0, 25),
        ),
        (
            "TransactWriteItems",
            b'[{"TableName":"rows","CapacityUnits":5.0,"WriteCapacityUnits":4.0}]',
            (0, 5),
        ),
        # Repeated with its token, it reads what it wrote.
        (
            "TransactWriteItems",
            b'[{"TableName":"rows","CapacityUnits":4.0,"ReadCapacityUnits":4.0}]',
            (4, 0),
        ),
    ],
)
def test_units_are_read_or_written_by_the_operation_and_of_one_table(operation, told, spent):
    assert units(count_answer, operation, b'{"ConsumedCapacity":%b}' % told) == spent


@pytest.mark.parametrize("row", [_ROW, _OWN, b"{}", b'{"a":{"L":[%b]}}' % _OWN])
@pytest.mark.parametrize("consumed", [b'{"TableName":"rows","CapacityUnits":128.5}', b""])
@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("blank", [b"", b" "])
def test_a_pages_own_member_counts_whatever_its_rows_hold(row, consumed, first, blank):
    told = b'"ConsumedCapacity":' + blank + consumed if consumed else b'"Count":1'
    rows = b'"Items":[%b,%b]' % (row, row)
    page = b"{%b,%b}" % ((told, rows) if first else (rows, told))

    assert units(count_page, "Query", page) == (128.5 if consumed else 0, 0)


def test_a_write_whose_condition_fails_counts_one_unit_at_least():
    assert units(count_refused, "PutItem", "ConditionalCheckFailedException") == (0, 1)
    assert units(count_refused, "PutItem", "ThrottlingException") == (0, 0)


def test_capacity_is_asked_for_only_where_it_is_counted_and_can_be_told():
    query = SimpleNamespace(input_shape=SimpleNamespace(members={"ReturnConsumedCapacity": 1}))
    describe = SimpleNamespace(input_shape=SimpleNamespace(members={"TableName": 1}))

    params: dict = {}
    ask_for_capacity(params, model=query)
    assert params == {}
    assert asking_json(b'{"a":1}') == b'{"a":1}'
    with metered(CapacityMeter(), "rows"):
        ask_for_capacity(params, model=describe)
        assert params == {}
        ask_for_capacity(params, model=query)
        assert params == {"ReturnConsumedCapacity": "TOTAL"}
        assert asking_json(b'{"a":1}') == b'{"a":1,"ReturnConsumedCapacity":"TOTAL"}'
