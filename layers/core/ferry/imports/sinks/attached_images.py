"""Rows of attached tables, matched by their primary keys."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import count

import msgspec

from ferry.attached.conditional_writer import AttachedWriter
from ferry.attached.keys import key_of
from ferry.attached.reader import AttachedReader
from ferry.aws.attributes import Item, decode, encode_item
from ferry.aws.signed_client.task_runner import Steps
from ferry.errors import InvalidRow
from ferry.files.bulks import Bulk
from ferry.files.entries import Entry, Layout
from ferry.imports.conflicts import Found, RowAction
from ferry.imports.journal.overlay import Overlay
from ferry.imports.journal.swap import Swap, same_items
from ferry.imports.sinks.attached_items import AttachedItems
from ferry.imports.sinks.destination import Destination
from ferry.imports.sinks.held import HeldRow
from ferry.imports.sinks.late_entries import first_line
from ferry.imports.sinks.matched_row import MatchedRow, PlainRowsOf
from ferry.imports.sinks.matching_schema import required
from ferry.imports.sinks.merging_cells import merged_cells
from ferry.imports.sinks.new import readable
from ferry.imports.sinks.plain_changes import PlainChanges
from ferry.imports.sinks.plain_rows import PlainRow, PlainRows
from ferry.records.conditional import Move
from ferry.tables.attachment import Attachment
from ferry.tables.comparing import canonical
from ferry.tables.rows import RowRules
from ferry.tables.values import Value, shown

_STAYS = Move()
_ITEM = msgspec.json.Decoder(Item)


class AttachedImages:
    """`RowImages` of an attached table. Nothing marks a row as Ferry's there.

    Args:
        to: the import, and its table.
        layout: of the file; None where there is none.
        attached: the DynamoDB table.
        writer: of that; the images close it.
        overlay: of a dry run; None where rows are written.

    """

    def __init__(
        self,
        to: Destination,
        layout: Layout | None,
        attached: Attachment,
        writer: AttachedWriter,
        *,
        overlay: Overlay | None,
    ) -> None:
        job, schema, file_format = to.job, to.table.schema, to.format
        self._attached = attached
        self._overlay = overlay
        self._conflict = job.request.conflict
        self._names = frozenset(schema.names)
        self._writer = writer
        self.requests = writer.requests
        fields = [field for field in schema.fields if field.name in attached.keys]
        self._key = file_format.rows(RowRules(required(fields)))
        exact = layout is not None and layout.exact
        self._items = AttachedItems(schema, attached.keys, file_format, exact=exact)
        self._merged = merged_cells(file_format, job.request)
        self.plain_rows: PlainRowsOf | None = None
        self._changes = PlainChanges(schema, attached.keys, layout) if layout else None
        if layout:
            plain = PlainRows(file_format, layout, attached, schema, self._conflict)
            self.plain_rows = partial(_plain_rows, plain) if plain.takes_bulks else None

    def prepare(self, entry: Entry) -> MatchedRow:
        """Return the row; see `RowImages`."""
        cells = readable(entry)
        key = _text(key_of(self._attached, self._key(cells).fields))
        return MatchedRow(entry.number, entry.line, key, key, cells)

    def key_of(self, item: Item) -> str:
        """Return the row's primary key as JSON."""
        return _text({name: decode(item[name]) for name in self._attached.keys})

    def label_of(self, item: Item) -> str:
        """Return the row's primary key as it is shown."""
        return ", ".join(shown(decode(item[name])) for name in self._attached.keys)

    def find(self, rows: Sequence[MatchedRow]) -> Mapping[str, Item]:
        """Return the rows that are matched; see `RowImages`."""
        return self._read(row.key for row in rows)

    def all_keys(self) -> Iterator[tuple[str, Item]]:
        """Yield the keys of the table's rows; see `RowImages`."""
        for columns in AttachedReader(self._attached).rows():
            key = {name: columns[name] for name in self._attached.keys}
            yield _text(key), encode_item(key)

    def present(self, items: Iterable[Item]) -> Mapping[str, Item]:
        """Return the rows as they are now; see `RowImages`."""
        return self._read(self.key_of(item) for item in items)

    def after(self, row: MatchedRow, action: RowAction, before: Item | None) -> Item | None:
        """Return the row after the action; see `RowImages`."""
        if action is RowAction.DELETE:
            return None
        if action is RowAction.INSERT or before is None:
            return _ITEM.decode(row.plain) if row.plain and row.is_whole else self._new(row)
        if row.plain and self._changes:
            find = self._changes.beside if action is RowAction.REPLACE else self._changes.changed
            if made := find(_ITEM.decode(row.plain), before):
                return made
        if action is RowAction.REPLACE:
            # Attributes that the table's schema does not have are not the file's to unset.
            kept = {name: value for name, value in before.items() if name not in self._names}
            item = {**kept, **self._items.whole(row.cells, before)}
            return before if same_items(item, before) else item
        if action is RowAction.MERGE:
            return self._items.changed(self._merged(row.cells)[0], before, defaults=False)
        return self._items.changed(row.cells, before)

    def found(self, row: MatchedRow, before: Item | None) -> Found:
        """Return the state of the row's key; see `RowImages`."""
        if before is None:
            return Found.FREE
        may_be_ours = self._conflict in {"fail", "skip"}
        if may_be_ours and same_items(self._whole(row, before), before):
            return Found.WRITTEN  # docs/decisions/0064
        return Found.TAKEN

    def _whole(self, row: MatchedRow, before: Item) -> Item:
        made = None
        if row.plain and self._changes:
            made = self._changes.alone(_ITEM.decode(row.plain), before)
        return made or self._items.whole(row.cells, before)

    def made(self, swaps: Sequence[Swap]) -> Collection[int]:
        """Return which swaps have been made; see `RowImages`."""
        return {swap.number for swap, now in self._now(swaps) if same_items(now, swap.after)}

    def doubtful(self, swaps: Sequence[Swap]) -> Collection[int]:
        """Return the swaps whose rows are neither as before nor as after; see `RowImages`."""
        return {
            swap.number
            for swap, now in self._now(swaps)
            if not (same_items(now, swap.after) or same_items(now, swap.before))
        }

    def move(self, _: Swap) -> Move:
        """Return that nothing moves: attached tables have no unique indexes."""
        return _STAYS

    def clash(self, _: Swap) -> InvalidRow | None:
        """Return that nothing clashes."""
        return None

    def swap(self, swap: Swap) -> Steps[bool]:
        """Make the swap; see `RowImages`."""
        return self._writer.swap(swap.before, swap.after)

    def rehearse(self, swap: Swap) -> None:
        """Take the swap as made; see `RowImages`."""
        if self._overlay and (one := swap.before or swap.after):
            self._overlay.note(self.key_of(one), swap.after, {})

    def restamped(self, swap: Swap) -> Swap:
        """Return the swap: nothing in it says who writes it when."""
        return swap

    def refusal_of_change(self, _: Item) -> InvalidRow | None:
        """Return None: such tables have no permissions of rows."""
        return None

    def refusal(self, row: MatchedRow, found: Found) -> InvalidRow:
        """Return why the row fails; see `RowImages`."""
        key = self._attached.keys[0]
        shown_key = ", ".join(shown(value) for value in _values(row.key))
        if found is Found.FREE:
            return InvalidRow(key, f"is not there: the table has no row {shown_key}")
        return InvalidRow(key, f"is taken: the table has a row {shown_key}")

    def close(self) -> None:
        """Give back connections, and the disk that a dry run takes."""
        self._writer.close()
        if self._overlay:
            self._overlay.close()

    def _now(self, swaps: Sequence[Swap]) -> list[tuple[Swap, Item | None]]:
        now = self.present([one for swap in swaps if (one := swap.before or swap.after)])
        return [
            (swap, now.get(self.key_of(one)))
            for swap in swaps
            if (one := swap.before or swap.after)
        ]

    def _read(self, keys: Iterable[str]) -> dict[str, Item]:
        wanted = list(dict.fromkeys(keys))
        known = self._overlay.rows(wanted) if self._overlay else {}
        primary = [
            encode_item(dict(zip(self._attached.keys, _values(key), strict=True)))
            for key in wanted
            if key not in known
        ]
        items = {self.key_of(item): item for item in self._writer.read(primary)}
        return items | {key: item for key, item in known.items() if item}

    def _new(self, row: MatchedRow) -> Item:
        cells = self._merged(row.cells)[1] if self._conflict == "merge" else row.cells
        return self._items.new(cells)


def _plain_rows(plain: PlainRows, bulk: Bulk) -> list[HeldRow[MatchedRow] | None]:
    first = first_line(bulk)
    if first is None:
        return [None] * len(bulk.rows)
    lines = count(first)
    rows = zip(plain.of(bulk), lines, strict=False)
    return [_held(row, n, is_whole=plain.may_be_new) if row else None for row, n in rows]


def _held(row: PlainRow, line: int, *, is_whole: bool) -> HeldRow[MatchedRow]:
    number, key, cells = row.entry.number, _text(row.key), row.entry.cells
    matched = MatchedRow(number, line, key, key, cells, plain=row.text, is_whole=is_whole)
    return HeldRow(row.entry, matched, len(row.text))


def _text(key: Mapping[str, Value]) -> str:
    return canonical(list(key.values())).decode()


def _values(text: str) -> list[Value]:
    # Numbers of keys stay exact: a float would not.
    values: list[Value] = _VALUES.decode(text)
    return values


def _number(text: str) -> Value:
    made: Value = decode({"N": text})
    return made


_VALUES = msgspec.json.Decoder(list, float_hook=_number)
