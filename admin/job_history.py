"""Read the functions' log lines of a job."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from ferry.aws import clients

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient

_EARLIER_MS = 60_000
_NOT_SHOWN = frozenset(
    {
        "level", "location", "message", "timestamp", "service", "cold_start", "function_name",
        "function_memory_size", "function_arn", "function_request_id", "correlation_id", "job_id",
        "xray_trace_id", "stack_trace",
    }
)  # fmt: skip


class LogLine(NamedTuple):
    """A line of a function's log.

    Attributes:
        moment: Unix milliseconds.
        facts: its members; times as the logger wrote them.

    """

    moment: int
    facts: dict[str, Any]


def read(job_id: str, log_group: str, *, now_ms: int) -> list[LogLine]:
    """Return the log lines that name the job, in the order of time.

    A job's id begins with the time of its acceptance, so nothing before that is searched.
    """
    logs = cast("CloudWatchLogsClient", clients.session().create_client("logs"))
    pages = logs.get_paginator("filter_log_events").paginate(
        logGroupName=log_group,
        # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
        filterPattern=f'{{ $.job_id = "{job_id}" }}',
        startTime=max(0, began(job_id) - _EARLIER_MS),
        endTime=now_ms,
    )
    lines = (
        LogLine(event["timestamp"], members)
        for page in pages
        for event in page["events"]
        for members in _members(event["message"])
    )
    named = (line for line in lines if line.facts.get("job_id") == job_id)
    return sorted(named, key=lambda line: line.moment)


def shown(lines: list[LogLine]) -> str:
    """Return lines for people: moment in UTC, function, message, and what else is said."""
    return "\n".join(_line(line) for line in lines)


def _line(line: LogLine) -> str:
    clock = datetime.fromtimestamp(line.moment / 1000, UTC)
    rest = " ".join(
        # Of a stack trace, the end says what went wrong.
        f"{name}={str(value).strip().splitlines()[-1]}"
        for name, value in line.facts.items()
        if name not in _NOT_SHOWN and value not in ("", None)
    )
    function, said = (line.facts.get(name, "") for name in ("function_name", "message"))
    return f"{clock:%Y-%m-%d %H:%M:%S}  {function}  {said}  {rest}".rstrip()


def began(job_id: str) -> int:
    """Return a job's time of acceptance from its id, Unix milliseconds; 0 if it is no job id."""
    try:
        return int(job_id[:12], 16)
    except ValueError:
        return 0


def _members(message: str) -> Iterator[dict[str, Any]]:
    try:
        facts = json.loads(message)
    except ValueError:  # Lambda's own lines
        return
    if isinstance(facts, dict):
        yield facts
