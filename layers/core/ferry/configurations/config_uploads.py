"""Files that an app stores beside its configuration, for `file://` to name.

Source: contract configurations#uploads.

Their paths begin where a file URI's do: `tmp/a.json` is stored as `/tmp/a.json` and named by
`file:///tmp/a.json`.
"""

import posixpath
from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import unquote

from ferry.accounts.identity import Caller
from ferry.aws.bucket import Files
from ferry.aws.retry import Backoff
from ferry.configurations.history import History
from ferry.configurations.pointer_store import Cause
from ferry.errors import Conflict, InvalidItem, Malformed, NotFound, Superseded, Unfetchable
from ferry.fetch.fetcher import Fetcher
from ferry.kuiper.document.document import Document
from ferry.kuiper.document.sections import Section
from ferry.kuiper.gojson.shapes import STRING, read_struct, struct
from ferry.kuiper.items.upload_item import read_upload, stays_inside

_BACKOFF = Backoff()
MAX_UPLOAD_BYTES = 52_428_800
_FIELDS = struct("server.fileContent", {"name": STRING, "content": STRING, "file": STRING})
_INVALID_FIELD = "Invalid body: missing necessary field: "


def folder_of(app_id: str) -> str:
    """Return the key prefix of an app's uploads, without a trailing slash."""
    return f"configs/{app_id}/uploads"


class ConfigUploads:
    """The uploads of one app."""

    def __init__(self, history: History, files: Files) -> None:
        self._history = history
        self._files = files
        self._folder = folder_of(history.app_id)

    def paths(self) -> list[str]:
        """Return the paths of the files in the topmost folder, sorted."""
        found = self._files.names(f"{self._folder}/")
        return sorted(f"/{name}" for name in found if "/" not in name)

    def add_described(self, body: bytes, caller: Caller, fetcher: Fetcher, *, now: int) -> str:
        """Store the file that a JSON body holds or names; it becomes part of the configuration.

        Raises:
            Malformed: the body is not as it must be, or its file cannot be had.

        """
        text = body.decode("utf-8", "replace")
        name, content = self._described(text, fetcher)
        self._record(name, text, caller, now)
        self._put_in_force(name, text, content)
        return f"/{_path(name)}"

    def add_file(self, name: str, content: bytes) -> str:
        """Store a file of a multipart body; as the engine, without recording it.

        Raises:
            Malformed: its name leads out of the folder.

        """
        if not name or not stays_inside(name):
            raise Malformed(f"Error saving the file: invalid name {name}")
        self._put(name, content)
        return f"/{_path(name)}"

    def lay_out(self, number: int, kept: Mapping[str, str]) -> None:
        """Store the files of the uploads that a revision has and the one before had not.

        However late: what another revision has replaced since, or taken out, is left alone.

        Args:
            number: of the revision.
            kept: the SHA-256 under which the files that it names are kept, by URI.

        """
        for name, text in self._texts(number).items():
            files = read_upload(name, text).files
            if not files:
                self._put_in_force(name, text, read_struct(text, _FIELDS)["content"].encode())
            elif files[0] in kept:
                source = f"configs/{self._history.app_id}/files/{kept[files[0]]}"
                self._put_in_force(name, text, source)

    def _texts(self, number: int) -> dict[str, str]:
        """Return the uploads of a revision that are not those of the one before."""
        try:
            new = self._history.document(number)[Section.UPLOADS]
        except NotFound:
            return {}  # it has been erased: not in force any more
        try:
            before = self._history.document(number - 1)[Section.UPLOADS]
        except NotFound:
            before = {}
        return {name: text for name, text in new.items() if before.get(name) != text}

    def _put_in_force(self, name: str, text: str, content: bytes | str) -> None:
        """Store the file of an upload while its text is in force; `content` may name a kept file.

        Whoever changes the text does so before they store its file. So if nobody has stored one
        since the text was seen to be in force, the file is that of the newest text.
        """
        key = f"{self._folder}/{_path(name)}"
        for _ in _BACKOFF.attempts():
            there = self._files.stat(key)
            if self._history.current()[Section.UPLOADS].get(name) != text:
                return
            with suppress(Superseded):
                replaces = there.etag if there else ""
                if isinstance(content, bytes):
                    self._files.put(key, content, replaces=replaces)
                else:
                    self._files.write(key, self._files.blocks(content), replaces=replaces)
                return
        raise Conflict(f"the file {name} is being changed by others; try again")

    def delete(self, name: str, caller: Caller, *, now: int) -> None:
        """Delete a file, and take it out of the configuration.

        Raises:
            Malformed: there is none.

        """
        name = unquote(name)
        key = f"{self._folder}/{_path(name)}"
        if not stays_inside(name) or not self._files.exists(key):
            raise Malformed(f"Error deleting the file: remove /{name}: no such file or directory")
        # First the text: a late layout of it is not to bring the file back.
        if name in self._history.current()[Section.UPLOADS]:
            self._record(name, None, caller, now)
        self._files.delete([key])

    def _described(self, text: str, fetcher: Fetcher) -> tuple[str, bytes]:
        try:
            upload = read_upload("", text)
        except InvalidItem as fault:
            reason = str(fault)
            decoding = reason.partition("invalid body: Error decoding file json: ")[2]
            if decoding:
                raise Malformed(f"Invalid body: Error decoding file json: {decoding}") from fault
            raise Malformed(f"{_INVALID_FIELD}{reason}") from fault
        if not upload.files:
            return upload.key, read_struct(text, _FIELDS)["content"].encode()
        try:
            content = fetcher.read(upload.files[0], limit=MAX_UPLOAD_BYTES, on_block=lambda _: None)
        except Unfetchable as fault:
            raise Malformed(f"Upload error: getFile has error: {fault}") from fault
        return upload.key, content

    def _put(self, name: str, content: bytes) -> None:
        self._files.put(f"{self._folder}/{_path(name)}", content)

    def _record(self, name: str, text: str | None, caller: Caller, now: int) -> None:
        def changed(document: Document) -> Document:
            others = {key: kept for key, kept in document[Section.UPLOADS].items() if key != name}
            uploads = others if text is None else {**others, name: text}
            return Document({**document.texts(), Section.UPLOADS: uploads})

        self._history.change(changed, made_at=now, user_id=caller.user_id, cause=Cause.UPLOAD)


def _path(name: str) -> str:
    return posixpath.normpath(name.replace("\\", "/"))
