import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferry.errors import InvalidJson
from ferry.kuiper.gojson.go_reader import MAX_VALUE_DEPTH, Members, read, read_for_writing
from ferry.kuiper.gojson.go_scanner import MAX_DEPTH, check, value_end
from ferry.kuiper.gojson.go_writer import write, write_message
from ferry.kuiper.gojson.shapes import (
    ANY,
    BOOL,
    INT,
    OBJECTS,
    STRING,
    STRINGS,
    map_of,
    read_struct,
    struct,
)
from tests.unit.kuiper.strategies import fault_of, json_like, json_values


@pytest.mark.parametrize(
    ("text", "message", "offset"),
    [
        ("", "unexpected end of JSON input", 0),
        ("  ", "unexpected end of JSON input", 2),
        ("{", "unexpected end of JSON input", 1),
        ('{"a":', "unexpected end of JSON input", 5),
        ('"abc', "unexpected end of JSON input", 4),
        ('"\\u12', "unexpected end of JSON input", 5),
        ("-", "unexpected end of JSON input", 1),
        ("1.", "unexpected end of JSON input", 2),
        ("1e+", "unexpected end of JSON input", 3),
        ("tru", "unexpected end of JSON input", 3),
        ("x", "invalid character 'x' looking for beginning of value", 0),
        ("'a'", "invalid character '\\'' looking for beginning of value", 0),
        ("[,]", "invalid character ',' looking for beginning of value", 1),
        ("[1,]", "invalid character ']' looking for beginning of value", 3),
        ("[1 2]", "invalid character '2' after array element", 3),
        ("[1}", "invalid character '}' after array element", 2),
        ("{a}", "invalid character 'a' looking for beginning of object key string", 1),
        ('{"a" 1}', "invalid character '1' after object key", 5),
        ('{"a":1 "b"}', "invalid character '\"' after object key:value pair", 7),
        ("{} {}", "invalid character '{' after top-level value", 3),
        ("01", "invalid character '1' after top-level value", 1),
        ('"a\nb"', "invalid character '\\n' in string literal", 2),
        ('"\x00"', "invalid character '\\x00' in string literal", 1),
        ('"\\x"', "invalid character 'x' in string escape code", 2),
        ('"\\u12x4"', "invalid character 'x' in \\u hexadecimal character escape", 5),
        ("-x", "invalid character 'x' in numeric literal", 1),
        ("1.x", "invalid character 'x' after decimal point in numeric literal", 2),
        ("1ex", "invalid character 'x' in exponent of numeric literal", 2),
        ("1e+x", "invalid character 'x' in exponent of numeric literal", 3),
        ("trux", "invalid character 'x' in literal true (expecting 'e')", 3),
        ("nil", "invalid character 'i' in literal null (expecting 'u')", 1),
        ("NaN", "invalid character 'N' looking for beginning of value", 0),
        ("-Infinity", "invalid character 'I' in numeric literal", 1),
        ("\ufeff{}", "invalid character 'ï' looking for beginning of value", 0),
        ("\udcff", "invalid character 'ÿ' looking for beginning of value", 0),
        ("温", "invalid character 'æ' looking for beginning of value", 0),
    ],
)
def test_fault_has_the_words_of_go_and_a_place(text: str, message: str, offset: int) -> None:
    with pytest.raises(InvalidJson) as refused:
        check(text)
    assert str(refused.value) == message
    assert refused.value.offset == offset


@pytest.mark.parametrize("text", ["1.5e3", "-0", '"\\ud83d\\ude00"', "[]", "{}", ' {"a":[1,{}]} '])
def test_json_passes(text: str) -> None:
    check(text)


@given(json_like | st.text() | json_values.map(json.dumps))
def test_check_agrees_with_the_standard_library(text: str) -> None:
    def refuse(constant: str) -> None:
        raise ValueError(constant)

    try:
        json.JSONDecoder(parse_constant=refuse).decode(text)
    except ValueError:
        with pytest.raises(InvalidJson) as refused:
            check(text)
        assert 0 <= refused.value.offset <= len(text)
    else:
        check(text)


def test_values_may_nest_as_deep_as_go_allows() -> None:
    check("[" * MAX_DEPTH + "]" * MAX_DEPTH)
    with pytest.raises(InvalidJson, match="exceeded max depth"):
        check("[" * (MAX_DEPTH + 1))


@pytest.mark.parametrize("bracket", ["[", '{"a":'])
def test_values_that_are_taken_apart_may_nest_less(bracket: str) -> None:
    with pytest.raises(InvalidJson, match="exceeded max depth"):
        read(bracket * (MAX_VALUE_DEPTH + 1))
    with pytest.raises(InvalidJson, match="exceeded max depth"):
        read(bracket * 100_000)


def test_deep_in_breadth_only_is_read() -> None:
    wide = "[" + "[],{}," * MAX_VALUE_DEPTH + "[]]"
    assert len(read(wide)) == 2 * MAX_VALUE_DEPTH + 1


