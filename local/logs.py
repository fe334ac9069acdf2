"""Follow the functions' logs."""

import re
import time
from datetime import UTC, datetime
from typing import NamedTuple

from botocore.exceptions import ClientError, EndpointConnectionError

from local.aws import Clients
from local.instance import Failed, Instance

_PAUSE_S = 1
_LOOK_BACK_MS = 60_000
_LATE_MS = 5_000  # the engine stores a call's lines when the call has ended
_FRAME = re.compile(r"(START|END|REPORT) RequestId: ")


class Line(NamedTuple):
    """A line of a function's log, in the order of time."""

    moment: int
    stream: str
    message: str


def follow(instance: Instance) -> None:
    """Print every function's log lines of the last minute, then new ones until interrupted.

    Raises:
        Failed: the service is not up.

    """
    clients = Clients(instance)
    newest = int(time.time() * 1000) - _LOOK_BACK_MS + _LATE_MS
    shown: set[Line] = set()
    while True:
        try:
            recent = _lines(clients, newest - _LATE_MS)
        except EndpointConnectionError as error:
            raise Failed("The service is not up: run make up") from error
        for line in sorted(recent - shown):
            clock = datetime.fromtimestamp(line.moment / 1000, UTC).astimezone()
            print(f"{clock:%H:%M:%S} {line.message}", flush=True)
            newest = max(newest, line.moment)
        shown = recent
        time.sleep(_PAUSE_S)


def _lines(clients: Clients, since: int) -> set[Line]:
    """All lines since a moment but those that Lambda itself writes around each call."""
    found = set()
    for group in clients.logs.describe_log_groups()["logGroups"]:
        try:
            pages = clients.logs.get_paginator("filter_log_events").paginate(
                logGroupName=group["logGroupName"], startTime=since
            )
            for event in (event for page in pages for event in page["events"]):
                message = event["message"].rstrip()
                if not _FRAME.match(message):
                    found.add(Line(event["timestamp"], event["logStreamName"], message))
        except ClientError:  # the group went away between the two calls
            continue
    return found
