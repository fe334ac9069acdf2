"""Where an export is cut, so that several workers write its file."""

from typing import NamedTuple

from ferry.attached.description import describe
from ferry.exports.attached_export import AttachedSelection
from ferry.exports.export_job import ExportRun
from ferry.exports.plan import ExportPlan
from ferry.exports.segment_job import MOST_SEGMENTS
from ferry.jobs.job_estimate import READ_UNIT_BYTES
from ferry.records.store import Records
from ferry.tables.attachment import Attachment
from ferry.tables.schema import Table

PAGE_BYTES = 1 << 20
"""https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.Pagination.html"""

_ROW_BYTES = 256
"""Of a row as it is stored, where nothing tells."""


class Cuts(NamedTuple):
    """Where an export is cut.

    Attributes:
        keys: the rising order keys that it is cut behind.
        stretch_bytes: about how much of the table a segment is.
        scans: of an attached table, into how many segments of a scan; 0 of another one.

    """

    keys: tuple[str, ...]
    stretch_bytes: int
    scans: int = 0


def cuts_of(
    run: ExportRun, table: Table, plan: ExportPlan, records: Records, *, segment_bytes: int
) -> Cuts | None:
    """Return where the export is cut into segments of about so many bytes of its table.

    None where one worker writes it. One shard is counted, which tells of all; an attached table is
    cut by its size.
    """
    if not (segment_bytes and plan.can_be_shared) or _is_small(run, segment_bytes):
        return None
    if table.attached:
        selection = AttachedSelection(table.attached, table.schema, plan)
        # What an index finds is little, as a rule, and cannot be read in segments.
        by_index = selection.is_by_index
        return None if by_index else _scans_of(run, table.attached, segment_bytes)
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


def _scans_of(run: ExportRun, attached: Attachment, segment_bytes: int) -> Cuts | None:
    # DynamoDB knows the size as it was some hours ago; to count the rows has read them, or some.
    size = max(describe(attached.table).size, _read_bytes(run))
    scans = min(size // segment_bytes, MOST_SEGMENTS)
    return Cuts((), size // scans, scans) if scans > 1 else None


def _read_bytes(run: ExportRun) -> int:
    return int(run.job.spent.read_units * READ_UNIT_BYTES)


def _is_small(run: ExportRun, segment_bytes: int) -> bool:
    """Return whether it is known that sharing would not pay: to look costs reading a shard."""
    job = run.job
    if job.rows_total is None:
        return False
    # They were counted, which has read them.
    return max(_read_bytes(run), job.rows_total * _ROW_BYTES) < 2 * segment_bytes
