"""Requests to a service, with a user's token and errors that say what was wanted."""

from typing import Any
from urllib.parse import urlsplit

import httpx

from local.instance import LOOPBACK, Failed

type Json = dict[str, Any]

_TIMEOUT_S = 90


class Connection:
    """A user's way to a service, or any other program's.

    Args:
        url: of the service, without a trailing slash.
        token: the user's.

    """

    def __init__(self, url: str, token: str) -> None:
        # A proxy could not reach this machine's loopback.
        self.proxied = urlsplit(url).hostname != LOOPBACK
        self._http = httpx.Client(
            base_url=url,
            headers={"Authorization": f"Bearer {token}"},
            timeout=_TIMEOUT_S,
            trust_env=self.proxied,
        )

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Send a request and return the answer, whatever it is.

        Raises:
            Failed: there is none.

        """
        try:
            return self._http.request(method, path, **options)
        except httpx.HTTPError as error:
            raise Failed(f"{method} {self._http.base_url.join(path)}: {error}") from error

    def call(self, method: str, path: str, *wanted: int, **options: Any) -> httpx.Response:
        """Send a request and return the answer, which must have a status that is `wanted`.

        Raises:
            Failed: there is no answer, or it is another.

        """
        response = self.ask(method, path, **options)
        if response.status_code not in wanted:
            due = " or ".join(map(str, wanted))
            raise Failed(
                f"{method} {path} answered {response.status_code} where {due} was due: "
                f"{response.text[:500]}"
            )
        return response
