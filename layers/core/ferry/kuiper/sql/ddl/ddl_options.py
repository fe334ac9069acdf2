"""The options after WITH: their names, the values each takes, and what must hold among them."""

from collections.abc import Callable, Mapping

from ferry.errors import InvalidJson, InvalidStatement
from ferry.kuiper.gojson.go_scanner import check
from ferry.kuiper.sql.cursor import Cursor
from ferry.kuiper.sql.statements import BasicType, CreateSource, SourceKind

_NAMES = (
    "DATASOURCE|FORMAT|KEY|CONF_KEY|SHARED|STRICT_VALIDATION|TYPE|TIMESTAMP|TIMESTAMP_FORMAT"
    "|RETAIN_SIZE|SCHEMAID|EXTRA|VERSION|TEMP|KIND|DELIMITER"
)
OPTION_NAMES = tuple(_NAMES.split("|"))
_KNOWN = frozenset(OPTION_NAMES)
_FORMATS = frozenset({"json", "binary", "delimited", "urlencoded", "protobuf"})


def parse_options(cursor: Cursor) -> dict[str, str]:
    """Read `WITH ( … )`; between options commas are noise (case 56)."""
    if not cursor.take_word("WITH") or not cursor.take("("):
        cursor.refuse("expect stream options.")
    options: dict[str, str] = {}
    while not cursor.take(")"):
        if cursor.take(","):
            continue
        name = cursor.lit.upper()
        if cursor.kind != "IDENT" or name not in _KNOWN:
            cursor.refuse(f"unknown option keys({_NAMES}).", lit=name)
        cursor.advance()
        cursor.expect("=", "expect equals(=) in options.")
        if cursor.kind not in {"STRING", "TRUE", "FALSE"}:
            cursor.refuse("expect string or boolean value in option.")
        options[name] = _VALUES.get(name, _as_written)(cursor, name)
        cursor.advance()
    return options


def check_options(source: CreateSource, offset: int) -> None:
    """Raise InvalidStatement where options contradict each other or the fields.

    Source: contract configurations#create; cases 53, 55, 60.
    """
    options = source.options
    lookup = source.kind is SourceKind.TABLE and options.get("KIND") == "lookup"
    if lookup and options.get("TYPE") == "memory" and not options.get("KEY"):
        raise InvalidStatement('Option "key" is required for memory lookup table.', offset)
    format_ = options.get("FORMAT", "").lower() or "json"
    if format_ not in _FORMATS:
        raise InvalidStatement(f"option 'format={format_}' is invalid", offset)
    if format_ == "binary":
        _check_binary(source, offset)


def _check_binary(source: CreateSource, offset: int) -> None:
    if source.kind is SourceKind.TABLE:
        raise InvalidStatement("'binary' format is not supported for table", offset)
    if len(source.fields) > 1:
        raise InvalidStatement("'binary' format stream can have only one field", offset)
    if source.fields and source.fields[0].type is not BasicType.BYTEA:
        raise InvalidStatement("'binary' format stream can have only 'bytea' type field", offset)


def _as_written(cursor: Cursor, _name: str) -> str:
    return cursor.lit


def _lowered(cursor: Cursor, _name: str) -> str:
    return cursor.lit.lower()


def _boolean(cursor: Cursor, name: str) -> str:
    if cursor.lit.lower() not in {"true", "false"}:
        cursor.refuse(f"expect TRUE/FALSE value in {name} option.")
    return cursor.lit.lower()


def _number(cursor: Cursor, name: str) -> str:
    digits = cursor.lit.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()):
        cursor.refuse(f"expect number value in {name} option.")
    return cursor.lit


def _json(cursor: Cursor, name: str) -> str:
    try:
        check(cursor.lit)
    except InvalidJson as fault:
        message = f"invalid {name.lower()} option, expect JSON string"
        raise InvalidStatement(message, cursor.offset) from fault
    return cursor.lit


_VALUES: Mapping[str, Callable[[Cursor, str], str]] = {
    "STRICT_VALIDATION": _boolean,
    "SHARED": _boolean,
    "TEMP": _boolean,
    "RETAIN_SIZE": _number,
    "KIND": _lowered,
    "VERSION": _lowered,
    "EXTRA": _json,
}
