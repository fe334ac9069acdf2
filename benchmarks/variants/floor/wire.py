"""DynamoDB over one bare socket, signed by hand.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

import hashlib
import hmac
import os
import socket
import time

_REGION = "us-east-1"
_TYPE = "application/x-amz-json-1.0"
_SIGNED = "content-type;host;x-amz-date;x-amz-target"


class Connection:
    """A connection that is kept."""

    def __init__(self) -> None:
        self._host = os.environ["AWS_ENDPOINT_URL"].removeprefix("http://")
        name, port = self._host.split(":")
        self._socket = socket.create_connection((name, int(port)))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._key = b"AWS4" + os.environ["AWS_SECRET_ACCESS_KEY"].encode()
        self._day = time.strftime("%Y%m%d", time.gmtime())
        self._scope = f"{self._day}/{_REGION}/dynamodb/aws4_request"
        for step in self._scope.split("/"):
            self._key = hmac.digest(self._key, step.encode(), "sha256")

    def call(self, operation: str, body: bytes) -> bytearray:
        """Return the answer's body."""
        self._socket.sendall(self._head(f"DynamoDB_20120810.{operation}", body) + body)
        received = self._socket.recv(65536)
        while (end := received.find(b"\r\n\r\n")) < 0:
            received += self._socket.recv(65536)
        head = received[:end].lower()
        if not head.startswith(b"http/1.1 200"):
            raise SystemExit(received.decode())
        length = int(head.partition(b"content-length:")[2].partition(b"\r")[0])
        answer = bytearray(length)
        have = len(received) - end - 4
        answer[:have] = received[end + 4 :]
        rest = memoryview(answer)
        while have < length:
            have += self._socket.recv_into(rest[have:])
        return answer

    def _head(self, target: str, body: bytes) -> bytes:
        now = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        request = (
            f"POST\n/\n\ncontent-type:{_TYPE}\nhost:{self._host}\nx-amz-date:{now}\n"
            f"x-amz-target:{target}\n\n{_SIGNED}\n{hashlib.sha256(body).hexdigest()}"
        )
        digest = hashlib.sha256(request.encode()).hexdigest()
        text = f"AWS4-HMAC-SHA256\n{now}\n{self._scope}\n{digest}"
        signature = hmac.digest(self._key, text.encode(), "sha256").hex()
        return (
            f"POST / HTTP/1.1\r\nHost: {self._host}\r\nContent-Length: {len(body)}\r\n"
            f"Content-Type: {_TYPE}\r\nX-Amz-Date: {now}\r\nX-Amz-Target: {target}\r\n"
            f"Authorization: AWS4-HMAC-SHA256 Credential=key/{self._scope}, "
            f"SignedHeaders={_SIGNED}, Signature={signature}\r\n\r\n"
        ).encode()
