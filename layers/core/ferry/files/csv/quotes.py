"""Single quotes around values, which are no quotes unless the caller says so. Pure."""

from collections.abc import Sequence

from ferry.errors import InvalidFile
from ferry.files.csv.csv_cells import Cells
from ferry.tables.values import shown


def refuse_single_quotes(rows: Sequence[Cells], delimiter: str) -> None:
    """Refuse a file whose values seem to stand in single quotes and are split within them.

    Raises:
        InvalidFile: in every row, values begin and end with a single quote, and a delimiter within
            one has split it.

    """
    split_up = [cells for cells in rows if _is_split(cells)]
    wrapped = [
        cells
        for cells in rows
        if any(cell and len(cell) > 1 and cell[0] == cell[-1] == "'" for cell in cells)
    ]
    if split_up and len(wrapped) + len(split_up) >= len(rows):
        text = shown(delimiter.join(cell or "" for cell in split_up[0]))
        raise InvalidFile(
            f"values seem to stand in single quotes, as in {text}: send quote=' to read them so, "
            'or quote=" to keep the quotes as text'
        )


def _is_split(cells: Cells) -> bool:
    """Whether a quote opens in one cell and closes in a later one; a lone quote does neither."""
    opening = [n for n, cell in enumerate(cells) if cell and cell.find("'") == 0 == cell.rfind("'")]
    closing = [n for n, cell in enumerate(cells) if cell and cell.find("'") == len(cell) - 1]
    return bool(opening and closing) and opening[0] < closing[-1]
