"""Signature Version 4 of requests to DynamoDB.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import hmac
import time
from email.utils import parsedate_to_datetime
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from botocore.credentials import Credentials, ReadOnlyCredentials

_SERVICE = "dynamodb"
_API = "DynamoDB_20120810"
_TYPE = "application/x-amz-json-1.0"
_TOLERATED_S = 4
"""A clock that differs by less from the server's is not what a signature is refused for."""


type _Moment = tuple[int, str | None, str | None, str | None]


class _SigningFrame(NamedTuple):
    """The parts that requests of one operation share for a second, with the same credentials.

    Attributes:
        at: the second by the server's clock, and the credentials.
        headers: those that are signed.
        request: the canonical request, the body's digest left out.
        text: what is signed, the digest of the canonical request left out.
        authorization: the header, its signature left out.
        key: by which it is signed.

    """

    at: _Moment
    headers: list[str]
    request: str
    text: str
    authorization: str
    key: bytes


class Signer:
    """Signs requests to one endpoint; the signing key is derived once a day and secret.

    Attributes:
        ahead_s: seconds by which the server's clock is ahead of ours.

    """

    def __init__(self, credentials: Credentials, region: str, host: str) -> None:
        self._credentials = credentials
        self._region = region
        self._host = host
        self.ahead_s = 0.0
        self._derived: tuple[tuple[str, str], bytes] | None = None
        self._frames: dict[str, _SigningFrame] = {}

    def headers(self, operation: str, body: bytes) -> list[str]:
        """Return the headers that a request for the operation with that body needs."""
        keys = self._credentials.get_frozen_credentials()
        at = int(time.time() + self.ahead_s), keys.access_key, keys.secret_key, keys.token
        frame = self._frames.get(operation)
        if frame is None or frame.at != at:
            frame = self._frames[operation] = self._frame(operation, at, keys)
        request = frame.request + sha256(body).hexdigest()
        text = frame.text + sha256(request.encode()).hexdigest()
        return [*frame.headers, frame.authorization + _hmac(frame.key, text).hex()]

    def _frame(self, operation: str, at: _Moment, keys: ReadOnlyCredentials) -> _SigningFrame:
        moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(at[0]))
        signed = {
            "content-type": _TYPE,
            "host": self._host,
            "x-amz-date": moment,
            # Headers are signed in alphabetical order; the order of this dict is that order.
            **({"x-amz-security-token": keys.token} if keys.token else {}),
            "x-amz-target": f"{_API}.{operation}",
        }
        headers = [f"{name}:{value}" for name, value in signed.items()]
        names = ";".join(signed)
        scope = f"{moment[:8]}/{self._region}/{_SERVICE}/aws4_request"
        return _SigningFrame(
            at,
            headers,
            "\n".join(["POST", "/", "", *headers, "", names, ""]),
            "\n".join(["AWS4-HMAC-SHA256", moment, scope, ""]),
            f"Authorization: AWS4-HMAC-SHA256 Credential={keys.access_key}/{scope}, "
            f"SignedHeaders={names}, Signature=",
            self._key(str(keys.secret_key), moment[:8]),
        )

    def set_clock(self, date: str) -> None:
        """Go by the server's clock from now on; `date` is the Date header of its answer."""
        ahead_s = parsedate_to_datetime(date).timestamp() - time.time()
        if abs(ahead_s - self.ahead_s) > _TOLERATED_S:
            self.ahead_s = ahead_s

    def _key(self, secret: str, day: str) -> bytes:
        # Credentials of a role change every few hours, and the key's scope with the UTC day.
        if self._derived is None or self._derived[0] != (secret, day):
            key = f"AWS4{secret}".encode()
            for part in (day, self._region, _SERVICE, "aws4_request"):
                key = _hmac(key, part)
            self._derived = ((secret, day), key)
        return self._derived[1]


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")
