"""Previews: what they tell of a file, and that the import does just that."""

from decimal import Decimal
from typing import Any

import pytest

from ferry.errors import InvalidFile, Malformed
from ferry.files.entries import HEAD_BYTES
from ferry.imports.import_options import Upload, from_query
from ferry.imports.preview import preview
from ferry.tables.schema import Field, FieldType, Schema, Table
from tests.workbooks import workbook

GERMAN = (
    "Artikelnummer;Bezeichnung;Preis;Menge;Datum;Tel.\r\n"
    "00123;Grüner Tee;1.012,50;5;31.12.2026;+49 171 234\r\n"
    "00124;Saft;2,50;7;01.02.2026;0171 99\r\n"
).encode()
TABLE = Table(
    id=1,
    app_id="a",
    name="goods",
    schema=Schema(
        tuple(
            Field(name=name, type=kind)
            for name, kind in {
                "sku": FieldType.STRING,
                "name": FieldType.STRING,
                "price": FieldType.NUMBER,
                "amount": FieldType.INTEGER,
                "day": FieldType.DATE,
            }.items()
        )
    ),
    created_by=1,
    created_at=0,
    updated_at=0,
)


def told(name: str, content: bytes, table: Table | None = None, **options: str) -> dict[str, Any]:
    return preview(Upload(name, content), from_query(options), table, unpacked_limit=10**9)


def types(answer: dict[str, Any]) -> dict[str, str]:
    return {field["name"]: field["type"] for field in answer["schema"]["fields"]}


def test_a_table_is_proposed_and_the_file_goes_into_it_as_suggested() -> None:
    answer = told("artikel.csv", GERMAN)

    assert answer["detected"] == {
        "encoding": "utf-8",
        "delimiter": ";",
        "decimal": ",",
        "rows_sampled": 2,
    }
    assert types(answer) == {
        "Artikelnummer": "string",
        "Bezeichnung": "string",
        "Preis": "number",
        "Menge": "integer",
        "Datum": "date",
        "Tel": "string",
    }
    assert answer["suggested"]["columns"] == {
        "Datum": {"to": "Datum", "transform": {"date": "DD.MM.YYYY"}},
        "Tel.": "Tel",
    }
    assert answer["rows"][0] == {
        "Artikelnummer": "00123",
        "Bezeichnung": "Grüner Tee",
        "Preis": Decimal("1012.5"),
        "Menge": 5,
        "Datum": "2026-12-31",
        "Tel": "+49 171 234",
    }
    assert (answer["whole"], answer["rows_read"], answer["rows_failing"]) == (True, 2, 0)


def test_for_a_table_columns_are_suggested_and_none_is_applied() -> None:
    answer = told("artikel.csv", GERMAN, TABLE)

    assert answer["suggested"]["columns"] == {
        "Artikelnummer": "sku",
        "Bezeichnung": "name",
        "Preis": "price",
        "Menge": "amount",
        "Datum": {"to": "day", "transform": {"date": "DD.MM.YYYY"}},
    }
    assert {column["name"]: column["column"] for column in answer["columns"]}["Preis"] is None
    assert answer["rows"] == []
    assert answer["problems"][0]["line"] is None
    assert "must name columns of the table" in answer["problems"][0]["reason"]
    assert answer["changes"] == [{"field": "Tel", "added": "string"}]


def test_problems_have_lines_and_rows_are_as_they_would_be_stored() -> None:
    rows = "".join(f"n{number},{number}\n" for number in range(200))
    content = f"name,amount\n{rows}bad,x\n{rows}\n".encode()

    answer = told("a.csv", content, TABLE)

    assert (answer["rows_read"], answer["rows_failing"], len(answer["rows"])) == (401, 1, 50)
    assert answer["problems"] == [
        {
            "line": 202,
            "column": "amount",
            "reason": 'must be a whole number written in digits alone, such as 42; it is "x"',
        }
    ]
    assert answer["rows"][:2] == [{"name": "n0", "amount": 0}, {"name": "n1", "amount": 1}]


