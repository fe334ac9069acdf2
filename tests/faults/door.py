"""AWS on loopback, which is moto in this process, behind a door at which faults wait."""

import json
import random
import re
import signal
import threading
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Any

from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import BaseWSGIServer, make_server
from werkzeug.test import run_wsgi_app
from werkzeug.wsgi import get_input_stream

from tests.faults.workers import Delivery

SILENT_S = 40.0
"""Longer than any client of the service waits for an answer."""

_WORKER = re.compile(r"Credential=WORKER(\d+)/\d+/[^/]+/(\w+)/")
_S3 = {
    ("PUT", "partNumber"): "UploadPart",
    ("POST", "uploads"): "CreateMultipartUpload",
    ("POST", "uploadId"): "CompleteMultipartUpload",
    ("DELETE", "uploadId"): "AbortMultipartUpload",
}


@dataclass
class Reply:
    """An answer of AWS.

    Attributes:
        length: what Content-Length says, -1 for the truth.

    """

    status: int
    headers: list[tuple[str, str]]
    body: bytes
    length: int = -1


@dataclass
class Call:
    """A worker's call, as it comes to the door.

    Attributes:
        number: counts the calls of all workers of a run, from 1.
        done: whether AWS has done it.

    """

    number: int
    service: str
    operation: str
    body: bytes
    worker: Delivery
    perform: Callable[[bytes], Reply]
    done: bool = False

    def ask(self, body: bytes | None = None) -> Reply:
        """Have AWS do it."""
        self.done = True
        return self.perform(self.body if body is None else body)

    def kill(self) -> None:
        self.worker.signal(signal.SIGKILL)


type Fault = Callable[[Call], Reply | None]
"""Answers a call; None for an answer that never comes, and a connection that is closed."""
type Meet = Callable[[Call], Fault | None]


