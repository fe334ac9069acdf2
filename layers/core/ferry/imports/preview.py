"""Previews: a file, and the rows that an import of it would store; nothing is stored.

Source: contract tables#imports.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import structs

from ferry.errors import InvalidFile
from ferry.files.entries import HEAD_BYTES
from ferry.files.headings import headings
from ferry.files.options import ReadingOptions
from ferry.imports.import_job import ImportOptions
from ferry.imports.import_options import Upload
from ferry.imports.proposing import ProposedField, mapping_of, proposed
from ferry.imports.reading_options import written
from ferry.imports.sampling import FilePart, FileSample, sampled
from ferry.imports.source import Source
from ferry.imports.suggesting import Suggestion, suggestions
from ferry.imports.trial import Trial, tried
from ferry.tables.inference import InferredColumn
from ferry.tables.schema import Field, FieldType, Schema, Table

_NEW_TABLE = Table(
    id=0, app_id="", name="", schema=Schema(), created_by=0, created_at=0, updated_at=0
)


def preview(
    upload: Upload, options: ImportOptions, table: Table | None, *, unpacked_limit: int
) -> dict[str, Any]:
    """Describe a file, and the rows that an import of it would store.

    Args:
        upload: the file, or its first `HEAD_BYTES`.
        options: of the import.
        table: to which it would go; None for one that is to be made of the file.
        unpacked_limit: bytes that it may hold unpacked.

    Raises:
        InvalidFile: nothing can be read of it.

    """
    if not upload.content:
        raise InvalidFile("the file is empty")
    part = _part(upload, options, table, unpacked_limit)
    sample = sampled(part, options)
    detected = {"encoding": options.encoding or "utf-8", **sample.detected}
    return {
        "file_name": upload.name,
        "file_type": part.form.name,
        "whole": part.whole,
        "detected": detected,
        **(
            _of_table(part, sample, options, table)
            if table
            else _of_new_table(part, sample, options)
        ),
    }


def _part(
    upload: Upload, options: ImportOptions, table: Table | None, unpacked_limit: int
) -> FilePart:
    """Return the file's first part; a workbook's table is found by its columns or by its width."""

    def head(columns: Sequence[str]) -> FilePart:
        source = Source(
            upload.name,
            options,
            lambda offset: iter([upload.content[offset:]]),
            most_bytes=unpacked_limit,
            columns=columns,
        )
        text, whole = source.head()
        # A part of exactly that size is the beginning of a file, not the whole.
        cut = source.tells_by_its_head and len(upload.content) == HEAD_BYTES
        return FilePart(source.format, text, whole and not cut)

    if table is None:
        return head(())
    try:
        return head(table.schema.columns)
    except InvalidFile:
        return head(())


def _of_table(
    part: FilePart, sample: FileSample, options: ImportOptions, table: Table
) -> dict[str, Any]:
    schema, columns = table.schema, sample.columns
    targets = _targets(columns, schema, options)
    free = [field for field in schema.fields if field.name not in targets.values()]
    unknown = [column for column in columns if column.name not in {*targets, *options.mapping}]
    likely = suggestions(unknown, free)
    lacking = [column for column in unknown if column.name not in likely]
    added = [] if table.attached else proposed(lacking, sample.dates, schema.names)
    fields, changes = _widened(schema, columns, targets, added)
    columns_too = _suggested(sample, targets, likely, schema)
    trial = tried(part, options, table)
    return _answer(sample, trial, targets=targets, likely=likely, mapping=columns_too) | {
        "schema": {"fields": msgspec.to_builtins(fields)},
        "changes": changes,
    }


def _of_new_table(part: FilePart, sample: FileSample, options: ImportOptions) -> dict[str, Any]:
    fields = proposed(sample.columns, sample.dates)
    schema = Schema(tuple(it.field for it in fields))
    mapping = {} if options.mapping else mapping_of(fields)
    how = sample.options
    known: dict[str, Any] = {"delimiter": how.delimiter, "header_row": how.header_row}
    if mapping:
        known["mapping"] = msgspec.convert(written({"columns": mapping}), ReadingOptions).mapping
    asked = structs.replace(options, **known)
    targets = {it.source: it.field.name for it in fields}
    table = structs.replace(_NEW_TABLE, schema=schema)
    trial = tried(part, asked, table)
    return _answer(sample, trial, targets=targets, likely={}, mapping=mapping) | {
        "schema": {"fields": msgspec.to_builtins(schema.fields)},
        "changes": [],
    }


def _answer(
    sample: FileSample,
    trial: Trial,
    *,
    targets: Mapping[str, str],
    likely: Mapping[str, Suggestion],
    mapping: Mapping[str, Any],
) -> dict[str, Any]:
    header_row = sample.options.header_row
    suggested: dict[str, Any] = {"header_row": header_row} if header_row else {}
    if "decimal" in sample.detected:
        suggested["decimal"] = sample.detected["decimal"]
    if mapping:
        suggested["columns"] = dict(mapping)
    return {
        "columns": [
            _column(column, targets.get(column.name), likely.get(column.name), sample)
            for column in sample.columns
        ],
        "suggested": suggested,
        "rows": trial.rows,
        "rows_read": trial.rows_read,
        "rows_failing": trial.failing,
        "problems": trial.problems,
        "ignored_columns": trial.ignored,
    }


def _targets(
    columns: Sequence[InferredColumn], schema: Schema, options: ImportOptions
) -> dict[str, str]:
    """Return the table's column of each column of the file that has one."""
    names = [column.name for column in columns]
    try:
        found = headings(names, schema, options.mapping).columns
    except InvalidFile:  # the trial says why
        return {}
    return {name: column for name, column in zip(names, found, strict=True) if column}


