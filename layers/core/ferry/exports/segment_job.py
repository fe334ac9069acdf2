"""The job of a segment: a stretch of an export's file that one worker writes beside others.

No user sees it. All that it is about stands on the export's job, of which its id tells.
"""

from collections.abc import Iterator
from itertools import pairwise

import msgspec

from ferry.exports.export_job import ExportCheckpoint, ExportJob
from ferry.jobs.acceptance import HANDLED_WITHIN_S
from ferry.jobs.job import VERSION, Job, JobResult, Operation, Recorded
from ferry.jobs.job_kind import JobFacts, JobKind
from ferry.jobs.run import Run

MOST_SEGMENTS = 250
"""Of a file: S3 takes 10,000 parts, and each segment needs some."""


class SegmentRequest(Recorded, frozen=True, kw_only=True, tag="segment"):
    """A segment of an export.

    Attributes:
        export: the id of its job.
        restart: how often the export had begun anew.
        number: of the segment in the file, from 0.
        of: how many there are.
        above: its rows have greater order keys, "" for no bound.
        up_to: its rows have no greater order keys, "" for no bound.
        key: of the file.
        part_bytes: how long its first parts are to be.

    """

    export: str
    restart: int = 0
    number: int = 0
    of: int
    above: str = ""
    up_to: str = ""
    key: str
    part_bytes: int


type SegmentJob = Job[SegmentRequest, ExportCheckpoint, JobResult]
type SegmentRun = Run[SegmentRequest, ExportCheckpoint, JobResult]

SEGMENTS = JobKind(
    Operation.SEGMENT,
    Job[SegmentRequest, ExportCheckpoint, JobResult],
    JobResult,
    lambda _: JobFacts(),
)


def is_segment(job_id: str) -> bool:
    """Return whether the id is that of a segment; see `segments_of`."""
    return "." in job_id


def segment_id(export: ExportJob, number: int) -> str:
    """Return the id of a segment, of the export's present beginning."""
    return f"{export.id}.{export.restarts}-{number}"


def ids_of_segments(export: ExportJob) -> list[str]:
    """Return the ids of the segments of an export's present beginning, in the file's order."""
    segments = export.checkpoint.segments if export.checkpoint else 0
    return [segment_id(export, number) for number in range(segments)]


def segments_folder(export_id: str) -> str:
    """Return where an export's segments keep their files."""
    return f"exports/{export_id}/segments/"


def segments_of(
    export: ExportJob, *, key: str, part_bytes: int, newest_first: bool, now: int
) -> Iterator[SegmentJob]:
    """Yield the jobs of an export's segments, which wait for workers, in the file's order.

    Args:
        export: cut already.
        key: of the file.
        part_bytes: how long a segment's first parts are to be.
        newest_first: whether the order keys fall.
        now: Unix seconds.

    """
    saved = export.checkpoint
    if saved is None:
        return
    # Of an attached table, a segment of a scan is told by its number alone.
    stretches = [("", "")] * saved.scans or list(pairwise(["", *saved.cuts, ""]))
    if newest_first:
        stretches.reverse()
    for number, (above, up_to) in enumerate(stretches):
        yield SEGMENTS.job(
            id=segment_id(export, number),
            version=VERSION,
            operation=Operation.SEGMENT,
            app_id=export.app_id,
            user_id=0,  # nobody is told of its end
            table_id=export.table_id,
            public_url="",
            accepted_at=export.accepted_at,
            updated_at=now,
            due_at=now + HANDLED_WITHIN_S,
            request=SegmentRequest(
                export=export.id,
                restart=export.restarts,
                number=number,
                of=len(stretches),
                above=above,
                up_to=up_to,
                key=key,
                part_bytes=part_bytes,
            ),
            checkpoint=msgspec.structs.replace(_BEGUN, upload_id=saved.upload_id),
            result=JobResult(),
        )


_BEGUN = ExportCheckpoint("")
