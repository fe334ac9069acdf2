"""The plan of an export: its request applied to its table (contract tables#exports)."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ferry.attached.keys import row_order
from ferry.errors import Malformed, TooManyRows
from ferry.exports.export_job import ExportJob, ExportRequest, file_name
from ferry.exports.stored_items import StoredColumns, StoredItems
from ferry.files.format import ColumnWriter, Format, Writer, gzipped
from ferry.files.formats import FORMATS
from ferry.files.shaping import shape, shape_columns
from ferry.jobs.limits import has_budget, limits_of
from ferry.records.reading.row_filter import RowFilter
from ferry.records.reading.windows import Window
from ferry.tables.attachment import Attachment
from ferry.tables.columns import Column
from ferry.tables.ordering import order_keys
from ferry.tables.schema import Field, FieldType, Schema
from ferry.tables.values import MAX_DIGITS, Value, parse_json, shown
from ferry.tables.where import compile_where

_MAX_HEAD = 255


class ExportPlan:
    """An export's request, checked against the table's schema and ready to run.

    Attributes:
        kind: the kind of file.
        order: gives each row its sort key, and says whether rows must be sorted at all.
        unordered: rows come as they are read: of an attached table, where no order is asked for.
        condition: decides whether a row is selected, None where all are.
        fields: the file's columns.
        stored: makes lines of an attached table's items as they are stored; None where rows are
            made of columns.

    Raises:
        Malformed: the request names what the table does not have, or contradicts itself.

    """

    def __init__(
        self, request: ExportRequest, schema: Schema, attached: Attachment | None = None
    ) -> None:
        kind = self.kind = _kind(request)
        where = parse_json(request.where) if request.where else None
        self.condition = None if where is None else compile_where(where, schema)
        # Attached rows have no order key of ours; without a last key, equal rows could change
        # places between deliveries, and one of them would be missing from the file.
        ties = row_order(attached, schema) if attached else None
        self.order = order_keys(request.order_by, schema, ties)
        self.unordered = attached is not None and not request.order_by
        as_stored = attached is not None and kind.has_types
        chosen = request.include_keys, request.exclude_keys
        self.stored = StoredItems(*chosen) if as_stored else None
        self._request = request
        # Text in the cells of a sheet is never run, and programs that read JSON run nothing.
        heads = _heads(request, schema)
        _check_times(request, schema)
        writer: Callable[..., Writer] = (
            request.defuse_formulas and kind.safe_writer
        ) or kind.writer
        self._make_writer = partial(writer, schema, heads=heads)
        times = request.timestamp_keys
        _check_decimals(request, schema)
        if kind.has_columns:
            self._make_writer = partial(
                self._make_writer, times=times, decimals=request.decimal_keys
            )
            times = ()
        self._writer = self._make_writer()
        self._shape = shape(times, request.time_zone)
        self._shape_columns = shape_columns(times, request.time_zone)
        self.fields = [cast("Field", schema.column(name)) for name in heads]

    def writer(self, rows_written: int) -> Writer:
        """Return a writer of the file that continues behind so many rows."""
        return self._make_writer(rows_written=rows_written)

    @property
    def takes_columns(self) -> bool:
        """Whether rows can be encoded by columns instead of one by one."""
        as_read = self.unordered or self.order.newest_first is not None
        plain = self.condition is None and as_read
        return plain and isinstance(self._writer, ColumnWriter)

    def encode(self, columns: dict[str, Value]) -> bytes:
        """Return a row as the file shows it, by its columns."""
        if self.stored and isinstance(columns, StoredColumns):
            return self.stored.line(columns.item)
        return self._writer.encode(self._shape(columns) if self._shape else columns)

    def encode_columns(self, columns: Sequence[Column]) -> list[bytes]:
        """Encode many rows, given by the columns of `fields`, as `encode` does one by one."""
        names = [field.name for field in self.fields]
        shaped = self._shape_columns(dict(zip(names, columns, strict=True)))
        return cast("ColumnWriter", self._writer).encode_columns(shaped)

    def wants(self, columns: dict[str, Value]) -> bool:
        """Return whether the row meets the condition."""
        return self.condition is None or self.condition(columns)

    @property
    def can_be_shared(self) -> bool:
        """Whether several workers may write stretches of the file.

        Not where one budget would have to stop them all, nor into a file that ends with a directory
        of what is in it.
        """
        plain = not FORMATS[self._request.file_type].packs_itself
        natural = self.unordered or self.order.newest_first is not None
        return plain and natural and not has_budget(limits_of(self._request))

    def window(self, after: str = "", *, above: str = "", up_to: str = "") -> Window:
        """Return the part of the table to read, in the file's order behind the order key `after`.

        Of a stretch of the file, these are the rows whose order keys are greater than `above` and
        not greater than `up_to`, "" for no bound.
        """
        backwards = bool(self.order.newest_first)
        # The text right behind that key: no order key begins with another one.
        bound = up_to and up_to + "0"
        return Window(
            self._request.start,
            self._request.end,
            after=above if backwards else after or above,
            before=after or bound if backwards else bound,
            filter=RowFilter(user) if (user := self._request.row_user) else None,
        )


def too_many_rows(row_cap: int) -> TooManyRows:
    """Return the error of an export that selects more than `row_cap` rows."""
    return TooManyRows(
        f"the export selects more than {row_cap:,} rows; use mode=part with start and end"
    )


def _heads(request: ExportRequest, schema: Schema) -> dict[str, str]:
    """Return the file's columns, in its order, each with its name in the file."""
    include, exclude = request.include_keys, request.exclude_keys
    if include and exclude:
        raise Malformed("include_keys, exclude_keys: give one of the two")
    for parameter, names in (
        ("include_keys", include),
        ("exclude_keys", exclude),
        ("csv_customize_headers", request.heads),
    ):
        for name in names:
            _check_column(parameter, name, schema)
    columns = [name for name in schema.columns if name not in exclude]
    if include:
        listed = list(dict.fromkeys(include))
        columns = listed if request.as_listed else [name for name in columns if name in include]
    if not columns:
        raise Malformed("exclude_keys: leaves no column")
    heads = {name: request.heads.get(name, name) for name in columns}
    _check_heads(heads)
    return heads


