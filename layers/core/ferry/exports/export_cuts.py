"""Where an export is cut, so that several workers write its file."""

from typing import NamedTuple

from ferry.exports.export_job import ExportRun
from ferry.exports.plan import ExportPlan
from ferry.exports.segment_job import MOST_SEGMENTS
from ferry.jobs.job_estimate import READ_UNIT_BYTES
from ferry.records.store import Records
from ferry.tables.schema import Table

PAGE_BYTES = 1 << 20
"""https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.Pagination.html"""

_ROW_BYTES = 256
"""Of a row as it is stored, where nothing tells."""


class Cuts(NamedTuple):
    """Where an export is cut.

    Attributes:
        keys: the rising order keys that it is cut behind.
        stretch_bytes: about how much of the table lies between two of them.

    """

    keys: tuple[str, ...]
    stretch_bytes: int


def cuts_of(
    run: ExportRun, table: Table, plan: ExportPlan, records: Records, *, segment_bytes: int
) -> Cuts | None:
    """Return where the export is cut into segments of about so many bytes of its table.

    None where one worker writes it. One shard is counted, which tells of all.
    """
    if not (segment_bytes and plan.can_be_shared) or _is_small(run, segment_bytes):
        return None
    ends: list[str] = []
    for end in records.page_ends(table, plan.window()):
        ends.append(end)
        run.beat()
        # What is behind the last end then is one segment, whatever its size.
        if run.nearly_out_of_time:
            break
    page_bytes = PAGE_BYTES * table.shards
    pages = max(1, segment_bytes // page_bytes, -(-len(ends) // (MOST_SEGMENTS - 1)))
    keys = tuple(ends[pages - 1 :: pages])
    return Cuts(keys, pages * page_bytes) if keys else None


def _is_small(run: ExportRun, segment_bytes: int) -> bool:
    """Return whether it is known that sharing would not pay: to look costs reading a shard."""
    job = run.job
    if job.rows_total is None:
        return False
    # They were counted, which has read them.
    read = int(job.spent.read_units * READ_UNIT_BYTES)
    return max(read, job.rows_total * _ROW_BYTES) < 2 * segment_bytes
