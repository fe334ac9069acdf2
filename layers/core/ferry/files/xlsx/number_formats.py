"""Number formats: dates, times, durations, leading zeros (ECMA-376 part 1, 18.8.31).

Codes come from strangers: every pattern here is possessive, so that reading one is linear.
"""

import re
from enum import StrEnum

import msgspec

_MOST_CHARACTERS = 255
"""Excel writes no longer code; a longer one counts as General."""


class Shows(StrEnum):
    """The meaning of a number, by its format."""

    NUMBER = "number"
    DATE = "date"
    """A day, with or without a time of day."""
    TIME = "time"
    """A time of day alone."""
    DURATION = "duration"
    """Hours, minutes or seconds beyond a day's: ``[h]:mm``."""


class NumberFormat(msgspec.Struct, frozen=True):
    """A number format; of a plain number also how many digits it has at least."""

    shows: Shows = Shows.NUMBER
    digits: int = 1


GENERAL = NumberFormat()

_DATE, _TIME = NumberFormat(Shows.DATE), NumberFormat(Shows.TIME)
_DURATION = NumberFormat(Shows.DURATION)

_BUILT_IN = {
    **dict.fromkeys((*range(14, 18), 22, *range(27, 32), 36, *range(50, 55), 57, 58), _DATE),
    # 34, 35, 55 and 56 are times in Chinese, months in Japanese: the value tells them apart.
    **dict.fromkeys((*range(18, 22), *range(32, 36), 45, 47, 55, 56), _TIME),
    46: _DURATION,
}
"""By their ids, those for dates and times that every workbook has, 18.8.30."""

_ELAPSED = re.compile(r"\[(?:h++|m++|s++)\]", re.IGNORECASE)
_LITERAL = re.compile(
    r'"[^"]*+"?+|\\.|_.|\*.|\[[^\]]*+\]?+|general|standard|am/pm|a/p', re.IGNORECASE
)
_ZEROS = re.compile(r"[-+ ()/.:]*+(?:0++[-+ ()/:]*+)++")


def number_format(number: int, code: str | None) -> NumberFormat:
    """Read a number format: built in by its id, or defined by the workbook as `code`.

    >>> number_format(164, "[h]:mm").shows
    <Shows.DURATION: 'duration'>
    >>> number_format(164, "00000").digits
    5
    """
    if code is None:
        return _BUILT_IN.get(number, GENERAL)
    if len(code) > _MOST_CHARACTERS:
        return GENERAL
    if _ELAPSED.search(code):
        return _DURATION
    # Only the first section counts; colours, conditions, texts and spaces are no code.
    rest = _LITERAL.sub("", code).partition(";")[0].lower()
    if _shows_date(rest):
        return _DATE
    if "h" in rest or "s" in rest:
        return _TIME
    return NumberFormat(digits=rest.count("0")) if _ZEROS.fullmatch(rest) else GENERAL


def _shows_date(code: str) -> bool:
    # "m" is a month, and beside hours or seconds a minute, but for the names of months.
    months = "mmm" in code or ("m" in code and not ("h" in code or "s" in code))
    return months or "d" in code or "y" in code
