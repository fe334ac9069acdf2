"""Cells of a column converted all at once, as the lines of one text. Pure.

Each function returns the text with its lines converted, or None where one of them is not plainly
right: the cells are then read one by one. That takes ten times as long.
"""

import re
from collections.abc import Callable, Sequence

from ferry.files.csv.regional import RegionalNumbers

type ConvertLines = Callable[[str], str | None]

_BLANK = "[ \u00a0]"
_FIXED = {
    "YYYY": ("Y", "[0-9]{4}"),
    "MM": ("M", "(?:0[1-9]|1[0-2])"),
    "DD": ("D", "(?:0[1-9]|[12][0-9]|3[01])"),
}


def trimmed_lines(text: str) -> str:
    """Return the text with no blanks around its lines."""
    return "\n".join(map(str.strip, text.split("\n")))


def number_lines(numbers: RegionalNumbers, units: Sequence[str] = ()) -> ConvertLines:
    """Return a reader of many numbers; see `ferry.files.csv.regional.number_reader`."""
    decimal = numbers.decimal
    if decimal is None or any(len(unit.casefold()) != len(unit) for unit in units):
        return lambda _: None
    group = "." if decimal == "," else ","
    group = group if group in numbers.grouping else ""
    d, g = re.escape(decimal), re.escape(group)
    grouped = rf"-?[0-9]{{1,3}}(?:{g}[0-9]{{3}})++(?:{d}[0-9]++)?(?![0-9{d}])|" if group else ""
    number = rf"(?:{grouped}-?[0-9]++(?:{d}[0-9]++)?)?+"
    plain = re.compile(rf"{number}(?:\n{number})*+", re.ASCII).fullmatch
    without_units = _without(units) if units else str

    def convert(text: str) -> str | None:
        text = without_units(text)
        if plain(text) is None:
            return None
        return (text.replace(group, "") if group else text).replace(decimal, ".")

    return convert


def date_lines(date_format: str) -> ConvertLines:
    """Return a reader of many dates; see `ferry.files.csv.regional.date_reader`."""
    parts = re.split(r"(YYYY|MM|DD)", date_format)
    if any(token in date_format for token in ("HH", "mm", "ss")):
        return lambda _: None
    date = "".join(
        f"(?P<{_FIXED[part][0]}>{_FIXED[part][1]})" if part in _FIXED else re.escape(part)
        for part in parts
    )
    nameless = re.sub(r"\?P<.>", "?:", date)
    plain = re.compile(rf"(?:{nameless})?+(?:\n(?:{nameless})?+)*+").fullmatch
    each = re.compile(date)
    return lambda text: each.sub(r"\g<Y>-\g<M>-\g<D>", text) if plain(text) else None


def _without(units: Sequence[str]) -> Callable[[str], str]:
    any_unit = "|".join(map(re.escape, units))
    behind = re.compile(rf"(?<=[0-9]){_BLANK}*+(?:{any_unit})$", re.IGNORECASE | re.MULTILINE)
    before = re.compile(rf"^(?:{any_unit}){_BLANK}*+(?=[0-9-])", re.IGNORECASE | re.MULTILINE)

    def without(text: str) -> str:
        # A number with a unit on both sides keeps one, and is no plain number.
        return before.sub("", text) if behind.search(text) is None else behind.sub("", text)

    return without
