"""What a writer of items does, and who opens one."""

from collections.abc import Callable, Sequence
from typing import Protocol


class Delivery(Protocol):
    """Items on their way to the table; putting one twice leaves one."""

    def put(self, items: Sequence[str]) -> None:
        """Take items, each the JSON of one as DynamoDB spells it; no id may stand twice.

        Some may still be on their way on return; where too many are, they are waited for.

        Raises:
            ClientError: DynamoDB refuses them, or answers nothing better for too long.
            BotoCoreError: DynamoDB cannot be reached.
            TimeoutError: it leaves items unprocessed time and again.

        """

    def settle(self) -> None:
        """Wait until all that was put is written; raises as `put` does."""


class ItemWriter(Protocol):
    """Writes items to one table."""

    def delivery(self) -> Delivery:
        """Begin a delivery; those begun before go on."""

    def close(self) -> None:
        """Drop what is still on its way."""


type OpenWriter = Callable[[str, Callable[[], object]], ItemWriter]
"""``(table_name, on_wait)`` returns a writer that calls `on_wait` now and then while it waits."""


def open_writer(table_name: str, on_wait: Callable[[], object]) -> ItemWriter:
    """Return the fast writer; see `OpenWriter`."""
    from ferry.aws.batch_client.signed_writer import (
        SignedWriter,  # libcurl, which few functions need
    )

    return SignedWriter(table_name, on_wait)
