"""Statements written back: `parse_source(print_source(source)) == source`."""

from ferry.kuiper.golang.quoting import quote
from ferry.kuiper.sql.lexer import is_plain_name
from ferry.kuiper.sql.statements import (
    ArrayType,
    BasicType,
    CreateSource,
    FieldType,
    Literal,
    LiteralKind,
    StreamField,
)


def print_source(source: CreateSource) -> str:
    """Return the CREATE statement of `source`, in one line."""
    fields = ", ".join(map(_field, source.fields))
    options = ", ".join(f"{name}={quote(value)}" for name, value in source.options.items())
    return f"CREATE {source.kind.upper()} {_name(source.name)} ({fields}) WITH ({options})"


def _field(field: StreamField) -> str:
    default = f" DEFAULT {_literal(field.default)}" if field.default else ""
    return f"{_name(field.name)} {_type(field.type)}{default}"


def _type(type_: FieldType) -> str:
    match type_:
        case BasicType():
            return type_.value
        case ArrayType(item):
            return f"ARRAY({_type(item)})"
        case _:
            return f"STRUCT({', '.join(map(_field, type_.fields))})"


def _literal(literal: Literal) -> str:
    return quote(literal.text) if literal.kind is LiteralKind.STRING else literal.text


def _name(name: str) -> str:
    return name if is_plain_name(name) else f"`{name}`"
