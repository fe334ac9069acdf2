"""Files that an app stores beside its configuration, for `file://` to name.

Source: contract configurations#uploads.

Their paths begin where a file URI's do: `tmp/a.json` is stored as `/tmp/a.json` and named by
`file:///tmp/a.json`.
"""

import posixpath
from collections.abc import Mapping
from urllib.parse import unquote

from ferry.accounts.identity import Caller
from ferry.aws.bucket import Files
from ferry.configurations.history import History
from ferry.configurations.pointer_store import Cause
from ferry.errors import InvalidItem, Malformed, Unfetchable
from ferry.fetch.fetcher import Fetcher
from ferry.kuiper.document.document import Document
from ferry.kuiper.document.sections import Section
from ferry.kuiper.gojson.shapes import STRING, read_struct, struct
from ferry.kuiper.items.upload_item import read_upload, stays_inside

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
        self._put(name, content)
        self._record(name, text, caller, now)
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

        Args:
            number: of the revision.
            kept: the SHA-256 under which the files that it names are kept, by URI.

        """
        before = self._history.document(number - 1)[Section.UPLOADS]
        for name, text in self._history.document(number)[Section.UPLOADS].items():
            # Unchanged uploads are not written again: a later upload of the same name would be
            # undone.
            if before.get(name) == text:
                continue
            files = read_upload(name, text).files
            if files and files[0] in kept:
                source = f"configs/{self._history.app_id}/files/{kept[files[0]]}"
                self._files.write(f"{self._folder}/{_path(name)}", self._files.blocks(source))
            elif not files:
                self._put(name, read_struct(text, _FIELDS)["content"].encode())

    def delete(self, name: str, caller: Caller, *, now: int) -> None:
        """Delete a file, and take it out of the configuration.

        Raises:
            Malformed: there is none.

        """
        name = unquote(name)
        key = f"{self._folder}/{_path(name)}"
        if not stays_inside(name) or not self._files.exists(key):
            raise Malformed(f"Error deleting the file: remove /{name}: no such file or directory")
        self._files.delete([key])
        if name in self._history.current()[Section.UPLOADS]:
            self._record(name, None, caller, now)

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
