"""A DynamoDB on loopback, moto's server, behind a door that answers as a test says."""

import http.client
import json
import threading
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

type Fault = Callable[["Door", bytes], None]


@dataclass
class Log:
    """The requests that reached the server.

    Attributes:
        faults: what the next BatchWriteItem requests meet, one each; then all is well.
        lasting: what all of them meet.
        batches: how many items each had.
        at_once: how many were there at the same time, at most.

    """

    faults: list[Fault] = field(default_factory=list)
    lasting: Fault | None = None
    batches: list[int] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    at_once: int = 0
    present: int = 0
    lock: Any = field(default_factory=threading.Lock)


class Door(BaseHTTPRequestHandler):
    """Passes requests on, but for those that meet a fault."""

    protocol_version = "HTTP/1.1"
    server: Any

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        log = self.server.log
        if "BatchWriteItem" not in self.headers["X-Amz-Target"]:
            self.pass_on(body)
            return
        with log.lock:
            log.present += 1
            log.at_once = max(log.at_once, log.present)
            log.paths.append(self.path)
            log.batches += map(len, json.loads(body)["RequestItems"].values())
            fault = log.faults.pop(0) if log.faults else log.lasting
        try:
            (fault or Door.pass_on)(self, body)
        finally:
            with log.lock:
                log.present -= 1

    def pass_on(self, body: bytes) -> None:
        self.answer(*self.ask(body))

    def ask(self, body: bytes) -> tuple[int, bytes]:
        """Have the real one do what `body` says."""
        with self.server.moto_lock:  # moto does not keep apart what two threads do to one table
            connection = http.client.HTTPConnection(*self.server.moto, timeout=10)
            kept = {n: v for n, v in self.headers.items() if n not in {"Host", "Content-Length"}}
            connection.request("POST", "/", body, kept)
            answer = connection.getresponse()
            try:
                return answer.status, answer.read()
            finally:
                connection.close()

    def answer(self, status: int, body: bytes, *, date: float | None = None, **headers: str):
        self.send_response_only(status)
        self.send_header("Date", formatdate(date, usegmt=True))
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", headers.pop("length", str(len(body))))
        self.send_header("x-amz-crc32", headers.pop("crc32", str(zlib.crc32(body))))
        self.end_headers()
        self.wfile.write(body)

    def refuse(self, status: int, code: str, message: str = "refused", **more: Any) -> None:
        error = {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": message}
        self.answer(status, json.dumps(error).encode(), **more)

    def log_message(self, *_):
        pass


def throttled(door: Door, _: bytes) -> None:
    door.refuse(400, "ProvisionedThroughputExceededException")


def broken(door: Door, _: bytes) -> None:
    door.refuse(500, "InternalServerError")


def unavailable(door: Door, _: bytes) -> None:
    door.answer(503, b"<html>busy</html>")


def cut(door: Door, _: bytes) -> None:
    """Close the connection before anything is done."""
    door.close_connection = True


def answer_lost(door: Door, body: bytes) -> None:
    """Do it, and close the connection."""
    door.ask(body)
    door.close_connection = True


def damaged(door: Door, body: bytes) -> None:
    door.answer(*door.ask(body), crc32="1")


def cut_short(door: Door, body: bytes) -> None:
    door.answer(*door.ask(body), length="1000")
    door.close_connection = True


def half_done(door: Door, body: bytes) -> None:
    """Leave every second item unprocessed."""
    ((table, requests),) = json.loads(body)["RequestItems"].items()
    if taken := requests[1::2]:
        door.ask(json.dumps({"RequestItems": {table: taken}}).encode())
    door.answer(200, json.dumps({"UnprocessedItems": {table: requests[::2]}}).encode())


def nothing_done(door: Door, body: bytes) -> None:
    door.answer(200, json.dumps({"UnprocessedItems": json.loads(body)["RequestItems"]}).encode())


def invalid(door: Door, _: bytes) -> None:
    door.refuse(400, "ValidationException", "The table has no such key")


class _Server(ThreadingHTTPServer):
    request_queue_size = 64  # as many may knock at once


def open_door(moto: tuple[str, int]) -> ThreadingHTTPServer:
    """Return a server in front of moto's, not yet started."""
    server: Any = _Server(("127.0.0.1", 0), Door)
    server.log, server.moto, server.moto_lock = Log(), moto, threading.Lock()
    return server
