"""Folders of items in dynamodump's own format."""

import json
from collections.abc import Iterator
from itertools import batched
from pathlib import Path
from typing import Any

from benchmarks.data.rows import attribute, rows
from benchmarks.data.table import DESCRIPTION, TABLE

_ROWS_A_FILE = 2_000


def make_dump(folder: Path, count: int) -> Path:
    """Return the folder that holds so many rows, made if it is not there."""
    made = folder / "dump"
    if not made.exists():
        half_made = folder / "half-made-dump"
        pages = half_made / TABLE / "data"
        pages.mkdir(parents=True, exist_ok=True)
        schema = json.dumps({"Table": DESCRIPTION})
        (half_made / TABLE / "schema.json").write_text(schema, encoding="utf-8")
        for number, some in enumerate(batched(rows(count), _ROWS_A_FILE, strict=False), start=1):
            items = [{"_pk": {"S": row["code"]}, "_sk": {"S": "row"}, **_item(row)} for row in some]
            page = json.dumps({"Items": items}, indent=2)
            (pages / f"{number:04}.json").write_text(page, encoding="utf-8")
        half_made.rename(made)
    return made


def read_dump(folder: Path) -> Iterator[Any]:
    """Yield the items that a folder holds."""
    for page in sorted((folder / TABLE / "data").iterdir()):
        yield from json.loads(page.read_bytes())["Items"]


def _item(row: dict[str, Any]) -> dict[str, Any]:
    return {name: attribute(value) for name, value in row.items() if value is not None}
