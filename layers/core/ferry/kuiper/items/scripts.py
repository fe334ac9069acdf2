"""JavaScript functions (contract configurations#documents; case 36)."""

import re

from ferry.errors import InvalidItem, InvalidJson
from ferry.kuiper.gojson.shapes import BOOL, STRING, read_struct, struct
from ferry.kuiper.items.installable import Installable

_SCRIPT = struct(
    "js.Script", {"id": STRING, "description": STRING, "script": STRING, "isAgg": BOOL}
)


def read_script(key: str, text: str) -> Installable:
    """Return a script; its id is its key.

    It cannot be run here, so it is enough that a function of its name is declared or assigned.
    """
    try:
        fields = read_struct(text, _SCRIPT)
    except InvalidJson as fault:
        raise InvalidItem(f"fail to unmarshal the script {key}: {fault}") from fault
    id_ = fields.get("id", key)
    if id_ != key:
        raise InvalidItem(f"the script id {id_} does not match the key {key}")
    name = re.escape(id_)
    declared = rf"\bfunction\s*+\*?\s*+{name}\b|(?<![\w$.]){name}\s*+="
    if not id_ or not re.search(declared, fields.get("script", "")):
        raise InvalidItem(f'cannot find function "{id_}" in script')
    return Installable(key=key, name=key, text=text)
