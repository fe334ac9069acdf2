"""A delivered message of the queue of exports: of a job, or of a segment of one."""

from functools import partial

import msgspec

from ferry.aws.bucket import Files
from ferry.exports.abandoning import abandon_export
from ferry.exports.export_job import EXPORTS
from ferry.exports.exporting import run_export
from ferry.exports.segment_job import SEGMENTS, is_segment
from ferry.exports.segment_run import run_segment, tell_export
from ferry.jobs.attempt import Worker, perform
from ferry.jobs.job import JobHeader
from ferry.jobs.segment_store import Segments
from ferry.records.registry import Tables
from ferry.records.store import Records


class ExportStores(msgspec.Struct, frozen=True):
    """Where exports read and write.

    Attributes:
        tables: where tables are described.
        records: where rows are.
        files: where files go.

    """

    tables: Tables
    records: Records
    files: Files


def deliver(
    job_id: str, worker: Worker, stores: ExportStores, *, row_cap: int, segment_bytes: int
) -> JobHeader:
    """Bring an export, or a segment, as far as this delivery gets; see `perform`.

    Args:
        job_id: of either.
        worker: who does it.
        stores: where it reads and writes.
        row_cap: how many rows an export may select.
        segment_bytes: about how much of a table a worker reads alone, 0 for all of it.

    """
    given = {"row_cap": row_cap, **msgspec.structs.asdict(stores)}
    if not is_segment(job_id):
        work = partial(run_export, segment_bytes=segment_bytes, queue=worker.queue, **given)
        return perform(
            job_id, EXPORTS, work, worker, close=lambda run: abandon_export(run, stores.files)
        )
    try:
        return perform(job_id, SEGMENTS, partial(run_segment, **given), worker)
    # Also after a failure, and where an earlier delivery has ended it and was killed before this.
    finally:
        tell_export(job_id, segments=Segments(worker.jobs.quota.table_name), queue=worker.queue)