def _column(
    column: InferredColumn, target: str | None, likely: Suggestion | None, sample: FileSample
) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": column.name,
        "column": target,
        "type": column.type,
        "types": column.shares,
        "empty": column.empty,
        "examples": column.examples,
    }
    if likely:
        told["suggestion"] = msgspec.to_builtins(likely)
    if column.why:
        told["why"] = column.why
    if formats := sample.dates.get(column.name):
        told["date_formats"] = formats
    return told


def _suggested(
    sample: FileSample,
    targets: Mapping[str, str],
    likely: Mapping[str, Suggestion],
    schema: Schema,
) -> dict[str, Any]:
    """Return the `columns` for those that are not read by their names alone."""
    mapping: dict[str, Any] = {}
    for column in sample.columns:
        found = likely.get(column.name)
        to = found.to if found else targets.get(column.name, "")
        field = schema.column(to)
        dates = sample.dates.get(column.name, [])
        if field and field.type is FieldType.DATE and len(dates) == 1:
            mapping[column.name] = {"to": to, "transform": {"date": dates[0]}}
        elif found:
            mapping[column.name] = to
    return mapping


def _widened(
    schema: Schema,
    columns: Sequence[InferredColumn],
    targets: Mapping[str, str],
    added: Sequence[ProposedField],
) -> tuple[list[Field], list[dict[str, Any]]]:
    """Return the fields that take the file, and what is new or does not fit among them."""
    types = {targets[it.name]: it for it in columns if it.name in targets and it.types}
    fields: list[Field] = []
    changes: list[dict[str, Any]] = []
    for field in schema.fields:
        found = types.get(field.name)
        if found and (field.type, found.type) == (FieldType.INTEGER, FieldType.NUMBER):
            changes.append({"field": field.name, "from": field.type, "to": found.type})
            fields.append(structs.replace(field, type=found.type))
            continue
        fields.append(field)
        if found and found.type is FieldType.STRING and field.type in _PLAIN:
            changes.append({"field": field.name, "does_not_fit": found.shares})
    changes += [{"field": it.field.name, "added": it.field.type} for it in added]
    return [*fields, *(it.field for it in added)], changes


_PLAIN = frozenset({FieldType.INTEGER, FieldType.NUMBER, FieldType.BOOLEAN})