def test_value_end_leaves_what_follows() -> None:
    assert value_end('{"a":[1,2]}rest', 0) == 11


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('"\\ud800"', "\ufffd"),
        ('"\\ud800\\u0041"', "\ufffdA"),
        ('"\\\\ud800"', "\\ud800"),
        ('"\\uD83D\\uDE00"', "😀"),
        ('"\udcff\udcfe"', "\ufffd\ufffd"),
        ("12345678901234567890123", 12345678901234567890123.0),
    ],
)
def test_odd_texts_are_read_as_go_reads_them(text: str, value: object) -> None:
    assert read(text) == value


@pytest.mark.parametrize("text", ["NaN", "[1,-Infinity]"])
def test_constants_of_other_languages_are_refused(text: str) -> None:
    with pytest.raises(InvalidJson, match=r"^invalid character"):
        read(text)


def test_members_keep_twins() -> None:
    value = read('{"a":1,"a":2}')
    assert isinstance(value, Members)
    assert value.pairs == [("a", 1), ("a", 2)]
    assert value == {"a": 2}


@pytest.mark.parametrize(
    ("number", "written"),
    [
        ("1", "1"),
        ("1.0", "1"),
        ("1.50", "1.5"),
        ("-0", "-0"),
        ("0.000001", "0.000001"),
        ("0.0000001", "1e-7"),
        ("1e20", "100000000000000000000"),
        ("1e21", "1e+21"),
        ("1.5e300", "1.5e+300"),
        ("2.5e-10", "2.5e-10"),
        ("12345678901234567890", "12345678901234567000"),
        ("9007199254740993", "9007199254740992"),
        ("0.1", "0.1"),
        ("5e-324", "5e-324"),
        ("0e5", "0"),
    ],
)
def test_numbers_are_written_as_float64(number: str, written: str) -> None:
    assert write(read_for_writing(number)).decode() == written


def test_number_beyond_float64_is_refused() -> None:
    with pytest.raises(InvalidJson, match="cannot unmarshal number 1e999 into Go value of type"):
        read_for_writing('{"a":1e999}')


@given(json_values)
def test_rewriting_is_idempotent(value: object) -> None:
    once = write(read_for_writing(json.dumps(value)))
    assert write(read_for_writing(once.decode())) == once


def test_writing_sorts_bytewise_and_escapes_html() -> None:
    value = {"b": "<&>", "a": "\u2028\u2029", "Z": "温\x01", "é": 1, "\U0001f600": 2, "\uffff": 3}
    assert write(value).decode() == (
        '{"Z":"温\\u0001","a":"\\u2028\\u2029","b":"\\u003c\\u0026\\u003e","é":1,"\uffff":3,"😀":2}'
    )


def test_message_is_quoted_as_printable_text() -> None:
    assert write_message('<a>"\\\n温').decode() == '"<a>\\"\\\\\\n温"'
    assert write_message("\x1b\x7f\xa0\u200b\U000e0001").decode() == (
        '"\\u001b\\u007f\\u00a0\\u200b\\udb40\\udc01"'
    )


THING = struct(
    "pkg.Thing",
    {
        "name": STRING,
        "on": BOOL,
        "size": INT,
        "tags": STRINGS,
        "list": OBJECTS,
        "any": ANY,
        "inner": struct("pkg.Inner", {"size": INT}),
        "map": map_of(struct("pkg.Inner", {"size": INT})),
    },
)


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("null", {}),
        ("{}", {}),
        ('{"NAME":"a","unknown":{}}', {"name": "a"}),
        ('{"name":"a","Name":"b"}', {"name": "b"}),
        ('{"name":"a","name":null}', {"name": "a"}),
        ('{"tag\u017f":["a",null]}', {"tags": ["a", ""]}),
        ('{"any":[1]}', {"any": [1]}),
        ('{"inner":{"SIZE":3}}', {"inner": {"size": 3}}),
        ('{"map":{"a":{"size":3},"b":null}}', {"map": {"a": {"size": 3}, "b": None}}),
    ],
)
def test_struct_takes_what_go_takes(text: str, fields: object) -> None:
    assert read_struct(text, THING) == fields


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[]", "array into Go value of type pkg.Thing"),
        ("true", "bool into Go value of type pkg.Thing"),
        ('{"name":1}', "number into Go struct field Thing.name of type string"),
        ('{"on":"x"}', "string into Go struct field Thing.on of type bool"),
        ('{"size":1.5}', "number 1.5 into Go struct field Thing.size of type int"),
        ('{"tags":{}}', "object into Go struct field Thing.tags of type []string"),
        ('{"tags":[1]}', "number into Go struct field Thing.tags of type string"),
        ('{"inner":{"size":"a"}}', "string into Go struct field Inner.inner.size of type int"),
        ('{"name":1,"name":"a"}', "number into Go struct field Thing.name of type string"),
    ],
)
def test_struct_refuses_in_the_words_of_go(text: str, fault: str) -> None:
    with pytest.raises(InvalidJson) as refused:
        read_struct(text, THING)
    assert str(refused.value) == f"json: cannot unmarshal {fault}"


@given(st.text() | json_like)
def test_any_text_is_read_or_refused(text: str) -> None:
    for reader in (read, read_for_writing):
        fault = fault_of(reader, text, InvalidJson)
        assert fault is None or 0 <= fault.offset <= len(text)
