"""JSON Lines in bulks: a record is a line. Pure."""

from collections.abc import Iterable, Iterator
from operator import methodcaller

from ferry.files.bulks import Bulk, Bulks
from ferry.files.entries import Entry, Layout, Shape
from ferry.files.json.json_reader import members_reader, read
from ferry.files.position import Position
from ferry.files.scanning import JSON_SPACE, LineScanner

_stripped = methodcaller("strip", JSON_SPACE.decode())


def bulks(blocks: Iterable[bytes], layout: Layout, at: Position) -> Iterator[Bulk | Entry]:
    """Yield bulks and entries from the position `at` on; see `Format.bulks`."""
    as_it_is = not (layout.inside or layout.typed or layout.members)
    if layout.shape is Shape.LINES and as_it_is:
        members = members_reader(layout)
        yield from Bulks(blocks, at, cutter=_LineCutter(), scanner=LineScanner, cells_of=members)
    else:
        yield from read(blocks, layout, at)


class _LineCutter:
    """Cuts at newlines."""

    space = JSON_SPACE

    def end(self, data: bytes, limit: int) -> int:
        return data.rfind(b"\n", 0, limit) + 1 or data.find(b"\n", limit) + 1

    def rows(self, text: bytes) -> list[str] | None:
        try:
            lines = text.decode().split("\n")
        except UnicodeDecodeError:
            return None
        return [line for line in map(_stripped, lines) if line]
