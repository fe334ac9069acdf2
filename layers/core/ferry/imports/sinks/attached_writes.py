"""Writes rows of a file to an attached table under the keys that the file gives.

Nothing marks a row as Ferry's there. So an existing row that is exactly as the file has it counts
as written: it may be what this very job wrote before its worker was killed.
"""

from collections import deque
from collections.abc import Callable, Sequence
from itertools import batched

import msgspec

from ferry.attached.conditional_writer import AttachedWriter, Columns
from ferry.aws.attributes import Item, decode, encode_item
from ferry.aws.collector import collector_paused
from ferry.aws.signed_client.task_runner import Steps, run_all
from ferry.errors import InvalidRow
from ferry.imports.conflicts import CHANGING, Conflict, Found, RowAction, decide
from ferry.imports.journal.swap import same_items
from ferry.imports.sinks.attached_items import AttachedItems
from ferry.imports.sinks.held import RowOutcomes
from ferry.imports.sinks.late_entries import CellsOf
from ferry.imports.sinks.plain_changes import PlainChanges
from ferry.tables.comparing import canonical
from ferry.tables.values import shown

_MAX_ROUNDS = 8
_AT_A_TIME = 200
_ITEM = msgspec.json.Decoder(Item)
_OFTEN_THERE = {"skip", "upsert"}
"""Modes in which rows are read before they are written."""


class AttachedRow(msgspec.Struct, frozen=True):
    """A row for a key.

    Attributes:
        key: the primary key that the cells of its record make.
        cells: returns those.
        text: the JSON of the item that they make, see `PlainRow`; "" for one that it takes the row
            rules to tell.
        is_whole: whether that is all of the item.

    """

    key: Columns
    cells: CellsOf
    text: str = ""
    is_whole: bool = False


class AttachedWrites:
    """Writes rows of one attached table by their keys.

    Args:
        writer: of the table.
        items: makes items of cells.
        plain: the same of plain rows.
        conflict: what becomes of a row whose key the table has, with another content.

    """

    def __init__(
        self,
        writer: AttachedWriter,
        items: AttachedItems,
        plain: PlainChanges,
        *,
        conflict: Conflict,
    ) -> None:
        self._writer = writer
        self._items = items
        self._plain = plain
        self._conflict = conflict

    def write(
        self, rows: Sequence[AttachedRow], on_row: Callable[[], object] = lambda: None
    ) -> RowOutcomes:
        """Write the rows, those of one key in their order; doing so again changes nothing."""
        outcomes = RowOutcomes()
        by_key: dict[bytes, list[int]] = {}
        for place, row in enumerate(rows):
            # Rows of one key are written in turn, of different keys in any order.
            by_key.setdefault(_key(row.key), []).append(place)

        def write_all(places: list[int], known: dict[bytes, Item]) -> Steps[None]:
            for place in places:
                found = known.pop(_key(rows[place].key), None)
                yield from self._write(place, rows[place], found, outcomes)

        for some in batched(by_key.values(), _AT_A_TIME, strict=False):
            on_row()  # each request does so as well
            with collector_paused():
                known = self._known([rows[places[0]] for places in some])
                tasks = (write_all(places, known) for places in some)
                deque(run_all(self._writer.requests, tasks), maxlen=0)
        return outcomes

    def _known(self, rows: Sequence[AttachedRow]) -> dict[bytes, Item]:
        """Return the rows of the table by their keys, where most are likely to be there.

        A refused put costs the units of a write, and so five times a read of the same row.
        https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
        """
        if self._conflict not in _OFTEN_THERE:
            return {}
        items = self._writer.read(encode_item(row.key) for row in rows)
        names = rows[0].key if rows else ()
        return {_key({name: decode(item[name]) for name in names}): item for item in items}

    def _write(
        self, place: int, row: AttachedRow, found: Item | None, outcomes: RowOutcomes
    ) -> Steps[None]:
        try:
            for _ in range(_MAX_ROUNDS):
                action = yield from self._try(row, found)
                found = None
                if action is RowAction.NOTHING:
                    return
                if action is RowAction.SKIP:
                    outcomes.skipped.add(place)
                    return
            raise TimeoutError("a row kept coming and going")
        except InvalidRow as error:
            outcomes.failed[place] = error

    def _try(self, row: AttachedRow, found: Item | None) -> Steps[RowAction]:
        """Write the row; return what is left to do, which is CHANGE if its row went meanwhile.

        The put checks for an existing row in the same request, so no other write comes between.
        """
        existing = found or (yield from self._put(row))
        if existing is None:
            return RowAction.NOTHING
        made = self._made(row, existing)
        # A row that is there exactly as in the file counts as written: this job may have put it
        # before its worker was killed, and an attached table has no mark that says so.
        same = made is existing or same_items(made, existing)
        action = decide(self._conflict, Found.WRITTEN if same else Found.TAKEN)
        if action is RowAction.FAIL:
            key = ", ".join(shown(value) for value in row.key.values())
            raise InvalidRow(next(iter(row.key)), f"is taken: the table has a row {key}")
        if action is RowAction.CHANGE:
            changed = yield from self._writer.change(row.key, existing, made)
            return RowAction.NOTHING if changed else action
        return action

    def _made(self, row: AttachedRow, existing: Item) -> Item:
        """Return the item that takes the place of an existing one."""
        changing = self._conflict in CHANGING
        if row.text:
            plain = self._plain.changed if changing else self._plain.alone
            if made := plain(_ITEM.decode(row.text), existing):
                return made
        return (self._items.changed if changing else self._items.whole)(row.cells(), existing)

    def _put(self, row: AttachedRow) -> Steps[Item | None]:
        """Put the row if its key is free; return the existing row if it is not."""
        if row.is_whole and row.text:
            return (yield from self._writer.put_new(row.text))
        try:
            item = self._items.new(row.cells())
        except InvalidRow:
            # What breaks a rule as a new row may change an existing one, or be just as that is.
            existing = yield from self._writer.get(row.key)
            if existing is None:
                raise
            return existing
        return (yield from self._writer.put_new(item))


def _key(key: Columns) -> bytes:
    return canonical(key)
