"""Literals, and whether one may be a field's DEFAULT (contract configurations#create, case 54)."""

import re
from typing import NoReturn

from ferry.errors import InvalidStatement
from ferry.kuiper.sql.cursor import Cursor
from ferry.kuiper.sql.statements import (
    ArrayType,
    BasicType,
    FieldType,
    Literal,
    LiteralKind,
    StructType,
)

_KINDS = {
    "STRING": LiteralKind.STRING,
    "SINGLE": LiteralKind.STRING,
    "TRUE": LiteralKind.BOOLEAN,
    "FALSE": LiteralKind.BOOLEAN,
}
_NUMBERS = {"INTEGER": LiteralKind.INTEGER, "NUMBER": LiteralKind.NUMBER}
_GO_BOOLEANS = frozenset({"1", "t", "T", "TRUE", "true", "True"}) | frozenset(
    {"0", "f", "F", "FALSE", "false", "False"}
)
_INTEGER_TEXT = re.compile(r"[-+]?[0-9]{1,19}|[-+]?0[xX][0-9a-fA-F]{1,16}")
_FLOAT_TEXT = re.compile(r"[-+]?(?:[0-9]++\.?[0-9]*+|\.[0-9]++)(?:[eE][-+]?[0-9]{1,4})?")
_INT64 = 1 << 63


def parse_literal(cursor: Cursor) -> Literal:
    """Read a literal, a minus before a number included."""
    if kind := _KINDS.get(cursor.kind):
        lit = cursor.advance()
        return Literal(kind, lit.lower() if kind is LiteralKind.BOOLEAN else lit)
    sign = "-" if cursor.take("-") else ""
    if cursor.kind not in _NUMBERS:
        cursor.refuse("expect literal in DEFAULT clause.")
    return Literal(_NUMBERS[cursor.kind], sign + cursor.advance())


def check_default(literal: Literal, type_: FieldType, offset: int) -> None:
    """Raise InvalidStatement where `literal` cannot be the default of a field of this type."""
    match type_:
        case ArrayType():
            _refuse("*ast.ArrayType", offset)
        case StructType():
            _refuse("*ast.RecType", offset)
        case BasicType.BYTEA | BasicType.DATETIME:
            _refuse(type_.lower(), offset)
        case BasicType.BIGINT if not _is_integer(literal):
            _refuse_conversion(literal, "int64", offset)
        case BasicType.FLOAT if not _is_float(literal):
            _refuse_conversion(literal, "float64", offset)
        case BasicType.BOOLEAN if not _is_boolean(literal):
            _refuse_conversion(literal, "bool", offset)


def _is_integer(literal: Literal) -> bool:
    if literal.kind in {LiteralKind.NUMBER, LiteralKind.BOOLEAN}:
        return True
    if not _INTEGER_TEXT.fullmatch(literal.text):
        return False
    base = 16 if "x" in literal.text.lower() else 10
    return -_INT64 <= int(literal.text, base) < _INT64


def _is_float(literal: Literal) -> bool:
    if literal.kind is LiteralKind.STRING:
        return bool(_FLOAT_TEXT.fullmatch(literal.text))
    return literal.kind is not LiteralKind.BOOLEAN


def _is_boolean(literal: Literal) -> bool:
    if literal.kind is LiteralKind.STRING:
        return literal.text in _GO_BOOLEANS
    return literal.kind is not LiteralKind.NUMBER


def _refuse(go_type: str, offset: int) -> NoReturn:
    raise InvalidStatement(f"DEFAULT clause is not supported for {go_type}", offset)


def _refuse_conversion(literal: Literal, target: str, offset: int) -> NoReturn:
    source = f"{literal.kind}({literal.text})"
    raise InvalidStatement(f"cannot convert {source} to {target}", offset)
