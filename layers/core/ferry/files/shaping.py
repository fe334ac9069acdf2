"""Values as a caller wants to see them in a file: times as text. Pure."""

from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from ferry.tables.columns import Column, Numbers, Others
from ferry.tables.values import Value, parse_json

type Shape = Callable[[dict[str, Value]], dict[str, Value]]

_EPOCH = datetime.fromtimestamp(0, UTC)


def shape(times: Collection[str], zone: str) -> Shape | None:
    """Return a function that shows a row's times as asked; None where there are none.

    Args:
        times: columns of Unix seconds to be shown in ISO 8601.
        zone: the name of the time zone that they are shown in.

    """
    if not times:
        return None
    there = ZoneInfo(zone)

    def shaped(columns: Mapping[str, Value]) -> dict[str, Value]:
        shown = dict(columns)
        for name in times:
            if name in shown:
                shown[name] = local_time(shown[name], there)
        return shown

    return shaped


def shape_columns(
    times: Collection[str], zone: str
) -> Callable[[Mapping[str, Column]], list[Column]]:
    """Return a function that shows whole columns of times, as `shape` does those of a row."""
    there = ZoneInfo(zone) if times else UTC

    def shaped(name: str, column: Column) -> Column:
        match column:
            case Numbers(texts) if name in times:
                seconds = {
                    text: text and local_time(parse_json(text), there) for text in set(texts)
                }
                return Others(texts, seconds)
            case _:
                return column

    return lambda columns: [shaped(name, column) for name, column in columns.items()]


def local_time(value: Value, zone: tzinfo) -> Value:
    """Return a Unix second as ISO 8601 with the zone's offset at that second.

    What names no second of the years 1 to 9999 is returned as it is.

    >>> local_time(1519538564, ZoneInfo("Asia/Shanghai"))
    '2018-02-25T14:02:44+08:00'
    """
    if not isinstance(value, int) or isinstance(value, bool):
        return value
    try:
        return (_EPOCH + timedelta(seconds=value)).astimezone(zone).isoformat()
    except OverflowError:
        return value
