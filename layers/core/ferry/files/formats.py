"""The registry of file formats: the one place where a format is added.

Suffixes, readers, writers, packings, limits and the names of the public API are taken from here.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import partial
from pathlib import PurePath

from msgspec import structs

from ferry.errors import InvalidFile
from ferry.files import parquet
from ferry.files.csv import csv_bulks
from ferry.files.csv import csv_reader as csv_reading
from ferry.files.csv.csv_writer import CsvWriter, FailedCsvRows
from ferry.files.csv.dialect import TABS
from ferry.files.csv.raw_header import raw_header
from ferry.files.dynamodb.item_writer import ItemWriter
from ferry.files.failures import FailedFile
from ferry.files.format import GZIP_SUFFIX, Format, Means, Writer
from ferry.files.json import json_bulks
from ferry.files.json import json_reader as json_reading
from ferry.files.json import layout as json_layout
from ferry.files.json.json_writer import ARRAY, LINES, FailedJsonRows, JsonWriter
from ferry.files.options import AS_WRITTEN
from ferry.files.packing import Packing
from ferry.files.position import Packed
from ferry.files.xlsx import MAX_ROWS, MEDIA_TYPE
from ferry.files.xlsx import sheet_reader as xlsx_reading
from ferry.tables.schema import Schema


def _xlsx_writer(
    schema: Schema, *, rows_written: int = 0, heads: Mapping[str, str] | None = None
) -> Writer:
    # Loaded by the first export of a workbook; imports and other exports do without.
    from ferry.files.xlsx.sheet_writer import XlsxWriter

    return XlsxWriter(schema, rows_written=rows_written, heads=heads)


def _xlsx_packing(so_far: Packed) -> Packing:
    from ferry.files.xlsx.workbook_packing import Workbook

    return Workbook(so_far)


def _parquet_writer(
    schema: Schema,
    *,
    rows_written: int = 0,
    heads: Mapping[str, str] | None = None,
    times: Collection[str] = (),
    decimals: Mapping[str, int] | None = None,
) -> Writer:
    from ferry.files.parquet.parquet_writer import ParquetWriter

    return ParquetWriter(
        schema, rows_written=rows_written, heads=heads, times=times, decimals=decimals
    )


def _parquet_packing(so_far: Packed) -> Packing:
    from ferry.files.parquet.parquet_packing import RowGroups

    return RowGroups(so_far)


def _parquet_lines(blocks: Iterable[bytes], means: Means) -> Iterator[bytes]:
    from ferry.files.parquet.reading import text_of

    return text_of(blocks, means)


CSV = Format(
    name="csv",
    suffix=".csv",
    media_type="text/csv; charset=utf-8",
    inspect=csv_reading.inspect,
    read=csv_reading.read,
    bulks=csv_bulks.bulks,
    rows=lambda rules: rules.from_cells,
    names=raw_header,
    writer=CsvWriter,
    safe_writer=partial(CsvWriter, defuse=True),
    failures=FailedCsvRows,
    takes=frozenset(AS_WRITTEN.__struct_fields__) - {"records", "sheet"},
    is_delimited=True,
    has_heads=True,
)
TSV = structs.replace(
    CSV,
    name="tsv",
    suffix=".tsv",
    media_type="text/tab-separated-values; charset=utf-8",
    inspect=partial(csv_reading.inspect, dialect=TABS),
    names=partial(raw_header, usual=TABS),
    writer=partial(CsvWriter, dialect=TABS),
    safe_writer=partial(CsvWriter, dialect=TABS, defuse=True),
)
JSON = Format(
    name="json",
    suffix=".json",
    media_type="application/json",
    inspect=json_layout.inspect,
    read=json_reading.read,
    bulks=json_bulks.bulks,
    rows=lambda rules: rules.from_json,
    names=json_layout.raw_names,
    writer=partial(JsonWriter, frame=ARRAY),
    failures=partial(FailedJsonRows, frame=ARRAY),
    takes=frozenset({"id_as_key", "encoding", "records", "mapping"}),
)
JSON_LINES = structs.replace(
    JSON,
    name="jsonl",
    suffix=".jsonl",
    media_type="application/jsonl",
    writer=partial(JsonWriter, frame=LINES),
    failures=partial(FailedJsonRows, frame=LINES),
)
DYNAMODB = structs.replace(
    JSON_LINES,
    name="dynamodb",
    suffix=".dynamodb.json",
    inspect=partial(json_layout.inspect, typed=True),
    bulks=None,
    writer=ItemWriter,
    has_types=True,
)
XLSX = Format(
    name="xlsx",
    suffix=".xlsx",
    media_type=MEDIA_TYPE,
    inspect=xlsx_reading.inspect,
    read=xlsx_reading.read,
    bulks=xlsx_reading.bulks,
    rows=lambda rules: rules.from_cells,
    text_of=xlsx_reading.text_of,
    names=xlsx_reading.raw_names,
    takes=frozenset({"id_as_key", "sheet", "header_row", "mapping"}),
    writer=_xlsx_writer,
    packing=_xlsx_packing,
    has_heads=True,
    max_rows=MAX_ROWS,
    failures=xlsx_reading.FailedSheetRows,
    failed_file=xlsx_reading.FAILED_FILE,
)
PARQUET = structs.replace(
    JSON_LINES,
    name="parquet",
    suffix=".parquet",
    media_type=parquet.MEDIA_TYPE,
    inspect=partial(json_layout.inspect, lines=True),
    takes=frozenset({"id_as_key", "mapping"}),
    text_of=_parquet_lines,
    goes_on_by_rows=True,
    writer=_parquet_writer,
    packing=_parquet_packing,
    has_columns=True,
    # Rows that failed are of no one type, and are corrected by hand.
    failed_file=FailedFile(
        suffix=JSON_LINES.suffix,
        media_type=JSON_LINES.media_type,
        made_of=iter,
        text_of=iter,
        text_suffix=JSON_LINES.suffix,
        text_media_type=JSON_LINES.media_type,
    ),
)

FORMATS: dict[str, Format] = {
    form.name: form for form in (CSV, TSV, JSON, JSON_LINES, XLSX, DYNAMODB, PARQUET)
}
"""By the ``file_type`` of the public API."""


_READ_ALSO = {".xlsm": XLSX, ".ods": XLSX}
"""Suffixes of files that are read, and never written; the file tells what it is."""
_SPREADSHEETS = frozenset({".xls", ".xlsb", ".numbers"})


def of_file(name: str) -> Format:
    """Return the format by the suffix of the file's name, upper case or lower.

    Raises:
        InvalidFile: no format has that suffix.

    """
    suffix = PurePath(name).suffix.lower()
    if form := _written(name):
        return form
    if suffix in _READ_ALSO:
        return _READ_ALSO[suffix]
    if suffix in _SPREADSHEETS:
        raise InvalidFile(f"{suffix} files are not read; save it as Excel Workbook (.xlsx)")
    suffixes = ", ".join([*(form.suffix for form in FORMATS.values()), *_READ_ALSO])
    raise InvalidFile(
        f"the name of the file must end in one of {suffixes}, each also with {GZIP_SUFFIX}"
    )


def stem(name: str) -> str:
    """Return the name of a file, which is not compressed, without its suffix and its folders.

    >>> stem("a/goods.2026.csv")
    'goods.2026'
    """
    path = PurePath(name)
    form = _written(path.name)
    return path.name[: -len(form.suffix)] if form else path.stem


def _written(name: str) -> Format | None:
    """Return the format that files of that name are written in."""
    # The first character is no suffix's, as with every name.
    found = [form for form in FORMATS.values() if name[1:].lower().endswith(form.suffix)]
    # The longest: .dynamodb.json ends in .json, too.
    return max(found, key=lambda form: len(form.suffix), default=None)
