"""Cells as people of other regions write them: numbers, dates, and words for values. Pure.

A cell becomes the text that the row rules take; an ambiguous one becomes a `Refused`, and
its row fails. Nothing is guessed: ``1.500`` in a file of semicolons may be 1.5 or 1500.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any, Literal

import msgspec

from ferry.tables.rows import Refused
from ferry.tables.scalars import DATE
from ferry.tables.schema import FieldType
from ferry.tables.values import shown

type Convert = Callable[[str], str]

_SPACES = " \u00a0\u2009\u202f'’"
_PLAIN = re.compile(r"-?[0-9]*+(?:\.[0-9]*+)?(?:[eE][+-]?[0-9]{1,3})?", re.ASCII).fullmatch
_UNSURE = re.compile(r"-?[1-9][0-9]{0,2}[.,][0-9]{3}").fullmatch
_DATE_LIKE = re.compile(r"[0-9]{1,4}[./-][0-9]{1,2}[./-][0-9]{1,4}(?:[ T].*+)?").fullmatch
_TOKENS = {
    "YYYY": r"(?P<Y>[0-9]{4})",
    "MM": r"(?P<M>[0-9]{1,2})",
    "DD": r"(?P<D>[0-9]{1,2})",
    "HH": r"(?P<h>[0-9]{1,2})",
    "mm": r"(?P<m>[0-9]{2})",
    "ss": r"(?P<s>[0-9]{2})",
}


class RegionalNumbers(msgspec.Struct, frozen=True):
    """The number format of a file: its decimal mark and thousands separators.

    Attributes:
        decimal: the decimal mark; None where it cannot be told.
        grouping: characters that may stand between groups of three digits.

    """

    decimal: Literal[".", ","] | None = "."
    grouping: str = ""


OURS = RegionalNumbers()
UNTOLD = RegionalNumbers(None)


def numbers_of(
    cells: Iterable[str], *, by_default: RegionalNumbers, in_tabs: bool = False
) -> RegionalNumbers:
    """Detect the number format of cells; `by_default` if they leave it open.

    ``1,50`` and ``1.234,56`` decide; ``1,500`` does not. Cells that contradict each other
    decide nothing. Spreadsheets of all regions write tabs (`in_tabs`), and so does Ferry, which
    ends no fraction with a zero: ``1.500`` then may be two numbers, ``1.234`` has a point.
    """
    told: set[str] = set()
    unsure: list[str] = []
    for cell in cells:
        if _comma(cell) or _point(cell):
            told.add("," if _comma(cell) else ".")
        elif in_tabs and _UNSURE(cell):
            unsure.append(cell)
    if not told and unsure and by_default is OURS:
        return UNTOLD if any(cell.endswith("0") for cell in unsure) else with_decimal(".")
    if len(told) != 1:
        # Contradicting cells: in a file of our own kind the default holds, and the odd rows fail.
        return UNTOLD if told and by_default is not OURS else by_default
    return with_decimal("," if "," in told else ".")


def with_decimal(decimal: Literal[".", ","], thousands: str | None = None) -> RegionalNumbers:
    """Return the number format with that decimal mark."""
    other = "." if decimal == "," else ","
    return RegionalNumbers(decimal, other + _SPACES if thousands is None else thousands)


def hinted(cell: str, kind: FieldType) -> str:
    """Return the cell, as a `Refused` where an option would say how to read it."""
    if kind is FieldType.DATE and not DATE(cell) and _DATE_LIKE(cell):
        return Refused.because(
            cell,
            "must be an ISO 8601 date, such as 2018-09-26; or say how the file writes dates, such "
            f"as date_format=DD/MM/YYYY; it is {shown(cell)}",
        )
    if kind in {FieldType.NUMBER, FieldType.INTEGER} and (_comma(cell) or _UNSURE(cell)):
        if _PLAIN(cell):
            return cell
        return Refused.because(
            cell,
            "must be a number, such as 19.5; or say what the file's decimal mark is, decimal=, or "
            f"decimal=.; it is {shown(cell)}",
        )
    return cell


def number_reader(numbers: RegionalNumbers) -> Convert:
    """Return a function from a number as written to the row rules' text, or to a `Refused`."""
    if numbers.decimal is None:
        return _told_number
    decimal, group = re.escape(numbers.decimal), re.escape(numbers.grouping)
    plain = re.compile(rf"-?[0-9]*+(?:{decimal}[0-9]*+)?(?:[eE][+-]?[0-9]{{1,3}})?").fullmatch
    grouped = (
        re.compile(
            rf"-?[0-9]{{1,3}}([{group}])[0-9]{{3}}(?:\1[0-9]{{3}})*+(?:{decimal}[0-9]++)?"
        ).fullmatch
        if group
        else None
    )

    def convert(cell: str) -> str:
        # A plain number first: most cells are, and it needs no grouping removed.
        if plain(cell):
            return cell.replace(numbers.decimal or ".", ".")
        if grouped and (found := grouped(cell)):
            return cell.replace(found[1], "").replace(numbers.decimal or ".", ".")
        return Refused.because(
            cell,
            f"must be a number with the decimal mark “{numbers.decimal}”, such as "
            f"19{numbers.decimal}5; it is {shown(cell)}",
        )

    return convert


