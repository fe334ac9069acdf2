"""What a cell of a workbook says, as a CSV file would have it (ECMA-376 part 1, 18.3). Pure."""

import re
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Protocol

_BUILT_IN_DATES = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
"""Ids of the formats for dates and times that every workbook has, 18.8.30."""

_NOT_CODE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_DATE_CODE = re.compile(r"[dmyhs]", re.IGNORECASE)
_WHOLE = re.compile(r"-?[0-9]+")
_SPELLED = re.compile(r"_x(?![Dd][89A-Fa-f])([0-9A-Fa-f]{4})_")
"""Of halves of surrogate pairs no text is made."""

_TEXTS = {"inlineStr", "str"}
_BOOLEANS = {"1": "true", "0": "false"}
_SINCE_1904 = datetime(1904, 1, 1)  # noqa: DTZ001 - a workbook's times have no offset
# The 29th of February 1900, which Excel believes in, is day 60: all dates after it count from here.
_SINCE_1900 = datetime(1899, 12, 30)  # noqa: DTZ001 - likewise
_LAST_DAY = 2_958_465
"""The last of the year 9999."""


class _Styles(Protocol):
    codes: dict[int, str]
    formats: list[int]


def date_styles(styles: _Styles) -> set[str]:
    """Return the numbers, as cells give them, of the styles that show a date or a time."""
    return {
        str(number)
        for number, format_id in enumerate(styles.formats)
        if format_id in _BUILT_IN_DATES or _shows_date(styles.codes.get(format_id, ""))
    }


class CellTexts:
    """Makes texts of cells.

    Args:
        shared: returns the text of a number, which many cells may share.
        dates: the numbers of the styles that show a date or a time.
        since_1904: whether days count from 1904, as they did on the Macintosh.

    """

    def __init__(
        self, shared: Callable[[int], str], dates: Collection[str], *, since_1904: bool
    ) -> None:
        self._shared = shared
        self._dates = dates
        self._first_day = _SINCE_1904 if since_1904 else _SINCE_1900

    def of(self, kind: str, style: str, value: str) -> str:
        """Return the text of a cell of that kind (18.18.11) and style; damaged ones as they are."""
        try:
            if kind == "s":
                return _unspelled(self._shared(int(value)))
            if kind in _TEXTS:
                return _unspelled(value)
            if kind == "b":
                return _BOOLEANS.get(value, value)
            if kind != "n":
                return value
            return self._moment(value) if style in self._dates else _number(value)
        except (ValueError, IndexError, OverflowError, ArithmeticError):
            return value

    def _moment(self, value: str) -> str:
        days = Decimal(value)
        if not 0 <= days <= _LAST_DAY + 1:
            return _number(value)
        # Days are floats: a second is 1.2e-5 of one, and the last digits are noise.
        milliseconds = int((days * 86_400_000).to_integral_value())
        moment = self._first_day + timedelta(milliseconds=milliseconds)
        if days < 1:
            return moment.time().isoformat()
        return moment.date().isoformat() if moment.time() == _MIDNIGHT else moment.isoformat()


_MIDNIGHT = _SINCE_1904.time()


def _unspelled(text: str) -> str:
    """Return a text with what XML cannot hold, or would change: spelled, CR is ``_x000D_``.

    ECMA-376 part 1, 22.9.2.19, ST_Xstring.
    """
    return _SPELLED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _number(value: str) -> str:
    """Return a number in its shortest form: Excel writes 17 digits of 19.99, and 3.0 for 3."""
    if _WHOLE.fullmatch(value):
        return value
    number = float(value)
    return str(int(number)) if number.is_integer() else repr(number)


def _shows_date(code: str) -> bool:
    # Only the first section counts; colours, texts and spaces are no code.
    return bool(_DATE_CODE.search(_NOT_CODE.sub("", code.partition(";")[0])))
