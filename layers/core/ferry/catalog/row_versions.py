"""Rows changed on condition: ETags, and the header If-Match (RFC 9110, 8.8.3 and 13.1.1)."""

import hashlib
import re
from typing import Any

import msgspec
from aws_lambda_powertools.event_handler import Response

from ferry import http
from ferry.errors import Malformed, Rejected, RowChanged

ANY = "*"

_TAG = re.compile(r'[ \t]*+((?:W/)?"[^"]*+")[ \t]*+(?:,|$)')

# DynamoDB gives the members of a map in any order.
_encoder = msgspec.json.Encoder(order="deterministic")


def etag(row: dict[str, Any]) -> str:
    """Return the strong ETag of a row as the API shows it."""
    return f'"{hashlib.sha256(_encoder.encode(row)).hexdigest()[:32]}"'


def refusal(rejection: Rejected) -> Response[Any]:
    """Return the response to a rejected change of a row: with the row, if it has been changed."""
    answer = http.refusal(rejection)
    if isinstance(rejection, RowChanged):
        answer.body = {**(answer.body or {}), "record": rejection.row, "etag": rejection.etag}
    return answer


class RowCondition:
    """The versions of a row that the header If-Match allows.

    Args:
        header: `*`, or ETags with commas between; None where it is not sent.

    Raises:
        Malformed: the header is neither.

    """

    def __init__(self, header: str | None) -> None:
        self._tags = _tags(header) if header is not None else None

    @property
    def is_given(self) -> bool:
        """Whether the row must be one that the caller names."""
        return self._tags is not None and ANY not in self._tags

    def check(self, row: dict[str, Any]) -> None:
        """Return if the row, as the API shows it, is one that the header names.

        A weak ETag names none: If-Match compares strongly.

        Raises:
            RowChanged: it is another one.

        """
        if self._tags is not None and self.is_given and (now := etag(row)) not in self._tags:
            raise RowChanged(
                f"record {row['id']} has been changed since you read it; "
                "`record` is what it is now, and `etag` is its ETag",
                row=row,
                etag=now,
            )


def _tags(header: str) -> set[str]:
    if header.strip() == ANY:
        return {ANY}
    tags, at = set[str](), 0
    while at < len(header):
        found = _TAG.match(header, at)
        if not found:
            raise Malformed('If-Match: must be ETags as GET answers them, such as "5f3a…", or *')
        tags.add(found[1])
        at = found.end()
    return tags
