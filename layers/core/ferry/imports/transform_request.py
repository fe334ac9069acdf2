"""How a caller writes what is done to the values of a mapped column."""

from collections.abc import Mapping
from typing import Any

from ferry.errors import Malformed
from ferry.files.csv.regional import date_pattern
from ferry.files.mapping import TRANSFORMS
from ferry.tables.values import shown

_MOST_TRANSFORMS = 10
_NEEDS = {
    "split": 'what separates its parts, such as {"split": ";"}',
    "join": 'what is to stand between its parts, such as {"join": ", "}',
    "date": 'a format, such as {"date": "DD.MM.YYYY"}',
}


def transforms(name: str, given: Any) -> list[dict[str, Any]]:
    """Return the transforms of a column, as `Transform` has them.

    Raises:
        Malformed: there is no such transform, or it lacks what it needs.

    """
    listed = given if isinstance(given, list) else [given]
    if len(listed) > _MOST_TRANSFORMS:
        raise wrong(name, f"transform: at most {_MOST_TRANSFORMS}", len(listed))
    return [_transform(name, each) for each in listed]


def _transform(name: str, given: Any) -> dict[str, Any]:
    if isinstance(given, str):
        which, argument = given, None
    elif isinstance(given, Mapping) and len(given) == 1:
        ((which, argument),) = given.items()
    else:
        raise wrong(name, f"transform: must be one of {', '.join(TRANSFORMS)}", given)
    if which not in TRANSFORMS:
        raise wrong(name, f"transform: there are {', '.join(TRANSFORMS)}, but not", which)
    if which == "number":
        return {"name": which, **_number(name, argument)}
    return {"name": which, **_argument(name, which, argument)}


def _argument(name: str, which: str, argument: Any) -> dict[str, Any]:
    if which not in _NEEDS:
        if argument not in (None, True):
            raise wrong(name, f"transform: {which} takes no argument", argument)
        return {}
    if not isinstance(argument, str) or not argument:
        raise wrong(name, f"transform: {which} needs {_NEEDS[which]}", argument)
    if which == "date":
        check_date_format(argument)
    return {"by": argument}


def _number(name: str, argument: Any) -> dict[str, Any]:
    given = argument if isinstance(argument, Mapping) else {"unit": argument}
    if not given.keys() <= {"unit", "decimal"} or given.get("decimal", ".") not in (".", ","):
        raise wrong(name, 'transform: number takes unit and decimal, "." or ","', argument)
    unit = given.get("unit")
    units = unit if isinstance(unit, list) else [unit] if unit not in (None, True, "") else []
    if not all(isinstance(each, str) and each.strip() for each in units):
        raise wrong(name, "transform: number: unit must be a text, or a list of them", unit)
    made: dict[str, Any] = {"units": units}
    return {**made, "decimal": given["decimal"]} if "decimal" in given else made


def check_date_format(date_format: str) -> None:
    """Raise Malformed unless it is a format of dates."""
    try:
        date_pattern(date_format)
    except ValueError as error:
        raise Malformed(
            "date_format: must name YYYY, MM and DD once each, and may name HH, mm and ss, such as "
            f"DD.MM.YYYY HH:mm; it is {shown(date_format)}"
        ) from error


def wrong(name: str, what: str, value: Any) -> Malformed:
    """Return the error for a malformed description of a column."""
    return Malformed(f"columns: {name}: {what} {shown(value)}")
