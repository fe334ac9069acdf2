"""Connections that are cut when their time is up.

A socket's timeout bounds one reception. A server that sends a byte at a time, be it of a handshake,
of headers or of the file, never meets it.
"""

import contextlib
import socket
from collections.abc import Callable
from threading import Lock, Timer
from time import monotonic
from typing import Any

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection

type Watch = Callable[[socket.socket], None]


class Deadline:
    """Cuts every registered connection at `until`, a time of the monotonic clock."""

    def __init__(self, until: float) -> None:
        self._sockets: list[socket.socket] = []
        self._lock = Lock()
        self._timer = self._started(until)

    def watch(self, connected: socket.socket) -> None:
        """Cut that connection too."""
        # TLS takes the socket over; its copy stays, and shuts the connection behind both.
        with self._lock:
            self._sockets.append(connected.dup())

    def move(self, until: float) -> None:
        """Cut at another time, unless it has been done."""
        self._timer.cancel()
        self._timer = self._started(until)

    def close(self) -> None:
        """Cut nothing any more."""
        self._timer.cancel()
        with self._lock:
            while self._sockets:
                self._sockets.pop().close()

    def _started(self, until: float) -> Timer:
        timer = Timer(max(0.0, until - monotonic()), self._cut)
        timer.daemon = True
        timer.start()
        return timer

    def _cut(self) -> None:
        with self._lock:
            for connected in self._sockets:
                with contextlib.suppress(OSError):  # the other side was quicker
                    # shutdown wakes a thread that waits in recv; close alone would leave it
                    # waiting.
                    connected.shutdown(socket.SHUT_RDWR)


class _Watched(HTTPConnection):
    def __init__(self, *args: Any, watch: Watch, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._watch = watch

    def _new_conn(self) -> socket.socket:
        connected = super()._new_conn()
        self._watch(connected)
        return connected

    def __str__(self) -> str:
        """Return the beginning of messages of errors."""
        return f"{self.host}:{self.port}"


class _WatchedTLS(_Watched, HTTPSConnection):
    pass


class WatchedPool(urllib3.HTTPConnectionPool):
    """Connections that `watch` is called with."""

    ConnectionCls = _Watched


class WatchedTLSPool(urllib3.HTTPSConnectionPool):
    """The same with TLS."""

    ConnectionCls = _WatchedTLS
