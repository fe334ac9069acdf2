"""The options of failed rows that come back: as a request has them, they mean the same again."""

from typing import Any

import pytest

from ferry.imports.correction_options import correction_request, of_failed_rows
from ferry.imports.import_options import from_query, plain, upload_in
from ferry_client.options import fields

MAPPING = {
    "Artikel": "sku",
    "Notiz": None,
    "Preis": {"to": "price", "transform": [{"number": {"unit": ["EUR", "€"], "decimal": ","}}]},
    "Gewicht": {"to": "weight", "transform": ["trim", {"number": {"unit": ["kg"]}}]},
    "tags": {"transform": [{"split": ";"}], "to": "tags"},
    "name": {"join": ["first", "last"], "separator": " – ", "to": "name"},
    "source": {"constant": {"from": ["shop", 1]}, "to": "source"},
}


@pytest.mark.parametrize(
    ("asked", "again"),
    [
        ({}, {}),
        ({"match": ["sku"], "mode": "insert"}, {"match": ["sku"], "mode": "insert"}),
        ({"match": ["a,b", "c"], "mode": "merge"}, {"match": ["a,b", "c"], "mode": "merge"}),
        ({"match": ["id"], "mode": "update"}, {"id_as_key": True, "mode": "update"}),
        ({"match": ["sku"], "mode": "mirror", "most_deleted": "50%"},
         {"match": ["sku"], "mode": "upsert"}),
        ({"columns": MAPPING}, {"mapping": MAPPING}),
        ({"decimal": "comma", "thousands": "none", "null_words": ["-", "a,b"]},
         {"decimal": ",", "thousands": "none", "null_words": ["-", "a,b"]}),
        ({"quote": "none", "delimiter": ";", "encoding": "gbk", "comment": "#", "header_row": 3},
         {"quote": "none"}),
        ({"dry_run": True, "differences": "csv", "keep_before": True, "budget": 0.5, "rate": 9},
         {"keep_before": True, "rate": 9}),
    ],
)  # fmt: skip
def test_a_request_has_them_as_the_first_one_meant_them(asked: Any, again: dict[str, Any]):
    options = plain(upload_in({"file_name": "goods.csv", **asked}))

    told = correction_request(options, "goods-failed.csv")

    assert told == again
    wanted = of_failed_rows(options, "goods-failed.csv")
    for sent in (plain(upload_in({"file_name": "a.csv", **told})), from_query(fields(told))):
        assert correction_request(sent, "a.csv") == told
        assert (sent.match, sent.conflict, sent.mapping) == (
            wanted.match,
            wanted.conflict,
            wanted.mapping,
        )


def test_options_that_a_format_does_not_take_are_left_out():
    asked = upload_in({"file_name": "a.csv", "decimal": ",", "match": ["sku"], "mode": "skip"})

    told = correction_request(plain(asked), "a-failed.jsonl")

    assert told == {"match": ["sku"], "mode": "skip"}
    assert correction_request(plain(asked), "a.xml") == told | {"decimal": ","}
    within = upload_in({"file_name": "a.json", "records": "data[].fields"})
    assert correction_request(plain(within), "a-failed.json") == {"records": "[].fields"}


def test_the_decimal_mark_that_was_found_is_told_as_few_rows_may_not_show_it():
    options = plain(upload_in({"file_name": "a.csv"}))

    assert correction_request(options, "a-failed.csv", {"decimal": ","}) == {"decimal": ","}
    assert correction_request(options, "a-failed.jsonl", {"decimal": ","}) == {}
    asked = plain(upload_in({"file_name": "a.csv", "decimal": "."}))
    assert correction_request(asked, "a.csv", {"decimal": ","}) == {"decimal": "."}
