"""A file, or a stretch of one, on its way to S3 part by part."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, NamedTuple, NoReturn, Self

import msgspec

from ferry.aws.bucket import Files
from ferry.errors import NotFound
from ferry.exports.export_job import ExportCheckpoint
from ferry.exports.plan import ExportPlan, too_many_rows
from ferry.jobs.run import Run

PACK_BYTES = 64 * 1024
"""Rows go to the packing in pieces of that size: one alone is not worth a call."""


class _Sent(NamedTuple):
    """A part on its way: its ETag to come, and the checkpoint that it makes then, but for that."""

    etag: Future[str]
    checkpoint: ExportCheckpoint


class PartedFile(ABC):
    """A file as it is written: each part that has arrived makes a checkpoint.

    A part is on its way while the next one is written.

    Args:
        run: the job, while this worker holds it.
        plan: of the export.
        saved: where the file was left.
        row_cap: how many rows the file may have; past it the job fails.
        files: where it goes.
        folder: where this job keeps what is no part of the upload.

    """

    def __init__(
        self,
        run: Run[Any, ExportCheckpoint, Any],
        plan: ExportPlan,
        saved: ExportCheckpoint,
        *,
        row_cap: int,
        files: Files,
        folder: str,
    ) -> None:
        self._run = run
        self._plan = plan
        self._row_cap = row_cap
        self._files = files
        self._folder = folder
        # One thread, so parts arrive in order: a checkpoint never names a part without those
        # before it.
        self._sender = ThreadPoolExecutor(1)
        self._sent: _Sent | None = None
        self._go_on(saved)

    def __enter__(self) -> Self:
        """Return the file."""
        return self

    def __exit__(self, *_: object) -> None:
        """Wait for a part that is on its way: none may arrive once another worker has the job."""
        self._sender.shutdown()

    @property
    def saved(self) -> ExportCheckpoint:
        """The last checkpoint: of an earlier worker, until this one has made one."""
        return self._saved

    def write(
        self, rows: Sequence[bytes], *, after: str = "", scanned: str = "", digest: int = 0
    ) -> None:
        """Write encoded rows, the last up to the order key `after`, or `scanned`.

        `digest` is that of their sort keys, where rows are sorted.

        Raises:
            TooManyRows: the file would have more than it may.

        """
        if self._writer.rows_written + len(rows) > self._row_cap:
            raise too_many_rows(self._row_cap)
        # Save early that a part has arrived: a worker killed before the next one loses less.
        if self._sent and self._sent.etag.done():
            self._settle()
        self._unpacked += self._writer.place(rows)
        self._digest += digest
        self._place = after, scanned
        if len(self._unpacked) >= PACK_BYTES:
            self._pack()
        # Packing shrinks rows: what seems enough for a part may not be one once it is packed.
        if len(self._part) + len(self._unpacked) >= self._part_bytes:
            self._pack()
        if len(self._part) >= self._part_bytes:
            self._send_part()
        elif self.report() and self._run.nearly_out_of_time:
            self._put_rest()

    def require_budget(self) -> None:
        """Stop where the job has spent what it may; but each delivery writes some rows first.

        Raises:
            OutOfBudget: it has; the upload is kept for the one that goes on.

        """
        # None at all would be none after each resume, too: the first pages may cost more.
        if self._place != self._begun_at and self._run.spending.is_over_budget:
            self._settle()
            if self._part or self._unpacked:
                self._put_rest()
            self._run.spending.require_budget()

    def report(self) -> bool:
        """Save how far the file is, every two seconds at most; return whether that was done."""
        return self._run.progress(rows_done=self._writer.rows_written, bytes_done=self._size)

    @property
    @abstractmethod
    def _part_bytes(self) -> int:
        """How long the next part should be."""

    @abstractmethod
    def _put(self, number: int, part: bytes | bytearray) -> str:
        """Store a part, its number from 1, and return by what it is found: its ETag, or a key."""

    @abstractmethod
    def _start_over(self, gone: NotFound) -> NoReturn:
        """Let the next delivery begin anew: what there was of the file is no more."""

    @abstractmethod
    def _begin(self) -> None:
        """Write what stands before the first row."""

    @property
    def _size(self) -> int:
        sent = self._sent.checkpoint.size if self._sent else self._saved.size
        return sent + len(self._part) + len(self._unpacked)

    def _go_on(self, saved: ExportCheckpoint) -> None:
        """Take the file up where it was left, or begin it."""
        self._saved = saved
        self._writer = self._plan.writer(saved.rows)
        self._packing = self._plan.kind.packing(saved.packed)
        self._part = bytearray()
        self._unpacked = bytearray()
        self._digest = saved.digest
        self._begun_at = self._place = saved.after, saved.scanned
        if saved.rest:
            # S3 takes no part under 5 MiB but the last, so a rest cannot be a part of the upload
            # itself.
            self._part += b"".join(self._files.blocks(saved.rest))
        elif not saved.etags:
            self._begin()

    def _pack(self) -> None:
        self._part += self._packing.pack(bytes(self._unpacked))
        self._unpacked.clear()

    def _send_part(self, *, closed: bool = False) -> None:
        """Send the part on its way; the one before it has arrived then."""
        self._settle()
        if not closed:
            self._part += self._packing.seal()
        part, self._part = self._part, bytearray()
        # A part is sent again under the same number after a kill, and S3 replaces the earlier one:
        # the file never has rows twice.
        etag = self._sender.submit(self._put, len(self._saved.etags) + 1, part)
        size = self._saved.size + len(part)
        self._sent = _Sent(etag, self._reached(size=size, closed=closed))

    def _settle(self) -> None:
        """Let the part that is on its way arrive, and save that it has."""
        if self._sent:
            sent, self._sent = self._sent, None
            try:
                etags = (*self._saved.etags, sent.etag.result())
            except NotFound as gone:
                self._start_over(gone)
            self._save(msgspec.structs.replace(sent.checkpoint, etags=etags))

    def _put_rest(self, *, closed: bool = False) -> None:
        """Keep for the next delivery what is too little for a part of an upload."""
        self._settle()
        self._pack()
        self._part += self._packing.seal()
        # Under a name of this delivery's: one that has lost its lease must not write over it.
        rest = f"{self._folder}/rest-{self._run.job.worker}"
        self._files.put(rest, bytes(self._part))
        self._save(self._reached(size=self._saved.size, rest=rest, closed=closed))

    def _reached(self, *, size: int, rest: str = "", closed: bool = False) -> ExportCheckpoint:
        """Return the checkpoint of all that is packed by now."""
        after, scanned = self._place
        return msgspec.structs.replace(
            self._saved,
            size=size,
            rest=rest,
            closed=closed,
            after=after,
            scanned=scanned,
            rows=self._writer.rows_written,
            digest=self._digest,
            packed=self._packing.so_far,
        )

    def _save(self, checkpoint: ExportCheckpoint) -> None:
        self._saved = checkpoint
        self._run.checkpoint(checkpoint, rows_done=checkpoint.rows, bytes_done=self._size)
