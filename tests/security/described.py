"""Requests as the OpenAPI document describes them, and almost so: Hypothesis's strategies."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from hypothesis import strategies as st

import ferry
from tests.security import hostile

DOCUMENT: dict[str, Any] = json.loads((Path(ferry.__file__).parent / "openapi.json").read_text())
BOUNDARY = "x"
_DEEPEST = 6
_METHODS = ("get", "put", "post", "delete")

_TEXTS = [
    *("name", "amount", "id", "created_at", "goods", "csv", "json", "xlsx", "all", "goods.csv"),
    *("en", "", " ", "\0", "\n", "\ud800", "😀", "é" * 300, "a" * 2000, "../x", "$and", "_pk"),
    *("$incr_by", "=1+1", "-1", "1e400", "NaN", "null", "[]", "{}", "true", "%00"),
    *("http://127.0.0.1:1/a.csv", "file:///etc/passwd", "s3://b/k"),
    *("SELECT * FROM a", "2024-02-30"),
    *("x@y.test", "\u202e"),
]  # fmt: skip
_NUMBERS = [0, 1, -1, 2, 20, 1000, 2**31, 2**63, -(2**63), 10**40, 0.5, -0.0, 1e308, 1e-130]
_ODD = st.one_of(
    st.sampled_from([None, True, False, [], {}, [[]], [None], {"": None}, {"$and": 1}, [{}]]),
    st.sampled_from(_TEXTS),
    st.sampled_from(_NUMBERS),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
        max_leaves=5,
    ),
)


class Operation(NamedTuple):
    """An operation of the document.

    Attributes:
        parameters: in its path, its query and its headers.
        bodies: the schemas of its body by media type.
        statuses: of the answers that it may have.

    """

    method: str
    path: str
    parameters: list[dict[str, Any]]
    bodies: dict[str, Any]
    statuses: set[str]


class Described(NamedTuple):
    """A request to be sent."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


def operations() -> list[Operation]:
    """Return the document's operations, those that delete last."""
    found = [
        Operation(
            method.upper(),
            path,
            [
                _resolved(each)
                for each in [*routes.get("parameters", []), *one.get("parameters", [])]
            ],
            {kind: it.get("schema", {}) for kind, it in _content(one).items()},
            set(one["responses"]),
        )
        for path, routes in DOCUMENT["paths"].items()
        for method, one in routes.items()
        if method in _METHODS
    ]
    return sorted(found, key=lambda each: each.method == "DELETE")


def requests(operation: Operation, known: Mapping[str, str]) -> st.SearchStrategy[Described]:
    """Return requests of an operation; `known` are values of its path's variables."""
    in_path = [each["name"] for each in operation.parameters if each["in"] == "path"]
    names = {*in_path, *_variables(operation.path)}
    segments = {name: _segment(known.get(name, "x")) for name in sorted(names)}
    in_query = {
        each["name"]: values(each.get("schema", {}))
        for each in operation.parameters
        if each["in"] == "query"
    }
    return st.builds(
        lambda filled, query, odd_query, headers, sent: Described(
            operation.method,
            _target(operation.path, filled, query, odd_query),
            {**sent[0], **headers},
            sent[1],
        ),
        st.fixed_dictionaries(segments),
        st.fixed_dictionaries({}, optional=in_query),
        _seldom(st.sampled_from(hostile.QUERIES), st.just("")),
        _seldom(st.sampled_from(hostile.HEADERS), st.just({})),
        _sent(operation.bodies),
    )


def values(schema: Any, depth: int = 0) -> st.SearchStrategy[Any]:
    """Return values of a schema, of which one in ten is not."""
    return _seldom(_ODD, _valid(_resolved(schema), depth))


def _valid(schema: dict[str, Any], depth: int) -> st.SearchStrategy[Any]:
    if depth > _DEEPEST:
        return _ODD
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    for several in ("oneOf", "anyOf"):
        choices = [each for each in schema.get(several, []) if set(each) - {"required"}]
        if choices:
            return st.one_of([values(each, depth + 1) for each in choices])
    if "allOf" in schema:
        return _valid(_merged(schema["allOf"]), depth)
    kinds = schema.get("type", "object" if "properties" in schema else "")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    return st.one_of([_of_kind(kind, schema, depth) for kind in kinds])


