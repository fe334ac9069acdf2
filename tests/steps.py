"""Imports in steps of a few records, so that a few rows make many steps."""

from functools import partial

import pytest

from ferry.imports.importing import run_import


def import_in_steps(patch: pytest.MonkeyPatch, records: int) -> None:
    """Let the worker of imports make a checkpoint after every so many records."""
    patch.setattr(
        "functions.process_import.app.run_import", partial(run_import, most_records=records)
    )


def in_small_steps(patch: pytest.MonkeyPatch) -> None:
    """Let parts, pages and steps have a few rows, so that a few rows make many of them."""
    patch.setattr("ferry.exports.export_file.PART_BYTES", 300)
    patch.setattr("ferry.records.reading.merging.FIRST_ROWS", 1)
    patch.setattr("ferry.records.store.PAGE_BYTES", 600)
    patch.setattr("ferry.records.store.HELD_PAGE_BYTES", 600)
    patch.setattr("ferry.exports.row_writing.PIECE_ROWS", 1)
    # Exports that are not counted at their acceptance are shared, in segments of a few rows.
    patch.setattr("ferry.records.store.MOST_ROWS_COUNTED", 3)
    patch.setattr("ferry.exports.export_cuts.PAGE_BYTES", 1 << 25)
    patch.setattr("ferry.exports.shared_export._STRETCH_PARTS", 1 << 20)
    for module in ("shared_export", "joined_file"):
        patch.setattr(f"ferry.exports.{module}.PART_BYTES", 100)
    import_in_steps(patch, 4)
    patch.setattr("ferry.files.bulks.BULK_BYTES", 20)
