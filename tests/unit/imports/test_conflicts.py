"""The decision on a row whose key the table may have: one for all sinks."""

from typing import get_args

import pytest

from ferry.imports.conflicts import CHANGING, Conflict, Found, RowAction, decide

MODES = get_args(Conflict.__value__)
FREE = {
    **dict.fromkeys(MODES, RowAction.INSERT),
    "update": RowAction.FAIL,
    "delete": RowAction.FAIL,
}
TAKEN = {
    "fail": RowAction.FAIL,
    "skip": RowAction.SKIP,
    "upsert": RowAction.CHANGE,
    "merge": RowAction.MERGE,
    "update": RowAction.CHANGE,
    "replace": RowAction.REPLACE,
    "delete": RowAction.DELETE,
    "mirror": RowAction.CHANGE,
    "changes": RowAction.REPLACE,
}


@pytest.mark.parametrize("mode", MODES)
def test_a_row_whose_key_is_free_is_inserted_unless_it_may_only_change_one(mode):
    assert decide(mode, Found.FREE) is FREE[mode]


@pytest.mark.parametrize("mode", MODES)
def test_a_row_that_this_import_wrote_is_left_alone_in_every_mode(mode):
    assert decide(mode, Found.WRITTEN) is RowAction.NOTHING


@pytest.mark.parametrize("mode", MODES)
def test_an_existing_row_is_treated_as_the_mode_says(mode):
    assert decide(mode, Found.TAKEN) is TAKEN[mode]


@pytest.mark.parametrize(
    ("found", "action"),
    [
        (Found.FREE, RowAction.NOTHING),
        (Found.TAKEN, RowAction.DELETE),
        (Found.WRITTEN, RowAction.NOTHING),
    ],
)
def test_a_change_that_deletes_leaves_no_row(found, action):
    assert decide("changes", found, deleted=True) is action


def test_every_mode_is_among_those_that_are_tried():
    assert set(TAKEN) == set(MODES)
    assert set(MODES) >= CHANGING
