"""Uploaded files (contract configurations#uploads; cases 90, 91)."""

import posixpath

from ferry.errors import InvalidItem, InvalidJson
from ferry.kuiper.gojson.shapes import STRING, read_struct, struct
from ferry.kuiper.items.installable import Installable, is_fetchable
from ferry.kuiper.masking import public_uri

_UPLOAD = struct("server.fileContent", {"name": STRING, "content": STRING, "file": STRING})


def read_upload(_key: str, text: str) -> Installable:
    """Return an upload, which is stored under its name; `file` counts before `content`."""
    try:
        fields = read_struct(text, _UPLOAD)
    except InvalidJson as fault:
        raise InvalidItem(f"invalid body: Error decoding file json: {fault}") from fault
    name, file = fields.get("name", ""), fields.get("file", "")
    if not file and not fields.get("content"):
        raise InvalidItem("invalid body: content or FilePath is required")
    if not name:
        raise InvalidItem("invalid body: name is required")
    if not stays_inside(name):
        raise InvalidItem(f"invalid name {name}: path must be under uploads")
    if file and not is_fetchable(file):
        raise InvalidItem(f"invalid uri {public_uri(file)}")
    return Installable(key=name, name=name, text=text, files=(file,) if file else ())


def stays_inside(name: str) -> bool:
    """Return whether a path below the uploads folder stays below it."""
    path = posixpath.normpath(name.replace("\\", "/"))
    return not path.startswith(("/", "..")) and path != "." and "\x00" not in path