def _told_number(cell: str) -> str:
    """Return a number whose decimal mark is certain from it alone."""
    if _PLAIN(cell) and not _UNSURE(cell):
        return cell
    return Refused.because(
        cell,
        f"may be one of two numbers, {shown(cell)}: say what the file's decimal mark is, decimal=, "
        "or decimal=.",
    )


def _comma(cell: str) -> bool:
    """Return whether a number can only have a decimal comma."""
    return _TELLS_COMMA(cell) is not None


def _point(cell: str) -> bool:
    return _TELLS_POINT(cell) is not None


def _telling(decimal: str, other: str) -> Callable[[str], re.Match[str] | None]:
    d, group = re.escape(decimal), re.escape(other + _SPACES)
    o = re.escape(other)
    return re.compile(
        rf"-?(?:[0-9]++{d}(?:[0-9]{{1,2}}|[0-9]{{4,}}+)|0{d}[0-9]{{3}}|[0-9]{{4,}}+{d}[0-9]{{3}}"
        rf"|[0-9]{{1,3}}([{group}])[0-9]{{3}}(?:\1[0-9]{{3}})*+{d}[0-9]++"
        rf"|[0-9]{{1,3}}(?:{o}[0-9]{{3}}){{2,}}+)"
    ).fullmatch


_TELLS_COMMA, _TELLS_POINT = _telling(",", "."), _telling(".", ",")


def date_reader(date_format: str) -> Convert:
    """Return a function from a date of that format to one of ISO 8601, or to a `Refused`."""
    matches = date_pattern(date_format).fullmatch

    def convert(cell: str) -> str:
        found = matches(cell)
        if found is None:
            if DATE(cell):
                return cell
            return Refused.because(
                cell, f"must be a date written as {date_format}; it is {shown(cell)}"
            )
        return _iso(found.groupdict())

    return convert


def date_pattern(date_format: str) -> re.Pattern[str]:
    """Compile a pattern for a date format, such as ``DD.MM.YYYY HH:mm``.

    Raises:
        ValueError: it does not name year, month and day once each.

    """
    parts = re.split(r"(YYYY|MM|DD|HH|mm|ss)", date_format)
    tokens = [part for part in parts if part in _TOKENS]
    if not {"YYYY", "MM", "DD"} <= set(tokens) or len(tokens) != len(set(tokens)):
        raise ValueError(date_format)
    if any(character.isalnum() for part in parts if part not in _TOKENS for character in part):
        raise ValueError(date_format)
    return re.compile("".join(_TOKENS.get(part) or re.escape(part) for part in parts), re.ASCII)


def _iso(parts: dict[str, Any]) -> str:
    day = f"{parts['Y']}-{parts['M']:0>2}-{parts['D']:0>2}"
    if parts.get("h") is None:
        return day
    return f"{day}T{parts['h']:0>2}:{parts.get('m') or '00'}:{parts.get('s') or '00'}"
