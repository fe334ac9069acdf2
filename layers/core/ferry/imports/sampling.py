"""A file's columns and what their values tell, read without regard to any table. Pure."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import msgspec
from msgspec import structs

from ferry.files.bulks import Bulk
from ferry.files.csv.regional import OURS, UNTOLD, number_reader, numbers_of, with_decimal
from ferry.files.entries import Entry
from ferry.files.format import Format
from ferry.files.headings import cleaned
from ferry.files.options import ReadingOptions
from ferry.tables.date_formats import date_formats
from ferry.tables.inference import InferredColumn, inferred
from ferry.tables.rows import Refused
from ferry.tables.schema import Field, FieldType, Schema

_ROWS = 1_000


class FilePart(msgspec.Struct, frozen=True):
    """The text of a file, or its beginning.

    Attributes:
        form: its format.
        head: the text.
        whole: whether that is all of it; if not, its last record may be cut off.

    """

    form: Format
    head: bytes
    whole: bool

    def certain[T: Bulk | Entry](self, found: Iterable[T]) -> Iterator[T]:
        """Leave out the records at the end that may have been cut off."""
        if self.whole:
            yield from found
            return
        held: list[T] = []
        for one in found:
            if isinstance(one, Bulk) or not one.error:
                yield from held
                held = []
            held.append(one)
        if held and isinstance(held[0], Bulk):
            yield held[0]


class FileSample(msgspec.Struct, frozen=True):
    """The first rows of a file, and the dialect that was detected in them.

    Attributes:
        columns: the file's, in its order.
        dates: formats in which the dates of a column of texts may be written, by its name.
        detected: how the file is written.
        options: by which it was read.

    """

    columns: list[InferredColumn]
    dates: dict[str, list[str]]
    detected: dict[str, Any]
    options: ReadingOptions


def sampled(part: FilePart, options: ReadingOptions) -> FileSample:
    """Read the file's first 1,000 rows.

    Raises:
        InvalidFile: nothing can be read of it.

    """
    names, how = part.form.names(part.head, options)
    # Headers match without the blanks around them; names in JSON are taken as they are.
    if part.form.is_delimited or part.form.text_of:
        names = tuple(dict.fromkeys(map(cleaned, names)))
    fields = tuple(Field(name=name, type=FieldType.STRING) for name in names if name)
    raw = structs.replace(how, mapping={}, id_as_key=False)
    layout = part.form.inspect(
        part.head, whole=part.whole, schema=Schema(fields, built_in=False), options=raw
    )
    entries = part.form.read([part.head[layout.start.offset :]], layout, layout.start)
    rows = [entry.cells for entry in islice(part.certain(entries), _ROWS) if not entry.error]
    values = {field.name: [row.get(field.name) for row in rows] for field in fields}
    texts = {
        name: [v for v in column if isinstance(v, str) and v] for name, column in values.items()
    }
    detected = dict(layout.detected)
    plain = _plain(part, how, texts, detected)
    columns = [inferred(name, column, plain) for name, column in values.items()]
    dates = {it.name: date_formats(texts[it.name]) for it in columns if it.type is FieldType.STRING}
    detected |= {"rows_sampled": len(rows)}
    if part.form.is_delimited:
        detected |= {"delimiter": how.delimiter}
    if how.header_row:
        detected |= {"header_row": how.header_row}
    return FileSample(
        columns, {name: found for name, found in dates.items() if found}, detected, how
    )


def _plain(
    part: FilePart,
    options: ReadingOptions,
    texts: dict[str, list[str]],
    detected: dict[str, Any],
) -> Any:
    """Note the decimal mark; return a function from a number to one with a decimal point."""
    if not part.form.is_delimited:
        return str
    usual = OURS if options.delimiter == "," else UNTOLD
    cells = (cell for column in texts.values() for cell in column)
    numbers = numbers_of(cells, by_default=usual)
    if options.decimal:
        numbers = with_decimal(options.decimal, options.thousands)
    if numbers == OURS:
        return str
    if numbers.decimal:
        detected["decimal"] = numbers.decimal
    read = number_reader(numbers)

    def plain(text: str) -> str:
        made = read(text)
        return "" if type(made) is Refused else made

    return plain
