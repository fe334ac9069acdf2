"""A rule's options (contract configurations#rules): only those that can be wrong."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from ferry.errors import InvalidItem
from ferry.kuiper.gojson.shapes import FLOAT, INT, STRING, GoShape, slice_of, struct
from ferry.kuiper.golang.durations import milliseconds

DURATION = GoShape("cast.DurationConf", (int, float, str))
"""A number of milliseconds or a Go duration text."""

OPTIONS = struct(
    "def.RuleOption",
    {
        "concurrency": INT,
        "bufferLength": INT,
        "lateTolerance": DURATION,
        "checkpointInterval": DURATION,
        "restartStrategy": struct(
            "def.RestartStrategy",
            {
                "attempts": INT,
                "delay": DURATION,
                "multiplier": FLOAT,
                "maxDelay": DURATION,
                "jitter": FLOAT,
            },
        ),
        "cron": STRING,
        "duration": STRING,
        "cronDatetimeRange": slice_of(
            struct(
                "schedule.DatetimeRange",
                {"begin": STRING, "end": STRING, "beginTimestamp": INT, "endTimestamp": INT},
            )
        ),
    },
)

_AT_LEAST_ZERO = {
    "concurrency": "invalidConcurrency:concurrency must be greater than 0",
    "bufferLength": "invalidBufferLength:bufferLength must be greater than 0",
    "lateTolerance": "invalidLateTolerance:lateTolerance must be greater than 0",
}
_ATTEMPTS = "invalidRestartAttempts:restartStrategy.attempts must be greater than 0"
_RANGE = "invalidCronDatetimeRange:"


def check_durations(options: Mapping[str, Any]) -> None:
    """Raise InvalidItem for a text that is no duration, in the words of `time.ParseDuration`."""
    strategy = options.get("restartStrategy") or {}
    for name in ("lateTolerance", "checkpointInterval"):
        _length(options.get(name))
    for name in ("delay", "maxDelay"):
        _length(strategy.get(name))


def check_options(rule_id: str, options: Mapping[str, Any]) -> None:
    """Raise InvalidItem naming every option that cannot be (case 77)."""
    if faults := list(_faults(options)):
        raise InvalidItem(f"Rule {rule_id} has invalid options: {'\n'.join(faults)}.")


def _faults(options: Mapping[str, Any]) -> Iterator[str]:
    for name, fault in _AT_LEAST_ZERO.items():
        if _length(options.get(name)) < 0:
            yield fault
    if ((options.get("restartStrategy") or {}).get("attempts") or 0) < 0:
        yield _ATTEMPTS
    for each in options.get("cronDatetimeRange") or []:
        if fault := _range_fault(each or {}):
            yield _RANGE + fault


def _range_fault(range_: Mapping[str, Any]) -> str:
    try:
        begin, end = _moment(range_.get("begin", "")), _moment(range_.get("end", ""))
    except ValueError:
        return "begin and end must be written as 2006-01-02 15:04:05"
    if (begin is None) is not (end is None):
        return "begin and end must be given together"
    if begin and end and begin > end:
        return "begin must not be after end"
    if range_.get("beginTimestamp", 0) > range_.get("endTimestamp", 0):
        return "beginTimestamp must not be after endTimestamp"
    return ""


def _moment(text: str) -> datetime | None:
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S") if text else None  # noqa: DTZ007 - the engine's has no zone


def _length(duration: int | float | str | None) -> float:
    return milliseconds(duration) if isinstance(duration, str) else duration or 0
