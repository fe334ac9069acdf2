"""The rows that an import would store of a file's first part, and those that would fail. Pure."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import msgspec

from ferry.errors import InvalidFile, InvalidRow
from ferry.files.entries import Entry, Layout
from ferry.imports.import_job import ImportOptions
from ferry.imports.modes import refuse_changes
from ferry.imports.sampling import FilePart
from ferry.tables.rows import RowRules
from ferry.tables.schema import Table
from ferry.tables.values import json_text

_ROWS_SHOWN = 50
_BYTES_SHOWN = 1_000_000
_PROBLEMS_SHOWN = 50
_MOST_ONE_BY_ONE = 3_000
"""Rows that are checked where that cannot be done for many at once."""


class Trial(msgspec.Struct):
    """The outcome of trying the rows.

    Attributes:
        rows: the first of them, as they would be stored.
        rows_read: how many were checked.
        failing: how many of them would fail.
        problems: the first reasons, each with its line; without one, what the whole is refused for.
        ignored: columns that the table does not have.

    """

    rows: list[dict[str, Any]] = []
    rows_read: int = 0
    failing: int = 0
    problems: list[dict[str, Any]] = []
    ignored: list[str] = []


def tried(part: FilePart, options: ImportOptions, table: Table) -> Trial:
    """Try the rows without the table: its unique indexes and its rows do not count."""
    trial = Trial()
    try:
        layout = part.form.inspect(
            part.head, whole=part.whole, schema=table.schema, options=options
        )
        refuse_changes(layout)
        trial.ignored = [*layout.ignored]
        _try(trial, part, layout, options, table)
    except InvalidFile as error:
        trial.problems.insert(0, {"line": None, "column": None, "reason": error.reason})
    return trial


def _try(
    trial: Trial, part: FilePart, layout: Layout, options: ImportOptions, table: Table
) -> None:
    row_of = part.form.rows(RowRules(table.schema, ids=options.id_as_key or bool(table.attached)))
    size = 0
    for entry in _entries(trial, part, layout, table):
        trial.rows_read += 1
        try:
            if entry.error:
                raise entry.error
            row = row_of(entry.cells)
        except InvalidRow as error:
            trial.failing += 1
            if len(trial.problems) < _PROBLEMS_SHOWN:
                reason = {"line": entry.line, "column": error.field or None, "reason": error.reason}
                trial.problems.append(reason)
            continue
        if len(trial.rows) < _ROWS_SHOWN and size < _BYTES_SHOWN:
            shown: dict[str, Any] = {**row.fields, **row.given}
            size += len(json_text(shown))
            trial.rows.append(shown)


def _entries(trial: Trial, part: FilePart, layout: Layout, table: Table) -> Iterator[Entry]:
    """Yield the rows that are to be shown or that may fail; the others are counted only."""
    form, start = part.form, layout.start
    text = [part.head[start.offset :]]
    if form.bulks is None or table.attached:
        entries = part.certain(form.read(text, layout, start))
        yield from islice(entries, _MOST_ONE_BY_ONE)
        return
    from ferry.imports.row_texts.item_texts import row_writer

    write = row_writer(table, layout, seed="", user_id=0, now_ms=0)
    for found in part.certain(form.bulks(text, layout, start)):
        if isinstance(found, Entry):
            if trial.rows_read < _MOST_ONE_BY_ONE or trial.failing:
                yield found
            continue
        texts = write(found.rows, found.start.number + 1) if write else [None] * len(found.rows)
        odd = {place for place, made in enumerate(texts) if made is None}
        wanted = range(max(0, _ROWS_SHOWN - found.start.number))
        careful = odd.union(wanted)
        last = max(careful, default=-1)
        trial.rows_read += len(texts) - len(careful.intersection(range(len(texts))))
        if last >= 0:
            entries = form.read([found.text], layout, found.start)
            yield from (e for n, e in enumerate(islice(entries, last + 1)) if n in careful)
