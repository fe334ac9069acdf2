from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferry.tables.creation import created_within
from ferry.tables.schema import Schema
from ferry.tables.where import compile_where

OPEN = (None, None)


@pytest.mark.parametrize(
    ("where", "bounds"),
    [
        ({}, OPEN),
        ({"created_at": 5}, (5, 6)),
        ({"created_at": {"$gte": 5, "$lt": 9}}, (5, 9)),
        ({"created_at": {"$gt": 5, "$lte": 9}}, (6, 10)),
        ({"created_at": {"$gt": Decimal("5.5"), "$lt": Decimal("8.5")}}, (6, 9)),
        ({"created_at": {"$range": [5, 9]}}, (5, 10)),
        ({"$and": [{"created_at": {"$gte": 5}}, {"created_at": {"$lt": 9}}]}, (5, 9)),
        ({"$or": [{"created_at": 5}]}, OPEN),
        ({"updated_at": 5}, OPEN),
        ({"created_at": None}, OPEN),
        ({"created_at": {"$ne": 5, "$in": [6]}}, OPEN),
        ({"created_at": {"$gte": -(10**40), "$lt": 10**40}}, OPEN),
        ({"created_at": {"$gte": 10**40}}, (10**11 - 1, None)),
        ({"created_at": {"$gt": 9, "$lt": 5}}, (10, 10)),
    ],
    ids=str,
)
def test_bounds_are_those_that_every_row_must_keep(where, bounds):
    assert created_within(where) == bounds


numbers = st.integers(-5, 15) | st.decimals(-5, 15, places=1)
tests = st.dictionaries(
    st.sampled_from(["$eq", "$ne", "$lt", "$lte", "$gt", "$gte"]), numbers, max_size=3
) | st.fixed_dictionaries({"$range": st.lists(numbers, min_size=2, max_size=2)})
wheres = st.recursive(
    st.fixed_dictionaries({"created_at": tests.filter(bool) | st.integers(-5, 15)}),
    lambda inner: st.builds(
        lambda join, branches: {join: branches},
        st.sampled_from(["$and", "$or"]),
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=5,
)


@given(wheres)
def test_no_row_that_meets_the_condition_is_out_of_its_bounds(where):
    meets = compile_where(where, Schema())
    start, end = created_within(where)

    for second in range(20):
        if meets({"created_at": second}):
            assert start is None or start <= second
            assert end is None or second < end
