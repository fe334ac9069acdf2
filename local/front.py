"""The one address: the HTTP API before the deployed functions, the mailbox and an index page."""

import argparse
import http.client
import json
import sys
from collections.abc import Iterable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import TCPServer
from threading import BoundedSemaphore

from local import pages, proxy_events
from local.bodies import TooLarge, Unreadable, read_body
from local.daemons import Daemon, check_port
from local.gateway import READINGS, Gateway
from local.instance import LOOPBACK, Instance, environment
from local.proxy_events import MOST_HEAD_BYTES, MOST_INVOKE_BYTES, Answer, Request

_TIMEOUT_S = 60  # an HTTP API gives up after 30; a cold start here may take several times AWS's
_AT_ONCE = 6
"""Invocations. The engine starts a worker for each, and unpacks the layer for it: 200 at once would
keep it busy for minutes, with no answer to anybody."""
_DOMAIN = "api.execute-api.localhost"
_HOP_BY_HOP = frozenset({
    "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection",
    "te", "trailer", "transfer-encoding", "upgrade", "content-length", "date", "server", "host",
    "expect",
})  # fmt: skip


class Front(ThreadingHTTPServer):
    """The server, and what its handlers need to know."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, instance: Instance, gateway: Gateway) -> None:
        self.instance = instance
        self.gateway = gateway
        self.invocations = BoundedSemaphore(_AT_ONCE)
        super().__init__((LOOPBACK, instance.port), Handler)

    def server_bind(self) -> None:
        """Bind without the base class's look-up of this machine's name, which can take seconds."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = LOOPBACK, self.instance.port


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server_version, sys_version = "Ferry", ""
    disable_nagle_algorithm = True
    wbufsize = 64 * 1024
    server: Front

    def _serve(self) -> None:
        try:
            self._answer()
        except TooLarge:
            self.close_connection = True
            self._message(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "Request Entity Too Large")
        except Unreadable as error:
            self.close_connection = True
            self._message(HTTPStatus.BAD_REQUEST, str(error))
        except TimeoutError:
            self._message(HTTPStatus.SERVICE_UNAVAILABLE, "Service Unavailable")
        except (OSError, http.client.HTTPException) as error:
            self.log_error("%s", error)
            self.close_connection = True
            self._message(HTTPStatus.BAD_GATEWAY, "The local engine does not answer: run make up")

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _serve  # noqa: N815 - the names that http.server calls

    def _answer(self) -> None:
        body = read_body(self.rfile, self.headers)
        path = self.path.partition("?")[0]
        instance = self.server.instance
        if path not in {"/", "/mailbox"} and not path.startswith("/mailbox/"):
            self._forward(body)
        elif not self._asked_for_by_name():
            self._message(HTTPStatus.MISDIRECTED_REQUEST, "This page is for this machine only")
        elif path == "/":
            self._page(pages.index(json.loads(instance.stack_file.read_text())))
        else:
            self._page(pages.mailbox(path, instance.engine_url))

    def _asked_for_by_name(self) -> bool:
        """Whether the Host header is ours: other sites' names may be pointed here to read mails."""
        host = self.headers.get("Host", "").rpartition(":")[0] or self.headers.get("Host", "")
        return host in {LOOPBACK, "localhost", "[::1]"}

    def _forward(self, body: bytes) -> None:
        answer = self._integrated(Request(self.command, self.path, self._request_headers(), body))
        self._reply(answer.status, answer.headers, answer.body)

    def _integrated(self, request: Request) -> Answer:
        """Answer as the HTTP API does: with what the function of the request's route returns."""
        if request.head_bytes > MOST_HEAD_BYTES:
            # The limit is documented, the status is not.
            status = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
            return proxy_events.message(status, "Request Header Fields Too Large")
        selected = self.server.gateway.select(request.method, request.path)
        payload = json.dumps(proxy_events.event(request, selected, _DOMAIN)).encode()
        if len(payload) > MOST_INVOKE_BYTES:
            raise TooLarge
        return self._invoked(selected.function, payload)

    def _invoked(self, function: str, payload: bytes) -> Answer:
        port = self.server.instance.engine_port
        if not self.server.invocations.acquire(timeout=_TIMEOUT_S):
            raise TimeoutError
        engine = http.client.HTTPConnection(LOOPBACK, port, timeout=_TIMEOUT_S)
        try:
            engine.request("POST", f"/2015-03-31/functions/{function}/invocations", payload)
            response = engine.getresponse()
            returned = response.read()
        finally:
            engine.close()
            self.server.invocations.release()
        if response.status == HTTPStatus.TOO_MANY_REQUESTS:
            return proxy_events.message(HTTPStatus.SERVICE_UNAVAILABLE, "Service Unavailable")
        failed = response.status != HTTPStatus.OK or "X-Amz-Function-Error" in response.headers
        return proxy_events.answer(returned, failed=failed)

    def _request_headers(self) -> dict[str, str]:
        """The client's headers as an HTTP API passes them on: lower case, repeats joined."""
        names = {name.lower() for name in self.headers} - _HOP_BY_HOP
        port = self.server.instance.port
        return {name: ",".join(self.headers.get_all(name, [])) for name in sorted(names)} | {
            # As the client sent it: where no token is asked for, the service looks at it.
            "host": self.headers.get("Host", f"{LOOPBACK}:{port}"),
            "x-forwarded-for": self.client_address[0],
            "x-forwarded-port": str(port),
            "x-forwarded-proto": "http",
        }

    def _page(self, page: pages.Page) -> None:
        headers = [
            ("Content-Type", page.content_type),
            ("Content-Security-Policy", pages.POLICY),
            ("X-Content-Type-Options", "nosniff"),
            ("Cache-Control", "no-store"),
        ]
        self._reply(page.status, headers, page.body)

    def _message(self, status: int, message: str) -> None:
        """Answer as API Gateway does when the fault is its own."""
        answer = proxy_events.message(status, message)
        self._reply(answer.status, answer.headers, answer.body)

    def _reply(self, status: int, headers: Iterable[tuple[str, str]], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers:
            if name.lower() not in _HOP_BY_HOP:
                self.send_header(name, value)
        if status not in {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def start(instance: Instance, daemon: Daemon, routes: dict[str, str]) -> None:
    """Start the front, anew if it serves other routes, another port or version of this code."""
    code = sorted(Path(__file__).parent.rglob("*"))
    newest = max(path.stat().st_mtime_ns for path in code if path.suffix in {".py", ".html"})
    options = ["--port", str(instance.port), "--engine-port", str(instance.engine_port)]
    options += ["--reading", instance.reading, "--state", str(instance.state)]
    identity = json.dumps([options, routes, newest])
    if daemon.runs_as(identity):
        return
    daemon.stop()
    check_port(instance.port, "PORT")
    _routes_file(instance).write_text(json.dumps(routes, indent=1))
    daemon.start([sys.executable, "-m", "local.front", *options], environment(), identity)
    daemon.wait_for_port(instance.port)


def main() -> None:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--engine-port", type=int, required=True)
    parser.add_argument("--reading", choices=READINGS, required=True)
    given = parser.parse_args()
    instance = Instance(given.state, given.port, given.engine_port, given.reading)
    routes = json.loads(_routes_file(instance).read_text())
    Front(instance, Gateway(routes, READINGS[given.reading])).serve_forever()


def _routes_file(instance: Instance) -> Path:
    return instance.state / "routes.json"


if __name__ == "__main__":
    main()
