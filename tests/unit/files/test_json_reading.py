from decimal import Decimal

import pytest

from ferry.errors import InvalidFile
from ferry.files.entries import MAX_RECORD_BYTES, Shape
from ferry.files.formats import FORMATS
from ferry.files.position import Position
from ferry.tables.schema import Field, FieldType, Schema
from tests.unit.files.files import entries, outcomes
from tests.unit.goods import GOODS

JSON = FORMATS["json"]
A, B = {"name": "a"}, {"name": "b"}


def rows(text: str) -> list[object]:
    return outcomes(entries("json", text.encode()))


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        pytest.param('[{"name":"a"},{"name":"b"}]', Shape.ARRAY, id="array"),
        pytest.param('{"name":"a"}\n{"name":"b"}\n', Shape.LINES, id="lines"),
        pytest.param('{"name":"a"}\r\n\r\n{"name":"b"}', Shape.LINES, id="lines-crlf"),
        pytest.param('{"objects":[{"name":"a"},{"name":"b"}]}', Shape.MEMBER, id="objects"),
        pytest.param(
            '{"meta":{"n":[2]},"results": [{"name":"a"},{"name":"b"}],"x":1}',
            Shape.MEMBER,
            id="results",
        ),
        pytest.param('{\n "name":"a"}\n{\n "name":"b"}', Shape.OBJECTS, id="objects-over-lines"),
        pytest.param('{"name":"a"} {"name":"b"}', Shape.OBJECTS, id="objects-on-one-line"),
        pytest.param('{"name":"a"},\n{"name":"b"},\n', Shape.OBJECTS, id="lines-with-commas"),
        pytest.param(' \n[\n{"name":\n"a"}\n,{"name":"b"},\n]\n', Shape.ARRAY, id="array-spaced"),
        pytest.param('\ufeff[{"name":"a"},{"name":"b"}]', Shape.ARRAY, id="mark"),
        pytest.param('[{"name":"a"}{"name":"b"}]', Shape.ARRAY, id="comma-missing"),
        pytest.param('[,{"name":"a"},,{"name":"b"},]', Shape.ARRAY, id="commas-too-many"),
    ],
)
@pytest.mark.parametrize("name", ["json", "jsonl"])
def test_every_shape_holds_the_same_records(name: str, text: str, shape: Shape) -> None:  # G21
    data = text.encode()

    assert FORMATS[name].inspect(data, whole=True, schema=GOODS).shape is shape
    assert outcomes(entries(name, data)) == [A, B]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[]", []),
        ('{"objects":[]}', []),
        ('{"name":"a"}', [A]),
        ('{\n  "name": "a"\n}\n', [A]),
        ('{"name":"a","results":[1]}', [{"name": "a", "results": [1]}]),
        ('{"name":"a","results":[{}]}\n{"name":"b"}', [{"name": "a", "results": [{}]}, B]),
        ('[{"price":1582917533873852417}]', [{"price": 1582917533873852417}]),
        ('[{"price":0.10}]', [{"price": Decimal("0.10")}]),
        ('[{"code":"[{\\"}\\\\"}]', [{"code": '[{"}\\'}]),
        ('[{"obj":[[{"b":{"c":[]}}]]},{"on":1}]', [{"obj": [[{"b": {"c": []}}]]}, {"on": 1}]),
    ],
)
def test_records(text: str, expected: list[object]) -> None:
    assert rows(text) == expected


def test_a_field_named_results_belongs_to_a_record() -> None:
    schema = Schema((Field(name="results", type=FieldType.ARRAY),))

    (entry,) = entries("json", b'{"results":[{"a":1}]}', schema=schema)

    assert entry.cells == {"results": [{"a": 1}]}


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        pytest.param("{'name':'x'}", "not valid JSON", id="single-quotes"),
        pytest.param('{"name":"x",}', "not valid JSON", id="comma"),
        pytest.param('{"name":NaN}', "holds NaN", id="nan"),
        pytest.param('{"name":-Infinity}', "holds -Infinity", id="infinity"),
        pytest.param('{"name":1,"name":2}', '"name" is a duplicate', id="duplicate"),
        pytest.param('{"name":"\t"}', "Invalid control character", id="control-character"),
        pytest.param('{"name":"x', "not valid JSON", id="unclosed-string"),
        pytest.param('{"name":"x\\', "not valid JSON", id="backslash-at-the-end"),
        pytest.param('{"name":"x"', "not valid JSON", id="unclosed-object"),
        pytest.param('{"name":["x"}', "not valid JSON", id="unclosed-array"),
        pytest.param('{"name":{"x":1}', "not valid JSON", id="unclosed-inner-object"),
        pytest.param("12", "must be an object", id="number"),
        pytest.param('"x"', "must be an object", id="string"),
        pytest.param("null", "must be an object", id="null"),
        pytest.param("[1]", "must be an object", id="array"),
        pytest.param("nonsense", "not valid JSON", id="nonsense"),
        pytest.param("}", "not valid JSON", id="brace"),
        pytest.param('{"a":' * 40 + "1" + "}" * 40, "nested", id="deep"),
        pytest.param("[" * 5000 + "]" * 5000, "nested", id="very-deep"),
    ],
)
@pytest.mark.parametrize("ends", [",\n", ",\r\n  "])
def test_a_bad_record_is_an_error_and_the_next_is_fine(bad: str, reason: str, ends: str) -> None:
    in_array = rows(f'[{{"name":"a"}}{ends}{bad}{ends}{{"name":"b"}}\n]')
    in_lines = rows(f'{{"name":"a"}}\n{bad}\n{{"name":"b"}}\n')

    for first, error, last in (in_array, in_lines):
        assert reason in str(error)
        assert (first, last) == (A, B)


