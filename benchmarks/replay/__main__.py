"""Run the server: `python -m benchmarks.replay ITEMS`; it prints the port it listens on."""

import argparse
import asyncio
import contextlib
import hashlib
import json
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.data.table import DESCRIPTION
from benchmarks.replay.control import ControlTable
from benchmarks.replay.http import Answer, Connection, Request, Unserved, response
from benchmarks.replay.objects import Objects
from benchmarks.replay.records import RecordsTable, load


class Service:
    """Everything that is answered.

    Args:
        records: the table of rows.
        page_delay: seconds that a page is held back.
        batch_delay: seconds that a batch of writes is held back.

    """

    def __init__(self, records: RecordsTable, *, page_delay: float, batch_delay: float) -> None:
        control = ControlTable()
        self._records, self._control = records, control
        self._objects = Objects()
        self._messages: list[str] = []
        self._delays = {
            "DynamoDB_20120810.Scan": page_delay,
            "DynamoDB_20120810.Query": page_delay,
            "DynamoDB_20120810.BatchWriteItem": batch_delay,
        }
        self._operations: dict[str, Callable[[bytes], bytes]] = {
            "DynamoDB_20120810.Scan": records.scan,
            "DynamoDB_20120810.Query": records.query,
            "DynamoDB_20120810.BatchWriteItem": records.write,
            "DynamoDB_20120810.DescribeTable": _described,
            "DynamoDB_20120810.BatchGetItem": control.get_batch,
            "DynamoDB_20120810.GetItem": control.get,
            "DynamoDB_20120810.PutItem": control.put,
            "DynamoDB_20120810.UpdateItem": control.update,
            "DynamoDB_20120810.TransactWriteItems": control.transact,
            "AmazonSQS.SendMessage": self._sent,
            "AmazonSQS.ChangeMessageVisibility": _done,
        }

    def respond(self, request: Request) -> Answer:
        """Answer any request."""
        operation = request.headers.get("x-amz-target", "")
        if answer := self._operations.get(operation):
            return Answer(answer(request.body), self._delays.get(operation, 0))
        if operation:
            raise Unserved(f"{operation} is not served")
        if request.path.startswith("/-/"):
            return Answer(self._own(request))
        return Answer(self._objects.answer(request))

    def _sent(self, body: bytes) -> bytes:
        message = json.loads(body)["MessageBody"]
        self._messages.append(message)
        digest = hashlib.md5(message.encode(), usedforsecurity=False).hexdigest()
        return response(json.dumps({"MessageId": "1", "MD5OfMessageBody": digest}).encode())

    def _own(self, request: Request) -> bytes:
        """Answer the benchmark itself: what was written, or that it is to be forgotten."""
        match request.path:
            case "/-/reset":
                self._objects.contents.clear()
                self._messages.clear()
                self._control.reset()
                self._records.reset(keep=request.query.get("keep") == "1")
                return response(b"{}")
            case "/-/counts":
                counts = {"rows": self._records.rows_put, "pages": self._records.pages_read}
                return response(json.dumps(counts).encode())
            case "/-/batches":
                return response(b"\n".join(self._records.batches))
            case "/-/messages":
                sent, self._messages = self._messages, []
                return response(f"[{','.join(sent)}]".encode())
            case "/-/files":
                return response(json.dumps(list(self._objects.contents)).encode())
            case _:
                raise Unserved(f"{request.path} is not served")


def _described(_: bytes) -> bytes:
    return response(json.dumps({"Table": DESCRIPTION}).encode())


def _done(_: bytes) -> bytes:
    return response(b"{}")


async def _serve(service: Service) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(service.respond), "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("items", type=Path)
    parser.add_argument("--page-delay", type=float, default=0.0, help="seconds")
    parser.add_argument("--batch-delay", type=float, default=0.0, help="seconds")
    given = parser.parse_args()
    records = RecordsTable(load(given.items))
    service = Service(records, page_delay=given.page_delay, batch_delay=given.batch_delay)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(service))


if __name__ == "__main__":
    main()