def test_a_second_file_widens_the_table_or_is_reported() -> None:
    content = b"sku,amount,color,price\na,1.5,red,x\nb,2,blue,7\n"

    answer = told("a.csv", content, TABLE)

    assert answer["changes"] == [
        {"field": "price", "does_not_fit": {"string": 50.0, "integer": 50.0}},
        {"field": "amount", "from": "integer", "to": "number"},
        {"field": "color", "added": "string"},
    ]
    assert types(answer) | {"amount": "number", "color": "string"} == types(answer)


def test_the_beginning_of_a_file_is_enough_and_a_row_that_is_cut_off_does_not_count() -> None:
    line = b"name of something,12345\n"
    content = b"name,amount\n" + line * (HEAD_BYTES // len(line) + 1)

    answer = told("a.csv", content[:HEAD_BYTES], TABLE)

    assert answer["whole"] is False
    assert (answer["rows_failing"], answer["problems"]) == (0, [])
    assert answer["rows_read"] == (HEAD_BYTES - len(b"name,amount\n")) // len(line)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", b'[{"Artikel":"Tea","n":5}]'),
        ("a.json", b'{"records":[{"id":"r","fields":{"Artikel":"Tea","n":5}}]}'),
        ("a.jsonl", b'{"Artikel":"Tea","n":5}\n'),
        ("a.tsv", b"Artikel\tn\nTea\t5\n"),
        ("a.csv", b"Report of May\n\nArtikel,n\nTea,5\nMilk,6\n"),
        ("a.xlsx", workbook([["Report"], [], ["Artikel", "n"], ["Tea", 5]])),
    ],
)
def test_every_format_is_previewed(name: str, content: bytes) -> None:
    answer = told(name, content)

    assert types(answer) == {"Artikel": "string", "n": "integer"}
    assert answer["rows"][0] == {"Artikel": "Tea", "n": 5}
    assert answer["rows_failing"] == 0


def test_names_that_cannot_name_fields_are_changed_and_mapped() -> None:
    answer = told("a.csv", "id,Größe (cm),编号,größe_cm\n1,2,3,4\n".encode())

    assert list(types(answer)) == ["file_id", "Groesse_cm", "column_3", "groesse_cm"]
    assert answer["suggested"]["columns"] == {
        "id": "file_id",
        "Größe (cm)": "Groesse_cm",
        "编号": "column_3",
        "größe_cm": "groesse_cm",
    }
    assert answer["rows"] == [
        {"file_id": 1, "Groesse_cm": 2, "column_3": "3", "groesse_cm": 4},
    ]


def test_dates_that_can_be_read_in_two_ways_stay_text() -> None:
    answer = told("a.csv", b"name,day\nTea,03/04/2026\n")

    assert types(answer)["day"] == "string"
    assert answer["columns"][1]["date_formats"] == ["DD/MM/YYYY", "MM/DD/YYYY"]


def test_what_cannot_be_read_is_refused_as_an_import_would() -> None:
    with pytest.raises(InvalidFile, match="windows-1252"):
        told("a.csv", b"name,note\nCaf\xe9,x\n")
    with pytest.raises(InvalidFile, match="is empty"):
        told("a.csv", b"")


def test_names_with_blanks_around_them_are_taken_as_an_import_takes_them() -> None:
    for name, content in (("a.csv", b" Name , amount\nTea,5\n"), ("a.json", b'[{"amount ":5}]')):
        answer = told(name, content, TABLE)

        assert (answer["rows"][0]["amount"], answer["problems"]) == (5, [])


def test_words_of_a_list_may_have_commas_where_they_are_json() -> None:
    content = b'name,amount\nTea,"n, a"\n'
    answer = told("a.csv", content, TABLE, null_words='["n, a", "-"]')

    assert answer["rows"] == [{"name": "Tea"}]
    with pytest.raises(Malformed, match="null_words"):
        told("a.csv", content, TABLE, null_words='["n')
