"""Options of an import as fields of its form, and what they may be."""

from typing import Any

import pytest

from ferry.errors import InvalidFile, Malformed, Rejected
from ferry.files.csv.dialect import NO_QUOTE
from ferry.imports.bodies import asked_import
from ferry.imports.import_options import Upload, from_query

KIND = "multipart/form-data; boundary=edge"
FILE = 'name="file"; filename="a.csv"'


def form(*parts: tuple[str, str]) -> bytes:
    return (
        "".join(
            f"--edge\r\nContent-Disposition: form-data; {head}\r\n\r\n{body}\r\n"
            for head, body in parts
        )
        + "--edge--\r\n"
    ).encode()


@pytest.mark.parametrize("behind", [False, True])
def test_fields_stand_before_or_behind_the_file(behind: bool) -> None:
    parts = [(FILE, "name\nTea\n"), ('name="dry_run"', "1"), ('name="decimal"', ",")]

    asked = asked_import(form(*(parts if behind else parts[::-1])), KIND, {"delimiter": "tab"})

    assert isinstance(asked.file, Upload)
    assert (asked.file.name, asked.file.content) == ("a.csv", b"name\nTea\n")
    options = asked.options
    assert (options.dry_run, options.decimal, options.delimiter) == (True, ",", "\t")


@pytest.mark.parametrize(
    ("parts", "query", "says"),
    [
        ([(FILE, "a"), (FILE, "b")], {}, "2 parts named file"),
        ([(FILE, "a"), ('name="dryrun"', "1")], {}, "dryrun"),
        ([(FILE, "a"), ('name="dry_run"', "1")], {"dry_run": "0"}, "the query says something else"),
        ([(FILE, "a"), ('name="x"', "1"), ('name="x"', "1")], {}, "twice"),
        ([(FILE, "a"), ('name="x"; filename="b.csv"', "1")], {}, "is no option"),
    ],
)
def test_other_forms_are_refused(
    parts: list[tuple[str, str]], query: dict[str, str], says: str
) -> None:
    with pytest.raises((InvalidFile, Malformed), match=says):
        asked_import(form(*parts), KIND, query)


def test_a_name_may_be_given_in_the_extended_form() -> None:
    head = "name=\"file\"; filename*=UTF-8''na%C3%AFve%20%E5%90%8D.csv"

    asked = asked_import(form((head, "name\n")), KIND, {})

    assert isinstance(asked.file, Upload)
    assert asked.file.name == "naïve 名.csv"


@pytest.mark.parametrize(
    ("query", "name", "value"),
    [
        ({"delimiter": "semicolon"}, "delimiter", ";"),
        ({"quote": "none"}, "quote", NO_QUOTE),
        ({"encoding": "GBK"}, "encoding", "gb18030"),
        ({"encoding": "cp1252"}, "encoding", "windows-1252"),
        ({"header": "none", "columns": "name,,amount"}, "columns", ("name", "", "amount")),
        ({"null_words": "N/A,-"}, "null_words", ("N/A", "-")),
        ({"decimal": ",", "thousands": "none"}, "thousands", ""),
        ({"header_row": "4"}, "header_row", 4),
    ],
)
def test_values_that_options_take(query: dict[str, str], name: str, value: Any) -> None:
    assert getattr(from_query(query), name) == value


@pytest.mark.parametrize(
    "query",
    [
        {"delimiter": "ab"},
        {"delimiter": '"'},
        {"quote": "x"},
        {"encoding": "klingon"},
        {"header": "none"},
        {"columns": "name"},
        {"header_row": "0"},
        {"thousands": "."},
        {"decimal": ",", "thousands": ","},
        {"date_format": "DD/MM"},
        {"date_format": "DD/MM/YYYY at HH"},
        {"ragged": "cut"},
    ],
)
def test_values_that_options_do_not_take(query: dict[str, str]) -> None:
    with pytest.raises(Rejected):
        from_query(query)
