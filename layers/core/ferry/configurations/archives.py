"""The files that items of a configuration name: fetched, checked, kept by their SHA-256."""

import hashlib
import tempfile
import time
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from ferry.aws.bucket import Files
from ferry.configurations.config_job import ConfigRun
from ferry.configurations.zips import read_archive
from ferry.errors import InvalidItem, Unfetchable
from ferry.fetch.fetcher import Fetcher
from ferry.kuiper.items.archive import Archive
from ferry.kuiper.items.installable import FileFault, FileStage, is_archive

MAX_FILE_BYTES = 209_715_200
"""Lambda gives a function 512 MB of disk; one file at a time lies there."""
_BUDGET_S = 200.0
"""Seconds for all that an import fetches: the function has 300."""
_BLOCK_BYTES = 1_048_576


class Archives:
    """The files of one import.

    Attributes:
        kept: the SHA-256 of each file, by URI.
        read: the archives among them, by URI.

    """

    def __init__(self, fetcher: Fetcher, store: Files, run: ConfigRun) -> None:
        self.kept: dict[str, str] = {}
        self.read: dict[str, Archive] = {}
        self._faults: dict[str, FileFault] = {}
        self._fetcher = fetcher
        self._store = store
        self._run = run
        self._deadline = time.monotonic() + _BUDGET_S

    def fetch(self, app_id: str, uris: Iterable[str]) -> dict[str, FileFault]:
        """Keep the files, each fetched once however often it is asked for; return what failed."""
        for uri in uris:
            if uri in self.kept or uri in self._faults:
                continue
            try:
                self.kept[uri] = self._keep(app_id, uri)
            except Unfetchable as fault:
                self._faults[uri] = FileFault(FileStage.DOWNLOAD, str(fault))
            except InvalidItem as fault:
                self._faults[uri] = FileFault(FileStage.CONTENT, str(fault))
        return self._faults

    def _keep(self, app_id: str, uri: str) -> str:
        with tempfile.TemporaryFile() as file:
            self._fetcher.save(
                uri,
                file,
                limit=MAX_FILE_BYTES,
                on_block=lambda _: self._run.progress(),
                seconds=self._time_left(),
            )
            if is_archive(uri):
                self.read[uri] = read_archive(file)
            digest = hashlib.sha256()
            for block in _blocks(file):
                digest.update(block)
            key = f"configs/{app_id}/files/{digest.hexdigest()}"
            if not self._store.exists(key):
                self._store.write(key, _blocks(file))
        return digest.hexdigest()

    def _time_left(self) -> float:
        seconds = self._deadline - time.monotonic()
        if seconds <= 0:
            raise Unfetchable(f"the files of one import may take {_BUDGET_S:.0f} s together")
        return seconds


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    while block := file.read(_BLOCK_BYTES):
        yield block
