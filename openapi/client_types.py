"""The client's types: one TypedDict for each object of the document's schemas.

They have no class at run time: answers stay what the service sent, so that a member which a newer
service adds is neither lost nor refused (docs/decisions/0240).
"""

import keyword
from collections.abc import Iterator

from openapi.models import Json
from openapi.routes import ROOT

TARGET = ROOT / "cli" / "ferry_client" / "types.py"

_HEAD = '''"""The objects of the API. Written by `make openapi`; do not edit."""

# fmt: off
from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

type Value = Any
"""A value of a row, an option or an answer whose shape the API leaves open."""
'''
_PLAIN = {
    "string": "str",
    "integer": "int",
    "number": "float",
    "boolean": "bool",
    "null": "None",
}


def text(document: Json) -> str:
    """Return the module."""
    written: dict[str, str] = {}
    for name, schema in document["components"]["schemas"].items():
        _define(name, schema, written)
    # A class stands behind the one that it derives from.
    derived = {
        name for name, schema in document["components"]["schemas"].items() if "allOf" in schema
    }
    names = sorted(written, key=lambda name: (name in derived, name))
    return _HEAD + "".join(f"\n\n{written[name]}" for name in names)


def _define(name: str, schema: Json, written: dict[str, str]) -> None:
    """Write a schema under its name, and the objects within it under names that follow from it.

    A schema that is all of another one and an object is a class that derives from it.
    """
    base = "TypedDict"
    if "allOf" in schema:
        other, schema = schema["allOf"]
        base = _type(name, other, written)
    if "properties" not in schema:
        meant = _type(name, schema, written).replace("[", "[\n    ").replace("]", "\n]")
        written[name] = f"type {name} = {meant.replace(', ', ',\n    ')}\n"
        return
    required = set(schema.get("required", ()))
    members = [
        (member, _type(name + _titled(member), within, written), member in required)
        for member, within in schema["properties"].items()
    ]
    if any(map(keyword.iskeyword, schema["properties"])):
        raise ValueError(f"{name} has a member that is a keyword")
    written[name] = f"class {name}({base}):\n" + "".join(_body(schema, members))


def _body(schema: Json, members: list[tuple[str, str, bool]]) -> Iterator[str]:
    if told := schema.get("description", "").rstrip().replace("\n", "\n    "):
        yield f'    """{told}"""\n\n'
    for member, kind, due in members:
        yield f"    {member}: {kind if due else f'NotRequired[{kind}]'}\n"


def _type(name: str, schema: Json, written: dict[str, str]) -> str:
    if "$ref" in schema:
        place: str = schema["$ref"].rpartition("/")[2]
        return place
    if choices := schema.get("enum", [schema["const"]] if "const" in schema else None):
        return f"Literal[{', '.join(map(_literal, choices))}]"
    if options := schema.get("anyOf") or schema.get("oneOf"):
        return _union(
            _type(f"{name}{_nth(n)}", option, written) for n, option in enumerate(options)
        )
    kinds = schema.get("type", [])
    kinds = kinds if isinstance(kinds, list) else [kinds]
    return _union(_of_kind(kind, name, schema, written) for kind in kinds) if kinds else "Value"


def _of_kind(kind: str, name: str, schema: Json, written: dict[str, str]) -> str:
    if kind == "array":
        element = _type(f"{name}Item", schema.get("items", {}), written)
        return f"list[{element}]"
    if kind != "object":
        return _PLAIN[kind]
    if "properties" in schema:
        _define(name, schema, written)
        return name
    values = schema.get("additionalProperties")
    return f"dict[str, {_type(name, values, written) if isinstance(values, dict) else 'Value'}]"


def _literal(choice: str | bool) -> str:
    return f'"{choice}"' if isinstance(choice, str) else str(choice)


def _union(kinds: Iterator[str]) -> str:
    return " | ".join(dict.fromkeys(kinds))


def _titled(member: str) -> str:
    return "".join(part.title() for part in member.split("_"))


def _nth(number: int) -> str:
    return str(number + 1) if number else ""
