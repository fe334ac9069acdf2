"""Properties of old versions rewritten to their present names.

Source: contract configurations#documents, case 38.

Only under the v2 wire format: an engine of 1.9 or 1.10, whose format the seed's is, knows nothing
but the old names.
"""

import re
from typing import Any

import msgspec

from ferry.kuiper.gojson.go_reader import read_for_writing
from ferry.kuiper.gojson.go_writer import write

_RENAMED = {"sql": ("url", "dburl"), "kafka": ("saslPassword", "password")}
_MILLISECONDS = ("cacheTtl", "timeout", "expiration", "interval")
_INTEGER = re.compile(rb"-?[0-9]++")


def renew_properties(type_: str, properties: dict[str, Any]) -> dict[str, Any]:
    """Return the `properties` of one conf key of a source or sink of this type.

    Numbers are as `read_for_writing` returns them. A property that is there under its new name
    already is left alone.
    """
    renewed = _renamed(type_, properties)
    for name in _MILLISECONDS:
        value = renewed.get(name)
        if isinstance(value, msgspec.Raw) and _INTEGER.fullmatch(bytes(value)):
            renewed[name] = f"{bytes(value).decode()}ms"
    return renewed


def renew_rule(text: str) -> str:
    """Return a rule with its actions' properties renamed; verbatim where none is."""
    if not any(f'"{old}"' in text for old, _ in _RENAMED.values()):
        return text
    rule = read_for_writing(text)
    actions = rule.get("actions")
    renewed = [_renew_action(action) for action in actions or []]
    return text if renewed == (actions or []) else write({**rule, "actions": renewed}).decode()


def _renew_action(action: Any) -> Any:
    if not isinstance(action, dict):
        return action
    return {
        type_: _renamed(type_, properties) if isinstance(properties, dict) else properties
        for type_, properties in action.items()
    }


def _renamed(type_: str, properties: dict[str, Any]) -> dict[str, Any]:
    old, new = _RENAMED.get(type_, ("", ""))
    if old not in properties or new in properties:
        return dict(properties)
    return {new if name == old else name: value for name, value in properties.items()}
