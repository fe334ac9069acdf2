"""The caller's options for reading a file; options that are not given are detected. Pure."""

from typing import Literal

import msgspec

from ferry.files.mapping import MappedColumn


class ReadingOptions(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """The options for reading a file; part of a job's request, so a default must never change.

    Attributes:
        id_as_key: rows keep the ids that the file gives; else the column is ignored.
        encoding: of delimited text, a key of `ferry.files.transcoding.ENCODINGS`; None for UTF-8.
        delimiter: between cells; None to detect it.
        quote: around cells, ``none`` for no such thing; None for the double quote.
        comment: what lines begin with that are not rows, "" for no such thing.
        header: ``none`` where the first line is a row already; then `columns` name its cells.
        header_row: the line that names the columns, counted from 1; None for the first that is
            not blank.
        sheet: of a workbook, its name or number; "" for the first that has a table.
        columns: names of the cells, in the file's order; an empty one for a cell to be ignored.
        ragged: what becomes of rows that have fewer cells than the header.
        decimal: the decimal mark of numbers; None to detect it.
        thousands: what groups the digits of numbers; None for whatever goes with `decimal`.
        date_format: how dates are written, such as ``DD.MM.YYYY``; "" for ISO 8601.
        true_words: what stands for true, besides true and 1.
        false_words: what stands for false, besides false and 0.
        null_words: cells that stand for no value.
        records: which member of a JSON file holds the rows, such as ``data.items`` or
            ``records[].fields``; "" to detect it.
        mapping: which column of the table each column of the file becomes, and how; those that are
            not in it go by their names.

    """

    id_as_key: bool = False
    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    comment: str = ""
    header: Literal["none"] | None = None
    header_row: int | None = None
    sheet: str = ""
    columns: tuple[str, ...] = ()
    ragged: Literal["fail", "pad"] = "fail"
    decimal: Literal[".", ","] | None = None
    thousands: str | None = None
    date_format: str = ""
    true_words: tuple[str, ...] = ()
    false_words: tuple[str, ...] = ()
    null_words: tuple[str, ...] = ()
    records: str = ""
    mapping: dict[str, MappedColumn] = {}


AS_WRITTEN = ReadingOptions()
"""Nothing is said."""
