"""The one builder of update expressions."""

import pytest

from ferry.aws.expressions import Placeholders, update_expression

S = {"S": "x"}


@pytest.mark.parametrize(
    ("changes", "update"),
    [
        ([("a", S)], "SET #0 = :0"),
        ([("a", None)], "REMOVE #0"),
        ([("a", S), ("b", None), ("c", S)], "SET #0 = :0, #2 = :1 REMOVE #1"),
    ],
)
def test_values_are_set_and_nones_removed(changes, update):
    assert update_expression(changes, Placeholders()) == update


def test_placeholders_spell_any_name_and_value_and_leave_out_an_empty_map():
    words = Placeholders()
    update_expression([("size", None)], words)
    assert words.parameters == {"ExpressionAttributeNames": {"#0": "size"}}

    update_expression([("name", S)], words)
    assert words.parameters == {
        "ExpressionAttributeNames": {"#0": "size", "#1": "name"},
        "ExpressionAttributeValues": {":0": S},
    }
