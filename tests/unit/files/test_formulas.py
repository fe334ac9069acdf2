"""Cells that a spreadsheet would run, kept from it and given back."""

import csv
import io
import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferry.errors import InvalidRow
from ferry.files.csv.csv_writer import CsvWriter
from ferry.files.csv.formulas import defused, undefused
from ferry.files.formats import FORMATS
from ferry.tables.columns import Nested, Numbers, Texts
from ferry.tables.schema import Field, FieldType, Schema
from tests.unit.files.files import entries

STARTS = "=+-@＝＋－＠"
texts = st.text(st.sampled_from("=+-@\t\r\n,;|\"'1.eEx ]＝"), max_size=20) | st.text(max_size=20)


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("=1", "'=1"),
        ("+x", "'+x"),
        ("-x", "'-x"),
        ("@a", "'@a"),
        ("＝1", "'＝1"),
        ("\t=1", "'\t'=1"),
        ("\n=1", "'\n'=1"),
        ("x;=1", "x;'=1"),
        ('x,"=1', "x,\"'=1"),
        ("x\n=1", "x\n'=1"),
        ("'=1", "''=1"),
        ("-5%", "'-5%"),
        ("+49 30 1", "'+49 30 1"),
    ],
)
def test_what_could_begin_a_formula_is_defused(text: str, safe: str) -> None:
    assert defused(text) == safe


@pytest.mark.parametrize(
    "text", ["", "1", "a=1", " =1", "-5", "+1.5", "-1e-5", "x,-5", "[1,-5]", "'a", "a-b@c.d"]
)
def test_other_text_and_numbers_stay(text: str) -> None:
    assert defused(text) == text
    assert undefused(text) == text


@given(texts)
def test_every_text_comes_back(text: str) -> None:
    assert undefused(defused(text)) == text


@given(texts, texts)
def test_no_cell_of_any_delimiter_begins_a_formula(one: str, other: str) -> None:
    schema = Schema(tuple(Field(name=name, type=FieldType.STRING) for name in "ab"))
    writer = CsvWriter(schema, defuse=True)

    text = writer.place([writer.encode({"a": one, "b": other})]).decode()

    for delimiter in ",;\t|":
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            for cell in row:
                begins = cell.lstrip('\t\r\n"')  # a spreadsheet may drop these
                assert begins[:1] not in STARTS or not begins or _is_number(begins)


def test_text_that_looks_like_a_number_stays_text_and_a_number_a_number() -> None:
    kinds = {"text": FieldType.STRING, "number": FieldType.NUMBER}
    fields = (Field(name=name, type=kind) for name, kind in kinds.items())
    writer = CsvWriter(Schema(tuple(fields), built_in=False), defuse=True)

    assert writer.encode({"text": "-1", "number": Decimal(-1)}) == b"'-1,-1"
    assert writer.encode_columns([Texts(["-1"]), Numbers(["-1"])]) == [b"'-1,-1"]


def _is_number(cell: str) -> bool:
    return cell[:1] in {"+", "-", "＋", "－"} and cell[1:2] in set(".0123456789")


@pytest.mark.parametrize("by_columns", [True, False])
def test_pointers_objects_and_lists_are_defused_too(by_columns: bool) -> None:
    kinds = {"ref": FieldType.REFERENCE, "list": FieldType.ARRAY}
    schema = Schema(
        tuple(Field(name=name, type=kind) for name, kind in kinds.items()), built_in=False
    )
    writer = CsvWriter(schema, defuse=True)

    if by_columns:
        (line,) = writer.encode_columns([Texts(["=1"]), Nested(['["a;=1",-5]'])])
    else:
        line = writer.encode({"ref": {"_table": "t", "id": "=1"}, "list": ["a;=1", -5]})

    assert line.decode() == '\'=1,"[""a;\'=1"",-5]"'


def test_heads_are_defused() -> None:
    schema = Schema((Field(name="a", type=FieldType.STRING),), built_in=False)

    assert CsvWriter(schema, heads={"a": "=a"}, defuse=True).head().decode() == "\ufeff'=a\r\n"
    assert CsvWriter(schema, heads={"a": "=a"}).head().decode() == "\ufeff=a\r\n"


@pytest.mark.parametrize("name", ["csv", "tsv"])
@pytest.mark.parametrize("text", ["=1", "x;=1", "'=1", "-5", "\n=1", '"=1"', "''", "+49 30"])
def test_failed_rows_are_defused_and_come_back_as_they_were(name: str, text: str) -> None:
    schema = Schema(
        (Field(name="a", type=FieldType.STRING), Field(name="n", type=FieldType.NUMBER))
    )
    form = FORMATS[name]
    between = "\t" if name == "tsv" else ","
    quoted = '"' + text.replace('"', '""') + '"'
    data = f"a{between}n{between}=x\r\n{quoted}{between}x{between}-1\r\n".encode()
    layout = form.inspect(data, whole=True, schema=schema)
    (entry,) = form.read([data[layout.start.offset :]], layout, layout.start)

    writer = form.failures(layout, schema)
    file = writer.head() + writer.row(entry, InvalidRow("n", "must be a number"))

    first, second = csv.reader(io.StringIO(file.decode("utf-8-sig"), newline=""), delimiter=between)
    assert first[3:] == ["a", "n", "'=x"]
    assert second[3:] == [defused(text), "x", "-1"]
    (back,) = entries(name, file, schema=schema)
    assert back.cells == {"a": text, "n": "x"}
    assert form.inspect(file, whole=True, schema=schema).heads == ("a", "n", "=x")


def test_a_row_that_could_not_be_split_comes_back_as_it_was() -> None:
    schema = Schema(
        (Field(name="a", type=FieldType.STRING), Field(name="b", type=FieldType.STRING))
    )
    form = FORMATS["csv"]
    data = b'a,b\r\n=x,"5" pipe\r\n'
    layout = form.inspect(data, whole=True, schema=schema)
    (entry,) = form.read([data[layout.start.offset :]], layout, layout.start)
    assert entry.error
    writer = form.failures(layout, schema)

    file = writer.head() + writer.row(entry, entry.error)

    assert b"\"'=x," in file
    (back,) = entries("csv", file.replace(b'""5"" pipe', b'""5"""" pipe""'), schema=schema)
    assert back.cells == {"a": "=x", "b": '5" pipe'}


def test_defusing_takes_time_linear_in_the_text() -> None:
    for text in ("=" * 10**6, ";'" * 10**6, ";-1" * 10**6, "'" * 10**6, ";-" + "1" * 10**6):
        begun = time.process_time()
        undefused(defused(text))
        assert time.process_time() - begun < 5
