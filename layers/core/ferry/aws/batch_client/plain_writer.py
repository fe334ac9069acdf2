"""The plain writer: the client's own BatchWriteItem, one request after the other."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from ferry.aws import clients
from ferry.aws.batches import BACKOFF, MOST_REQUESTS, write_batch
from ferry.aws.retry import Backoff

_ITEM = msgspec.json.Decoder(dict[str, dict[str, Any]])


class PlainWriter:
    """Writes items through the client; see `ItemWriter`."""

    def __init__(
        self, table_name: str, on_wait: Callable[[], object], *, backoff: Backoff = BACKOFF
    ) -> None:
        self._table_name = table_name
        self._on_wait = on_wait
        self._backoff = backoff

    def delivery(self) -> "_PlainDelivery":
        """Begin a delivery; see `ItemWriter`."""
        return _PlainDelivery(self._write)

    def close(self) -> None:
        """Do nothing: whatever was sent has been answered."""

    def _write(self, items: Sequence[str]) -> None:
        requests = [{"PutRequest": {"Item": _ITEM.decode(item)}} for item in items]
        write_batch(clients.dynamodb(), self._table_name, requests, backoff=self._backoff)
        self._on_wait()


class _PlainDelivery:
    def __init__(self, write: Callable[[Sequence[str]], None]) -> None:
        self._write = write
        self._held: list[str] = []

    def put(self, items: Sequence[str]) -> None:
        self._held += items
        while len(self._held) >= MOST_REQUESTS:
            batch = self._held[:MOST_REQUESTS]
            del self._held[:MOST_REQUESTS]
            self._write(batch)

    def settle(self) -> None:
        if self._held:
            batch, self._held = self._held, []
            self._write(batch)
