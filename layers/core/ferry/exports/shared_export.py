"""An export that several workers write: its job starts segments, waits for them and joins them.

Nobody holds the job while it waits. The segment that ends as the last sends its message, as one
does that fails or finds that the export's end was asked for; the sweeper sends it now and then.
"""

from collections.abc import Callable, Collection, Mapping, Sequence

import msgspec

from ferry.aws.bucket import PART_BYTES, Files
from ferry.aws.queues import Queue
from ferry.errors import NotFound, OutOfTime
from ferry.exports.abandoning import abandon_export, spent_by
from ferry.exports.export_cuts import Cuts
from ferry.exports.export_file import MAX_RESTARTS, require_restart
from ferry.exports.export_job import ExportCheckpoint, ExportResult, ExportRun
from ferry.exports.joined_file import JoinedFile
from ferry.exports.plan import ExportPlan, file_key
from ferry.exports.segment_job import SEGMENTS, SegmentJob, segments_folder, segments_of
from ferry.jobs.job import STOPPED, Counts, Status, queue_group
from ferry.jobs.job_outcome import JobOutcome
from ferry.jobs.segment_store import Segments

_STRETCH_PARTS = 16
"""A segment has about so many parts, if these can be so short."""


def begin_shared(
    run: ExportRun, plan: ExportPlan, cuts: Cuts, *, table_version: int, moves: int, files: Files
) -> None:
    """Begin the upload of an export that is cut; see `ExportCheckpoint`."""
    upload_id = files.begin_upload(file_key(run.job), plan.kind.media_type)
    run.begin(
        ExportCheckpoint(
            upload_id,
            table_version=table_version,
            moves=moves,
            cuts=cuts.keys,
            scans=cuts.scans,
            stretch_bytes=cuts.stretch_bytes,
        )
    )


class SharedExport:
    """An export whose file several workers write.

    Args:
        run: the job, while this worker holds it.
        plan: of the export.
        saved: its checkpoint.
        moves: returns how often a row of the table has changed its place by now.
        files: where the file goes.
        queue: of the workers.

    """

    def __init__(
        self,
        run: ExportRun,
        plan: ExportPlan,
        saved: ExportCheckpoint,
        *,
        moves: Callable[[], int],
        files: Files,
        queue: Queue,
    ) -> None:
        self._run = run
        self._plan = plan
        self._saved = saved
        self._moves = moves
        self._files = files
        self._queue = queue
        self._key = file_key(run.job)
        self._segments = Segments(run.jobs.quota.table_name)
        self._meant = {
            segment.id: segment
            for segment in segments_of(
                run.job,
                key=self._key,
                part_bytes=max(PART_BYTES, self._saved.stretch_bytes // _STRETCH_PARTS),
                newest_first=bool(plan.order.newest_first),
                now=int(run.clock()),
            )
        }

    def bring_on(self, row_cap: int) -> JobOutcome[ExportResult] | None:
        """Start what segments are not started, and join them if they have all ended.

        Returns:
            None where the job waits for them, or has failed with one of them.

        Raises:
            Cancelled: the job's end has been asked for.
            Conflict: rows change places all the time.
            TooManyRows: the segments have more than `row_cap` rows.

        """
        self._run.check()
        found = self._start(self._found())
        if lost := _lost(found.values()):
            outcome = abandon_export(self._run, self._files)
            error = lost.error or STOPPED
            self._run.end(Status.FAILED, outcome, error=error, faulty=lost.faulty)
        elif _are_over(found.values()):
            return self._join(found, row_cap)
        else:
            self._wait(found)
        return None

    def _found(self) -> Mapping[str, SegmentJob]:
        return self._segments.get_all(self._meant, SEGMENTS)

    def _start(self, found: Mapping[str, SegmentJob]) -> Mapping[str, SegmentJob]:
        for segment in self._meant.values():
            if segment.id not in found:
                self._segments.add(segment)
                group = queue_group(segment.operation, segment.app_id)
                self._queue.send(segment.id, group=group)
                self._run.beat()
        return {**self._meant, **found}

    def _wait(self, found: Mapping[str, SegmentJob]) -> None:
        rows = sum(segment.rows_done for segment in found.values())
        size = sum(segment.bytes_done for segment in found.values())
        # To wait is no attempt, and a checkpoint ends the count of them.
        self._run.checkpoint(self._saved, rows_done=rows, bytes_done=size)
        self._run.release()
        # The message of one that has ended meanwhile found the job held.
        found = self._found()
        if _lost(found.values()) or (len(found) == len(self._meant) and _are_over(found.values())):
            self._queue.send(self._run.job.id, group=self._run.job.app_id)

    def _join(self, found: Mapping[str, SegmentJob], row_cap: int) -> JobOutcome[ExportResult]:
        run, segments = self._run, [found[job_id] for job_id in self._meant]
        rows = sum(segment.counts.total for segment in segments)
        if not self._saved.ended:
            run.spending.add(spent_by(segments))
            self._saved = msgspec.structs.replace(self._saved, ended=True)
            run.checkpoint(self._saved, rows_done=rows, bytes_done=run.job.bytes_done)
        # An earlier delivery may have completed it, and have dropped what it was made of.
        if not self._files.exists(self._key):
            self._require_unmoved()
            self._complete(segments, row_cap)
        stored = self._files.stat(self._key)
        self._files.delete_under(segments_folder(self._run.job.id))
        name = self._key.rpartition("/")[2]
        return JobOutcome(
            ExportResult(result_key=self._key, file_name=name),
            Counts(total=rows, succeeded=rows),
            rows_total=rows,
            bytes_done=stored and stored.size,
        )

    def _require_unmoved(self) -> None:
        if self._moves() != self._saved.moves:
            require_restart(self._run)
            self._drop()
            self._run.start_over()
            raise OutOfTime(f"job {self._run.job.id} begins anew: rows have changed places")

    def _complete(self, segments: Sequence[SegmentJob], row_cap: int) -> None:
        try:
            JoinedFile(
                self._plan, self._key, self._saved.upload_id, files=self._files, beat=self._run.beat
            ).complete(segments, row_cap=row_cap)
        except NotFound as gone:
            if self._run.job.restarts >= MAX_RESTARTS:
                raise
            self._drop()
            self._run.start_over()
            raise RuntimeError("the upload is lost: the export starts over") from gone

    def _drop(self) -> None:
        # A part that is on its way may still arrive. A lifecycle rule of the bucket drops it.
        # https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html
        self._files.abort_upload(self._key, self._saved.upload_id)
        self._files.delete_under(segments_folder(self._run.job.id))


def _are_over(segments: Collection[SegmentJob]) -> bool:
    return all(segment.status is Status.FINISHED for segment in segments)


def _lost(segments: Collection[SegmentJob]) -> SegmentJob | None:
    """Return a segment that has ended otherwise than it should, if one has."""
    lost = (each for each in segments if each.ended and each.status is not Status.FINISHED)
    return next(lost, None)
