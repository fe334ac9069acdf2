"""HTTP requests in flight over kept connections, by libcurl, all from the caller's thread."""

import pycurl

from ferry.aws.signed_client.replies import HttpReply, Lost

_CONNECT_S = 3
_ANSWER_S = 30
_HEADERS = ("Accept:", "Accept-Encoding: identity", "Expect:")
"""An empty Expect spares a body of over 1 MiB a round trip; gzip is not asked for."""


class Connections[T]:
    """Sends POST requests to one URL; each is known by a `tag` of the caller's.

    Nothing moves but within `answers`.

    Args:
        url: where to.
        ca_bundle: the file of certificates that a server's is checked against.
        proxy: the URL of the proxy to go through, "" for none.

    """

    def __init__(self, url: str, *, ca_bundle: str, proxy: str) -> None:
        self._options = {
            pycurl.URL: url,
            pycurl.CAINFO: ca_bundle,
            pycurl.PROXY: proxy,
            # The caller has decided on the proxy; libcurl must not read NO_PROXY once more.
            pycurl.NOPROXY: "",
            pycurl.POST: 1,
            # As botocore's client speaks: each connection has one request in flight, so that
            # `Pace` alone decides on their number.
            pycurl.HTTP_VERSION: pycurl.CURL_HTTP_VERSION_1_1,
            pycurl.CONNECTTIMEOUT: _CONNECT_S,
            pycurl.TIMEOUT: _CONNECT_S + _ANSWER_S,
            # libcurl's timeouts would use SIGALRM, which is not safe beside Python's threads.
            pycurl.NOSIGNAL: 1,
        }
        self._multi = pycurl.CurlMulti()
        self._idle: list[_Transfer] = []
        self._busy: dict[pycurl.Curl, tuple[_Transfer, T]] = {}

    def send(self, tag: T, body: bytes, headers: list[str]) -> None:
        """Have a request sent, on a connection that is free or on a new one."""
        transfer = self._idle.pop() if self._idle else _Transfer(self._options)
        transfer.load(body, headers)
        self._busy[transfer.curl] = transfer, tag
        self._multi.add_handle(transfer.curl)

    def answers(self, *, wait_s: float) -> list[tuple[T, HttpReply | Lost]]:
        """Return the replies that have arrived; wait at most `wait_s` seconds for the first."""
        self._multi.perform()
        found = self._finished()
        if not found and wait_s > 0:
            self._multi.select(wait_s)
            self._multi.perform()
            found = self._finished()
        return found

    def close(self) -> None:
        """Drop what is in flight and every connection."""
        for curl, (transfer, _) in self._busy.items():
            self._multi.remove_handle(curl)
            transfer.curl.close()
        for transfer in self._idle:
            transfer.curl.close()
        self._busy, self._idle = {}, []
        self._multi.close()

    def _finished(self) -> list[tuple[T, HttpReply | Lost]]:
        found: list[tuple[T, HttpReply | Lost]] = []
        more = 1
        while more:
            more, answered, lost = self._multi.info_read()
            for curl in answered:
                transfer, tag = self._release(curl)
                found.append((tag, transfer.reply()))
            for curl, code, reason in lost:
                _, tag = self._release(curl)
                found.append((tag, Lost(f"{reason} (libcurl error {code})")))
        return found

    def _release(self, curl: pycurl.Curl) -> tuple["_Transfer", T]:
        self._multi.remove_handle(curl)
        transfer, tag = self._busy.pop(curl)
        # A handle that is used again keeps its connection and saves a TLS handshake.
        self._idle.append(transfer)
        return transfer, tag


class _Transfer:
    """A request and its answer, one after the other."""

    def __init__(self, options: dict[int, str | int]) -> None:
        self.curl = pycurl.Curl()
        self._headers: list[bytes] = []
        self._body: list[bytes] = []
        for option, value in options.items():
            self.curl.setopt(option, value)
        self.curl.setopt(pycurl.HEADERFUNCTION, self._headers.append)
        self.curl.setopt(pycurl.WRITEFUNCTION, self._body.append)

    def load(self, body: bytes, headers: list[str]) -> None:
        self._headers.clear()
        self._body.clear()
        self.curl.setopt(pycurl.HTTPHEADER, [*headers, *_HEADERS])
        self.curl.setopt(pycurl.POSTFIELDSIZE, len(body))
        self.curl.setopt(pycurl.POSTFIELDS, body)

    def reply(self) -> HttpReply:
        status = self.curl.getinfo(pycurl.RESPONSE_CODE)
        return HttpReply(status, self._headers.copy(), b"".join(self._body))
