"""Fields of one plain value: what a CSV cell and a JSON value must be. Pure.

Source: contract tables#imports.

Each function returns the value to store or raises InvalidValue. Those named after a cell take CSV
text; the others take a JSON value, and a string is not taken for anything else.
"""

import re
from datetime import date as Date  # noqa: N812 - a function here has its name
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from ferry.tables.values import (
    MAX_DIGITS,
    InvalidValue,
    Value,
    check_no_nul,
    check_text,
    exact_number,
    shown,
)

_INTEGER = re.compile(r"-?[0-9]++")
_NUMBER = re.compile(r"-?(?:[0-9]++\.?[0-9]*+|\.[0-9]++)(?:[eE][+-]?[0-9]{1,3})?")
_MAX_NUMBER_CHARACTERS = 200
DATE = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?", re.ASCII
).fullmatch
"""Matches what may be a date or a time; `datetime.fromisoformat` takes much more."""
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


def same(cell: str) -> str:
    """Return a string's cell as it stands."""
    check_no_nul(cell)
    return cell


def text(value: Any) -> str:
    """Return a JSON string."""
    if not isinstance(value, str):
        raise InvalidValue(f"must be text in double quotes; it is {shown(value)}")
    check_text(value)
    return value


def integer_cell(cell: str) -> int:
    """Return the whole number that a cell spells in digits."""
    if not _INTEGER.fullmatch(cell):
        raise InvalidValue(
            f"must be a whole number written in digits alone, such as 42; it is {shown(cell)}"
        )
    if len(cell) > MAX_DIGITS + 1:
        raise InvalidValue(_too_many_digits(cell))
    return integer(int(cell))


def integer(value: Any) -> int:
    """Return a JSON integer."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidValue(f"must be a whole number without quotes; it is {shown(value)}")
    if abs(value) >= 10**MAX_DIGITS:
        raise InvalidValue(_too_many_digits(value))
    return value


def _too_many_digits(value: Value) -> str:
    return f"must have at most {MAX_DIGITS} digits; it is {shown(value)}"


def number_cell(cell: str) -> Decimal:
    """Return the number that a cell spells."""
    if len(cell) > _MAX_NUMBER_CHARACTERS or not _NUMBER.fullmatch(cell):
        raise InvalidValue(f"must be a number, such as 19.5; it is {shown(cell)}")
    return exact_number(Decimal(cell))


def number(value: Any) -> Decimal:
    """Return a JSON number."""
    if not isinstance(value, int | float | Decimal) or isinstance(value, bool):
        raise InvalidValue(f"must be a number without quotes; it is {shown(value)}")
    return exact_number(value)


def boolean_cell(cell: str) -> bool:
    """Return the boolean of true, false, 1 or 0, in any case."""
    try:
        return _BOOLEANS[cell.lower()]
    except KeyError:
        raise InvalidValue(f"must be true or false; it is {shown(cell)}") from None


def boolean(value: Any) -> bool:
    """Return a JSON boolean."""
    if not isinstance(value, bool):
        raise InvalidValue(f"must be true or false without quotes; it is {shown(value)}")
    return value


def date(value: Any) -> str:
    """Return an ISO 8601 date or time as it stands."""
    try:
        parsed_date(value)
    except (TypeError, ValueError):
        raise InvalidValue(
            "must be an ISO 8601 date or time, such as 2018-09-26 or "
            f"2018-09-26T11:22:51+08:00; it is {shown(value)}{_serial_hint(value)}"
        ) from None
    return str(value)


def _serial_hint(value: Any) -> str:
    """Suggest the dates that a number may mean: spreadsheets store dates as days.

    Days count from 1899-12-30 and, in workbooks that were made so on a Macintosh, from 1904-01-01.
    """
    text = str(value)
    if not (isinstance(value, str | int) and text.isascii() and text.isdecimal()):
        return ""
    if len(text) > _SERIAL_DIGITS or not _FIRST_SERIAL <= int(text) <= _LAST_SERIAL:
        return ""
    since_1900, since_1904 = (first + timedelta(days=int(text)) for first in _DAYS_ZERO)
    return (
        f", which Excel shows as {since_1900} where the cell has the format of a date "
        f"({since_1904} in a workbook whose days count from 1904)"
    )


_DAYS_ZERO = (Date(1899, 12, 30), Date(1904, 1, 1))
_FIRST_SERIAL, _LAST_SERIAL = 61, 2_957_003
_SERIAL_DIGITS = 7


def parsed_date(text: str) -> datetime:
    """Return the time that the text names. Raises ValueError if it is not ISO 8601."""
    # Week dates, any separator, digits of any script: fromisoformat() alone takes them.
    if not DATE(text):
        raise ValueError(text)
    return datetime.fromisoformat(text)
