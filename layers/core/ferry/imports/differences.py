"""The file of differences of a dry run: what it would change, column by column."""

from collections.abc import Callable, Iterator
from contextlib import suppress

from ferry.aws.attributes import Item, decode_item
from ferry.aws.bucket import Files
from ferry.errors import DoesNotFit
from ferry.files.csv.formulas import defused_value
from ferry.files.format import Format
from ferry.files.formats import CSV, FORMATS, JSON_LINES
from ferry.files.incoming import stem
from ferry.files.position import Packed
from ferry.imports.import_job import ImportJob
from ferry.imports.journal.journal import Journal
from ferry.imports.journal.swap import Swap
from ferry.tables.cells import to_cell
from ferry.tables.schema import Field, FieldType, Schema
from ferry.tables.values import Value

COLUMNS = Schema(
    (
        Field(name="row", type=FieldType.INTEGER),
        Field(name="line", type=FieldType.INTEGER),
        Field(name="key", type=FieldType.STRING),
        Field(name="change", type=FieldType.STRING),
        Field(name="column", type=FieldType.STRING),
        Field(name="before", type=FieldType.STRING),
        Field(name="after", type=FieldType.STRING),
    ),
    built_in=False,
)
"""Of the file. `row` and `line` are those of the imported file, empty where it lacks the row."""

_LIKE = {"tsv": "csv", "json": "jsonl", "parquet": "jsonl"}
"""The format of the differences of a file, where it is another one."""

_AT_A_TIME = 1000

type Values = dict[str, Value]


class Differences:
    """Writes the file of one dry run.

    Args:
        job: the dry run.
        schema: of its table.
        journal: of the dry run.

    """

    def __init__(self, job: ImportJob, schema: Schema, journal: Journal) -> None:
        self._job = job
        self._schema = schema
        self._journal = journal
        self._now = job.accepted_at // 1000

    def write(self, files: Files, on_block: Callable[[], object]) -> str:
        """Write the file and return its key, "" where nothing differs.

        Differences that a workbook cannot hold are written as CSV.
        """
        if not self._journal.names():
            return ""
        request = self._job.request
        name = request.differences or _LIKE.get(request.file_type, request.file_type)
        with suppress(DoesNotFit):
            return self._write(FORMATS[name], files, on_block)
        return self._write(CSV, files, on_block)

    def _write(self, form: Format, files: Files, on_block: Callable[[], object]) -> str:
        name = f"{stem(self._job.request.file_name)}-differences{form.suffix}"
        key = f"imports/{self._job.id}/{name}"
        files.write(key, self._blocks(form, on_block), form.media_type)
        return key

    def _blocks(self, form: Format, on_block: Callable[[], object]) -> Iterator[bytes]:
        writer, packing = form.writer(COLUMNS), form.packing(Packed())
        yield packing.head() + packing.pack(writer.head())
        lines: list[bytes] = []
        for line in self._lines(as_text=form is not JSON_LINES, defuse=form.is_delimited):
            lines.append(writer.encode(line))
            if len(lines) == _AT_A_TIME:
                on_block()
                yield packing.pack(writer.place(lines))
                lines = []
        yield packing.pack(writer.place(lines) + writer.tail()) + packing.tail()

    def _lines(self, *, as_text: bool, defuse: bool) -> Iterator[Values]:
        types = {field.name: field.type for field in self._schema.fields}
        for swap in self._journal.swaps():
            before, after = _values(swap.before), _values(swap.after)
            common: Values = {
                "row": swap.number or None,
                "line": swap.line or None,
                "key": swap.label,
                "change": swap.kind,
            }
            for name in self._differing(swap, before, after):
                kind = types.get(name, FieldType.STRING)
                old, new = before.get(name), after.get(name)
                if as_text:
                    old, new = (_shown(value, kind, defuse=defuse) for value in (old, new))
                yield {**common, "column": name, "before": old, "after": new}

    def _differing(self, swap: Swap, before: Values, after: Values) -> list[str]:
        """Return the columns to show; at least one, "" where the row has no value in any."""
        changed = swap.kind == "changed"
        names = self._schema.columns if changed else self._schema.names
        differing = [
            name
            for name in names
            if before.get(name) != after.get(name)
            # When a row was changed is no difference: that changes with each.
            and not (changed and name == "updated_at" and after.get(name) == self._now)
        ]
        return differing or [""]


def _values(item: Item | None) -> Values:
    return decode_item(item) if item else {}


def _shown(value: Value, kind: FieldType, *, defuse: bool) -> str | None:
    # The file is there to be opened, not to be imported: no text of it may be a formula.
    text = defused_value(value) if defuse and isinstance(value, str) else value
    return to_cell(text, kind)
