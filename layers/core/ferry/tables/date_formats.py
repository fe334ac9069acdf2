"""The formats in which a column's dates may be written. Pure."""

import re
from collections.abc import Sequence

_DAY_FIRST_OR_MONTH = re.compile(
    r"([0-9]{1,2})([./-])([0-9]{1,2})\2[0-9]{4}( [0-9]{1,2}:[0-9]{2}(:[0-9]{2})?)?", re.ASCII
).fullmatch
_YEAR_FIRST = re.compile(r"[0-9]{4}([./])[0-9]{1,2}\1[0-9]{1,2}", re.ASCII).fullmatch
_MONTHS = 12


def date_formats(texts: Sequence[str]) -> list[str]:
    """Return the formats that read every text as a date: none, one, or two that differ.

    >>> date_formats(["03.04.2026", "31.12.2026"])
    ['DD.MM.YYYY']
    >>> date_formats(["03/04/2026"])
    ['DD/MM/YYYY', 'MM/DD/YYYY']
    """
    if not texts:
        return []
    if found := _year_first(texts):
        return [found]
    matches = [_DAY_FIRST_OR_MONTH(text) for text in texts]
    if not all(matches):
        return []
    shapes = {(it[2], bool(it[4]), bool(it[5])) for it in matches if it}
    if len(shapes) != 1:
        return []
    ((mark, time, seconds),) = shapes
    firsts = [int(it[1]) for it in matches if it]
    seconds_parts = [int(it[3]) for it in matches if it]
    tail = f"{mark}YYYY" + (" HH:mm" if time else "") + (":ss" if seconds else "")
    formats = []
    if max(seconds_parts) <= _MONTHS:
        formats.append(f"DD{mark}MM{tail}")
    if max(firsts) <= _MONTHS:
        formats.append(f"MM{mark}DD{tail}")
    return formats


def _year_first(texts: Sequence[str]) -> str:
    marks = {found[1] if (found := _YEAR_FIRST(text)) else "" for text in texts}
    mark = marks.pop() if len(marks) == 1 else ""
    return f"YYYY{mark}MM{mark}DD" if mark else ""
