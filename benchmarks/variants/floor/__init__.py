"""The least that Ferry's own work can cost in Python: the mark to measure it by, not a program.

One connection, signed by hand; code written for this one table; no retries, no checkpoints, hardly
a check. But the result is Ferry's own: the same file in the same order, the same stored items.
"""

import gc

from benchmarks.variants.floor import exporting, importing


def export_csv(path: str) -> None:
    """Write Ferry's CSV file."""
    gc.disable()
    exporting.write(path, exporting.csv_head, exporting.csv_lines)


def export_jsonl(path: str) -> None:
    """Write Ferry's file of JSON lines."""
    gc.disable()
    exporting.write(path, b"", exporting.json_lines)


def import_csv(path: str) -> None:
    """Write the items that Ferry stores."""
    gc.disable()
    importing.write(importing.csv_items(path))


def import_jsonl(path: str) -> None:
    """Write the items that Ferry stores."""
    gc.disable()
    importing.write(importing.json_items(path))
