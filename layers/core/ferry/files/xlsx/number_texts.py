"""Numbers of a workbook's cells as texts: as Excel shows them, as days, as durations. Pure."""

import re
from decimal import Decimal

from ferry.files.xlsx.invalid_cell import InvalidCell

_NUMBER = re.compile(r"-?+([0-9]++(?:\.[0-9]*+)?+|\.[0-9]++)(?:[eE][+-]?+[0-9]{1,3}+)?+")
_IS_SIMPLE = re.compile(r"(?=.{1,15}\Z)(?:0|-?+[1-9][0-9]*+|-?+[0-9]++\.[0-9]*[1-9])").fullmatch
"""Matches numbers that stay as they are: short ones, in their usual form."""
_LONGEST_NUMBER = 330
"""Characters of the longest that is a float, written in digits alone."""
_EXACT = 2**53
_EXCEL_DIGITS = 15
_NOISY_DIGITS = 17
"""Excel keeps 15 digits, and writes 17 where 15 do not name the same float: 5.0000000000000009."""
_PLAIN_EXPONENTS = range(-20, 39)
DAY_MS = 86_400_000
_DAY_DIGITS = 10


def number_text(value: str) -> str:
    """Return a number as Excel shows it in a cell that is wide enough.

    Raises:
        InvalidCell: it is none.

    """
    if _IS_SIMPLE(value):
        return value
    mantissa = _mantissa(value)
    if mantissa.isdecimal() and value.lstrip("-") == mantissa:
        return value if mantissa.strip("0") else "0"
    number = float(value)
    if number in {float("inf"), float("-inf")}:
        raise InvalidCell(f"is damaged: the number {value[:20]} is too large")
    if number.is_integer() and abs(number) <= _EXACT:
        return str(int(number))
    noisy = len(mantissa.replace(".", "").strip("0")) >= _NOISY_DIGITS
    exact = Decimal(f"{number:.{_EXCEL_DIGITS}g}" if noisy else repr(number))
    return f"{exact:f}" if exact.adjusted() in _PLAIN_EXPONENTS else str(exact)


def _mantissa(value: str) -> str:
    found = _NUMBER.fullmatch(value) if len(value) <= _LONGEST_NUMBER else None
    if found is None:
        raise InvalidCell(f"is damaged: it should hold a number, and holds {value[:20]}")
    return found[1]


def padded(number: str, digits: int) -> str:
    """Return a whole number with zeros in front, so that it has so many digits."""
    if digits < 2 or "." in number or "E" in number:
        return number
    sign = "-" if number.startswith("-") else ""
    return sign + number.removeprefix("-").zfill(digits)


def milliseconds_of(value: str) -> int:
    """Return a number of days in milliseconds; of too many days, one day less than none."""
    _mantissa(value)
    # Days are floats: a second is 1.2e-5 of one, and the last digits are noise.
    days = Decimal(value)
    return int((days * DAY_MS).to_integral_value()) if days.adjusted() < _DAY_DIGITS else -DAY_MS


def duration(milliseconds: int) -> str:
    """Return hours, minutes and seconds.

    >>> duration(36 * 3_600_000)
    '36:00:00'
    """
    sign, rest = ("-", -milliseconds) if milliseconds < 0 else ("", milliseconds)
    seconds, part = divmod(rest, 1000)
    text = f"{sign}{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return f"{text}.{part:03}" if part else text
