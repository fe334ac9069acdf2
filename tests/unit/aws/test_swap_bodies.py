"""Requests made from frames beside requests made at length: the same."""

import json

from hypothesis import given
from hypothesis import strategies as st

from ferry.aws.expressions import MOST_CHANGES
from ferry.aws.item_swaps import swap_body, swap_request

NAMES = st.sampled_from(["a", "b", "c", "size"])
VALUES = st.sampled_from([{"S": "x"}, {"N": "1"}, {"NULL": True}, {"M": {"old": {"S": "new"}}}])
ITEMS = st.dictionaries(NAMES, VALUES).map(lambda item: {"key": {"S": "k"}, **item})


def assert_same(before, after):
    ((verb, parameters),) = swap_request("goods", ("key",), before, after).items()
    made = swap_body("goods", ("key",), before, after)

    assert made.operation == f"{verb}Item"
    assert json.loads(made.body) == parameters


@given(before=ITEMS | st.none(), after=ITEMS)
def test_a_row_that_is_put_or_changed(before, after):
    assert_same(before, after)


@given(before=ITEMS)
def test_a_row_that_is_deleted(before):
    assert_same(before, None)


def test_a_row_of_which_more_changes_than_an_update_takes():
    names = [f"f{number}" for number in range(MOST_CHANGES + 1)]
    before = {"key": {"S": "k"}, **{name: {"S": "a"} for name in names}}

    assert_same(before, {"key": {"S": "k"}, **{name: {"S": "b"} for name in names}})
    assert_same(before, {"key": {"S": "k"}})
