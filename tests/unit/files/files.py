"""Detect and read a file in tests."""

from collections.abc import Iterator

from ferry.files.entries import HEAD_BYTES, Entry
from ferry.files.formats import FORMATS
from ferry.files.position import Position
from ferry.tables.schema import Schema
from tests.unit.goods import GOODS

TEXTS = [name for name, form in FORMATS.items() if form.text_of is None]
"""Formats whose files are text, and no container of it."""


def entries(
    name: str,
    data: bytes,
    *,
    schema: Schema = GOODS,
    head: int = HEAD_BYTES,
    block: int = 1 << 16,
    at: Position | None = None,
) -> list[Entry]:
    """Return the entries of the file, or of its rest from `at` on."""
    form = FORMATS[name]
    layout = form.inspect(data[:head], whole=False, schema=schema)
    at = at or layout.start
    return list(form.read(blocks(data[at.offset :], block), layout, at))


def blocks(data: bytes, size: int) -> Iterator[bytes]:
    """Yield the data in blocks of that size."""
    for start in range(0, len(data), size):
        yield data[start : start + size]


def outcomes(found: list[Entry]) -> list[object]:
    """Return the outcome of each entry: its cells, or the reason it has none."""
    return [entry.error.reason if entry.error else entry.cells for entry in found]
