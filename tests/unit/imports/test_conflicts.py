"""The decision on a row whose key the table may have: one for all sinks."""

from typing import get_args, get_type_hints

import pytest

from ferry.imports.conflicts import Found, RowAction, decide
from ferry.imports.import_job import ImportOptions

MODES = get_args(get_type_hints(ImportOptions)["conflict"])


@pytest.mark.parametrize("mode", MODES)
def test_a_row_whose_key_is_free_is_inserted(mode):
    assert decide(mode, Found.FREE) is RowAction.INSERT


@pytest.mark.parametrize("mode", MODES)
def test_a_row_that_this_import_wrote_is_left_alone_in_every_mode(mode):
    assert decide(mode, Found.WRITTEN) is RowAction.NOTHING


@pytest.mark.parametrize(
    ("mode", "action"),
    [("fail", RowAction.FAIL), ("skip", RowAction.SKIP), ("upsert", RowAction.CHANGE)],
)
def test_an_existing_row_is_treated_as_the_mode_says(mode, action):
    assert decide(mode, Found.TAKEN) is action


def test_every_mode_that_a_request_may_name_says_what_becomes_of_an_existing_row():
    assert {decide(mode, Found.TAKEN) for mode in MODES} <= set(RowAction)
