"""The error message for a CSV file whose first line names no column of the table. Pure."""

from collections.abc import Sequence
from itertools import islice

from ferry.errors import InvalidFile
from ferry.files.csv.csv_opening import lines
from ferry.files.csv.dialect import USUAL, Dialect
from ferry.files.headings import headings
from ferry.files.position import Position
from ferry.tables.schema import Schema
from ferry.tables.values import shown


def nothing_named(
    head: bytes, at: Position, heads: Sequence[str], dialect: Dialect, schema: Schema
) -> str:
    """Return why a first line is no header of the table, and what to do."""
    line = dialect.delimiter.join(heads[:20])
    told = (
        f"the first line must name columns of the table, with {dialect.delimiter_name} "
        f"between them; it reads {shown(line)}, the table has {', '.join(schema.names[:20])}"
    )
    for number, text in islice(lines(head, at), 1, 30):
        for delimiter in USUAL:
            cells = [cell.strip(' "') for cell in text.split(delimiter)]
            try:
                matched = sum(map(bool, headings(cells, schema).columns))
            except InvalidFile:
                continue
            if matched and matched * 2 >= len(cells):
                return f"{told}; line {number} names {shown(text)}: send header_row={number}"
    if line.startswith(("#", "//", "--")):
        return f"{told}; if it is a comment, send comment={line[:1]}"
    if len(heads) == 1 and (seen := _separators(line)):
        return f"{told}; what is between its names looks like {seen}"
    return f"{told}; a file without a header needs header=none and columns="


def _separators(line: str) -> str:
    for delimiter in (*USUAL, ":", "^", "~"):
        if delimiter in line:
            return Dialect(delimiter).delimiter_name
    return ""
