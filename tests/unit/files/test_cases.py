"""Files as people have them: the cases of the contract that are text, read without a service."""

from decimal import Decimal
from typing import Any

import msgspec
import pytest

from ferry.errors import InvalidFile, InvalidRow
from ferry.files.entries import Layout
from ferry.files.format import Format
from ferry.files.formats import of_file
from ferry.files.options import ReadingOptions
from ferry.files.transcoding import to_utf8
from ferry.imports.reading_options import check_reading, written
from ferry.tables.rows import RowRules
from ferry.tables.schema import Field, FieldType, Schema
from tests.contract.cases import load

CASES = [
    case
    for case in load("files")
    if ("text" in case or "hex" in case) and of_file(case["file"]).text_of is None
]
GOODS = Schema(
    tuple(
        Field(name=name, type=kind)
        for name, kind in {
            "name": FieldType.STRING,
            "amount": FieldType.INTEGER,
            "price": FieldType.NUMBER,
            "ok": FieldType.BOOLEAN,
            "day": FieldType.DATE,
            "note": FieldType.STRING,
            "at": FieldType.GEOJSON,
            "tags": FieldType.ARRAY,
        }.items()
    )
)
RULES = RowRules(GOODS)


class Outcome(msgspec.Struct):
    layout: Layout
    rows: list[dict[str, Any]] = []
    failed: list[tuple[int, str, str]] = []
    file: bytes = b""


def imported(form: Format, text: bytes, options: ReadingOptions) -> Outcome:
    """Import a file into nothing; what failed is in `file`, as it comes back to the user."""
    layout = form.inspect(text, whole=True, schema=GOODS, options=options)
    outcome, writer = Outcome(layout), form.failures(layout, GOODS)
    convert, parts = form.rows(RULES), [writer.head()]
    for entry in form.read([text[layout.start.offset :]], layout, layout.start):
        try:
            if entry.error:
                raise entry.error
            outcome.rows.append(convert(entry.cells).fields)
        except InvalidRow as error:
            outcome.failed.append((entry.line, error.field, error.reason))
            parts.append(writer.row(entry, error))
    outcome.file = b"".join([*parts, writer.tail()])
    return outcome


def read(case: dict[str, Any]) -> Outcome:
    options = msgspec.convert(written(case.get("options", {})), ReadingOptions)
    check_reading(options)
    content = bytes.fromhex(case["hex"]) if "hex" in case else case["text"].encode()
    if options.encoding:
        content = b"".join(to_utf8([content], options.encoding))
    return imported(of_file(case["file"]), content, options)


def exact(value: Any) -> Any:
    match value:
        case Decimal():
            return str(value.normalize()) if value != value.to_integral() else str(int(value))
        case dict():
            return {name: exact(member) for name, member in value.items()}
        case list():
            return [exact(element) for element in value]
    return value


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_case(case: dict[str, Any]) -> None:
    if "refused" in case:
        with pytest.raises(InvalidFile) as refusal:
            read(case)
        assert [text for text in case["refused"] if text not in str(refusal.value)] == []
        assert [text for text in case.get("not", []) if text in str(refusal.value)] == []
        return

    found = read(case)

    assert [exact(row) for row in found.rows] == case.get("rows", [])
    assert len(found.failed) == len(case.get("failed", []))
    for (line, field, reason), expected in zip(found.failed, case.get("failed", []), strict=True):
        assert line == expected["line"]
        assert expected["reason"] in reason
        assert field == expected.get("field", field)
    assert found.layout.detected == case.get("told", {})
    assert list(found.layout.ignored) == case.get("ignored", [])
    assert found.layout.skipped.get("rows", 0) == case.get("blank", 0)


@pytest.mark.parametrize(
    "case", [case for case in CASES if "failed" in case], ids=lambda case: case["case"]
)
def test_failed_rows_fail_again_and_none_is_lost(case: dict[str, Any]) -> None:
    """Sent again as they are, they fail again, and the file of them stays what it is."""
    first = read(case)
    form = of_file(case["file"])
    options = msgspec.convert(written(case.get("options", {})), ReadingOptions)
    check_reading(options)

    try:
        again = imported(form, first.file, options)
    except InvalidFile:  # all of them are unreadable: the file is refused as a whole
        assert form.name in {"json", "jsonl", "dynamodb"}
        return

    assert again.rows == []
    assert len(again.failed) == len(first.failed)
    third = imported(form, again.file, options)
    assert third.file == again.file or _without_lines(third) == _without_lines(again)
    assert not set(again.layout.ignored) & {"line", "field", "reason", "_line"}


def _without_lines(outcome: Outcome) -> list[tuple[str, str]]:
    return [(field, reason) for _, field, reason in outcome.failed]


@pytest.mark.parametrize(
    ("name", "text", "mend"),
    [
        (
            "a.csv",
            'name,amount\n"This is" not,1\nMilk,6\n',
            ('"""This is"" not,1"', "This is not,1"),
        ),
        ("a.csv", "name,amount\nThis is not,one\nMilk,6\n", ("not,one", "not,1")),
        ("a.csv", "name;amount\nThis is not;one\nMilk;6\n", ("not;one", "not;1")),
        ("a.json", '[{"name":"This is not","amount":1,},{"name":"Milk"}]', (",}", "}")),
        ("a.jsonl", '{"name":"Milk"}\n{"name":"This is not","amount":"1"}\n', (':"1"', ":1")),
        ("a.json", '[{"fields":{"name":"This is not","amount":"1"}}]', (':"1"', ":1")),
    ],
)
def test_a_row_that_is_corrected_comes_in(name: str, text: str, mend: tuple[str, str]) -> None:
    form = of_file(name)
    failed = imported(form, text.encode(), ReadingOptions()).file.decode()
    assert mend[0] in failed

    corrected = failed.replace(*mend)

    found = imported(form, corrected.encode(), ReadingOptions())
    assert found.rows == [{"name": "This is not", "amount": 1}]
    assert found.layout.ignored == ()
