"""Files to be imported, on their way to the service or, in parts, to its store."""

import base64
import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import httpx

from ferry_client.aio.transport import AsyncTransport
from ferry_client.errors import FileChanged, Refused
from ferry_client.options import REQUEST_BYTES, ImportOptions, fields, new_key
from ferry_client.upload_notes import BegunUpload, UploadNote

type Sent = Callable[[int, int | None], None]
"""Called with the bytes that have arrived, and all of them."""


class AsyncUpload:
    """One file and where it goes.

    Args:
        transport: to the service.
        path: of the API's import of a table.
        stream: the file, which can be read more than once.
        name: its name; the suffix tells its format.
        options: of the import.
        note: where an upload in parts is noted while it lasts; one that is noted is gone on with.
        watch: is told what has arrived of an upload in parts.

    """

    def __init__(
        self,
        transport: AsyncTransport,
        path: str,
        stream: IO[bytes],
        name: str,
        options: ImportOptions,
        *,
        note: Path | None = None,
        watch: Sent | None = None,
    ) -> None:
        self._transport = transport
        self._path = path
        self._stream = stream
        self._asked = {"file_name": name, **options}
        self._name = name
        self._options = options
        self._note = UploadNote(note)
        self._watch = watch
        self._size = stream.seek(0, os.SEEK_END)

    async def start(self) -> str:
        """Send the file, by whichever way takes it; return the path of its job."""
        if self._size <= REQUEST_BYTES:
            try:
                return await self._in_one_request()
            except Refused as error:
                if error.status != httpx.codes.REQUEST_ENTITY_TOO_LARGE:
                    raise
        return await self.to_store()

    async def to_store(self) -> str:
        """Send the file to the store in parts; return the path of its job.

        Parts that have arrived, in this run or in an earlier one, are not sent again.
        """
        begun = self._note.read(self._size)
        if begun:
            try:
                return await self._finished(begun)
            except Refused as error:  # such as: it is not kept any more
                if error.status != httpx.codes.BAD_REQUEST:
                    raise
        return await self._finished(await self._begin())

    async def _begin(self) -> BegunUpload:
        asked = {**self._asked, "file_size": self._size}
        answer = await self._transport.call(
            "POST", f"{self._path}upload/", json=asked, headers=new_key()
        )
        told = answer.json()
        begun = BegunUpload(
            file_key=told["file_key"],
            size=self._size,
            part_bytes=told["part_bytes"],
            job_path=answer.headers["Location"],
        )
        self._note.write(begun)
        return begun

    async def _finished(self, begun: BegunUpload) -> str:
        told = await self._ask(begun)
        if not told["complete"]:
            there = {part["number"]: part["sha256"] for part in told["arrived"]}
            for number in range(1, begun.parts + 1):
                await self._send(begun, number, there.get(number, ""))
            if not (await self._ask(begun))["complete"]:
                raise FileChanged("the file has changed while it was uploaded")
        # Without waiting for the store's notice; it is one job either way.
        asked = {"file_key": begun.file_key}
        await self._transport.call("POST", self._path, json=asked, headers=new_key())
        self._note.drop()
        return begun.job_path

    async def _send(self, begun: BegunUpload, number: int, arrived_sha256: str) -> None:
        """Send a part, unless it has arrived as it is in the file."""
        start = (number - 1) * begun.part_bytes
        self._stream.seek(start)
        content = self._stream.read(begun.part_bytes)
        sha256 = base64.b64encode(hashlib.sha256(content).digest()).decode()
        if sha256 != arrived_sha256:
            headers = {"x-amz-checksum-sha256": sha256}
            part = {"number": number, "sha256": sha256}
            [signed] = (await self._ask(begun, part))["urls"]
            sent = {"content": content, "headers": headers}
            await self._transport.send("PUT", signed["url"], lambda: sent)
        if self._watch:
            self._watch(start + len(content), begun.size)

    async def _ask(self, begun: BegunUpload, *parts: dict[str, Any]) -> dict[str, Any]:
        """Ask what has arrived and for URLs of parts; without any, completes what is whole."""
        asked = {"file_key": begun.file_key, "parts": list(parts)}
        path = f"{self._path}upload/part/"
        # To ask twice does what to ask once does, though it is a POST.
        answer = await self._transport.call("POST", path, json=asked, headers=new_key())
        told: dict[str, Any] = answer.json()
        return told

    async def _in_one_request(self) -> str:
        key = new_key()
        url = self._transport.url + self._path
        authorized = self._transport.authorized(key)
        answer = await self._transport.send("POST", url, lambda: self._form(authorized))
        return answer.headers["Location"]

    def _form(self, headers: dict[str, str]) -> dict[str, Any]:
        self._stream.seek(0)
        file = {"file": (self._name, self._stream)}
        return {"data": fields(self._options), "files": file, "headers": headers}


def named(file: Path | IO[bytes], name: str) -> str:
    """Return a file's name, the given one or its own.

    Raises:
        ValueError: it has none.

    """
    if found := name or Path(getattr(file, "name", "") or "").name:
        return found
    raise ValueError("a stream without a name needs one: its suffix tells the format")
