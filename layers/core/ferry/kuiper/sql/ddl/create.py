"""CREATE STREAM and CREATE TABLE (contract configurations#create, cases 40-66)."""

from ferry.kuiper.sql.cursor import Cursor
from ferry.kuiper.sql.ddl.ddl_options import check_options, parse_options
from ferry.kuiper.sql.ddl.literals import check_default, parse_literal
from ferry.kuiper.sql.statements import (
    ArrayType,
    BasicType,
    CreateSource,
    FieldType,
    SourceKind,
    StreamField,
    StructType,
)

_KINDS = {"STREAM": SourceKind.STREAM, "TABLE": SourceKind.TABLE}
_BASIC_TYPES = {type_.value: type_ for type_ in BasicType}
_FIELD_TYPES = (
    "expect valid stream field types(BIGINT | FLOAT | STRING | DATETIME | BOOLEAN | BYTEA "
    "| ARRAY | STRUCT)."
)


def is_create(text: str) -> bool:
    """Return whether the first word of `text` is CREATE; anything else creates no source."""
    return Cursor(text).take_word("CREATE")


def parse_source(text: str) -> CreateSource:
    """Return the stream or table that `text` creates.

    Raises:
        InvalidStatement: in the engine's words, and where.

    """
    cursor = Cursor(text)
    if not cursor.take_word("CREATE"):
        cursor.refuse("expected keyword create.")
    kind = _KINDS.get(cursor.lit.upper()) if cursor.kind == "IDENT" else None
    if kind is None:
        cursor.refuse("expected keyword stream or table.", lit=cursor.lit.upper())
    cursor.advance()
    name = cursor.expect("IDENT", "expected stream name.")
    if cursor.kind != "(":
        cursor.refuse("expected lparen after stream name.")
    fields = _fields(cursor)
    options_at = cursor.offset
    source = CreateSource(kind, name, fields, parse_options(cursor))
    if cursor.kind not in {";", "EOF"}:
        cursor.refuse("expected semicolon or EOF.")
    check_options(source, options_at)
    return source


def _fields(cursor: Cursor) -> tuple[StreamField, ...]:
    """Read `( … )`, the fields of a source or of a STRUCT.

    A list that is empty or ends in a comma must be followed by WITH, wherever it stands: so the
    engine refuses `STRUCT()` (case 61).
    """
    cursor.advance()
    fields: list[StreamField] = []
    while True:
        if cursor.take(")"):
            if cursor.kind != "IDENT" or cursor.lit.upper() != "WITH":
                cursor.refuse("expected is with.")
            return tuple(fields)
        fields.append(_field(cursor))
        if cursor.take(")"):
            _expect_with(cursor)
            return tuple(fields)
        if not cursor.take(","):
            cursor.refuse("expect comma or rparen.")


def _expect_with(cursor: Cursor) -> None:
    """Refuse what follows the fields of a source and is not WITH; the engine shows it in capitals.

    A comma or a bracket is left to the options, which refuse it in other words (case 44).
    """
    word = cursor.lit.upper()
    if not cursor.depth and word != "WITH" and cursor.kind not in {",", ")"}:
        cursor.refuse("expected is with.", lit=word)


def _field(cursor: Cursor) -> StreamField:
    name = cursor.expect("IDENT", "expect stream field name.")
    type_ = _type(cursor, _FIELD_TYPES)
    default_at = cursor.offset
    if not cursor.take("DEFAULT"):
        return StreamField(name, type_)
    literal = parse_literal(cursor)
    check_default(literal, type_, default_at)
    return StreamField(name, type_, literal)


def _type(cursor: Cursor, expected: str) -> FieldType:
    word = cursor.lit.upper() if cursor.kind == "IDENT" else ""
    if basic := _BASIC_TYPES.get(word):
        cursor.advance()
        return basic
    if word not in {"ARRAY", "STRUCT"}:
        cursor.refuse(expected)
    cursor.advance()
    if cursor.kind != "(":
        cursor.refuse(f"expect lparen after {word.lower()}.")
    cursor.descend()
    nested = _array(cursor) if word == "ARRAY" else StructType(_fields(cursor))
    cursor.ascend()
    return nested


def _array(cursor: Cursor) -> ArrayType:
    cursor.advance()
    item = _type(cursor, "expect stream data types.")
    cursor.expect(")", "expect rparen in array of stream definition.")
    return ArrayType(item)
