"""A rule's JSON, and all that can be said of it alone.

Source: contract configurations#rules, cases 70-77.
"""

from typing import Any

import msgspec

from ferry.errors import InvalidItem, InvalidStatement
from ferry.kuiper.document.sections import Wire
from ferry.kuiper.excerpts import excerpt
from ferry.kuiper.gojson.shapes import BOOL, OBJECTS, STRING, STRINGS, read_struct, struct
from ferry.kuiper.identities import check_id
from ferry.kuiper.rules.graph import GRAPH
from ferry.kuiper.rules.rule_options import OPTIONS, check_durations, check_options
from ferry.kuiper.sql.cursor import Cursor
from ferry.kuiper.sql.ddl.create import is_create, parse_source
from ferry.kuiper.sql.query.select import parse_select
from ferry.kuiper.sql.statements import Select

_RULE = struct(
    "def.Rule",
    {
        "triggered": BOOL,
        "id": STRING,
        "name": STRING,
        "version": STRING,
        "temp": BOOL,
        "sql": STRING,
        "graph": GRAPH,
        "actions": OBJECTS,
        "options": OPTIONS,
        "tags": STRINGS,
    },
)
_OTHER_STATEMENTS = frozenset({"DROP", "SHOW", "DESCRIBE", "EXPLAIN"})


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """A rule; unknown members of its JSON are not here, only in its stored text.

    Attributes:
        select: what its SQL says, None for a graph rule.
        graph: its `nodes` and `topo`, None for an SQL rule.

    """

    id: str
    version: str = ""
    temp: bool = False
    sql: str = ""
    graph: dict[str, Any] | None = None
    actions: list[dict[str, Any] | None] | None = None
    options: dict[str, Any] | None = None
    select: Select | None = None


def read_rule(key: str, text: str, wire: Wire = Wire.V2) -> Rule:
    """Return the rule in `text`, stored under `key`; its id defaults to the key.

    Which ids a rule may have depends on the wire format.

    Raises:
        InvalidItem: the first thing wrong, in the order and words of the engine.

    """
    rule = parse_rule(key, text)
    if not rule.id:
        raise InvalidItem("Missing rule id.")
    if rule.id != key:
        raise InvalidItem("RuleId is not consistent with rule id.")
    check_id(rule.id, wire)
    if rule.sql and rule.graph is not None:
        raise InvalidItem(f"Rule {rule.id} has both sql and graph.")
    if not rule.sql and rule.graph is None:
        raise InvalidItem(f"Rule {rule.id} has neither sql nor graph.")
    if rule.sql:
        rule = msgspec.structs.replace(rule, select=_select(rule.sql))
        if not rule.actions:
            raise InvalidItem("Missing rule actions.")
    check_options(rule.id, rule.options or {})
    return rule


def parse_rule(key: str, text: str) -> Rule:
    """Return the rule in `text` as its JSON has it; only its shape is checked."""
    try:
        fields = read_struct(text, _RULE)
        check_durations(fields.get("options") or {})
    except InvalidItem as fault:
        raise InvalidItem(f"Parse rule {excerpt(text)} error : {fault}.") from fault
    known = {name: fields[name] for name in Rule.__struct_fields__ if name in fields}
    return Rule(**{"id": key, **known})


def _select(sql: str) -> Select:
    word = _first_word(sql)
    try:
        if is_create(sql):
            parse_source(sql)
        elif word not in _OTHER_STATEMENTS:
            return parse_select(sql)
    except InvalidStatement as fault:
        raise InvalidItem(f"Parse SQL {excerpt(sql)} error: {fault}.") from fault
    raise InvalidItem(f"SQL {excerpt(sql)} is not a select statement.")


def _first_word(sql: str) -> str:
    cursor = Cursor(sql)
    return cursor.lit.upper() if cursor.kind == "IDENT" else ""
