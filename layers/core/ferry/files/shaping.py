"""Values as a caller wants to see them in a file: times as text, formulas defused. Pure."""

from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime, timedelta, timezone

from ferry.tables.columns import Column, Numbers, Others, Texts
from ferry.tables.values import Value, parse_json

type Shape = Callable[[dict[str, Value]], dict[str, Value]]

_CHINA = timezone(timedelta(hours=8))
_EPOCH = datetime.fromtimestamp(0, UTC)
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""https://owasp.org/www-community/attacks/CSV_Injection"""


def shape(times: Collection[str], *, defuse: bool) -> Shape | None:
    """Return a function from a row to the row as shown in the file, None where nothing changes.

    Args:
        times: columns of Unix seconds to be shown in ISO 8601.
        defuse: whether text that a spreadsheet could run is to be kept from it.

    """
    if not times and not defuse:
        return None

    def shaped(columns: Mapping[str, Value]) -> dict[str, Value]:
        shown = {
            name: defused(value) if defuse and isinstance(value, str) else value
            for name, value in columns.items()
        }
        for name in times:
            if name in shown:
                shown[name] = local_time(shown[name])
        return shown

    return shaped


def shape_columns(
    times: Collection[str], *, defuse: bool
) -> Callable[[Mapping[str, Column]], list[Column]]:
    """Return a function that does to columns what `shape` does to single rows."""

    def shaped(name: str, column: Column) -> Column:
        match column:
            case Texts(texts) if defuse:
                return Texts([text and defused(text) for text in texts])
            case Numbers(texts) if name in times:
                seconds = {text: text and local_time(parse_json(text)) for text in set(texts)}
                return Others(texts, seconds)
            case _:
                return column

    return lambda columns: [shaped(name, column) for name, column in columns.items()]


def defused(text: str) -> str:
    """Return text that no spreadsheet takes for a formula: ``'`` before what could begin one."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def local_time(value: Value) -> Value:
    """Return a Unix second as ISO 8601 with the offset +08:00.

    What names no second of the years 1 to 9999 is returned as it is.

    >>> local_time(1519538564)
    '2018-02-25T14:02:44+08:00'
    """
    if not isinstance(value, int) or isinstance(value, bool):
        return value
    try:
        return (_EPOCH + timedelta(seconds=value)).astimezone(_CHINA).isoformat()
    except OverflowError:
        return value
