"""Files of the web: http and https."""

import ssl
import time
from collections.abc import Generator, Iterator
from contextlib import closing
from http import HTTPStatus
from urllib.parse import SplitResult, urljoin, urlsplit

import msgspec
import urllib3
from urllib3.exceptions import HTTPError, SSLError
from urllib3.response import BaseHTTPResponse

from ferry.errors import Unfetchable, Unreachable
from ferry.fetch.addresses import resolve
from ferry.fetch.cutting import Deadline, Watch, WatchedPool, WatchedTLSPool

_MAX_REDIRECTS = 3
_BLOCK_BYTES = 262_144
_TIMEOUT = urllib3.Timeout(connect=5, read=15)
SLOWEST = 16_384
"""Bytes per second, on average, that a file must come at."""

_PORTS = {"http": 80, "https": 443}
_MOVED = frozenset({301, 302, 303, 307, 308})
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})


class Web(msgspec.Struct, frozen=True):
    """Reads files of the web.

    Attributes:
        private_networks: private addresses may be connected to.
        loopback: so may this machine.
        seconds: within which a file must have come.
        first_byte_s: seconds within which its first byte must have come, redirects included.
        slow_s: seconds after which it must come at `SLOWEST` or faster.
        ssl_context: by which servers are verified; None for the system's authorities.

    """

    private_networks: bool = False
    loopback: bool = False
    seconds: float = 120
    first_byte_s: float = 15
    slow_s: float = 30
    ssl_context: ssl.SSLContext | None = None

    def blocks(self, url: str, *, until: float | None = None) -> Generator[bytes]:
        """Yield a file as it comes.

        Args:
            url: of the file.
            until: when it must have come, by the monotonic clock; None for `seconds` from now on.

        Raises:
            Unfetchable: it cannot be had.
            Unreachable: it cannot be had now; another try may help.

        """
        seconds = self.seconds if until is None else until - time.monotonic()
        deadline = time.monotonic() + seconds
        first_byte = min(deadline, time.monotonic() + self.first_byte_s)
        with closing(Deadline(first_byte)) as cutter:
            incoming = _Incoming(self.slow_s)
            try:
                for block in incoming.timed(self._followed(url, cutter.watch)):
                    if incoming.size == len(block):  # the first one
                        cutter.move(deadline)
                    yield block
            except Unfetchable:
                _check_time(deadline, seconds)
                self._check_first_byte(first_byte, incoming)
                raise
            # A connection that was cut may end like a whole file.
            _check_time(deadline, seconds)
            self._check_first_byte(first_byte, incoming)

    def _check_first_byte(self, until: float, incoming: "_Incoming") -> None:
        if not incoming.size and time.monotonic() >= until:
            raise Unreachable(f"no byte of the file had come after {self.first_byte_s:.3g} s")

    def _followed(self, url: str, watch: Watch) -> Iterator[bytes]:
        for _ in range(_MAX_REDIRECTS + 1):
            with closing(self._get(url, watch)) as response:
                if response.status not in _MOVED:
                    yield from _body(response)
                    return
                url = _redirected(url, response.headers.get("Location", ""))
        raise Unfetchable(f"stopped after {_MAX_REDIRECTS} redirects")

    def _get(self, url: str, watch: Watch) -> BaseHTTPResponse:
        parts = checked(url)
        host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
        # Connect to the address that was checked. A second lookup, by the HTTP library, could
        # return a private one (DNS rebinding).
        address = resolve(
            host, port, private_networks=self.private_networks, loopback=self.loopback
        )
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            return self._pool(parts.scheme, address, port, host, watch).urlopen(
                "GET",
                target,
                headers={
                    "Host": parts.netloc,
                    "User-Agent": "ferry",
                    # A compressed answer would have to be unpacked under a limit of its own.
                    "Accept-Encoding": "identity",
                },
                timeout=_TIMEOUT,
                retries=False,
                # Redirects are followed here, where each target is resolved and checked like the
                # first URL.
                redirect=False,
                assert_same_host=False,
                preload_content=False,
                decode_content=False,
            )
        except SSLError as fault:
            raise Unfetchable(f"tls: failed to verify certificate of {host}: {fault}") from fault
        except HTTPError as fault:
            raise Unreachable(f"dial tcp {host}: {fault}") from fault

    def _pool(
        self, scheme: str, address: str, port: int, host: str, watch: Watch
    ) -> urllib3.HTTPConnectionPool:
        """Connect to the address that was checked, as the host that was asked for."""
        if scheme == "http":
            return WatchedPool(address, port, watch=watch)
        return WatchedTLSPool(
            address,
            port,
            watch=watch,
            server_hostname=host,
            assert_hostname=host,
            ssl_context=self.ssl_context or ssl.create_default_context(),
        )


class _Incoming:
    """The bytes of a file as they come, and the seconds that were waited for them.

    A server that sends a byte now and then never meets a time-out, and would hold a worker, which
    other apps wait for, as long as a file may take.
    """

    def __init__(self, slow_s: float) -> None:
        self.size = 0
        self._slow_s = slow_s
        self._waited_s = 0.0

    def timed(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        """Yield the blocks.

        Raises:
            Unfetchable: they come too slowly.

        """
        began = time.monotonic()
        for block in blocks:
            # What is done with a block meanwhile is not the server's time.
            self._waited_s += time.monotonic() - began
            self.size += len(block)
            if self._waited_s > self._slow_s + self.size / SLOWEST:
                raise Unfetchable(
                    f"it comes too slowly: {self.size:,} bytes in {self._waited_s:.3g} s"
                )
            yield block
            began = time.monotonic()


def _check_time(deadline: float, seconds: float) -> None:
    if time.monotonic() >= deadline:
        raise Unfetchable(f"the file had not come after {seconds:.3g} s")


def checked(url: str) -> SplitResult:
    """Return the parts of a URL that may be fetched from, its host in ASCII (RFC 3490).

    Raises:
        Unfetchable: it is not one; the message does not quote it, for it may hold secrets.

    """
    try:
        url.encode()  # JSON may spell halves of characters, of which there is no UTF-8
        parts = urlsplit(url)
        parts = parts._replace(netloc=parts.netloc.encode("idna").decode())
        _ = parts.port  # raises where it is no number
    except ValueError as fault:
        raise Unfetchable("invalid uri: it cannot be read") from fault
    if parts.scheme not in _PORTS:
        raise Unfetchable(f"unsupported url scheme {parts.scheme}")
    if not parts.hostname or parts.username is not None:
        raise Unfetchable("invalid uri: it needs a host, and may not hold a password")
    return parts


def _redirected(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError as fault:
        raise Unfetchable("invalid uri: it is redirected to what is none") from fault


def _body(response: BaseHTTPResponse) -> Iterator[bytes]:
    if response.status != HTTPStatus.OK:
        reason = response.reason or ""
        kind = Unreachable if response.status in _PASSING else Unfetchable
        raise kind(f"cannot download the file with status: {response.status} {reason}".rstrip())
    try:
        while block := response.read1(_BLOCK_BYTES):
            yield block
    except HTTPError as fault:
        raise Unreachable(f"the connection broke off: {fault}") from fault
