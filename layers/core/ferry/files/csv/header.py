"""Find the header of a CSV file and detect the file's dialect. Pure."""

from collections.abc import Iterator
from itertools import islice

import msgspec
from msgspec import structs

from ferry.errors import InvalidFile, InvalidRow
from ferry.files.csv.advice import nothing_named
from ferry.files.csv.cell_conversions import conversions
from ferry.files.csv.csv_cells import Cells, split
from ferry.files.csv.csv_opening import check_encoding, declared_delimiter, line_of
from ferry.files.csv.csv_scanner import CsvScanner
from ferry.files.csv.dialect import USUAL, Dialect
from ferry.files.csv.formulas import undefused
from ferry.files.csv.made_columns import made_columns
from ferry.files.csv.quotes import refuse_single_quotes
from ferry.files.csv.regional import OURS, UNTOLD, RegionalNumbers, numbers_of, with_decimal
from ferry.files.encoding import check_utf8, decode
from ferry.files.entries import HEAD_BYTES, Layout, Shape, ignored_names
from ferry.files.headings import IDS_IGNORED, Headings, added_columns, headings
from ferry.files.options import ReadingOptions
from ferry.files.position import Position
from ferry.files.record_stream import RawRecord, RecordStream
from ferry.files.transforms import unitless
from ferry.tables.schema import FieldType, Schema
from ferry.tables.values import shown

_HEADER = "the first line, with the columns' names,"
_SAMPLE_ROWS = 1000
_LEAST_CONFIDENCE = 90
"""Of a hundred sampled rows, so many must fit a delimiter that was only detected."""

_NUMERIC = {FieldType.NUMBER, FieldType.INTEGER}


class _Header(msgspec.Struct, frozen=True):
    """The names in a header, read by a dialect, and where it ends."""

    dialect: Dialect
    heads: tuple[str, ...]
    end: Position
    names: Headings
    failure: tuple[str, ...]
    """The columns in front that an earlier failed-rows file has added."""

    @property
    def added(self) -> int:
        """How many those are."""
        return len(self.failure)

    @property
    def matched(self) -> int:
        """The number of the table's columns that the file gives."""
        return self.names.matched


def inspected(
    head: bytes, *, whole: bool, schema: Schema, options: ReadingOptions, usual: Dialect
) -> Layout:
    """Return the layout of a file; see `ferry.files.csv.csv_reader.inspect`."""
    start = check_utf8(head, whole=whole)
    check_encoding(head, options.encoding)
    at = Position(offset=start)
    declared = declared_delimiter(head, start)
    if declared:
        at = line_of(head, start, 2)
    if options.header_row:
        at = line_of(head, start, options.header_row)
    delimiter = options.delimiter or (declared if declared else None)
    base = Dialect(usual.delimiter, options.quote or usual.quote, options.comment)
    found = _found(head, at, base, delimiter, schema=schema, options=options, whole=whole)
    rows = _sample(head, found) if _needs_sample(head, found, options, base) else []
    detected = _dialect_told(found, rows, delimiter, usual)
    if options.quote is None:
        refuse_single_quotes([cells for _, cells in rows], found.dialect.delimiter)
    numbers = _numbers(found, rows, schema, options, detected, own_delimiter=usual.delimiter)
    if found.added:
        detected["failed_rows"] = list(found.failure)
    if found.names.changed:
        detected["headers"] = found.names.changed
    if schema.built_in and "id" in found.names.columns and not options.id_as_key:
        detected["ids"] = IDS_IGNORED
    columns = found.names.columns
    types = {field.name: field.type for field in schema.fields}
    converters = conversions(columns, schema, options, numbers, found.names.mapped)
    final = {place for place, conversion in converters if conversion.final}
    return Layout(
        shape=Shape.CSV,
        start=found.end,
        columns=columns,
        heads=found.heads,
        ignored=ignored_names(found.names.ignored),
        dialect=found.dialect,
        added=found.added,
        pads=options.ragged == "pad",
        ids=options.id_as_key or not schema.built_in,
        converters=converters,
        made=made_columns(options.mapping, found.names.joined, schema, numbers),
        hints=tuple(
            (place, types[name])
            for place, name in enumerate(columns)
            if place not in final
            and (
                (types.get(name) in _NUMERIC and numbers == OURS)
                or (types.get(name) is FieldType.DATE and not options.date_format)
            )
        ),
        detected=detected,
    )


def _found(
    head: bytes,
    at: Position,
    base: Dialect,
    delimiter: str | None,
    *,
    schema: Schema,
    options: ReadingOptions,
    whole: bool,
) -> _Header:
    """Return the header by the delimiter that makes most columns of it; the usual one if equal."""
    # The names of the table's columns decide, not the frequency of characters: a comma within
    # addresses would outvote the semicolon between cells.
    tried = [delimiter] if delimiter else [base.delimiter, *USUAL]
    if options.mapping:  # the first fault is the one that is reported
        first = head[at.offset :].partition(b"\n")[0].decode(errors="replace")
        tried.sort(key=first.count, reverse=True)
    best: _Header | None = None
    fault: InvalidFile | None = None
    for candidate in dict.fromkeys(tried):
        dialect = structs.replace(base, delimiter=candidate)
        try:
            header = _header(head, at, dialect, schema, options, whole=whole)
        except InvalidFile as error:
            fault = fault or error
            continue
        # Greater, not equal: with equal matches the usual delimiter stays, which is tried first.
        if best is None or header.matched > best.matched:
            best = header
    if best is None:
        raise fault or InvalidFile("the file holds blank lines only")
    doubtful = best.dialect.delimiter != base.delimiter and best.matched < 2
    if fault and doubtful and not options.mapping:
        raise fault
    if not best.matched:
        raise InvalidFile(nothing_named(head, at, best.heads, best.dialect, schema))
    _check_is_header(best, options)
    return best


