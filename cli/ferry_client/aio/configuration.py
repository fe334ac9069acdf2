"""The configuration of a rule engine: Ferry's, or of an engine that speaks the same API."""

import asyncio
import json
from collections.abc import Mapping
from time import monotonic
from typing import Any

import httpx

from ferry_client.aio.transport import AsyncTransport
from ferry_client.errors import FerryError, Refused, TimedOut
from ferry_client.options import new_key
from ferry_client.types import Revision, Revisions

_PAUSE_S = 0.5

type Document = Mapping[str, Mapping[str, str]]
"""Sections of items; an item is a text, JSON or SQL."""
type Errors = dict[str, dict[str, str]]
"""Failures, by section and item."""


class AsyncConfiguration:
    """One configuration.

    Args:
        transport: to the service, or to an engine.

    """

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def export(self) -> dict[str, dict[str, str]]:
        """Return the whole document."""
        answer = await self._get("/data/export")
        document: dict[str, dict[str, str]] = answer.json()
        return document

    async def import_(
        self,
        document: Document,
        *,
        partial: bool = True,
        dry_run: bool = False,
        timeout: float = 600,
    ) -> Errors:
        """Import a document and wait for its end; return the items that failed.

        Args:
            document: what to import.
            partial: add its items, or replace their namesakes. Otherwise it replaces everything.
            dry_run: check everything and store nothing. Engines do not know it.
            timeout: how long to wait, in seconds.

        """
        asked = {"partial": partial, "dry_run": dry_run}
        query = "&".join(f"{name}=1" for name, value in asked.items() if value)
        body = {"content": json.dumps(document, ensure_ascii=False)}
        path = f"/data/import?{query}" if query else "/data/import"
        try:
            answer = await self._transport.call("POST", path, json=body, headers=new_key())
        except Refused as error:
            failed = _item_errors(error)  # of very many, the status alone has them all
            return failed if dry_run else await self.status() or failed
        told = answer.json()
        if "id" in told:
            return await self._ended(told["id"], timeout)
        return _failed(told.get("ConfigResponse") or {})

    async def status(self) -> Errors:
        """Return the failures of the last import, by section and item."""
        return _failed((await self._get("/data/import/status")).json())

    async def revisions(self) -> Revisions:
        """Return the last hundred revisions, the newest first."""
        found: Revisions = (await self._transport.call("GET", "/data/revisions")).json()
        return found

    async def revision(self, number: int) -> dict[str, dict[str, str]]:
        """Return the document of a revision."""
        document: dict[str, dict[str, str]] = (await self._get(f"/data/revisions/{number}")).json()
        return document

    async def difference(self, first: int | None = None, second: int | None = None) -> str:
        """Return as text what leads from one revision to another: the last one's change."""
        asked = {"from": first, "to": second}
        params = {name: number for name, number in asked.items() if number is not None}
        return (await self._transport.call("GET", "/data/diff", params=params)).text

    async def roll_back(self, number: int) -> Revision:
        """Put the document of a revision in force again; return the revision that this makes."""
        answer = await self._transport.call("POST", "/data/rollback", json={"revision": number})
        made: Revision = answer.json()
        return made

    async def erase_revision(self, number: int) -> Revision:
        """Erase what a revision held; the one in force is refused. Return its facts, which stay."""
        answer = await self._transport.call("DELETE", f"/data/revisions/{number}")
        erased: Revision = answer.json()
        return erased

    async def _get(self, path: str) -> httpx.Response:
        """Large answers lie in the store: a redirect leads there."""
        answer = await self._transport.call("GET", path)
        if not answer.is_redirect:
            return answer
        return await self._transport.send("GET", answer.headers["Location"], dict)

    async def _ended(self, task_id: str, timeout: float) -> Errors:
        """Wait for a task; what failed in it is in the status then."""
        since = monotonic()
        while True:
            answer = await self._transport.call("GET", f"/async/task/{task_id}")
            task: dict[str, Any] = answer.json()
            if task["status"] == "finish":
                return await self.status()
            if task["status"] not in {"register", "running"}:
                failed = await self.status()
                if failed:
                    return failed
                raise FerryError(f"the import ended as {task['status']}: {task.get('message')}")
            if monotonic() - since > timeout:
                raise TimedOut(f"the import {task_id} has not ended after {timeout:g} s")
            await asyncio.sleep(_PAUSE_S)


def _failed(sections: Mapping[str, Any]) -> Errors:
    return {name: dict(items) for name, items in sections.items() if items}


def _item_errors(error: Refused) -> Errors:
    """Return the errors of single items in a refused import.

    Raises:
        Refused: it says nothing of any: the document could not be read.

    """
    start = error.message.find("{")
    try:
        told = json.loads(error.message[start:]) if start >= 0 else {}
    except ValueError:
        raise error from None
    failed = _failed(told.get("ConfigResponse") or {})
    if not failed:
        raise error
    return failed
