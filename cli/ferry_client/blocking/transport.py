# fmt: off
# Written from ../aio by `make openapi`; do not edit.
"""Requests to one service: the token, attempts, and errors that say what was asked."""

import time
from collections.abc import Iterator, Callable
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx

from ferry_client.errors import Refused, Unreachable
from ferry_client.retrying import PASSING, UNPROCESSED, Retries, repeatable

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
"""The request never left: it may be sent again, whatever it is."""

type Options = dict[str, Any]


class Transport:
    """The way to one service.

    Args:
        url: of the service.
        token: the user's, "" for none.
        authorization: the whole header in place of a token, for engines.
        language: of the service's texts, such as ``zh-CN``; "" for its own.
        retries: how patient it is.
        timeout: seconds without a byte before a connection counts as broken.
        through: in place of the network, for tests.

    """

    def __init__(
        self,
        url: str,
        token: str = "",
        *,
        authorization: str = "",
        language: str = "",
        retries: Retries | None = None,
        timeout: float = 60,
        through: httpx.BaseTransport | None = None,
    ) -> None:
        self.url = url.rstrip("/")
        self.retries = retries or Retries()
        header = authorization or (f"Bearer {token}" if token else "")
        self._headers = {"Authorization": header} if header else {}
        if language:
            self._headers["Accept-Language"] = language
        # A proxy could not reach this machine's own addresses.
        proxied = urlsplit(url).hostname not in _LOOPBACK
        self._http = httpx.Client(timeout=timeout, trust_env=proxied, transport=through)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def authorized(self, headers: dict[str, str]) -> dict[str, str]:
        """Return headers with the token."""
        return self._headers | headers

    def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Ask the service, and return its answer, which is no error.

        Raises:
            Refused: its answer is one.
            Unreachable: there is none.

        """
        headers = self.authorized(options.pop("headers", {}))
        return self.send(method, self.url + path, lambda: options | {"headers": headers})

    def send(self, method: str, url: str, made: Callable[[], Options]) -> httpx.Response:
        """Ask any address, with options that are made anew for each attempt; the same errors."""
        attempt = 0
        while True:
            attempt += 1
            options = made()
            again = repeatable(method, options.get("headers", {}))
            try:
                response = self._http.request(method, url, **options)
            except httpx.TransportError as error:
                if not again and not isinstance(error, _UNSENT):
                    raise Unreachable(_broken(method, url, error)) from error
                self.wait(attempt, _broken(method, url, error))
                continue
            if not response.is_error:
                return response
            refusal = _refusal(method, url, response)
            if response.status_code not in (PASSING if again else UNPROCESSED):
                raise refusal
            pause = self.retries.pause(attempt, response.headers.get("Retry-After", ""))
            if pause is None:
                raise refusal
            time.sleep(pause)

    def wait(self, attempt: int, why: str) -> None:
        """Wait before the next attempt.

        Raises:
            Unreachable: that was the last one.

        """
        pause = self.retries.pause(attempt)
        if pause is None:
            raise Unreachable(why)
        time.sleep(pause)

    @contextmanager
    def opened(self, url: str, headers: dict[str, str]) -> Iterator[httpx.Response]:
        """Open an address that needs no token and follow it; its body has still to be read.

        Raises:
            Refused: the answer is an error.

        """
        with self._http.stream("GET", url, headers=headers, follow_redirects=True) as answer:
            if answer.is_error:
                answer.read()
                raise _refusal("GET", url, answer)
            yield answer


def _refusal(method: str, url: str, response: httpx.Response) -> Refused:
    body = _object(response)
    told = _said(body) or response.text.strip()[:2000]
    return Refused(response.status_code, told, f"{method} {urlsplit(url).path}", body)


def _broken(method: str, url: str, error: Exception) -> str:
    where = urlsplit(url)
    told = str(error) or type(error).__name__
    return f"{method} {where.scheme}://{where.netloc}{where.path}: {told}"


def _object(response: httpx.Response) -> dict[str, Any]:
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _said(body: dict[str, Any]) -> str:
    """The service's own words: `error_msg`, the engine's text or its `message`, OAuth's `error`."""
    found = (body.get(name) for name in ("error_msg", "message", "error"))
    return next((told for told in found if told and isinstance(told, str)), "")
