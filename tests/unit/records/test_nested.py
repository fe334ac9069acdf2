"""Lists and maps as JSON text, against boto3's deserializer."""

import json
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from boto3.dynamodb.types import TypeDeserializer
from hypothesis import given
from hypothesis import strategies as st

from ferry.records.reading import nested
from ferry.records.reading.nested import nested_texts

PLAIN = TypeDeserializer()
# Pieces that look like what stands around values.
PIECES = st.sampled_from(
    [
        '{"S":"',
        '"}',
        '{"N":"1"}',
        "null",
        "}",
        "{",
        '"',
        "\\",
        "]",
        ":",
        ",",
        "\n",
        "\x7f",
        "é",
        "x",
    ]
)
TEXTS = st.lists(PIECES, max_size=4).map("".join)
KEYS = st.lists(PIECES, min_size=1, max_size=3).map("".join) | st.sampled_from("SNLM")
NUMBERS = st.sampled_from(["0", "-1", "1.5", "1.50", "-0", "1E+2", "0.0000001", "9" * 38])
SIMPLE = st.one_of(
    st.fixed_dictionaries({"S": TEXTS}),
    st.fixed_dictionaries({"N": NUMBERS}),
    st.fixed_dictionaries({"BOOL": st.booleans()}),
    st.just({"NULL": True}),
)
ANY = st.recursive(
    SIMPLE,
    lambda inner: st.one_of(
        st.fixed_dictionaries({"L": st.lists(inner, max_size=2)}),
        st.fixed_dictionaries({"M": st.dictionaries(KEYS, inner, max_size=2)}),
    ),
    max_leaves=4,
)
HELD = {
    "L": st.lists(SIMPLE, max_size=3) | st.lists(ANY, max_size=2),
    "M": st.dictionaries(KEYS, SIMPLE, max_size=3) | st.dictionaries(KEYS, ANY, max_size=2),
}


@pytest.mark.parametrize("kind", ["L", "M"])
@pytest.mark.parametrize("separators", [(",", ":"), (", ", ": ")])
@given(data=st.data())
def test_texts_say_what_is_stored(
    kind: str, separators: tuple[str, str], data: st.DataObject
) -> None:
    stored = data.draw(st.lists(st.none() | HELD[kind], min_size=1, max_size=4))

    texts = nested_texts(kind, [_raw(value, separators) for value in stored])

    expected = [value if value is None else PLAIN.deserialize({kind: value}) for value in stored]
    assert [json.loads(text, parse_float=Decimal) for text in texts] == expected


@pytest.mark.parametrize(
    ("kind", "stored", "text"),
    [
        ("M", {"}": {"S": "x"}}, '{"}":"x"}'),
        ("M", {'"}': {"S": "x"}}, r'{"\"}":"x"}'),
        ("L", [{"S": '"}'}], r'["\"}"]'),
        ("L", [{"S": '{"S":"'}], r'["{\"S\":\""]'),
        ("L", [{"S": "\\"}], r'["\\"]'),
        ("L", [{"S": '{"N":"1"}'}], r'["{\"N\":\"1\"}"]'),
        ("L", [{"S": "{"}], '["{"]'),
        ("L", [{"L": []}], "[[]]"),
        ("L", [{"M": {}}], "[{}]"),
        ("M", {"M": {"M": {}}}, '{"M":{}}'),
        ("M", {"L": {"L": [{"S": "}"}]}}, '{"L":["}"]}'),
        ("L", [{"N": "1E+2"}], "[100]"),
    ],
)
def test_odd_values_are_not_taken_for_others(kind: str, stored: Any, text: str) -> None:
    assert nested_texts(kind, [_raw(stored), None]) == [text, "null"]


@pytest.mark.parametrize(
    ("kind", "stored", "text"),
    [
        ("L", [], "[]"),
        ("L", [{"S": ""}, {"S": "a}b"}, {"S": "}"}], '["","a}b","}"]'),
        (
            "L",
            [{"N": "1.5"}, {"BOOL": True}, {"BOOL": False}, {"NULL": True}],
            "[1.5,true,false,null]",
        ),
        ("M", {}, "{}"),
        ("M", {"S": {"S": "x"}, "é": {"N": "-7"}}, '{"S":"x","é":-7}'),
    ],
)
def test_plain_values_are_not_decoded(
    kind: str, stored: Any, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(nested, "decode_as")

    assert nested_texts(kind, [None, _raw(stored), None]) == ["null", text, "null"]


@pytest.mark.parametrize(
    ("stored", "text"),
    [(r'[{"S":"\u00e9\/"}]', '["é/"]'), ("[\n]", "[]")],
)
def test_other_spellings_become_ours(stored: str, text: str) -> None:
    assert nested_texts("L", [msgspec.Raw(stored.encode())]) == [text]


def _raw(value: Any, separators: tuple[str, str] = (",", ":")) -> msgspec.Raw | None:
    if value is None:
        return None
    return msgspec.Raw(json.dumps(value, ensure_ascii=False, separators=separators).encode())
