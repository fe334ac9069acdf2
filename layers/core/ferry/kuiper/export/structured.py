"""The document of /v2/data/*: structured values instead of texts, made for YAML.

Source: contract configurations#yaml.

Plain dicts and lists in and out; whoever reads the YAML must refuse aliases, which can make a small
text an endless value.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from ferry.errors import InvalidJson, Malformed
from ferry.kuiper.apply.draft import Applied
from ferry.kuiper.document.document import Document
from ferry.kuiper.document.sections import SOURCE_SECTIONS, Section
from ferry.kuiper.document.unknown import check_unknown
from ferry.kuiper.gojson.go_reader import read_plain, replace_surrogates
from ferry.kuiper.gojson.go_writer import escape_html
from ferry.kuiper.gojson.shapes import fold

_CONFIG_PREFIXES = {
    Section.SOURCE_CONFIG: "sources",
    Section.SINK_CONFIG: "sinks",
    Section.CONNECTION_CONFIG: "connections",
}
_NAMES = {
    **{section: section.value for section in _CONFIG_PREFIXES},
    Section.UPLOADS: "uploads",
    Section.SERVICE: "service",
    Section.SCHEMA: "schema",
    Section.NATIVE_PLUGINS: "nativePlugins",
    Section.PORTABLE_PLUGINS: "portablePlugins",
    Section.STREAMS: "streams",
    Section.TABLES: "tables",
    Section.RULES: "rules",
}
"""The sections that this form has, in the order of their import. It has no scripts."""

_ALWAYS = frozenset({Section.STREAMS, Section.RULES})


def to_structured(document: Document) -> dict[str, Any]:
    """Return the document for a YAML writer; empty sections are left out but for two."""
    structured = {}
    for section, name in _NAMES.items():
        values = dict(_values(section, document[section]))
        if values or section in _ALWAYS:
            structured[name] = values
    return structured


def from_structured(data: Any) -> tuple[Document, tuple[str, ...]]:
    """Return the document that a YAML reader's `data` stands for, and warnings about it.

    None is an empty document.

    Raises:
        Malformed: `import failed: …`.

    """
    if not isinstance(data, dict | None):
        raise Malformed("import failed: the document is not a map")
    by_name = {fold(name): section for section, name in _NAMES.items()}
    texts: dict[Section, dict[str, str]] = {}
    unknown: dict[str, bool] = {}
    for name, values in (data or {}).items():
        section = by_name.get(fold(str(name)))
        if section is None:
            unknown[str(name)] = isinstance(values, dict | list) and bool(values)
            continue
        if values is None:
            continue
        if not isinstance(values, dict):
            raise Malformed(f"import failed: {name} is not a map")
        texts.setdefault(section, {}).update(_texts(section, values))
    try:
        return Document(texts), check_unknown(
            unknown, tuple(_NAMES.values()), known=len(unknown) < len(data or {})
        )
    except Malformed as fault:
        raise Malformed(f"import failed: {fault}") from fault


def first_error(applied: Applied) -> str | None:
    """Return the error that a fail-fast import stops at, None if there is none.

    When there is one, the document that `applied` holds must not be stored.
    """
    found = (applied.errors[s] for s in _NAMES if s in applied.errors)
    return next((f"import failed: {text}" for errors in found for text in errors.values()), None)


def _values(section: Section, texts: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    prefix = _CONFIG_PREFIXES.get(section)
    for key, text in sorted(texts.items()):
        if section in SOURCE_SECTIONS:
            yield key, {"sql": text}
        elif prefix is None:
            yield key, _value(text)
        elif isinstance(conf_keys := _value(text), dict):
            for conf_key, properties in conf_keys.items():
                yield f"{prefix}.{key}.{conf_key}", properties


def _value(text: str) -> Any:
    try:
        return read_plain(text)
    except InvalidJson:
        return text


def _texts(section: Section, values: dict[Any, Any]) -> dict[str, str]:
    prefix = _CONFIG_PREFIXES.get(section)
    if prefix is not None:
        return _config_texts(prefix, values)
    to_text: Callable[[str, Any], str] = _sql if section in SOURCE_SECTIONS else _json
    return {
        replace_surrogates(str(key)): replace_surrogates(to_text(str(key), value))
        for key, value in values.items()
    }


def _config_texts(prefix: str, values: dict[Any, Any]) -> dict[str, str]:
    types: dict[str, dict[str, Any]] = {}
    for name, properties in values.items():
        head, _, rest = str(name).partition(".")
        type_, _, conf_key = rest.partition(".")
        if head != prefix or not type_ or not conf_key:
            raise Malformed(f"import failed: {name} is not {prefix}.<type>.<key>")
        types.setdefault(replace_surrogates(type_), {})[replace_surrogates(conf_key)] = properties
    return {type_: _json(type_, conf_keys) for type_, conf_keys in types.items()}


def _sql(key: str, value: Any) -> str:
    sql = value.get("sql") if isinstance(value, dict) else value
    if not isinstance(sql, str):
        raise Malformed(f"import failed: {key} has no sql")
    return sql


def _json(key: str, value: Any) -> str:
    if isinstance(value, str):
        return value
    try:
        return escape_html(msgspec.json.encode(value)).decode()
    except (TypeError, ValueError, OverflowError, RecursionError) as fault:
        raise Malformed(f"import failed: {key} cannot be written as JSON: {fault}") from fault
