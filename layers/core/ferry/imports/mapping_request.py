"""How a caller writes which column of the table each column of a file becomes."""

from collections.abc import Mapping
from typing import Any

from ferry.errors import Malformed
from ferry.files.mapping import IGNORED
from ferry.imports.transform_request import transforms, wrong
from ferry.tables.values import InvalidValue, json_text, parse_json, shown

_MOST_COLUMNS = 500
_MEMBERS = ("to", "ignore", "transform", "constant", "join", "separator")
_FEWEST_JOINED = 2


def with_mapping(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return options with the object of ``columns``, or ``mapping``, as their struct has it.

    Raises:
        Malformed: it is not as it must be.

    """
    made = dict(values)
    if _is_object(made.get("columns")):
        if made.get("mapping"):
            raise Malformed("columns and mapping say the same: send one of them as an object")
        made["mapping"] = made.pop("columns")
    if "mapping" in made:
        made["mapping"] = _mapping(made["mapping"])
    return made


def _is_object(value: Any) -> bool:
    return isinstance(value, Mapping) or (isinstance(value, str) and value.lstrip()[:1] == "{")


def _mapping(value: Any) -> dict[str, Any]:
    if isinstance(value, str):
        try:
            value = parse_json(value)
        except InvalidValue as error:
            raise Malformed(f"columns: {error}") from error
    if not isinstance(value, Mapping) or len(value) > _MOST_COLUMNS:
        raise Malformed(
            f"columns: must be an object of up to {_MOST_COLUMNS} members, such as "
            f'{{"Artikelnummer":"sku"}}; it is {shown(value)}'
        )
    mapping = {str(name): _column(str(name), column) for name, column in value.items()}
    targets: dict[str, str] = {}
    for name, column in mapping.items():
        if not name:
            raise Malformed("columns: a column without a name cannot be mapped; use header=none")
        target = column.get("to", "")
        if target and target in targets and target != IGNORED:
            raise Malformed(
                f"columns: both {shown(targets[target])} and {shown(name)} become {target}; "
                f'join them, {{"{target}": {{"join": […]}}}}'
            )
        targets[target] = name
    return mapping


def _column(name: str, given: Any) -> dict[str, Any]:
    """Return one column as `MappedColumn` has it."""
    if given is None or isinstance(given, str):
        return {"to": given} if given else {}
    if not isinstance(given, Mapping):
        raise wrong(name, "must be a column's name, null to ignore it, or an object", given)
    if unknown := [member for member in given if member not in _MEMBERS]:
        raise wrong(name, f"has members {', '.join(_MEMBERS)} only, not", unknown[0])
    if given.get("ignore"):
        if len(given) > 1:
            raise wrong(name, "is ignored, and can have nothing else", given)
        return {}
    return _described(name, given)


def _described(name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    steps = transforms(name, given["transform"]) if "transform" in given else []
    made: dict[str, Any] = {"transform": steps}
    if "constant" in given:
        if given["constant"] is None or {"join", "separator", "transform"} & given.keys():
            raise wrong(name, "is a constant, a value and nothing else", given)
        made["constant"] = json_text(given["constant"])
    elif "join" in given:
        made |= _joined(name, given)
    elif "to" not in given:
        raise wrong(name, "needs to, the table's column, or ignore", given)
    return {**made, "to": _text(name, given.get("to", name))}


def _joined(name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    parts = given["join"]
    if (
        not isinstance(parts, list)
        or len(parts) < _FEWEST_JOINED
        or not all(isinstance(part, str) and part for part in parts)
    ):
        raise wrong(name, "join: must be a list of two or more columns of the file", parts)
    if not isinstance(given.get("separator", ""), str):
        raise wrong(name, "separator: must be a text", given["separator"])
    return {key: given[key] for key in ("join", "separator") if key in given}


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise wrong(name, "to: must be the name of a column of the table", value)
    return value
