"""Items of an attached table, made of rows of a file. Pure."""

from collections.abc import Callable, Collection, Mapping
from functools import lru_cache
from typing import Any

from msgspec import structs

from ferry.attached.attribute_types import as_attribute, typed_attribute
from ferry.aws.attributes import AttributeValue, Item, decode, encode
from ferry.errors import InvalidRow
from ferry.files.format import Format
from ferry.imports.journal.swap import same, same_items
from ferry.imports.sinks.matching_schema import without_defaults
from ferry.tables.cells import to_cell, to_json
from ferry.tables.changes import ChangeRules, Changes
from ferry.tables.comparing import canonical
from ferry.tables.rows import RowRules
from ferry.tables.schema import Schema
from ferry.tables.values import InvalidValue, Value

type Cells = dict[str, Any]


class AttachedItems:
    """Makes items of cells, beside the items that the table has.

    A cell that shows what the item holds leaves it alone, whatever its type and whether it keeps
    its field's rule: a row that comes back from an export unchanged changes nothing.

    Args:
        schema: of the table's rows.
        keys: the attributes of its primary key.
        file_format: that the cells are read from.
        exact: the cells say what type their attributes have; then nothing else does.

    """

    def __init__(
        self, schema: Schema, keys: Collection[str], file_format: Format, *, exact: bool = False
    ) -> None:
        self._schema = schema
        self._keys = frozenset(keys)
        self._fields = {field.name: field for field in schema.fields}
        self._format = file_format
        self._exact = exact
        self._new = lru_cache(16)(self._new_without)
        self._changing = lru_cache(16)(self._changes_without)

    def new(self, cells: Cells) -> Item:
        """Return the item that a row becomes where there is none.

        Raises:
            InvalidRow: it breaks a rule.

        """
        return self._typed(self._new(frozenset())(cells), cells, {})

    def whole(self, cells: Cells, old: Item) -> Item:
        """Return the item that a row becomes in place of `old`: nothing but what the row says.

        Raises:
            InvalidRow: it breaks a rule.

        """
        kept = self._kept(lambda but: self._new(but)(cells), cells, old)
        made = self._typed(self._new(kept)(cells), cells, old)
        empty = [name for name in cells if name not in made and self._shows(name, cells, old)]
        return {**made, **{name: old[name] for name in (*kept, *empty)}}

    def changed(self, cells: Cells, old: Item, *, defaults: bool = True) -> Item:
        """Return `old` as the cells change it; `old` itself where they change nothing.

        Raises:
            InvalidRow: a cell breaks a rule.

        """
        given = {name: cell for name, cell in cells.items() if name not in self._keys}
        kept = self._kept(lambda but: self._changing(but, defaults)(given), given, old)
        changes = self._changing(kept, defaults)(given)
        item = {**old, **self._typed(changes.values, given, old)}
        for name in changes.gone:
            if name in item and not self._exact and not self._shows(name, cells, old):
                del item[name]
        return old if same_items(item, old) else item

    def _kept(
        self, rules: Callable[[frozenset[str]], object], cells: Cells, old: Item
    ) -> frozenset[str]:
        """Return the columns that break a rule and show what the item holds.

        Raises:
            InvalidRow: others break a rule, too; of them alone it tells.

        """
        try:
            rules(frozenset())
        except InvalidRow as error:
            faults = error.faults
            kept = frozenset(name for name, _ in faults if self._shows(name, cells, old))
            if others := [fault for fault in faults if fault[0] not in kept]:
                (name, reason), *more = others
                raise InvalidRow(name, reason, more) from error
            return kept
        return frozenset()

    def _typed(self, values: Mapping[str, Value], cells: Cells, old: Item) -> Item:
        item: Item = {}
        wrong: list[tuple[str, str]] = []
        for name, value in values.items():
            had = old.get(name)
            try:
                made = self._attribute(name, value, had)
            except InvalidValue as error:
                if not self._shows(name, cells, old):
                    wrong.append((name, str(error)))
                continue
            if had is not None and made is not had:
                keep = same(made, had) or self._shows(name, cells, old)
                made = had if keep else made
            item[name] = made
        if wrong:
            (name, reason), *more = wrong
            raise InvalidRow(name, reason, more)
        return {**item, **self._nulls(cells)}

    def _attribute(self, name: str, value: Value, had: AttributeValue | None) -> AttributeValue:
        stored = self._fields[name].stored
        return typed_attribute(value, stored) if self._exact else as_attribute(value, stored, had)

    def _nulls(self, cells: Cells) -> Item:
        """Return the attributes that are NULL, where the file tells that from absence."""
        if not self._exact:
            return {}
        names = (name for name, cell in cells.items() if cell is None and name in self._fields)
        return {name: {"NULL": True} for name in names}

    def _shows(self, name: str, cells: Cells, old: Item) -> bool:
        """Return whether a cell is what an export shows of the item."""
        if name not in old or name not in self._fields:
            return False
        field, value, cell = self._fields[name], decode(old[name]), cells.get(name)
        if value is None or cell is None:
            # NULL and absence are one to a file: an empty cell leaves either alone.
            return value is None and cell is None
        if self._exact:
            return same(encode(cell), old[name])
        if self._format.has_heads:
            return bool(cell == to_cell(value, field.type))
        return canonical(cell) == canonical(to_json(value, field))

    def _without(self, but: Collection[str], *, defaults: bool = True) -> Schema:
        fields = tuple(field for field in self._schema.fields if field.name not in but)
        schema = structs.replace(self._schema, fields=fields)
        return schema if defaults else without_defaults(schema)

    def _new_without(self, but: frozenset[str]) -> Callable[[Cells], dict[str, Value]]:
        read = self._format.rows(RowRules(self._without(but)))
        return lambda cells: read(cells).fields

    def _changes_without(self, but: frozenset[str], defaults: bool) -> Callable[[Cells], Changes]:
        rules = ChangeRules(self._without(but, defaults=defaults), self._format.rows)
        return lambda cells: rules.changes("", cells, now=0)