class Door:
    """A server whose calls meet faults.

    Attributes:
        lock: held while moto works, which keeps nothing apart that two threads do.
        meet: called for each call; returns the fault that it meets.
        calls: the names of the calls since `reset`.

    """

    def __init__(self, lock: Any) -> None:
        self.lock = lock
        self.workers: dict[int, Delivery] = {}
        self._count = threading.Lock()
        self.reset(lambda _: None)
        app = DomainDispatcherApplication(create_backend_app)
        # moto looks through the folders of all its services for each request.
        app.get_backend_for_host = cache(app.get_backend_for_host)
        self._server: BaseWSGIServer = make_server(
            "127.0.0.1",
            0,
            app,
            threaded=True,
            request_handler=type("Handler", (_Handler,), {"door": self}),
        )
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        self._thread.start()

    def reset(self, meet: Meet) -> None:
        self.meet = meet
        self.calls: list[str] = []

    def number(self, operation: str) -> int:
        with self._count:
            self.calls.append(operation)
            return len(self.calls)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Handler(MotoRequestHandler):
    """A connection of a worker's.

    Attributes:
        door: set by a class of its own for each door.

    """

    protocol_version = "HTTP/1.1"
    door: Door

    def run_wsgi(self) -> None:
        if self.headers.get("Expect", "").lower() == "100-continue":
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        environ = self.make_environ()
        body = get_input_stream(environ).read()
        found = _WORKER.search(environ.get("HTTP_AUTHORIZATION", ""))
        reply = self._met(environ, body, found) if found else self._ask(environ, body)
        if reply is None:
            self.close_connection = True
        else:
            self._answer(reply, environ["REQUEST_METHOD"])

    def _met(self, environ: dict[str, Any], body: bytes, found: re.Match[str]) -> Reply | None:
        worker, service = self.door.workers[int(found[1])], found[2]
        operation = _operation(service, environ)
        number = self.door.number(operation)
        call = Call(number, service, operation, body, worker, lambda body: self._ask(environ, body))
        fault = self.door.meet(call)
        return fault(call) if fault else call.ask()

    def _ask(self, environ: dict[str, Any], body: bytes) -> Reply:
        environ = {**environ, "wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))}
        environ.pop("HTTP_TRANSFER_ENCODING", None)
        with self.door.lock:
            app, status, headers = run_wsgi_app(self.server.app, environ, buffered=True)
            return Reply(int(status[:3]), list(headers), b"".join(app))

    def _answer(self, reply: Reply, method: str) -> None:
        self.send_response_only(reply.status)
        length = str(len(reply.body) if reply.length < 0 else reply.length)
        for name, value in reply.headers:
            if name.lower() == "content-length" and method == "HEAD":
                length = value
            elif name.lower() not in {"content-length", "connection", "transfer-encoding"}:
                self.send_header(name, value)
        self.send_header("Content-Length", length)
        self.end_headers()
        if method != "HEAD":
            self.wfile.write(reply.body)
        self.close_connection = self.close_connection or reply.length >= 0

    def connection_dropped(self, *_: Any) -> None:
        pass  # a worker has been killed

    def log(self, *_: Any) -> None:
        pass


def _operation(service: str, environ: dict[str, Any]) -> str:
    if target := environ.get("HTTP_X_AMZ_TARGET"):
        return str(target).rpartition(".")[2]
    method = environ["REQUEST_METHOD"]
    if service != "s3":
        return "SendEmail"
    names = set(re.findall(r"(?:^|&)(\w+)", environ["QUERY_STRING"]))
    for (wanted, name), operation in _S3.items():
        if method == wanted and name in names:
            return operation
    return {"GET": "GetObject", "PUT": "PutObject", "HEAD": "HeadObject"}.get(method, method)


_CODES = {
    "dynamodb": ("InternalServerError", "ServiceUnavailable", "ThrottlingException"),
    "s3": ("InternalError", "ServiceUnavailable", "SlowDown"),
}
_OTHERS = ("InternalFailure", "ServiceUnavailable", "ThrottlingException")


def _refuse(call: Call, status: int, code: str) -> Reply:
    if call.service == "s3":
        body = f"<Error><Code>{code}</Code><Message>refused</Message></Error>".encode()
        return Reply(status, [("Content-Type", "application/xml")], body)
    body = json.dumps({"__type": f"com.amazonaws#{code}", "message": "refused"}).encode()
    headers = [("Content-Type", "application/x-amz-json-1.0"), ("x-amzn-ErrorType", code)]
    return Reply(status, headers, body)


def server_error(call: Call) -> Reply:
    return _refuse(call, 500, _CODES.get(call.service, _OTHERS)[0])


def unavailable(call: Call) -> Reply:
    return _refuse(call, 503, _CODES.get(call.service, _OTHERS)[1])


def throttled(call: Call) -> Reply:
    status = 503 if call.service == "s3" else 400
    return _refuse(call, status, _CODES.get(call.service, _OTHERS)[2])


def expired_token(call: Call) -> Reply:
    code = "ExpiredToken" if call.service == "s3" else "ExpiredTokenException"
    return _refuse(call, 400, code)


def cut(call: Call) -> None:
    """The connection is cut before anything is done."""


def answer_lost(call: Call) -> None:
    """AWS does it, and the connection is cut."""
    call.ask()


def silence(call: Call) -> None:
    """AWS does it and says nothing for longer than the client waits."""
    call.ask()
    time.sleep(SILENT_S)


def cut_short(call: Call) -> Reply:
    """Only half of the answer comes."""
    reply = call.ask()
    reply.length = len(reply.body)
    reply.body = reply.body[: len(reply.body) // 2]
    return reply


def damaged(call: Call) -> Reply:
    """The checksum is not that of the answer."""
    reply = call.ask()
    kept = [(n, v) for n, v in reply.headers if n.lower() != "x-amz-crc32"]
    wrong = zlib.crc32(reply.body) ^ 1
    return Reply(reply.status, [*kept, ("x-amz-crc32", str(wrong))], reply.body)


def half_done(call: Call) -> Reply:
    """Every second item is left unprocessed."""
    ((table, requests),) = json.loads(call.body)["RequestItems"].items()
    reply = call.ask(json.dumps({"RequestItems": {table: requests[::2]}}).encode())
    if reply.status != 200:
        return reply
    left = {table: requests[1::2]} if requests[1:] else {}
    return Reply(200, _plain(reply), json.dumps({"UnprocessedItems": left}).encode())


def _plain(reply: Reply) -> list[tuple[str, str]]:
    return [(n, v) for n, v in reply.headers if n.lower() != "x-amz-crc32"]


def killed_before(call: Call) -> None:
    """The worker dies before AWS gets the call."""
    call.kill()


def killed_after(call: Call) -> None:
    """The worker dies after AWS has done it, without the answer."""
    call.ask()
    call.kill()


def killed_between(call: Call) -> Reply:
    """The worker dies at some instruction after the answer."""
    reply = call.ask()
    pause_s = random.Random(call.number).uniform(0, 0.004)
    threading.Timer(pause_s, call.kill).start()
    return reply
