"""Rows of a Parquet file as lines of JSON: what each type of Arrow's is there. Pure.

Only the process that reads a file loads this, and with it the library.
"""

import json
from base64 import b64encode
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from math import isfinite, isnan
from typing import Any, cast
from uuid import UUID

import msgspec
from arro3.core import Array, DataType, Field, RecordBatch

from ferry.errors import InvalidFile
from ferry.files.parquet import footers
from ferry.tables.values import shown


class BatchLines:
    """Makes lines of batches, a member for each column in each, null where unset."""

    def __init__(self, first: RecordBatch, logical: dict[str, int]) -> None:
        names = first.column_names
        if len({*names}) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise InvalidFile(f"the Parquet file has two columns named {shown(twice)}")
        self._readers = [_reader(first.schema.field(name), logical.get(name)) for name in names]
        members = [f"c{number}" for number in range(len(names))]
        rename = dict(zip(members, names, strict=True))
        self._row: Any = msgspec.defstruct("Row", members, rename=rename, gc=False)

    def __call__(self, batch: RecordBatch) -> bytes:
        """Return the batch's rows, a line each."""
        columns = [read(batch.column(at)) for at, read in enumerate(self._readers)]
        return _ENCODER.encode_lines(list(map(self._row, *columns)))


type _ReadColumn = Callable[[Array], Sequence[Any]]


def _reader(field: Field, logical: int | None) -> _ReadColumn:
    kind, name = field.type, str(field.type).partition("<")[2].strip().rstrip(">")
    if (logical, name) in _LOGICAL:
        return _LOGICAL[logical, name]
    # Python's times have microseconds: nanoseconds within others would be cut.
    cut = DataType.is_nested(kind) and "(ns" in name
    if not cut and not any(part in name for part in _UNREADABLE):
        for is_kind, read in _READERS:
            if is_kind(kind):
                return read
    raise InvalidFile(
        f"the column {shown(field.name)} is of the type {name[:200]}, which is not read; leave the "
        "column out, or write it as text"
    )


def _json_texts(array: Array) -> list[Any]:
    return [value if value is None else _json(value) for value in array.to_pylist()]


def _json(text: str) -> Any:
    try:
        msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text  # the rules of its column say what is wrong
    return msgspec.Raw(text.encode().translate(_ONE_LINE))


def _numbers(array: Array) -> list[Any]:
    """Return numbers in the fewest digits that name them; what is none becomes text."""
    texts = array.cast(DataType.string()).to_pylist()
    return [text and (text if text in _NO_NUMBERS else msgspec.Raw(_short(text))) for text in texts]


def _short(text: str) -> str:
    # Whole numbers with gaps come as doubles from pandas, and a column of integers takes no 1.0.
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text


def _moments(array: Array) -> list[Any]:
    try:
        return list(array.cast(DataType.string()).to_pylist())
    except Exception:  # noqa: BLE001 - the library has no type for it
        return [_moment(array.slice(place, 1)) for place in range(len(array))]


def _moment(array: Array) -> str | None:
    """Return the one moment; what lies beyond the years that have a text fails its row."""
    try:
        return cast("str | None", array.cast(DataType.string())[0].as_py())
    except Exception:  # noqa: BLE001 - as above
        whole = DataType.int32() if DataType.is_date32(array.type) else DataType.int64()
        return f"{array.cast(whole)[0].as_py()} {array.type.time_unit or 'days'} since 1970"


def _binary(array: Array) -> list[Any]:
    return [value if value is None else b64encode(value).decode() for value in array.to_pylist()]


def _uuids(array: Array) -> list[Any]:
    return [value if value is None else str(UUID(bytes=value)) for value in array.to_pylist()]


def _nested(array: Array) -> list[Any]:
    return list(map(_plain, array.to_pylist()))


def _plain(value: Any) -> Any:
    """Return a nested value as JSON has it."""
    match value:
        case float() if not isfinite(value):
            value = "NaN" if isnan(value) else str(value)
        case bytes():
            value = b64encode(value).decode()
        case datetime() | date() | time():
            value = value.isoformat().replace("+00:00", "Z")
        case [tuple(), *_]:
            value = _map(value)
        case list():
            value = list(map(_plain, value))
        case dict():
            value = {name: _plain(member) for name, member in value.items()}
    return value


def _map(pairs: list[tuple[Any, Any]]) -> msgspec.Raw:
    # A key that comes twice stays so: the row fails, as in a file of JSON.
    members = (
        json.dumps(key if isinstance(key, str) else str(_plain(key))).encode()
        + b":"
        + _ENCODER.encode(_plain(value))
        for key, value in pairs
    )
    return msgspec.Raw(b"{" + b",".join(members) + b"}")


_ENCODER = msgspec.json.Encoder(decimal_format="number")
_NO_NUMBERS = frozenset({"NaN", "inf", "-inf"})
_ONE_LINE = bytes.maketrans(b"\r\n", b"  ")
_UNREADABLE = ("Interval", "Duration", "Union")
_LOGICAL: dict[tuple[int | None, str], _ReadColumn] = {
    (footers.JSON, "Utf8"): _json_texts,
    (footers.UUID, "FixedSizeBinary(16)"): _uuids,
}
_READERS: tuple[tuple[Callable[[DataType], bool], _ReadColumn], ...] = (
    (DataType.is_string, Array.to_pylist),
    (DataType.is_integer, Array.to_pylist),
    (DataType.is_boolean, Array.to_pylist),
    (DataType.is_null, Array.to_pylist),
    (DataType.is_floating, _numbers),
    (DataType.is_decimal, _numbers),
    (DataType.is_temporal, _moments),
    (DataType.is_binary, _binary),
    (DataType.is_fixed_size_binary, _binary),
    (DataType.is_nested, _nested),
)