def _check_column(parameter: str, name: str, schema: Schema) -> None:
    if name not in schema.columns:
        raise Malformed(f"{parameter}: the table has no column {shown(name)}")


def _check_heads(heads: dict[str, str]) -> None:
    seen: set[str] = set()
    for name, head in heads.items():
        if not 0 < len(head) <= _MAX_HEAD:
            raise Malformed(f"csv_customize_headers: {name}: must have 1 to {_MAX_HEAD} characters")
        # Programs that read CSV by names would keep the last of the two columns.
        if head in seen:
            raise Malformed(f"csv_customize_headers: two columns are named {shown(head)}")
        seen.add(head)


def _check_times(request: ExportRequest, schema: Schema) -> None:
    if request.timestamp_keys and FORMATS[request.file_type].has_types:
        raise Malformed(
            f"timestamp_convert_keys: a {request.file_type} file has values in the types that "
            "they are stored in; leave timestamp_convert_keys out"
        )
    for name in request.timestamp_keys:
        _check_column("timestamp_convert_keys", name, schema)
        field = cast("Field", schema.column(name))
        if field.type is not FieldType.INTEGER or name == "created_by":
            raise Malformed(
                f"timestamp_convert_keys: {name} holds no times; created_at, updated_at and "
                "integer fields can be converted"
            )
    try:
        ZoneInfo(request.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:  # OSError: a folder of zones
        raise Malformed(
            f"time_zone: {shown(request.time_zone)} is no time zone; name one as the IANA does, "
            "such as Europe/Berlin or UTC"
        ) from error


def _check_decimals(request: ExportRequest, schema: Schema) -> None:
    if request.decimal_keys and not FORMATS[request.file_type].has_columns:
        raise Malformed("decimal_keys: is for parquet; other files have every digit as it is")
    for name, places in request.decimal_keys.items():
        _check_column("decimal_keys", name, schema)
        field = cast("Field", schema.column(name))
        if field.type not in _NUMBERS or name in {*request.timestamp_keys, *_TIMES}:
            raise Malformed(f"decimal_keys: {name} holds no numbers; name a number or an integer")
        if not 0 <= places <= MAX_DIGITS:
            raise Malformed(
                f"decimal_keys: {name}: must be 0 to {MAX_DIGITS} digits behind the point"
            )


_NUMBERS = frozenset({FieldType.NUMBER, FieldType.INTEGER})
_TIMES = ("created_at", "updated_at")


def _kind(request: ExportRequest) -> Format:
    kind = FORMATS[request.file_type]
    if request.gzip and kind.packs_itself:
        raise Malformed(f"compress: an {kind.name} file is compressed as it is; leave compress out")
    return gzipped(kind) if request.gzip else kind


def file_key(job: ExportJob) -> str:
    """Return the key of the file that the export makes."""
    return f"exports/{job.id}/{file_name(job, _kind(job.request).suffix)}"
