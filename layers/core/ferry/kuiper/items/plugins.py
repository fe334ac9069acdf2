"""Items with an archive: plugins, external services.

Source: contract configurations#documents; cases 33-35, 81.
"""

from typing import Any

from ferry.errors import InvalidItem
from ferry.kuiper.gojson.go_writer import write_in_order
from ferry.kuiper.gojson.shapes import STRING, STRINGS, read_struct, struct
from ferry.kuiper.items.installable import Installable, is_archive
from ferry.kuiper.masking import public_uri

_PLUGIN = struct(
    "plugin.IOPlugin",
    {"name": STRING, "file": STRING, "shellParas": STRINGS, "functions": STRINGS},
)
_SERVICE = struct("service.ServiceCreationRequest", {"name": STRING, "file": STRING})
_TYPES = frozenset({"sources", "sinks", "functions"})


def read_native(key: str, text: str) -> Installable:
    """Return a native plugin; what stands before the key's first `_` is its type."""
    prefix = key.partition("_")[0]
    type_ = prefix if prefix in _TYPES else "sources"
    fields = _read(text)
    return _installable(f"{type_}_{fields['name']}", fields)


def read_portable(_key: str, text: str) -> Installable:
    """Return a portable plugin, whose name is its key."""
    fields = _read(text)
    return _installable(fields["name"], fields)


def read_service(_key: str, text: str) -> Installable:
    """Return a service; its key is its name."""
    fields = read_struct(text, _SERVICE)
    name, file = fields.get("name", ""), fields.get("file", "")
    if not is_archive(file):
        raise InvalidItem(f"invalid file path {public_uri(file)}")
    return Installable(key=name, name=name, text=text, files=(file,))


def provided_by(text: str) -> frozenset[str]:
    """Return the functions that a stored plugin's text names as its own."""
    return frozenset(read_struct(text, _PLUGIN).get("functions") or ())


def _read(text: str) -> dict[str, Any]:
    fields = read_struct(text, _PLUGIN)
    if not fields.get("name", "").strip():
        raise InvalidItem("invalid name : should not be empty")
    if not is_archive(fields.get("file", "")):
        raise InvalidItem(f"invalid uri {public_uri(fields.get('file', ''))}")
    return fields


def _installable(key: str, fields: dict[str, Any]) -> Installable:
    """Serialise as the engine does: known members in its order, empty arrays left out.

    The engine loses `functions` of a native plugin on the way; it is kept here.
    """
    ordered = {name: fields[name] for name in _PLUGIN.fields or () if fields.get(name)}
    return Installable(
        key=key,
        name=fields["name"],
        text=write_in_order(ordered).decode(),
        files=(fields["file"],),
    )
