"""The cells of a row that is merged: which change the row, and which leave it alone. Pure."""

from collections.abc import Callable
from typing import Any

from ferry.files.format import Format
from ferry.files.options import ReadingOptions

type Cells = dict[str, Any]


def merged_cells(
    file_format: Format, options: ReadingOptions
) -> Callable[[Cells], tuple[Cells, Cells]]:
    """Return a function from cells to those that change a row, and to those of a new row.

    A cell without a value leaves its column alone; a word of `null_words`, and null in a JSON file,
    empties it: it comes as None.
    """
    if not file_format.has_heads:
        return lambda cells: (cells, cells)
    words = frozenset(options.null_words)

    def merged(cells: Cells) -> tuple[Cells, Cells]:
        plain = {name: None if cell in words else cell for name, cell in cells.items()}
        given = {name: plain[name] for name, cell in cells.items() if cell is not None}
        return given, plain

    return merged
