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
    import_in_steps(patch, 4)
    patch.setattr("ferry.files.bulks.BULK_BYTES", 20)
