"""A stretch of an export's file on its way to S3.

All stretches are parts of one multipart upload, each a range of its numbers:

- the first number of a range is for what precedes the segment's own parts: it is made when all
  segments have ended (`ferry.exports.joined_file`), for what is left over of one segment may be too
  little for a part. S3 takes none under 5 MiB but the last.
- So each segment keeps what would be its first part, and what is left behind its last one, in
  files of its own. The parts between lie where they belong.
- The last number is for the end of the file.
"""

from typing import Any, NoReturn

from ferry.aws.bucket import Files
from ferry.aws.shared_uploads import MOST_PARTS
from ferry.errors import Cancelled, DoesNotFit, NotFound
from ferry.exports.export_job import ExportCheckpoint
from ferry.exports.parted_file import PartedFile
from ferry.exports.plan import ExportPlan
from ferry.exports.segment_job import (
    MOST_SEGMENTS,
    SegmentRequest,
    SegmentRun,
    segments_folder,
)
from ferry.jobs.job import Counts, JobResult
from ferry.jobs.job_outcome import JobOutcome
from ferry.jobs.segment_store import Segments

_NUMBERS = MOST_PARTS // MOST_SEGMENTS
_EQUAL_PARTS = 8
"""After so many parts, parts are twice as long: a segment may be longer than it seemed."""


class SegmentFile(PartedFile):
    """The stretch of a file that a segment writes; see `PartedFile`.

    Args:
        run: the segment, while this worker holds it.
        plan: of the export.
        saved: where the segment was left.
        row_cap: how many rows the whole file may have.
        files: where it goes.

    """

    def __init__(
        self,
        run: SegmentRun,
        plan: ExportPlan,
        saved: ExportCheckpoint,
        *,
        row_cap: int,
        files: Files,
    ) -> None:
        self._request = run.job.request
        self._segments = Segments(run.jobs.quota.table_name)
        folder = segment_folder(self._request)
        super().__init__(run, plan, saved, row_cap=row_cap, files=files, folder=folder)

    def report(self) -> bool:
        """Do as the method of `PartedFile`, and stop where the export needs the segment no more.

        Raises:
            Cancelled: it does not.

        """
        saved = super().report()
        if saved:
            require_wanted(self._run, self._segments)
        return saved

    def close(self) -> None:
        """Keep what is left behind the last part."""
        self._put_rest(closed=True)

    def complete(self) -> JobOutcome[JobResult]:
        """Return the outcome of the segment."""
        rows = self._saved.rows
        return JobOutcome(JobResult(), Counts(total=rows, succeeded=rows), rows_total=rows)

    def _begin(self) -> None:
        """Write nothing: what stands before the first row is put there when segments are joined."""

    @property
    def _part_bytes(self) -> int:
        doubled: int = self._request.part_bytes << (len(self._saved.etags) // _EQUAL_PARTS)
        return doubled

    def _put(self, number: int, part: bytes | bytearray) -> str:
        if number == 1:
            # By its worker, as a rest is; see `PartedFile`.
            first = f"{self._folder}/first-{self._run.job.worker}"
            self._files.put(first, bytes(part))
            return first
        if number >= _NUMBERS:
            raise DoesNotFit(
                "the export is larger than S3 takes in so many parts; export it by start and end, "
                "or by where"
            )
        return self._files.shared.put_part(
            self._request.key,
            self._saved.upload_id,
            first_number(self._request.number) + number - 1,
            part,
        )

    def _start_over(self, gone: NotFound) -> NoReturn:
        # The export drops the upload when it ends or begins anew; the next delivery finds out.
        raise RuntimeError("the upload is lost") from gone


def first_number(segment: int) -> int:
    """Return the first part number of a segment's range: of what precedes its own parts."""
    return segment * _NUMBERS + 1


def last_number(segments: int) -> int:
    """Return the number of the file's last part."""
    return segments * _NUMBERS


def segment_folder(request: SegmentRequest) -> str:
    """Return where a segment keeps its files."""
    return f"{segments_folder(request.export)}{request.restart}-{request.number}"


def require_wanted(run: Any, segments: Segments) -> None:
    """Do nothing while the export needs the segment.

    Raises:
        Cancelled: it has ended, or begun anew, or its end was asked for.

    """
    request = run.job.request
    if not segments.is_wanted(request.export, request.restart):
        raise Cancelled(f"segment {run.job.id} is not wanted any more")
