"""The failed-rows file of an import, kept in pieces until the import ends."""

from collections.abc import Iterator
from itertools import chain
from typing import cast

from ferry.errors import InvalidRow
from ferry.formats import Entry, Format, Layout
from ferry.formats.incoming import stem
from ferry.jobs.job import ImportCheckpoint, Job
from ferry.jobs.requests import ImportRequest
from ferry.storage.files import Files
from ferry.tables.schema import Table


class Failures:
    """Rows that failed, in the format of the file they came from.

    The rows of each step are one piece, stored before the step's checkpoint counts it; a step that
    is done again writes the same piece again.
    """

    def __init__(
        self, job: Job, file_format: Format, layout: Layout, table: Table, files: Files
    ) -> None:
        self._files = files
        self._prefix = f"imports/{job.id}/"
        self._name = cast("ImportRequest", job.request).file_name
        self._format = file_format
        saved = job.checkpoint if isinstance(job.checkpoint, ImportCheckpoint) else None
        self.pieces = saved.pieces if saved else 0
        written = saved.counts.failed if saved else 0
        self._writer = file_format.failures(layout, table.schema, rows_written=written)
        self._piece = bytearray(b"" if written else self._writer.head())
        self._rows = 0

    def add(self, entry: Entry, error: InvalidRow) -> None:
        """Take one failed row."""
        self._piece += self._writer.row(entry, error)
        self._rows += 1

    def put_piece(self) -> None:
        """Store what came since the last piece."""
        if self._rows:
            self._rows = 0
            self._files.put(self._piece_key(self.pieces), bytes(self._piece))
            self.pieces += 1
            self._piece.clear()

    def publish(self) -> str:
        """Make the pieces one file and return its key, "" when no row has failed."""
        if not self.pieces:
            return ""
        key = f"{self._prefix}{stem(self._name)}-failed{self._format.suffix}"
        body = chain(self._stored(), [self._writer.tail()])
        self._files.write(key, body, self._format.media_type)
        return key

    def _stored(self) -> Iterator[bytes]:
        for piece in range(self.pieces):
            yield from self._files.blocks(self._piece_key(piece))

    def _piece_key(self, piece: int) -> str:
        return f"{self._prefix}failed/{piece:06d}"
