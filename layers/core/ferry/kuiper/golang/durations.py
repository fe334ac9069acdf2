"""Go's duration texts: `300ms`, `-1.5h`, `2h45m`."""

import re

from ferry.errors import InvalidItem
from ferry.kuiper.golang.quoting import quote

_TERM = re.compile(r"([0-9]++\.?[0-9]*+|\.[0-9]++)([^0-9.]*+)")
_MILLISECONDS = {
    "ns": 1e-6,
    "us": 1e-3,
    "µs": 1e-3,  # the micro sign and, below, the Greek letter: Go takes both
    "μs": 1e-3,
    "ms": 1.0,
    "s": 1e3,
    "m": 60e3,
    "h": 3600e3,
}


def milliseconds(text: str) -> float:
    """Return the length of the duration `text` in milliseconds.

    >>> milliseconds("1m30s")
    90000.0

    Raises:
        InvalidItem: with the words of `time.ParseDuration`.

    """
    unsigned = text[1:] if text[:1] in {"-", "+"} else text
    if unsigned == "0":
        return 0.0
    total, at = 0.0, 0
    while term := _TERM.match(unsigned, at):
        total += float(term[1]) * _scale(term[2], text)
        at = term.end()
    if not unsigned or at < len(unsigned):
        raise InvalidItem(f"time: invalid duration {quote(text)}")
    return -total if text.startswith("-") else total


def _scale(unit: str, text: str) -> float:
    if not unit:
        raise InvalidItem(f"time: missing unit in duration {quote(text)}")
    if unit not in _MILLISECONDS:
        raise InvalidItem(f"time: unknown unit {quote(unit)} in duration {quote(text)}")
    return _MILLISECONDS[unit]