def _header(
    head: bytes,
    at: Position,
    dialect: Dialect,
    schema: Schema,
    options: ReadingOptions,
    *,
    whole: bool,
) -> _Header:
    record = next(iter(RecordStream([head[at.offset :]], at, CsvScanner(dialect))), None)
    if record is None:
        raise InvalidFile("the file holds blank lines only")
    # The header may go on behind the part that was read; half a header would lose columns.
    if not whole and record.end.offset == len(head):
        raise InvalidFile(f"{_HEADER} is over {HEAD_BYTES:,} bytes long")
    if record.fault:
        raise InvalidFile(f"{_HEADER} {record.fault}")
    try:
        cells = split(decode(record.original), dialect)
    except InvalidRow as error:
        raise InvalidFile(f"{_HEADER} {error.reason}") from error
    heads = tuple(name or "" for name in cells)
    added = added_columns(heads, schema)
    if added:
        heads = tuple(map(undefused, heads))
    end = Position(record.end.offset, record.end.line)
    if options.header == "none" and not (added and heads[added:] == options.columns):
        # A failed-rows file has a header, whatever the file had that its rows come from.
        return _Header(dialect, options.columns, at, _named(options, schema), ())
    names = headings(heads[added:], schema, options.mapping)
    return _Header(dialect, heads[added:], end, names, heads[:added])


def _named(options: ReadingOptions, schema: Schema) -> Headings:
    names = headings(options.columns, schema, options.mapping)
    known = {*names.mapped, *(place for places in names.joined.values() for place in places)}
    unknown = [
        name
        for place, (name, column) in enumerate(zip(options.columns, names.columns, strict=True))
        if name and not column and place not in known
    ]
    if unknown:
        raise InvalidFile(f"columns: the table has no column {shown(unknown[0])}")
    return names


def _check_is_header(header: _Header, options: ReadingOptions) -> None:
    """Refuse a first line that looks like a row, though a value of it equals a column's name."""
    if options.header or options.header_row or header.added:
        return
    values = [head for head in header.names.ignored if _is_value(head)]
    if values and header.matched * 2 < len(header.heads):
        raise InvalidFile(
            f"the first line looks like a row, not like a header: it has {shown(values[0])}; put a "
            "line with the columns' names before it, or send header=none and columns=; if it is "
            "the header, send header_row=1"
        )


def _is_value(head: str) -> bool:
    return head[:1].isdigit() or (head[:1] in "-+." and head[1:2].isdigit())


def _needs_sample(head: bytes, found: _Header, options: ReadingOptions, base: Dialect) -> bool:
    return (
        found.dialect.delimiter != ","
        or base.quote.encode() in head
        or (options.quote is None and b"'" in head)
    )


def _sample(head: bytes, found: _Header) -> list[tuple[RawRecord, Cells]]:
    records = RecordStream([head[found.end.offset :]], found.end, CsvScanner(found.dialect))
    return list(islice(_split(records, found), _SAMPLE_ROWS))


def _split(records: RecordStream, found: _Header) -> Iterator[tuple[RawRecord, Cells]]:
    for record in records:
        try:
            cells = split(record.original.decode(errors="replace"), found.dialect)
        except InvalidRow:
            continue
        yield record, cells[found.added :]


def _dialect_told(
    found: _Header, rows: list[tuple[RawRecord, Cells]], delimiter: str | None, usual: Dialect
) -> dict[str, object]:
    """Return the delimiter for the answer's report, empty if it is the usual one.

    Raises:
        InvalidFile: it was detected, and the rows do not fit.

    """
    used = found.dialect.delimiter
    if used == usual.delimiter:
        return {}
    told: dict[str, object] = {"delimiter": used}
    if delimiter is None:
        width = len(found.heads)
        fitting = sum(len(cells) == width for _, cells in rows)
        # The header itself counts as a fitting row, so a file without rows is not refused.
        confidence = 100 * (fitting + 1) // (len(rows) + 1)
        if confidence < _LEAST_CONFIDENCE and not found.added:
            raise InvalidFile(
                f"the first line looks like one with {found.dialect.delimiter_name} between its "
                f"names, but {len(rows) - fitting} of its first {len(rows)} rows do not fit it; "
                "say what is between the cells, such as delimiter=; or delimiter=,"
            )
        told["confidence"] = confidence
    return told


def _numbers(
    found: _Header,
    rows: list[tuple[RawRecord, Cells]],
    schema: Schema,
    options: ReadingOptions,
    detected: dict[str, object],
    *,
    own_delimiter: str,
) -> RegionalNumbers:
    if options.decimal:
        return with_decimal(options.decimal, options.thousands)
    types = {field.name: field.type for field in schema.fields}
    places = {
        place: unitless(found.names.mapped.get(place))
        for place, name in enumerate(found.names.columns)
        if types.get(name) in _NUMERIC
    }
    if not places:
        return OURS
    cells = (
        number(row[place] or "")
        for _, row in rows
        for place, number in places.items()
        if place < len(row)
    )
    # What Ferry writes has the format's own delimiter and a decimal point.
    usual = OURS if found.dialect.delimiter == own_delimiter else UNTOLD
    in_tabs = found.dialect.delimiter == "\t"
    numbers = numbers_of(filter(None, cells), by_default=usual, in_tabs=in_tabs)
    if numbers.decimal and numbers != OURS:
        detected["decimal"] = numbers.decimal
    return numbers
