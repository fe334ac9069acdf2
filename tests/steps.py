"""Imports in steps of a few records, so that a few rows make many steps."""

from functools import partial

import pytest

from ferry.imports.importing import run_import


def import_in_steps(patch: pytest.MonkeyPatch, records: int) -> None:
    """Let the worker of imports make a checkpoint after every so many records."""
    patch.setattr(
        "functions.process_import.app.run_import", partial(run_import, step_records=records)
    )
