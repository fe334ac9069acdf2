"""Conditions keep DynamoDB's bounds, however wide the row.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-expression-parameters
"""

import re

import msgspec
import pytest

from ferry.aws.item_swaps import swap_request
from ferry.records.row_actions import change_row, delete_row, whole_row
from ferry.records.store import item
from ferry.tables.records import ID, PARTITION, Record
from ferry.tables.schema import MAX_FIELDS, Field, FieldType, Schema, Table

MOST_BYTES = 4096
MOST_OPERATORS = 300
NAMES = [f"f{n}" for n in range(MAX_FIELDS)]
TABLE = Table(
    id=1,
    app_id="a",
    name="t",
    schema=Schema(tuple(Field(name=name, type=FieldType.STRING) for name in NAMES)),
    created_by=1,
    created_at=0,
    updated_at=0,
)
EMPTY = Record(
    id="0" * 24,
    created_by=1,
    created_at=0,
    updated_at=0,
    read_perm=[],
    write_perm=[],
    written_at=0,
    fields={},
)
FULL = msgspec.structs.replace(EMPTY, fields=dict.fromkeys(NAMES, "a"))


def assert_in_bounds(action):
    (parameters,) = action.values()
    condition = parameters["ConditionExpression"]
    assert len(condition.encode()) <= MOST_BYTES
    assert len(re.findall(r"=|\bAND\b|\w+\(", condition)) <= MOST_OPERATORS


@pytest.mark.parametrize(("old", "new"), [(EMPTY, FULL), (FULL, EMPTY), (FULL, FULL)])
def test_conditions_on_wide_rows_are_in_bounds(old, new):
    assert_in_bounds(change_row("t", TABLE, old, new, whole_row(TABLE, old, new)))
    assert_in_bounds(delete_row("t", TABLE, old, whole_row(TABLE, old, None)))
    assert_in_bounds(swap_request("t", (PARTITION, ID), item(TABLE, old), item(TABLE, new)))


def test_columns_that_change_are_compared_first():
    new = msgspec.structs.replace(FULL, fields=FULL.fields | {NAMES[-1]: "b"})

    assert list(whole_row(TABLE, FULL, new))[:2] == ["updated_at", NAMES[-1]]
