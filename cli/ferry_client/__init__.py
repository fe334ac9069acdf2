"""A client of Ferry: tables and rule engines' configurations, in and out.

`Client` blocks, `AsyncClient` is awaited; they have the same calls. docs/client.md shows them.
"""

from ferry_client.aio.client import AsyncClient
from ferry_client.aio.jobs import AsyncJobHandle
from ferry_client.blocking.client import Client
from ferry_client.blocking.jobs import JobHandle
from ferry_client.errors import (
    Damaged,
    FerryError,
    FileChanged,
    JobFailed,
    Refused,
    TimedOut,
    Unreachable,
)
from ferry_client.retrying import Retries

__all__ = [
    "AsyncClient",
    "AsyncJobHandle",
    "Client",
    "Damaged",
    "FerryError",
    "FileChanged",
    "JobFailed",
    "JobHandle",
    "Refused",
    "Retries",
    "TimedOut",
    "Unreachable",
]
