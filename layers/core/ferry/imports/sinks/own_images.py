"""Rows of Ferry's own tables, matched by their ids or by a unique index."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import structs

from ferry.aws import clients
from ferry.aws.attributes import Item, decode, decode_item, encode, encode_item
from ferry.aws.signed_client.batch_reader import read_items
from ferry.aws.signed_client.signed_requests import SignedRequests
from ferry.aws.signed_client.task_runner import Steps
from ferry.errors import InvalidRow
from ferry.files.entries import Entry
from ferry.files.format import Format
from ferry.imports.conflicts import CHANGING, Found, RowAction
from ferry.imports.import_job import ImportJob
from ferry.imports.journal.overlay import Overlay
from ferry.imports.journal.swap import Swap, same_items
from ferry.imports.sinks.existing import entry_owners
from ferry.imports.sinks.matched_row import MatchedRow, PlainRowsOf
from ferry.imports.sinks.matching_schema import required, without_defaults
from ferry.imports.sinks.merging_cells import merged_cells
from ferry.imports.sinks.new import item_of, new_id, readable
from ferry.imports.sinks.restamping import restamped
from ferry.records import conditional
from ferry.records.all_rows import all_items
from ferry.records.conditional import Move, move_of
from ferry.records.deletions import deleted_sources
from ferry.records.places import with_order
from ferry.records.row_actions import row_key
from ferry.tables.changes import ChangeRules
from ferry.tables.indexes import UniqueIndexes, also_taken
from ferry.tables.records import ID, PARTITION, SOURCE, WRITTEN_AT
from ferry.tables.row_permissions import PERMISSION_COLUMNS
from ferry.tables.rows import RowRules
from ferry.tables.schema import Schema, Table

_KEPT = ("created_at", "created_by", "read_perm", "write_perm")
"""Built-in columns that a replaced row keeps, where the file does not give them."""

_BY_ID_ONLY = frozenset({"update", "delete", "changes"})
_NOT_YOURS = "the table has this row, and its permissions do not let you change it"


class OwnImages:
    """`RowImages` of a table of Ferry's.

    Args:
        job: the import.
        file_format: of its file.
        table: the rows' table.
        table_name: the DynamoDB table that holds rows.
        requests: sends the requests; the images close it.
        overlay: of a dry run; None where rows are written.
        noted: tells whether deletions are to be noted; see `ferry.records.deletions`.

    """

    plain_rows: PlainRowsOf | None = None

    def __init__(
        self,
        job: ImportJob,
        file_format: Format,
        table: Table,
        table_name: str,
        requests: SignedRequests,
        *,
        overlay: Overlay | None,
        noted: Callable[[], bool],
    ) -> None:
        options = job.request
        self._job = job
        self._user = options.row_user
        self._table = table
        self._table_name = table_name
        self.requests = requests
        self._overlay = overlay
        self._noted = noted
        self._conflict = options.conflict
        self._by_id = options.id_as_key and not options.match
        self._row = file_format.rows(RowRules(table.schema, ids=options.id_as_key))
        self._id = file_format.rows(RowRules(Schema(), ids=options.id_as_key))
        self._changes = ChangeRules(table.schema, file_format.rows)
        self._merging = ChangeRules(without_defaults(table.schema), file_format.rows)
        self._merged = merged_cells(file_format, options)
        indexes = [i for i in table.indexes if options.match and set(i.fields) == {*options.match}]
        self._match = indexes[0] if indexes else None
        fields = [f for f in table.schema.fields if self._match and f.name in self._match.fields]
        self._key = file_format.rows(RowRules(required(fields)))
        self._entries = UniqueIndexes(structs.replace(table, indexes=tuple(indexes)))

    def prepare(self, entry: Entry) -> MatchedRow:
        """Return the row; see `RowImages`."""
        cells = readable(entry)
        given = self._id({"id": cells.get("id")}).given.get("id")
        row_id = given or new_id(self._job, entry)
        if self._match:
            (index_entry,) = self._entries.entries(self._key(cells).fields)
            row = MatchedRow(entry.number, entry.line, index_entry.key, row_id, cells, index_entry)
        elif self._by_id and not given and self._conflict in _BY_ID_ONLY:
            raise InvalidRow("id", "must have a value: rows are matched by it")
        else:
            row = MatchedRow(
                entry.number, entry.line, row_id, row_id, cells, is_new=not (given and self._by_id)
            )
        if self._conflict not in CHANGING:
            self.after(row, RowAction.INSERT, None)  # a row must do as a new one
        return row

    def key_of(self, item: Item) -> str:
        """Return the row's id."""
        return str(item[ID]["S"])

    def label_of(self, item: Item) -> str:
        """Return the value that the row is matched by, or else its id."""
        if self._match:
            columns = {name: decode(item[name]) for name in self._match.fields if name in item}
            for entry in self._entries.entries(columns):
                return entry.text
        return self.key_of(item)

    def find(self, rows: Sequence[MatchedRow]) -> Mapping[str, Item]:
        """Return the rows that are matched; see `RowImages`."""
        ids = {row.key: row.new_key for row in rows if not row.entry and not row.is_new}
        if entries := [row.entry for row in rows if row.entry]:
            stored = entry_owners(self.requests, self._table_name, entries)
            hidden = self._overlay.owners(e.key for e in entries) if self._overlay else {}
            owners: dict[str, str] = {**stored, **hidden}
            ids |= {key: owner for key, owner in owners.items() if owner}
        items = self._read(ids.values())
        return {key: items[row_id] for key, row_id in ids.items() if row_id in items}

    def all_keys(self) -> Iterator[tuple[str, Item]]:
        """Yield the keys of the table's rows; see `RowImages`."""
        permissions = PERMISSION_COLUMNS if self._user else ()
        fields = self._match.fields if self._match else ()
        names = dict.fromkeys((PARTITION, ID, WRITTEN_AT, *permissions, *fields))
        for item in all_items(self._table_name, self._table, [*names]):
            # A mirror deletes what its file lacks, but for younger rows and those of others.
            if int(item[WRITTEN_AT]["N"]) > self._job.accepted_at or self.refusal_of_change(item):
                continue
            primary = {name: item[name] for name in (PARTITION, ID)}
            if not self._match:
                yield self.key_of(item), primary
                continue
            columns = {name: decode(item[name]) for name in self._match.fields if name in item}
            for entry in self._entries.entries(columns):
                yield entry.key, primary

    def present(self, items: Iterable[Item]) -> Mapping[str, Item]:
        """Return the rows as they are now; see `RowImages`."""
        return self._read([self.key_of(item) for item in items])

    def after(self, row: MatchedRow, action: RowAction, before: Item | None) -> Item | None:
        """Return the row after the action; see `RowImages`."""
        if before and (refusal := self.refusal_of_change(before)):
            raise refusal
        if action is RowAction.DELETE:
            return None
        if action is RowAction.INSERT or before is None:
            return self._new(row, row.new_key)
        if action is RowAction.REPLACE:
            return self._replaced(row, before)
        return self._changed(row, before, merging=action is RowAction.MERGE)

    def found(self, row: MatchedRow, before: Item | None) -> Found:
        """Return the state of the row's key; see `RowImages`."""
        if before is None:
            return Found.FREE
        return Found.WRITTEN if self._is_ours(before, row.number) else Found.TAKEN

    def made(self, swaps: Sequence[Swap]) -> Collection[int]:
        """Return which swaps have been made; see `RowImages`."""
        now = self.present([one for swap in swaps if (one := swap.before or swap.after)])
        by_id = {self.key_of(one): s for s in swaps if (one := s.before or s.after)}
        # A row of this job that a user has deleted since is made, too: it must not come back.
        gone = [row_id for row_id in by_id if row_id not in now]
        client = clients.dynamodb()
        deleted = deleted_sources(client, self._table_name, self._table, gone)
        return {
            swap.number
            for row_id, swap in by_id.items()
            if (row_id in now and self._is_ours(now[row_id], swap.number))
            or (row_id in gone and swap.after is None)
            or any(self._has_source(source, swap.number) for source in deleted.get(row_id, ()))
        }

    def doubtful(self, _: Sequence[Swap]) -> Collection[int]:
        """Return none: rows tell who wrote them."""
        return ()

    def move(self, swap: Swap) -> Move:
        """Return how the row moves; see `RowImages`."""
        return move_of(self._table, swap.before, swap.after)

    def clash(self, swap: Swap) -> InvalidRow | None:
        """Return why the swap would be refused; see `RowImages`."""
        if not self._overlay or not self._table.indexes:
            return None
        taken = self.move(swap).taken
        stored = entry_owners(self.requests, self._table_name, taken) if taken else {}
        owners = {**stored, **self._overlay.owners(entry.key for entry in taken)}
        row_id = self.key_of(swap.before or swap.after or {})
        others = [entry for entry in taken if owners.get(entry.key, "") not in {"", row_id}]
        return InvalidRow("", others[0].refusal, also_taken(others)) if others else None

    def swap(self, swap: Swap) -> Steps[bool]:
        """Make the swap; see `RowImages`."""
        noted = swap.after is None and self._noted()
        return conditional.swap(self._table_name, self._table, swap.before, swap.after, noted=noted)

    def rehearse(self, swap: Swap) -> None:
        """Take the swap as made; see `RowImages`."""
        if self._overlay and (one := swap.before or swap.after):
            row_id, move = self.key_of(one), self.move(swap)
            freed = dict.fromkeys((entry.key for entry in move.dropped), "")
            taken = dict.fromkeys((entry.key for entry in move.taken), row_id)
            self._overlay.note(row_id, swap.after, freed | taken)

    def restamped(self, swap: Swap) -> Swap:
        """Return the swap as one of this job; see `RowImages`."""
        before, after = (restamped(item, self._job) for item in (swap.before, swap.after))
        return structs.replace(swap, before=before, after=after)

    def refusal_of_change(self, before: Item) -> InvalidRow | None:
        """Return why the user may not change the row; see `RowImages`."""
        if self._user and not self._user.writes(decode_item(before)):
            return InvalidRow("", _NOT_YOURS)
        return None

    def refusal(self, row: MatchedRow, found: Found) -> InvalidRow:
        """Return why the row fails; see `RowImages`."""
        shown = row.entry.text if row.entry else row.new_key
        field = self._match.fields[0] if self._match else "id"
        if found is Found.FREE:
            return InvalidRow(field, f"is not there: the table has no row {shown}")
        return InvalidRow(field, f"is taken: the table has a row {shown}")

    def close(self) -> None:
        """Give back connections, and the disk that a dry run takes."""
        self.requests.close()
        if self._overlay:
            self._overlay.close()

    def _read(self, ids: Iterable[str]) -> dict[str, Item]:
        wanted = list(dict.fromkeys(ids))
        known = self._overlay.rows(wanted) if self._overlay else {}
        keys = [row_key(self._table, row_id) for row_id in wanted if row_id not in known]
        stored = read_items(self.requests, self._table_name, keys)
        items = {self.key_of(item): item for item in stored}
        return items | {row_id: item for row_id, item in known.items() if item}

    def _new(self, row: MatchedRow, row_id: str) -> Item:
        cells = self._merged(row.cells)[1] if self._conflict == "merge" else row.cells
        item = item_of(self._job, self._table, self._row(cells), row_id)
        return {**item, SOURCE: encode(f"{self._job.id}/{row.number}")}

    def _replaced(self, row: MatchedRow, before: Item) -> Item:
        made = self._row(row.cells)
        item = self._new(row, self.key_of(before))
        kept = [name for name in _KEPT if name not in made.given and name in before]
        # An export leaves out what was made since it was accepted; a replaced row was not.
        kept.append(WRITTEN_AT)
        item = with_order(item | {name: before[name] for name in kept if name in before})
        return self._unless_same(item, before, stamped="updated_at" not in made.given)

    def _changed(self, row: MatchedRow, before: Item, *, merging: bool) -> Item:
        rules, cells = self._changes, row.cells
        if merging:
            rules, (cells, _) = self._merging, self._merged(row.cells)
        changes = rules.changes(self.key_of(before), cells, now=self._now)
        item = {**before, **encode_item(changes.values)}
        for name in changes.gone:
            item.pop(name, None)
        item[SOURCE] = encode(f"{self._job.id}/{row.number}")
        stamped = cells.get("updated_at") in (None, "")
        return self._unless_same(item, before, stamped=stamped)

    def _unless_same(self, item: Item, before: Item, *, stamped: bool) -> Item:
        """Return the item, or `before` itself if they differ in nothing but our own notes."""
        ours = {SOURCE, "updated_at"} if stamped else {SOURCE}

        def bare(one: Item) -> Item:
            return {name: value for name, value in one.items() if name not in ours}

        return before if same_items(bare(item), bare(before)) else item

    @property
    def _now(self) -> int:
        return self._job.accepted_at // 1000

    def _is_ours(self, item: Mapping[str, Any], number: int) -> bool:
        return SOURCE in item and self._has_source(decode(item[SOURCE]), number)

    def _has_source(self, source: str, number: int) -> bool:
        job, _, other = source.rpartition("/")
        return job == self._job.id and int(other) >= number
