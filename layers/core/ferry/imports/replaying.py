"""Undoing an import, and applying a dry run: its journal is replayed (contract tables#imports).

A row is swapped only where it is as the journal says. What others have changed since stays as it
is, and is listed in a file. A replay has a journal of its own, so that it can be undone in turn.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import closing
from functools import partial

from msgspec.structs import replace

from ferry.aws.attributes import Item
from ferry.aws.bucket import Files
from ferry.errors import InvalidRow, NotFound
from ferry.files.formats import FORMATS
from ferry.files.position import Position
from ferry.imports.import_job import ImportCheckpoint, ImportResult, ImportRun
from ferry.imports.journal.journal import Journal, piece_name
from ferry.imports.journal.swap import Swap, same_items
from ferry.imports.kept_rows import KeptRows
from ferry.imports.sinks.destination import Destination
from ferry.imports.sinks.matched_opening import open_images
from ferry.imports.sinks.matched_row import RowImages
from ferry.imports.sinks.matched_writes import made_already, make_all
from ferry.jobs.job import Counts
from ferry.jobs.job_outcome import JobOutcome
from ferry.jobs.pacing import spending_on
from ferry.records.registry import Tables
from ferry.records.store import Records, physical_name

_SINCE = {
    "undo": "kept: changed since the import",
    "apply": "kept: changed since the dry run",
}


def run_replay(
    run: ImportRun,
    *,
    tables: Tables,
    records: Records,
    results: Files,
    language: Callable[[], str],
) -> JobOutcome[ImportResult]:
    """Replay the journal that the job's request names; tell of rows it keeps in `language`.

    Raises:
        NotFound: the table has been deleted, or the journal, with its job or for its age.

    """
    job = run.job
    table = tables.get(job.app_id, job.table_id)
    file_format = FORMATS[job.request.file_type]
    to = Destination(job, file_format, table, tables, records, results, on_progress=run.beat)
    images = open_images(to)
    with spending_on(run, table, physical_name(table, records)), closing(images):
        return _replayed(run, images, results, KeptRows(job, results, language))


def _replayed(
    run: ImportRun, images: RowImages, results: Files, kept: KeptRows
) -> JobOutcome[ImportResult]:
    job = run.job
    replay = _Replay(run, images, Journal(results, job.id), kept)
    theirs = Journal(results, job.request.replayed)
    names = theirs.names()
    if not names and job.rows_total:
        raise NotFound(f"what job {job.request.replayed} noted is not kept any more")
    # A row may be in several pieces: going back, its last change comes first.
    if job.request.undo_of:
        names.reverse()
    for number, name in enumerate(names[replay.done :], replay.done + 1):
        swaps = theirs.piece(name)
        turned = (
            [swap.inverse for swap in reversed(swaps)]
            if job.request.undo_of
            else [images.restamped(swap) for swap in swaps]
        )
        replay.piece(number, turned)
    return replay.outcome()


class _Replay:
    """A replay as it goes on, piece by piece, each with a checkpoint."""

    def __init__(self, run: ImportRun, images: RowImages, journal: Journal, kept: KeptRows) -> None:
        self._run = run
        self._images = images
        self._journal = journal
        self._kept = kept
        self._saved = run.job.checkpoint or ImportCheckpoint(Position())
        self._since = _SINCE["undo" if run.job.request.undo_of else "apply"]
        run.partial_outcome = self.outcome

    @property
    def done(self) -> int:
        """How many pieces are replayed."""
        return self._saved.position.number

    def piece(self, number: int, swaps: Sequence[Swap]) -> None:
        """Replay one piece: its swaps are of different rows."""
        now = self._images.present([one for swap in swaps if (one := swap.before or swap.after)])
        made, turn = self._made_before(number, now)
        kinds: dict[str, int] = {}
        kept: list[tuple[Swap, str]] = []
        to_make: list[Swap] = []
        for swap in swaps:
            current = now.get(self._key(swap))
            if self._key(swap) in made:
                kinds[swap.kind] = kinds.get(swap.kind, 0) + 1
            # Whoever did it, nothing is left to do: undoing an undo by hand is no conflict.
            elif same_items(current, swap.after):
                kinds["same"] = kinds.get("same", 0) + 1
            elif current and (refusal := self._images.refusal_of_change(current)):
                kept.append((swap, str(refusal)))
            elif same_items(current, swap.before):
                to_make.append(swap)
            else:
                kept.append((swap, self._since))
        self._make(piece_name(number, turn), to_make, kinds, kept)
        self._kept.put(number, kept)
        self._save(number, len(swaps), len(kept), kinds)

    def outcome(self) -> JobOutcome[ImportResult]:
        """Return the outcome so far, with the file of the rows that were kept."""
        result = replace(
            self._run.job.result,
            report_key=self._kept.publish(self._run.beat),
            effects=self._saved.effects,
        )
        return JobOutcome(result, self._saved.counts, rows_total=self._saved.counts.total)

    def _made_before(self, number: int, now: Mapping[str, Item]) -> tuple[set[str], int]:
        """Return the keys of the rows that an earlier worker swapped, and the next free turn."""
        made: set[str] = set()
        turn = 0
        prefix = piece_name(number, 0).partition("-")[0]
        # An earlier worker may have stopped between noting a piece and making all of its swaps.
        # Those that it made are told as made; the others are void, and tried again in a new piece.
        for name in self._journal.names(prefix):
            there = {
                self._key(swap)
                for swap in self._journal.piece(name)
                if same_items(now.get(self._key(swap)), swap.after)
            }
            self._journal.void_unless(name, partial(self._is_among, there))
            made |= there
            turn += 1
        return made, turn

    def _make(
        self, name: str, swaps: list[Swap], kinds: dict[str, int], kept: list[tuple[Swap, str]]
    ) -> None:
        if not swaps:
            return
        self._journal.put(name, swaps)
        results: list[bool | InvalidRow] = []
        for done in make_all(self._images, swaps):
            self._run.beat()
            results.append(done)
        refused = [place for place, done in enumerate(results) if done is False]
        made = made_already(self._images, [swaps[place] for place in refused])
        for place, is_made in zip(refused, made, strict=True):
            results[place] = is_made
        void: list[int] = []
        for place, (swap, done) in enumerate(zip(swaps, results, strict=True)):
            if done is True:
                kinds[swap.kind] = kinds.get(swap.kind, 0) + 1
                continue
            void.append(place)
            kept.append((swap, str(done) if isinstance(done, InvalidRow) else self._since))
        if void:
            self._journal.put_void(name, void)

    def _save(self, number: int, total: int, failed: int, kinds: Mapping[str, int]) -> None:
        counts = self._saved.counts
        self._saved = replace(
            self._saved,
            position=Position(number=number),
            counts=Counts(
                total=counts.total + total,
                succeeded=counts.succeeded + total - failed,
                failed=counts.failed + failed,
            ),
            effects=self._saved.effects.plus(kinds),
        )
        done = self._saved.counts
        self._run.checkpoint(self._saved, counts=done, rows_done=done.total, bytes_done=0)

    def _is_among(self, keys: Collection[str], swap: Swap) -> bool:
        return self._key(swap) in keys

    def _key(self, swap: Swap) -> str:
        return self._images.key_of(swap.before or swap.after or {})