def test_a_bad_record_over_several_lines_ends_where_its_brackets_do() -> None:
    text = '[\n{\n"name": "x,\n"code": "1"\n},\n{\n"name": "b"\n}\n]'

    error, last = rows(text)

    assert "not valid JSON" in str(error)
    assert last == B


def test_bytes_that_are_not_utf8_cost_their_record_only() -> None:
    bad, last = entries("json", b'[{"name":"x\xff"},{"name":"b"}]', head=5)

    assert bad.error
    assert "is not UTF-8 text" in bad.error.reason
    assert last.cells == B


@pytest.mark.parametrize(
    ("text", "errors"),
    [
        ('[{"name":"a"}', 1),
        ('[{"name":"a"},', 1),
        ('[{"name":"a"},{"na', 1),
        ('[{"name":"a"},{"name":"b', 1),
        ('[{"name":"a"},{"name":"b\\', 1),
        ('[{"name":"a"},[', 1),
        ('{"objects":[{"name":"a"}', 1),
        ('{"objects":[{"name":"a"},tr', 2),
    ],
)
def test_a_file_that_is_cut_off_keeps_the_rows_before(text: str, errors: int) -> None:
    first, *last = entries("json", text.encode())

    assert first.cells == A
    assert len(last) == errors
    assert last[-1].error
    assert "is cut off" in last[-1].error.reason
    assert last[-1].end.ended


def test_a_line_that_is_cut_off_is_a_bad_line() -> None:
    assert rows('{"name":"a"}\n{"na')[0] == A


def test_what_follows_an_array_is_an_error() -> None:
    first, rest = entries("json", b'[{"name":"a"}]\n[{"name":"b"}]')

    assert first.cells == A
    assert rest.error
    assert "goes on behind" in rest.error.reason
    assert rest.original == b'[{"name":"b"}]'


def test_lines_and_positions() -> None:
    data = b'[\n{"name":"a"},\n\n{"name":\n"b"} ]\n'

    first, second = entries("json", data)

    assert (first.number, first.line, first.original) == (1, 2, b'{"name":"a"}')
    assert first.end == Position(offset=data.index(b",\n\n"), line=2, number=1)
    assert (second.number, second.line) == (2, 4)
    assert second.end == Position(offset=data.index(b" ]"), line=5, number=2)


def test_a_record_too_long_is_passed_over_and_keeps_its_beginning() -> None:
    long = b'{"name":"' + b'x{"' * (MAX_RECORD_BYTES // 3) + b'"}'
    long = long.replace(b'x{"', b'x{\\"')

    first, error, last = entries("json", b'[{"name":"a"},\n' + long + b',\n{"name":"b"}]')

    assert error.error
    assert "longer than 4 MiB" in error.error.reason
    assert (error.original, error.complete) == (long[:65_536], False)
    assert (first.cells, last.cells, last.line) == (A, B, 3)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param('{"a":', "is cut off", id="F10-object"),
        pytest.param('"x"', r"must begin with \[ or \{", id="F10-string"),
        pytest.param("12", r"must begin with \[ or \{", id="F10-number"),
        pytest.param(" \n ", "white space", id="blank"),
        pytest.param("[", "is cut off", id="array-cut-off"),
        pytest.param('[{"a":', "is cut off", id="array-record-cut-off"),
        pytest.param("{'a':1}", "not valid JSON", id="quotes"),
        pytest.param("[1,2,3]", "must be an object", id="numbers"),
    ],
)
def test_files_that_are_refused(text: str, reason: str) -> None:
    with pytest.raises(InvalidFile, match=reason):
        JSON.inspect(text.encode(), whole=True, schema=GOODS)


def test_a_file_seen_in_part_is_not_called_cut_off() -> None:
    assert JSON.inspect(b'[{"a":', whole=False, schema=GOODS).shape is Shape.ARRAY
    assert JSON.inspect(b'{"a":', whole=False, schema=GOODS).shape is Shape.OBJECTS
    assert JSON.inspect(b'{"objects":[{"a":', whole=False, schema=GOODS).shape is Shape.MEMBER


def test_unknown_keys_of_the_first_records_are_named() -> None:
    data = b'[{"name":"a","foo":1},{"name":"x","bar":{},"foo":2}]'

    assert JSON.inspect(data, whole=True, schema=GOODS).ignored == ("foo", "bar")
