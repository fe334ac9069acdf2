"""The names of a delimited file's columns where no table says which to expect. Pure."""

from itertools import islice

from msgspec import structs

from ferry.errors import InvalidFile, InvalidRow
from ferry.files.csv.csv_cells import Cells, split
from ferry.files.csv.csv_opening import check_encoding, declared_delimiter, line_of
from ferry.files.csv.csv_scanner import CsvScanner
from ferry.files.csv.dialect import COMMAS, USUAL, Dialect
from ferry.files.encoding import check_utf8
from ferry.files.options import ReadingOptions
from ferry.files.position import Position
from ferry.files.record_stream import RecordStream

_ROWS = 100


def raw_header(
    head: bytes, options: ReadingOptions, *, usual: Dialect = COMMAS
) -> tuple[tuple[str, ...], ReadingOptions]:
    """Return the names of the columns, and the options by which they are read.

    The delimiter is the one by which most of the first rows have as many cells as each other, and
    more than one. The header is the first row that has as many.

    Raises:
        InvalidFile: the file is not UTF-8 text, or has no row.

    """
    start = check_utf8(head, whole=False)
    check_encoding(head, options.encoding)
    declared = declared_delimiter(head, start)
    at = line_of(head, start, 2) if declared else Position(offset=start)
    if options.header_row:
        at = line_of(head, start, options.header_row)
    given = options.delimiter or declared
    tried = [given] if given else list(dict.fromkeys([usual.delimiter, *USUAL]))
    base = Dialect(usual.delimiter, options.quote or usual.quote, options.comment)
    found = [
        (delimiter, _rows(head, at, structs.replace(base, delimiter=delimiter)))
        for delimiter in tried
    ]
    delimiter, rows = max(found, key=lambda one: _fitness(one[1]))
    if not rows:
        raise InvalidFile("the file holds blank lines only")
    width = _width(rows)
    line, cells = next(row for row in rows if len(row[1]) == width)
    options = structs.replace(options, delimiter=delimiter)
    if options.header == "none":
        return options.columns, options
    if options.header_row is None and (line, cells) != rows[0]:
        options = structs.replace(options, header_row=line)
    return tuple(cell or "" for cell in cells), options


def _rows(head: bytes, at: Position, dialect: Dialect) -> list[tuple[int, Cells]]:
    rows = []
    for record in islice(RecordStream([head[at.offset :]], at, CsvScanner(dialect)), _ROWS):
        try:
            cells = split(record.original.decode(errors="replace"), dialect)
        except InvalidRow:
            continue
        rows.append((record.line, cells))
    return rows


def _width(rows: list[tuple[int, Cells]]) -> int:
    """Return how many cells most rows have."""
    widths = [len(cells) for _, cells in rows]
    return max(dict.fromkeys(widths), key=widths.count)


def _fitness(rows: list[tuple[int, Cells]]) -> float:
    if not rows:
        return -1
    width = _width(rows)
    share = sum(len(cells) == width for _, cells in rows) / len(rows)
    return share + min(width - 1, 1)
