"""Schemas (contract configurations#documents)."""

from ferry.errors import InvalidItem
from ferry.kuiper.gojson.shapes import STRING, read_struct, struct
from ferry.kuiper.items.installable import Installable, is_fetchable
from ferry.kuiper.masking import public_uri

_SCHEMA = struct(
    "schema.Info",
    {
        "type": STRING,
        "name": STRING,
        "content": STRING,
        "file": STRING,
        "soFile": STRING,
        "version": STRING,
    },
)
_TYPES = frozenset({"protobuf", "custom"})


def read_schema(_key: str, text: str) -> Installable:
    """Return a schema; its key is `<type>_<name>`. Its content is not checked."""
    fields = read_struct(text, _SCHEMA)
    type_, name = fields.get("type", ""), fields.get("name", "")
    if type_ not in _TYPES:
        raise InvalidItem(f"schema type {type_} not found")
    if not name or ".." in name or "/" in name or "\\" in name:
        raise InvalidItem(f"schema name {name} is invalid")
    files = tuple(fields[each] for each in ("file", "soFile") if fields.get(each))
    for uri in files:
        if not is_fetchable(uri):
            raise InvalidItem(f"invalid uri {public_uri(uri)}")
    return Installable(
        key=f"{type_}_{name}",
        name=f"{type_}.{name}",
        text=text,
        files=files,
        version=fields.get("version", ""),
    )