def _of_kind(kind: str, schema: dict[str, Any], depth: int) -> st.SearchStrategy[Any]:
    match kind:
        case "object":
            return _objects(schema, depth)
        case "array":
            items = values(schema.get("items", {}), depth + 1)
            return st.lists(items, min_size=schema.get("minItems", 0), max_size=3)
        case "string":
            return st.sampled_from([*schema.get("examples", []), *_TEXTS]) | st.text(max_size=8)
        case "integer" | "number":
            low, high = schema.get("minimum", 0), schema.get("maximum", 1000)
            return st.integers(int(low), int(high)) | st.sampled_from(_NUMBERS)
    return {"boolean": st.booleans(), "null": st.none()}.get(kind, _ODD)


def _objects(schema: dict[str, Any], depth: int) -> st.SearchStrategy[Any]:
    members = {name: values(each, depth + 1) for name, each in schema.get("properties", {}).items()}
    # One that is required is left out at times, as a value that is wrong is put in.
    needed = {name: members[name] for name in schema.get("required", []) if name in members}
    more = {name: member for name, member in members.items() if name not in needed}
    if not members or schema.get("additionalProperties"):
        more |= dict.fromkeys(("name", "amount", "$and", "", "_pk"), _ODD)
    whole = st.fixed_dictionaries(needed, optional=more)
    return _seldom(st.fixed_dictionaries({}, optional=members | more), whole)


def _sent(bodies: dict[str, Any]) -> st.SearchStrategy[tuple[dict[str, str], bytes]]:
    if not bodies:
        return st.just(({}, b""))
    made = [_body(kind, schema) for kind, schema in sorted(bodies.items())]
    odd = [({"content-type": "application/json"}, each) for each in hostile.BODIES]
    odd += [(_headers("multipart/form-data"), each) for each in hostile.FORMS]
    return _seldom(st.sampled_from(odd), st.one_of(made))


def _body(kind: str, schema: Any) -> st.SearchStrategy[tuple[dict[str, str], bytes]]:
    write = {"multipart/form-data": _form, "application/x-www-form-urlencoded": _urlencoded}
    return values(schema).map(lambda value: (_headers(kind), write.get(kind, _json)(value)))


def _headers(kind: str) -> dict[str, str]:
    boundary = f"; boundary={BOUNDARY}" if kind == "multipart/form-data" else ""
    return {"content-type": kind + boundary}


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()


def _urlencoded(value: Any) -> bytes:
    return _query(value if isinstance(value, dict) else {"a": value}).encode()


def _form(value: Any) -> bytes:
    parts = []
    for name, content in (value if isinstance(value, dict) else {"a": value}).items():
        file = '; filename="goods.csv"' if name == "file" else ""
        shown = quote(name, safe=" $")
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{shown}"{file}\r\n\r\n'
        parts.append(head.encode() + _text(content).encode("utf-8", "replace") + b"\r\n")
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def _segment(known: str) -> st.SearchStrategy[str]:
    odd = st.sampled_from(hostile.IDS) | st.text(max_size=8).map(_quoted)
    return _seldom(odd, st.just(quote(known, safe="")))


def _target(path: str, filled: Mapping[str, str], query: Mapping[str, Any], odd: str) -> str:
    for name, segment in filled.items():
        path = path.replace(f"{{{name}}}", segment)
    return f"{path}?{'&'.join(filter(None, [_query(query), odd]))}"


def _query(values: Mapping[str, Any]) -> str:
    pairs = [(name.encode("utf-8", "replace"), _text(value)) for name, value in values.items()]
    return urlencode([(name, text.encode("utf-8", "replace")) for name, text in pairs])


def _quoted(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"), safe="") or "%20"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _seldom[T](odd: st.SearchStrategy[T], usual: st.SearchStrategy[T]) -> st.SearchStrategy[T]:
    return st.integers(0, 9).flatmap(lambda number: odd if number == 9 else usual)


def _variables(path: str) -> Iterator[str]:
    return (part[1:-1] for part in path.split("/") if part.startswith("{"))


def _content(operation: dict[str, Any]) -> dict[str, Any]:
    content: dict[str, Any] = operation.get("requestBody", {}).get("content", {})
    return content


def _resolved(schema: Any) -> dict[str, Any]:
    while "$ref" in schema:
        found = DOCUMENT
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        schema = found
    resolved: dict[str, Any] = schema
    return resolved


def _merged(schemas: list[Any]) -> dict[str, Any]:
    merged: dict[str, Any] = {"type": "object", "properties": {}, "required": []}
    for each in map(_resolved, schemas):
        merged["properties"] |= each.get("properties", {})
        merged["required"] += each.get("required", [])
    return merged
