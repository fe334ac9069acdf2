"""Mirroring: rows that the file lacks are deleted from the table (contract tables#imports).

Nothing is written before it is known how many that will be. The keys of the file lie in a database
on disk, for there may be more than memory can hold.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from functools import partial
from itertools import batched

from msgspec.structs import replace

from ferry.aws.attributes import Item
from ferry.errors import InvalidRow, Malformed
from ferry.files.entries import Layout
from ferry.imports.import_job import ImportResult, ImportRun
from ferry.imports.journal.journal import Journal
from ferry.imports.journal.swap import Swap
from ferry.imports.modes import share_of
from ferry.imports.sinks.matched_row import RowImages
from ferry.imports.sinks.matched_writes import made_already, make_all
from ferry.imports.source import Source
from ferry.jobs.job_outcome import JobOutcome

_AT_A_TIME = 500
_PIECES = "mirror-"
"""The prefix of the names of their pieces in a journal."""


class Mirror:
    """The rows of a table that a file lacks.

    Args:
        run: the import.
        images: of the table's rows.
        journal: of the import.

    """

    def __init__(self, run: ImportRun, images: RowImages, journal: Journal) -> None:
        self._run = run
        self._images = images
        self._journal = journal
        self._dry_run = run.job.request.dry_run
        # Without a name it is a file that is gone when closed, held in memory while it is small.
        self._keys = sqlite3.connect("", isolation_level=None)
        for statement in _SET_UP:
            self._keys.execute(statement)

    def read(self, source: Source, layout: Layout) -> None:
        """Read the keys of the file.

        Raises:
            Malformed: a row's key cannot be read: nobody can tell what the file lacks.

        """
        blocks = source.blocks(layout.start)
        for entry in source.format.read(blocks, layout, layout.start):
            try:
                row = self._images.prepare(entry)
            except InvalidRow as error:
                raise Malformed(
                    f"mode=mirror: line {entry.line}: {error}; every row of the file must have a "
                    "key, else nobody can tell what the file lacks. Nothing was changed"
                ) from error
            self._keys.execute("INSERT OR IGNORE INTO keys VALUES (?)", (row.key,))
            self._run.beat()

    def check(self) -> None:
        """Raise Malformed if more rows would be deleted than the import may delete."""
        total = missing = 0
        for key, _ in self._images.all_keys():
            total += 1
            missing += not self._has(key)
            self._run.beat()
        most = self._run.job.request.most_deleted
        share = share_of(most)
        if missing > (total * share if share is not None else int(most)):
            raise Malformed(
                f"mode=mirror would delete {missing:,} of {total:,} rows, which the file lacks; it "
                f"may delete {most}. Nothing was changed. If that is what you want, ask for "
                f"most_deleted={missing}"
            )

    def delete_missing(self, outcome: JobOutcome[ImportResult]) -> JobOutcome[ImportResult]:
        """Delete the rows that the file lacks; return the outcome with how many those are in all.

        Args:
            outcome: of the file's own rows.

        """
        done, turn = self._resume()
        for some in batched(self._missing(), _AT_A_TIME, strict=False):
            self._run.spending.require_budget()
            befores = self._images.present(some).values()
            swaps = [Swap(0, 0, self._images.label_of(one), one, None) for one in befores]
            name = f"{_PIECES}{turn:06d}"
            turn += 1
            self._journal.put(name, swaps)
            if not self._dry_run:
                results = list(make_all(self._images, swaps))
                failed = [place for place, done in enumerate(results) if done is not True]
                gone = made_already(self._images, [swaps[place] for place in failed])
                void = [at for at, is_gone in zip(failed, gone, strict=True) if not is_gone]
                done -= len(void)
                if void:
                    # Somebody has changed them meanwhile; they stay, as rows that came later do.
                    self._journal.put_void(name, void)
            done += len(swaps)
            self._save(_with_mirrored(outcome, done))
        return _with_mirrored(outcome, done)

    def close(self) -> None:
        """Give the disk back."""
        self._keys.close()

    def _save(self, outcome: JobOutcome[ImportResult]) -> None:
        """Save how many rows are deleted; another delivery goes on where the time is nearly up."""
        self._run.partial_outcome = lambda: outcome
        if not self._dry_run:  # which is counted anew by who goes on
            self._run.note(outcome.result)
        job = self._run.job
        if job.checkpoint:
            self._run.checkpoint(job.checkpoint, rows_done=job.rows_done, bytes_done=job.bytes_done)

    def _resume(self) -> tuple[int, int]:
        """Return how many rows an earlier worker has deleted, and the number of the next piece."""
        names = self._journal.names(_PIECES)
        if self._dry_run:
            for name in names:
                self._journal.drop_piece(name)
            return 0, 0
        done = 0
        for name in names:
            swaps = self._journal.piece(name)
            there = self._images.present([swap.before for swap in swaps if swap.before])
            self._journal.void_unless(name, partial(self._is_gone, there))
            done += len(swaps) - len(there)
        # The journal may have been dropped, and what is deleted have been put back by others.
        done = max(done, self._run.job.result.effects.mirrored)
        return done, int(names[-1].removeprefix(_PIECES)) + 1 if names else 0

    def _is_gone(self, there: Mapping[str, Item], swap: Swap) -> bool:
        return swap.before is not None and self._images.key_of(swap.before) not in there

    def _missing(self) -> Iterator[Item]:
        for key, primary in self._images.all_keys():
            if not self._has(key):
                yield primary

    def _has(self, key: str) -> bool:
        found = self._keys.execute("SELECT 1 FROM keys WHERE key = ?", (key,)).fetchone()
        return found is not None


def deleted_by_mirror(run: ImportRun, images: RowImages, journal: Journal) -> int:
    """Return how many rows of the table a mirror has deleted that was stopped."""
    done = 0
    for name in journal.names(_PIECES):
        befores = [swap.before for swap in journal.piece(name) if swap.before]
        done += len(befores) - len(images.present(befores))
        run.beat()
    return max(done, run.job.result.effects.mirrored)


def _with_mirrored(outcome: JobOutcome[ImportResult], mirrored: int) -> JobOutcome[ImportResult]:
    effects = replace(outcome.result.effects, mirrored=mirrored)
    return replace(outcome, result=replace(outcome.result, effects=effects))


_SET_UP = (
    "PRAGMA journal_mode = OFF",  # nothing is ever rolled back, and a crash ends it all
    "PRAGMA synchronous = OFF",
    "CREATE TABLE keys (key TEXT PRIMARY KEY) WITHOUT ROWID",
    "BEGIN",
)
