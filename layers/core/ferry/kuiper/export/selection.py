"""Named rules and what they depend on: POST /data/export.

Source: contract configurations#dependencies, case 82.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from ferry.errors import InvalidItem
from ferry.kuiper.document.configs import read_conf_keys, write_conf_keys
from ferry.kuiper.document.document import Document
from ferry.kuiper.document.sections import SOURCE_SECTIONS, Section
from ferry.kuiper.export.providers import providers
from ferry.kuiper.items.archive import Provided
from ferry.kuiper.rules.graph import nodes_of, properties, stream_names
from ferry.kuiper.rules.rule import Rule, parse_rule
from ferry.kuiper.sql.ddl.create import parse_source
from ferry.kuiper.sql.query.calls import functions_called
from ferry.kuiper.sql.query.select import parse_select

_ALWAYS = (Section.CONNECTION_CONFIG, Section.UPLOADS)
"""Sections that the engine includes whole, whatever is asked for."""


def select_rules(
    document: Document, ids: Iterable[str], provided: Provided | None = None
) -> Document:
    """Return the rules named and what they need; a rule that is not there has the text "".

    Args:
        document: the configuration in force.
        ids: of rules; repetition does no harm.
        provided: what the archives of plugins and services were found to hold.

    """
    selection = _Selection(document, provided or {})
    for id_ in ids:
        selection.add_rule(id_)
    return selection.document()


class _Selection:
    """The part of a document that the rules so far depend on."""

    def __init__(self, whole: Document, provided: Provided) -> None:
        self._whole = whole
        self._provided = provided
        self._texts: dict[Section, dict[str, str]] = {section: {} for section in Section}
        self._conf_keys: dict[tuple[Section, str], set[str]] = {}

    def document(self) -> Document:
        for (section, type_), names in self._conf_keys.items():
            kept = self._kept_conf_keys(section, type_, names)
            if kept:
                self._texts[section][type_] = kept
        return Document({**self._texts, **{section: self._whole[section] for section in _ALWAYS}})

    def add_rule(self, id_: str) -> None:
        text = self._whole[Section.RULES].get(id_, "")
        self._texts[Section.RULES][id_] = text
        try:
            rule = parse_rule(id_, text)
            self._add_needs(rule)
        except InvalidItem:
            # a rule that cannot be read goes alone, as the engine has it
            return

    def _add_needs(self, rule: Rule) -> None:
        if rule.graph is not None:
            for node in nodes_of(rule.graph).values():
                self._add_node(node)
            for name in stream_names(rule.graph):
                self._add_source(name)
            return
        select = parse_select(rule.sql)
        for name in select.sources:
            self._add_source(name)
        for function in select.functions:
            self._add_providers("functions", function)
        for action in rule.actions or []:
            for type_, props in (action or {}).items():
                self._add_sink(type_, props if isinstance(props, dict) else {})

    def _add_source(self, name: str) -> None:
        for section in SOURCE_SECTIONS:
            text = self._whole[section].get(name)
            if text is not None:
                self._texts[section][name] = text
                options = parse_source(text).options
                # TYPE as written: a stream without one is not resolved to mqtt.
                # Source: contract configurations#dependencies
                type_ = options.get("TYPE", "")
                self._add_source_type(type_, options.get("CONF_KEY"))
                self._add_schema(options.get("FORMAT"), options.get("SCHEMAID"))

    def _add_source_type(self, type_: str, conf_key: Any) -> None:
        self._want_conf_key(Section.SOURCE_CONFIG, type_, conf_key or "default")
        self._add_providers("sources", type_)

    def _add_sink(self, type_: str, props: Mapping[str, Any]) -> None:
        self._want_conf_key(Section.SINK_CONFIG, type_, props.get("resourceId"))
        self._add_providers("sinks", type_)
        if props.get("format") != "json":
            self._add_schema(props.get("format"), props.get("schemaId"))

    def _add_node(self, node: Mapping[str, Any]) -> None:
        type_, props = node.get("nodeType", ""), properties(node)
        match node.get("type"):
            case "source":
                self._add_source_type(type_, props.get("confkey"))
                self._add_schema(props.get("format"), props.get("schemaid"))
            case "sink":
                self._add_sink(type_, node.get("props") or {})
            case _:
                for function in functions_called("\n".join(_texts_in(node.get("props")))):
                    self._add_providers("functions", function)

    def _add_schema(self, format_: Any, schema_id: Any) -> None:
        """Add the schema of a `SCHEMAID` `file.Message`; one that is not there has the text ""."""
        if isinstance(format_, str) and isinstance(schema_id, str) and format_ and schema_id:
            key = f"{format_}_{schema_id.partition('.')[0]}"
            self._texts[Section.SCHEMA][key] = self._whole[Section.SCHEMA].get(key, "")

    def _add_providers(self, kind: str, symbol: str) -> None:
        for section, key in providers(self._whole, self._provided, kind, symbol):
            self._texts[section][key] = self._whole[section][key]

    def _want_conf_key(self, section: Section, type_: str, conf_key: Any) -> None:
        if isinstance(conf_key, str):
            self._conf_keys.setdefault((section, type_), set()).add(conf_key)

    def _kept_conf_keys(self, section: Section, type_: str, names: set[str]) -> str:
        text = self._whole[section].get(type_)
        conf_keys = read_conf_keys(text) if text else {}
        kept = {name: conf for name, conf in conf_keys.items() if name in names}
        return write_conf_keys(kept) if kept else ""


def _texts_in(value: Any) -> Iterable[str]:
    """Yield every string in a decoded JSON value; its depth is bounded by the reader's."""
    match value:
        case str():
            yield value
        case dict():
            for each in value.values():
                yield from _texts_in(each)
        case list():
            for each in value:
                yield from _texts_in(each)
