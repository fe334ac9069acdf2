"""JSON objects read into Go structs: which members count, and what is said of a wrong type.

As `json.Unmarshal`: names match case-insensitively, unknown members are ignored, of two equal
ones the later counts, null leaves a field unset (contract configurations#documents).
"""

from collections.abc import Mapping
from typing import Any, NoReturn

import msgspec

from ferry.errors import InvalidJson
from ferry.kuiper.gojson.go_reader import Members, kind_of, read
from ferry.kuiper.golang.numbers import write_float


class GoShape(msgspec.Struct, frozen=True):
    """A Go type, as far as decoding JSON into it goes.

    Attributes:
        go: how Go's errors spell the type.
        accepts: the Python types of the JSON values it takes; `object` stands for any.
        fields: of a struct, by the names of its JSON tags.
        item: of a slice, what its elements are.
        member: of a map, what its values are.

    """

    go: str
    accepts: tuple[type, ...]
    fields: Mapping[str, "GoShape"] | None = None
    item: "GoShape | None" = None
    member: "GoShape | None" = None

    @property
    def struct_name(self) -> str:
        """The struct's name without its package: what Go puts before a field."""
        return self.go.rpartition(".")[2]


STRING = GoShape("string", (str,))
BOOL = GoShape("bool", (bool,))
INT = GoShape("int", (int,))
FLOAT = GoShape("float64", (int, float))
ANY = GoShape("interface {}", (object,))
OBJECT = GoShape("map[string]interface {}", (Members,))
STRINGS = GoShape("[]string", (list,), item=STRING)
OBJECTS = GoShape("[]map[string]interface {}", (list,), item=OBJECT)


def struct(go: str, fields: Mapping[str, GoShape]) -> GoShape:
    """Return the shape of a struct; `go` names it with its package, as `def.Rule`."""
    return GoShape(go, (Members,), fields=fields)


def slice_of(item: GoShape) -> GoShape:
    """Return the shape of a slice."""
    return GoShape(f"[]{item.go}", (list,), item=item)


def map_of(member: GoShape) -> GoShape:
    """Return the shape of a map; the keys of any JSON object go into it."""
    return GoShape(f"map[string]{member.go}", (Members,), member=member)


def fold(name: str) -> str:
    """Return `name` in the one spelling of all that Go takes for the same member.

    The long s and the Kelvin sign are the two letters beyond ASCII that fold into it.
    """
    return name.replace("\u017f", "s").lower()


def read_struct(text: str, shape: GoShape) -> dict[str, Any]:
    """Return the fields that the JSON `text` sets, by the names of `shape`.

    Raises:
        InvalidJson: the text is not JSON, or a member is of another type.

    """
    value = read(text)
    return {} if value is None else _fit(value, shape, "", "")


def mismatch(value: Any, go: str, owner: str = "", path: str = "") -> NoReturn:
    """Raise InvalidJson for a value that does not go into the type `go`."""
    kind = kind_of(value)
    if go == INT.go and isinstance(value, float):
        kind = f"number {write_float(value)}"
    target = f"struct field {owner}.{path}" if owner else "value"
    raise InvalidJson(f"json: cannot unmarshal {kind} into Go {target} of type {go}", 0)


def _fit(value: Any, shape: GoShape, owner: str, path: str) -> Any:
    if value is None:
        # null leaves an element at its zero value, which for a string is no text
        return "" if shape is STRING else None
    if type(value) not in shape.accepts and object not in shape.accepts:
        mismatch(value, shape.go, owner, path)
    if shape.fields is not None:
        return _fit_fields(value, shape, shape.fields, path)
    if shape.member is not None:
        member = shape.member
        return {key: _fit(each, member, owner, path) for key, each in value.items()}
    if shape.item is not None:
        item = shape.item
        return [_fit(each, item, owner, path) for each in value]
    return value


def _fit_fields(
    value: Members, shape: GoShape, fields: Mapping[str, GoShape], path: str
) -> dict[str, Any]:
    fitted: dict[str, Any] = {}
    for key, member in value.pairs:
        name = key if key in fields else _folded(key, fields)
        if name is None or member is None:
            continue
        place = f"{path}.{name}" if path else name
        fitted[name] = _fit(member, fields[name], shape.struct_name, place)
    return fitted


def _folded(key: str, fields: Mapping[str, GoShape]) -> str | None:
    spelling = fold(key)
    return next((name for name in fields if fold(name) == spelling), None)
