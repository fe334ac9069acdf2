"""Signed download links. Pure: the key and the time are arguments.

A link names a job and which of its files; it serves until the moment written in it. Presigned S3
URLs would not do: those that a function signs die with its role's session, within hours.
"""

from enum import StrEnum

import msgspec
from itsdangerous import BadSignature, URLSafeSerializer

from ferry.errors import LinkExpired, NotFound

_SALT = "ferry.download"


class Part(StrEnum):
    """A file of a job: its result or its report."""

    RESULT = "result"
    REPORT = "report"
    CORRECTED = "corrected"
    """The report, corrected: a file that comes back."""


class Link(msgspec.Struct, frozen=True, array_like=True):
    """The content of a download token; valid before `expires_at`, Unix seconds."""

    job_id: str
    part: Part
    expires_at: int


def sign(link: Link, key: str) -> str:
    """Return the token, fit for a URL's path."""
    token = URLSafeSerializer(key, salt=_SALT).dumps(msgspec.to_builtins(link))
    return token.decode() if isinstance(token, bytes) else token


def read(token: str, key: str, now: int) -> Link:
    """Return the claims of the token.

    Raises:
        NotFound: it was not signed with that key.
        LinkExpired: its time is past.

    """
    try:
        link = msgspec.convert(URLSafeSerializer(key, salt=_SALT).loads(token), Link)
    # Both are answered alike: an error must not show how near a forged token came.
    except (BadSignature, msgspec.ValidationError) as error:
        raise NotFound("there is no such link") from error
    if link.expires_at <= now:
        raise LinkExpired("the link has expired")
    return link
