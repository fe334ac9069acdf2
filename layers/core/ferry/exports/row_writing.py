"""Writing a table's rows to a file as they are read, page by page."""

import msgspec

from ferry.aws.attributes import Item
from ferry.exports.attached_export import AttachedSelection
from ferry.exports.export_rows import ExportRows
from ferry.exports.parted_file import PartedFile
from ferry.exports.plan import ExportPlan
from ferry.records.reading.windows import Window
from ferry.records.store import Records
from ferry.tables.schema import Table

PIECE_ROWS = 1000
"""After so many rows at most the file may be left, and the time is checked."""


def write_as_stored(
    table: Table,
    plan: ExportPlan,
    window: Window,
    file: PartedFile,
    *,
    records: Records,
    accepted_at: int,
) -> None:
    """Write the window's rows that the export selects; `accepted_at` is in Unix milliseconds."""
    rows = ExportRows(plan, accepted_at)
    for block in records.blocks(
        table, window, rows.encode_page, newest_first=bool(plan.order.newest_first)
    ):
        for piece in block.pieces(PIECE_ROWS):
            file.require_budget()
            file.write(piece.rows, after=piece.last)


def write_as_scanned(
    selection: AttachedSelection,
    file: PartedFile,
    accepted_at: int,
    *,
    share: tuple[int, int] = (0, 1),
) -> None:
    """Write the rows of an attached table, or a share of them; see `AttachedReader.parts`."""
    reached: dict[str, Item | None] = {}
    if file.saved.scanned:
        reached = msgspec.json.decode(file.saved.scanned, type=dict[str, Item | None])
    for part in selection.parts(reached, share=share):
        reached[part.segment] = part.reached
        place = msgspec.json.encode(reached).decode()
        file.require_budget()
        file.write(selection.encode(part.items, accepted_at), scanned=place)
