"""The text of a workbook's cell, as a CSV file would have it (ECMA-376 part 1, 18.3). Pure."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache

from ferry.files.xlsx.invalid_cell import InvalidCell
from ferry.files.xlsx.number_formats import GENERAL, NumberFormat, Shows
from ferry.files.xlsx.number_texts import DAY_MS, duration, milliseconds_of, number_text, padded

_INDEX_DIGITS = 9
_SPELLED = re.compile(r"_x(?![Dd][89A-Fa-f])([0-9A-Fa-f]{4})_")
"""Of halves of surrogate pairs no text is made."""

type ReadCell = Callable[[str], str]

_BOOLEANS = {"1": "true", "0": "false", "true": "true", "false": "false"}
_SINCE_1904 = datetime(1904, 1, 1)  # noqa: DTZ001 - a workbook's times have no offset
_SINCE_1900 = datetime(1899, 12, 31)  # noqa: DTZ001 - the same
_LAST_1900, _LAST_1904 = 2_958_465, 2_957_003
"""The last day of the year 9999."""
_LEAP_DAY = 60
"""1900-02-29, which Excel believes in: the days after it are counted one too high.

https://learn.microsoft.com/office/troubleshoot/excel/wrongly-assumes-1900-is-leap-year
"""
_YEAR = 366


class CellTexts:
    """Makes texts of cells.

    Args:
        shared: returns the text of a number, which many cells may share; None if there is none.
        formats: the number format of each style.
        since_1904: whether days count from 1904, as they did on the Macintosh.

    """

    def __init__(
        self,
        shared: Callable[[int], str | None],
        formats: Sequence[NumberFormat],
        *,
        since_1904: bool,
    ) -> None:
        self._shared = shared
        self._formats = {str(style): shown for style, shown in enumerate(formats)}
        self._since_1904 = since_1904
        self._moment = lru_cache(8192)(self._moment_of)
        self._readers: dict[str, ReadCell] = {
            "s": self._shared_text,
            "str": unspelled,
            "inlineStr": unspelled,
            "b": _boolean,
            "d": str,
            "e": _error,
        }
        self._number_readers: dict[NumberFormat, ReadCell] = {GENERAL: number_text}

    def reader(self, kind: str, style: str) -> ReadCell:
        """Return a function that turns values of cells of a kind (18.18.11) and style into text.

        It raises InvalidCell where a cell holds an error, or is damaged.
        """
        if kind == "n":
            shown = self._formats.get(style, GENERAL)
            if shown not in self._number_readers:
                self._number_readers[shown] = self._number_reader(shown)
            return self._number_readers[shown]
        return self._readers.get(kind, _unknown)

    def _number_reader(self, shown: NumberFormat) -> ReadCell:
        match shown.shows:
            case Shows.NUMBER:
                return lambda value: padded(number_text(value), shown.digits)
            case Shows.DURATION:
                return lambda value: duration(milliseconds_of(value))
            case shows:
                return lambda value: self._moment(value, shows)

    def _shared_text(self, value: str) -> str:
        digits = value.isdecimal() and len(value) <= _INDEX_DIGITS
        text = self._shared(int(value)) if digits else None
        if text is None:
            raise InvalidCell(
                f"is damaged: it refers to text {value[:20]}, which the workbook does not have"
            )
        return unspelled(text)

    def _moment_of(self, value: str, shows: Shows) -> str:
        milliseconds = milliseconds_of(value)
        day = milliseconds // DAY_MS
        if day == 0 and (shows is Shows.TIME or (milliseconds and not self._since_1904)):
            return (_SINCE_1904 + timedelta(milliseconds=milliseconds)).time().isoformat()
        if shows is Shows.TIME and 0 < day < _YEAR:
            return duration(milliseconds)  # nobody means a day of that year
        if self._since_1904:
            return _iso(_SINCE_1904, milliseconds) if 0 <= day <= _LAST_1904 else _no_date(value)
        if not 1 <= day <= _LAST_1900:
            return _no_date(value)
        if day == _LEAP_DAY:
            raise InvalidCell("is day 60 of Excel, 1900-02-29, a date that never was", value)
        return _iso(_SINCE_1900, milliseconds - (DAY_MS if day > _LEAP_DAY else 0))


def unspelled(text: str) -> str:
    """Return a text with what XML cannot hold, or would change: spelled, CR is ``_x000D_``.

    ECMA-376 part 1, 22.9.2.19, ST_Xstring.
    """
    return _SPELLED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _boolean(value: str) -> str:
    if value in _BOOLEANS:
        return _BOOLEANS[value]
    raise InvalidCell(f"is damaged: it should hold 0 or 1, and holds {value[:20]}")


def _error(value: str) -> str:
    raise InvalidCell(f"holds the error {value[:20]}; correct it in the spreadsheet", value[:20])


def _unknown(_: str) -> str:
    raise InvalidCell("is damaged: it is of a kind that no workbook has")


def _iso(first: datetime, milliseconds: int) -> str:
    moment = first + timedelta(milliseconds=milliseconds)
    return moment.date().isoformat() if moment.time() == _MIDNIGHT else moment.isoformat()


_MIDNIGHT = _SINCE_1904.time()


def _no_date(value: str) -> str:
    raise InvalidCell(f"is the number {value[:20]} with the format of a date, and no date", value)
