"""Files to be imported, on their way to the service or to its store."""

import os
from pathlib import Path
from typing import IO, Any

import httpx

from ferry_client.aio.transport import AsyncTransport
from ferry_client.errors import FerryError, Refused, Unreachable
from ferry_client.options import REQUEST_BYTES, ImportOptions, fields, new_key
from ferry_client.types import UploadForm


class AsyncUpload:
    """One file and where it goes.

    Args:
        transport: to the service.
        path: of the API's import of a table.
        stream: the file, which can be read more than once.
        name: its name; the suffix tells its format.
        options: of the import.

    """

    def __init__(
        self,
        transport: AsyncTransport,
        path: str,
        stream: IO[bytes],
        name: str,
        options: ImportOptions,
    ) -> None:
        self._transport = transport
        self._path = path
        self._stream = stream
        self._name = name
        self._options = options

    async def start(self) -> str:
        """Send the file, by whichever way takes it; return the path of its job."""
        if self._size() <= REQUEST_BYTES:
            try:
                return await self._in_one_request()
            except Refused as error:
                if error.status != httpx.codes.REQUEST_ENTITY_TOO_LARGE:
                    raise
        return await self.to_store()

    async def to_store(self) -> str:
        """Send the file to the store, by a form made for it; return the path of its job.

        When a connection breaks, the service is asked whether the file has arrived: to send it
        again would replace it under the import that reads it, which fails the job.
        """
        asked = {"file_name": self._name, **self._options}
        answer = await self._transport.call(
            "POST", f"{self._path}upload/", json=asked, headers=new_key()
        )
        form: UploadForm = answer.json()
        attempt = 0
        while True:
            attempt += 1
            try:
                await self._post(form)
            except Unreachable as error:
                if await self._arrived(form):
                    break
                await self._transport.wait(attempt, str(error))
                continue
            break
        await self._start(form)
        return answer.headers["Location"]

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

    async def _post(self, form: UploadForm) -> None:
        def made() -> dict[str, Any]:
            self._stream.seek(0)
            return {"data": form["fields"], "files": {"file": (self._name, self._stream)}}

        await self._transport.send("POST", form["upload_url"], made)

    async def _arrived(self, form: UploadForm) -> bool:
        try:
            await self._start(form)
        except FerryError:
            return False
        return True

    async def _start(self, form: UploadForm) -> None:
        """Start the import without waiting for the store's notice; it is one job either way."""
        await self._transport.call("POST", self._path, json={"file_key": form["file_key"]})

    def _size(self) -> int:
        return self._stream.seek(0, os.SEEK_END)


def named(file: Path | IO[bytes], name: str) -> str:
    """Return a file's name, the given one or its own.

    Raises:
        ValueError: it has none.

    """
    if found := name or Path(getattr(file, "name", "") or "").name:
        return found
    raise ValueError("a stream without a name needs one: its suffix tells the format")
