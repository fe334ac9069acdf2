"""Every wrong cell and row is found, and nothing that is right is called wrong."""

import csv
import io
import json

import pytest

from benchmarks.data.checking import Verdict, exported_csv, exported_jsonl, imported
from benchmarks.data.rows import attribute, columns, rows

COUNT = 30


def csv_file(change=lambda row: row):
    text = io.StringIO()
    shown = [change({name: cell(value) for name, value in columns(r).items()}) for r in rows(COUNT)]
    writer = csv.DictWriter(text, shown[0])
    writer.writeheader()
    writer.writerows(row for row in shown if row)
    return text.getvalue().encode()


def cell(value):
    match value:
        case bool():
            return str(value).lower()
        case list() | dict():
            return json.dumps(value)
        case _:
            return value


def batches(change=lambda row: row):
    changed = [change(dict(row)) for row in rows(COUNT)]
    items = [{"_pk": {"S": "x"}, "_sk": {"S": "y"}, **attributes(row)} for row in changed if row]
    return [{"RequestItems": {"records": [{"PutRequest": {"Item": item}} for item in items]}}]


def attributes(row):
    return {name: attribute(value) for name, value in row.items() if value is not None}


def test_a_right_file_is_right():
    assert exported_csv(csv_file(), COUNT) == Verdict()


@pytest.mark.parametrize(
    ("name", "wrong"),
    [("name", "somebody"), ("price", "x"), ("n", "-1"), ("tags", "['a']"), ("active", "")],
)
def test_a_wrong_cell_is_counted_with_its_column(name, wrong):
    verdict = exported_csv(csv_file(lambda row: row | {name: wrong}), COUNT)

    assert verdict == Verdict(cells_wrong=COUNT, columns_wrong=(name,))


def test_values_written_another_way_are_right():
    def change(row):
        return row | {"active": row["active"].title(), "price": f"{row['price']}0"}

    assert exported_csv(csv_file(change), COUNT) == Verdict()


def test_a_missing_row_is_counted():
    file = csv_file(lambda row: None if row["n"] == 7 else row)

    assert exported_csv(file, COUNT) == Verdict(rows_missing=1)


def test_a_row_that_is_there_twice_is_counted():
    lines = csv_file().splitlines(keepends=True)

    assert exported_csv(b"".join([*lines, lines[-1]]), COUNT) == Verdict(rows_extra=1)


def test_json_lines_hold_values_of_their_types():
    shown = [columns(row) for row in rows(COUNT)]
    right = "\n".join(json.dumps(row | {"price": float(row["price"])}) for row in shown)
    wrong = "\n".join(json.dumps(row | {"price": str(row["price"])}) for row in shown)

    assert exported_jsonl(right.encode(), COUNT) == Verdict()
    assert exported_jsonl(wrong.encode(), COUNT) == Verdict(
        cells_wrong=COUNT, columns_wrong=("price",)
    )


def test_written_items_are_compared():
    assert imported(batches(), COUNT) == Verdict()
    assert imported(batches(lambda row: row | {"n": str(row["n"])}), COUNT) == Verdict(
        cells_wrong=COUNT, columns_wrong=("n",)
    )
    assert imported(batches(lambda row: None if row["n"] == 3 else row), COUNT) == Verdict(
        rows_missing=1
    )


def test_null_may_be_an_attribute_or_none():
    found = batches()
    for request in found[0]["RequestItems"]["records"]:
        request["PutRequest"]["Item"].setdefault("note", {"NULL": True})

    assert imported(found, COUNT) == Verdict()
