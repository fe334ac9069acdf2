"""The rows of an attached table that an export selects."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import batched
from typing import cast

import msgspec

from ferry.attached.keys import Columns, Microseconds, created
from ferry.attached.reader import AttachedReader, ScannedPart, read_columns
from ferry.aws.attributes import Item, decode
from ferry.aws.collector import collector_paused
from ferry.errors import Malformed
from ferry.exports.export_rows import AT_ONCE
from ferry.exports.plan import ExportPlan
from ferry.exports.stored_items import StoredColumns
from ferry.records.reading.typed import TypedColumns
from ferry.tables.attachment import Attachment
from ferry.tables.columns import Column, Numbers, Texts
from ferry.tables.schema import Field, Schema
from ferry.tables.values import Value

type _Moments = Callable[[Sequence[Column]], Iterator[Microseconds]]

_MICROSECONDS = 1_000_000


class AttachedSelection:
    """The rows of an attached table that an export's request selects.

    Args:
        attached: the table.
        schema: its fields: of other attributes nothing is said.
        plan: of the export.

    Raises:
        Malformed: rows are asked for by creation, which the table does not record.

    """

    def __init__(self, attached: Attachment, schema: Schema, plan: ExportPlan) -> None:
        self._attached = attached
        self._schema = schema
        self._names = schema.names
        self._plan = plan
        self._window = plan.window()
        self._is_part = (self._window.start, self._window.end) != (None, None)
        if self._is_part and not attached.created_at:
            raise Malformed("start, end: the table was attached without created_at; use where")

    @cached_property
    def _reading(self) -> tuple[TypedColumns | None, _Moments | None]:
        """A reader of whole columns, if there is one, and a reader of their rows' times."""
        if self._is_part or not self._plan.takes_columns:
            return None, None
        creation = self._attached.created_at
        fields = [] if self._plan.stored else list(self._plan.fields)
        if not creation:
            return TypedColumns(fields), None
        names = [field.name for field in fields]
        if creation.attribute not in names:  # the file's columns may lack it
            names.append(creation.attribute)
            fields.append(cast("Field", self._schema.column(creation.attribute)))
        place = names.index(creation.attribute)

        def moments(columns: Sequence[Column]) -> Iterator[Microseconds]:
            texts = cast("Numbers | Texts", columns[place])
            kind = "N" if isinstance(texts, Numbers) else "S"
            for text in texts.texts:
                value = None if text is None else decode({kind: text})
                if (moment := created(creation, {creation.attribute: value})) is not None:
                    yield moment

        return TypedColumns(fields), moments

    @property
    def is_by_index(self) -> bool:
        """Whether rows are found by an index, not among all rows of the table."""
        return self._is_part and self._attached.index is not None

    def count(self, *, limit: int, time_left: Callable[[], float], reserve: float) -> int | None:
        """Count the selected rows; stop counting past `limit`.

        None when less than `reserve` seconds are left before all are counted.
        """
        total = 0
        for found in self._counts():
            total += found
            if total > limit:
                break
            if time_left() < reserve:
                return None
        return total

    def rows(self, accepted_at: int | None = None) -> Iterator[dict[str, Value] | None]:
        """Yield the columns of each row that is read, None for one that is not wanted.

        Rows created after `accepted_at`, Unix milliseconds, are not.
        """
        for part in self.parts({}):
            for item in part.items:
                yield self.row(item, accepted_at)

    def parts(
        self, reached: Mapping[str, Item | None], *, share: tuple[int, int] = (0, 1)
    ) -> Iterator[ScannedPart]:
        """Yield at least the selected rows, as they come; see `AttachedReader.parts`."""
        window = self._window
        return AttachedReader(self._attached).parts(reached, window.start, window.end, share=share)

    def encode(self, items: Sequence[msgspec.Raw], accepted_at: int) -> list[bytes]:
        """Return those rows that are selected as the file shows them.

        Rows created after `accepted_at`, Unix milliseconds, are not.
        """
        encoded: list[bytes] = []
        with collector_paused():
            for some in batched(items, AT_ONCE, strict=False):
                # A value of another type costs the speed of its 256 neighbours only.
                by_columns = self._by_columns(some, accepted_at)
                encoded += self._by_rows(some, accepted_at) if by_columns is None else by_columns
        return encoded

    def _by_columns(self, items: Sequence[msgspec.Raw], accepted_at: int) -> list[bytes] | None:
        """Return the rows, None if they must be encoded one by one."""
        typed, moments = self._reading
        if typed is None:
            return None
        try:
            columns = typed.columns(typed.rows(items))
        except msgspec.ValidationError:  # a value of another type than its column's
            return None
        if moments and any(moment > accepted_at * 1000 for moment in moments(columns)):
            return None
        if self._plan.stored:
            return list(map(self._plan.stored.line, items))
        return self._plan.encode_columns(columns[: len(self._plan.fields)])

    def _by_rows(self, items: Sequence[msgspec.Raw], accepted_at: int) -> list[bytes]:
        selected = (self.row(item, accepted_at) for item in items)
        return [self._plan.encode(columns) for columns in selected if columns is not None]

    def _counts(self) -> Iterator[int]:
        if self._is_part or self._plan.condition:
            return (int(row is not None) for row in self.rows())
        return AttachedReader(self._attached).counts()

    def row(self, item: msgspec.Raw, accepted_at: int | None) -> dict[str, Value] | None:
        """Return the columns of a row as a page has it, None if it is not wanted; see `rows`."""
        attributes = read_columns(item)
        columns = {name: attributes[name] for name in self._names if name in attributes}
        if not (self._is_inside(columns, accepted_at) and self._plan.wants(columns)):
            return None
        return StoredColumns(columns, item) if self._plan.stored else columns

    def _is_inside(self, columns: Columns, accepted_at: int | None) -> bool:
        """Whether the row was created in the window; a row without a creation time is in none."""
        if not self._attached.created_at:
            return True
        moment, window = created(self._attached.created_at, columns), self._window
        # Without a creation time no window can be shown to hold it, but an export of all rows
        # does.
        if moment is None:
            return not self._is_part
        return (
            (accepted_at is None or moment <= accepted_at * 1000)
            and (window.start is None or moment >= window.start * _MICROSECONDS)
            and (window.end is None or moment < window.end * _MICROSECONDS)
        )
