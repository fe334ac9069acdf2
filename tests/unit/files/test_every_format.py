"""Rules for every format in the registry: an omission fails here."""

from collections.abc import Iterable
from decimal import Decimal
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import pytest
from msgspec import structs

from ferry.errors import DoesNotFit, InvalidRow
from ferry.exports.export_options import ExportOptionsV15
from ferry.files.entries import Entry, Layout
from ferry.files.format import Format, Means, gzipped
from ferry.files.formats import FORMATS, of_file
from ferry.files.incoming import incoming, stem
from ferry.files.options import AS_WRITTEN
from ferry.files.position import Packed
from ferry.tables.rows import RowRules
from tests.unit.goods import GOODS
from tests.unit.types import VALUES

MEANS = Means(1 << 30, TemporaryFile)  # type: ignore[arg-type]
RULES = RowRules(GOODS, ids=True)
ROWS: list[dict[str, Any]] = [
    {field.name: VALUES[field.type][number] for field in GOODS.fields} for number in range(2)
] + [{"name": 'a,"b"\t\r\nc', "amount": 0}, {"name": "x" * 400, "amount": -7}]
EVERY = pytest.mark.parametrize("form", FORMATS.values(), ids=FORMATS)


def file_of(form: Format, records: Iterable[dict[str, Any]]) -> bytes:
    writer, packing = form.writer(GOODS), form.packing(Packed())
    parts = [writer.head(), writer.place([writer.encode(record) for record in records])]
    packed = [packing.head(), *map(packing.pack, [*parts, writer.tail()]), packing.tail()]
    return b"".join(packed)


def read_file(form: Format, file: bytes, suffix: str = "") -> tuple[Layout, bytes, list[Entry]]:
    """Return the file's layout, its text and its entries, as an import finds them."""
    kind = incoming(f"goods{suffix or form.suffix}", AS_WRITTEN, MEANS)
    blocks: Iterable[bytes] = [file]
    for stage in kind.stages:
        blocks = stage(blocks)
    text = b"".join(blocks)
    layout = form.inspect(text, whole=True, schema=GOODS)
    return layout, text, list(form.read([text[layout.start.offset :]], layout, layout.start))


def rows_of(form: Format, entries: Iterable[Entry]) -> list[dict[str, Any]]:
    convert = form.rows(RULES)
    return [convert(entry.cells).fields for entry in entries]


@EVERY
def test_what_is_exported_comes_in_again(form: Format) -> None:
    _, _, entries = read_file(form, file_of(form, ROWS))

    assert rows_of(form, entries) == ROWS


@EVERY
def test_a_packed_file_comes_in_again(form: Format) -> None:
    if form.packs_itself:
        return
    packed = gzipped(form)

    assert (packed.suffix, packed.packs_itself) == (f"{form.suffix}.gz", True)
    _, _, entries = read_file(form, file_of(packed, ROWS), packed.suffix)
    assert rows_of(form, entries) == ROWS


@EVERY
def test_reading_goes_on_behind_every_record(form: Format) -> None:
    layout, text, entries = read_file(form, file_of(form, ROWS))

    for done, entry in enumerate(entries, start=1):
        rest = form.read([text[entry.end.offset :]], layout, entry.end)
        assert rows_of(form, rest) == ROWS[done:]


@EVERY
def test_failed_rows_come_in_again_one_for_one(form: Format) -> None:
    layout, _, entries = read_file(form, file_of(form, ROWS))
    writer = form.failures(layout, GOODS)
    error = InvalidRow("name", "is taken")
    failed = [writer.head(), *(writer.row(entry, error) for entry in entries), writer.tail()]
    if form.failed_file:
        failed = list(form.failed_file.made_of(failed))
        form = of_file(f"goods{form.failed_file.suffix}")

    _, _, again = read_file(form, b"".join(failed))

    assert rows_of(form, again) == ROWS


@EVERY
def test_a_writer_and_its_packing_go_on_from_any_row(form: Format) -> None:
    whole = file_of(form, ROWS)
    for done in range(len(ROWS)):
        writer, packing = form.writer(GOODS), form.packing(Packed())
        first = list(map(writer.encode, ROWS[:done]))
        file = packing.head() + packing.pack(writer.head() + writer.place(first)) + packing.seal()
        writer = form.writer(GOODS, rows_written=done)
        packing = form.packing(packing.so_far)
        rest = writer.place(list(map(writer.encode, ROWS[done:]))) + writer.tail()
        file += packing.pack(rest) + packing.tail()

        _, _, entries = read_file(form, file)
        assert rows_of(form, entries) == ROWS
        assert form.packs_itself or file == whole


@EVERY
def test_its_name_is_of_the_api_and_its_suffix_of_files(form: Format) -> None:
    body = {"file_type": form.name, "mode": "all"}

    assert FORMATS[ExportOptionsV15.model_validate(body).file_type] is form
    assert of_file(f"A{form.suffix.upper()}") is form
    assert stem(f"a.b{form.suffix}.gz") == "a.b"
    schema = ExportOptionsV15.model_json_schema()["properties"]["file_type"]
    assert form.name in schema["enum"]


@EVERY
def test_the_documents_name_it(form: Format) -> None:
    docs = Path(__file__).parents[3] / "docs"

    assert f"`{form.name}`" in (docs / "api-export.md").read_text("utf-8")
    assert form.suffix in (docs / "api-import.md").read_text("utf-8")


def test_a_number_keeps_all_its_digits_in_every_format() -> None:
    exact = {"name": "a", "amount": 10**37, "price": Decimal("1.5000000000000000000000001")}
    for form in FORMATS.values():
        made = form
        if form.has_columns:
            with pytest.raises(DoesNotFit, match="decimal_keys"):
                file_of(form, [exact])
            writer = partial(form.writer, decimals={"amount": 0, "price": 25})
            made = structs.replace(form, writer=writer)
        assert rows_of(form, read_file(form, file_of(made, [exact]))[2]) == [exact]
