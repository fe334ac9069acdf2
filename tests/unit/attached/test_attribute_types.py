"""Values in the types that attributes have: every DynamoDB type, edited and not."""

import pytest

from ferry.attached.attribute_types import as_attribute
from ferry.aws.attributes import decode
from ferry.tables.values import InvalidValue

KEPT = {
    "a set of texts": (["b", "c"], {"SS": ["a", "b"]}, {"SS": ["b", "c"]}),
    "a set of numbers": ([1, 3], {"NS": ["1", "2"]}, {"NS": ["1", "3"]}),
    "a set of binary values": (["/w=="], {"BS": ["AA=="]}, {"BS": ["/w=="]}),
    "binary data": ("/w==", {"B": "AA=="}, {"B": "/w=="}),
    "a number shown in a column of texts": ("13", {"N": "12"}, {"N": "13"}),
    "a boolean shown in a column of texts": ("false", {"BOOL": True}, {"BOOL": False}),
    "a set within a map": (
        {"tags": ["a", "c"], "n": 2},
        {"M": {"tags": {"SS": ["a"]}, "n": {"N": "1"}}},
        {"M": {"tags": {"SS": ["a", "c"]}, "n": {"N": "2"}}},
    ),
    "binary data within a list": (
        ["/w==", "x"],
        {"L": [{"B": "AA=="}, {"S": "x"}]},
        {"L": [{"B": "/w=="}, {"S": "x"}]},
    ),
    "a list that grows": (
        ["x", "AA==", "y"],
        {"L": [{"B": "AA=="}, {"S": "x"}]},
        {"L": [{"S": "x"}, {"B": "AA=="}, {"S": "y"}]},
    ),
    "a list of one type that grows": (
        ["AA==", "/w=="],
        {"L": [{"B": "AA=="}]},
        {"L": [{"B": "AA=="}, {"B": "/w=="}]},
    ),
    "null within a map": ({"a": None}, {"M": {"a": {"NULL": True}}}, {"M": {"a": {"NULL": True}}}),
    "what was null": ("x", {"NULL": True}, {"S": "x"}),
    "text in a column of numbers": (5, {"S": "n/a"}, {"N": "5"}),
    "a number that becomes text": ("n/a", {"N": "5"}, {"S": "n/a"}),
}
REFUSED = {
    "no list": ("a", {"SS": ["a", "b"]}),
    "twice the same": (["a", "a"], {"SS": ["a", "b"]}),
    "an empty set": ([], {"SS": ["a"]}),
    "numbers among texts": (["a", 1], {"SS": ["a"]}),
    "texts among numbers": (["1"], {"NS": ["1", "2"]}),
    "a boolean among numbers": ([True], {"NS": ["1", "2"]}),
    "no base64": ("not base64", {"B": "AA=="}),
    "no base64 in a set": (["?"], {"BS": ["AA=="]}),
    "a number in place of binary data": (5, {"B": "AA=="}),
    "a set within a map": ({"tags": "a"}, {"M": {"tags": {"SS": ["a", "b"]}}}),
}


@pytest.mark.parametrize(("value", "old", "made"), KEPT.values(), ids=KEPT)
def test_an_edited_value_keeps_the_type_of_its_attribute(value, old, made):
    assert as_attribute(value, None, old) == made


@pytest.mark.parametrize(("value", "old"), REFUSED.values(), ids=REFUSED)
def test_what_has_no_place_in_the_type_is_refused_and_never_written_in_another(value, old):
    with pytest.raises(InvalidValue):
        as_attribute(value, None, old)


@pytest.mark.parametrize(
    "old",
    [
        *({"SS": ["b", "a"]}, {"NS": ["2", "1"]}, {"BS": ["/w==", "AA=="]}, {"B": "/w=="}),
        {"L": [{"SS": ["a"]}, {"NULL": True}, {"M": {"b": {"B": "AA=="}}}]},
        *({"N": "1E+2"}, {"S": ""}, {"BOOL": False}, {"M": {}}, {"L": []}),
    ],
)
def test_a_value_that_shows_the_same_leaves_its_attribute_as_it_is(old):
    assert as_attribute(decode(old), None, old) is old


@pytest.mark.parametrize(
    ("value", "stored", "made"),
    [
        (["a"], "SS", {"SS": ["a"]}),
        ([1, 2], "NS", {"NS": ["1", "2"]}),
        (["/w=="], "BS", {"BS": ["/w=="]}),
        ("/w==", "B", {"B": "/w=="}),
        (["a"], None, {"L": [{"S": "a"}]}),
    ],
)
def test_a_new_attribute_gets_the_type_of_the_schema(value, stored, made):
    assert as_attribute(value, stored) == made
    if stored:
        with pytest.raises(InvalidValue):
            as_attribute(5, stored)
