"""SELECT, as far as a configuration needs it: its sources, its calls, and that it is one.

Source: contract configurations#select, cases 68 and 69.
"""

from ferry.errors import InvalidStatement
from ferry.kuiper.sql.cursor import Cursor
from ferry.kuiper.sql.query.calls import Expressions
from ferry.kuiper.sql.statements import Select

_SOURCE_PARTS = frozenset({"IDENT", "/", "#", "+"})
_JOINS = frozenset({"INNER", "LEFT", "RIGHT", "FULL", "CROSS"})


def parse_select(text: str) -> Select:
    """Return the sources and the functions of the SELECT statement `text`.

    Raises:
        InvalidStatement: in the engine's words, and where.

    """
    cursor = Cursor(text)
    cursor.expect("SELECT", "expected SELECT.")
    expressions = Expressions(cursor)
    _fields(expressions)
    cursor.expect("FROM", "expected FROM.")
    sources = [_source(cursor)]
    while cursor.kind in _JOINS:
        sources.append(_join(expressions))
    _clauses(expressions)
    if cursor.kind not in {";", "EOF"}:
        cursor.refuse("expected EOF.")
    return Select(tuple(sources), tuple(expressions.called))


def _fields(expressions: Expressions) -> None:
    _field(expressions)
    while expressions.cursor.take(","):
        _field(expressions)


def _field(expressions: Expressions) -> None:
    cursor = expressions.cursor
    expressions.read()
    if cursor.take("EXCEPT"):
        _parenthesised_fields(expressions)
    if cursor.take("REPLACE"):
        _parenthesised_fields(expressions)
    hidden = cursor.take("INVISIBLE")
    if cursor.take("AS"):
        _alias(cursor)
    if not hidden:
        cursor.take("INVISIBLE")


def _parenthesised_fields(expressions: Expressions) -> None:
    cursor = expressions.cursor
    cursor.expect("(", "expected left paren.")
    cursor.descend()
    _fields(expressions)
    cursor.ascend()
    cursor.expect(")", "expected right paren.")


def _alias(cursor: Cursor) -> None:
    if not cursor.take("("):
        cursor.expect("IDENT", "expected as alias.")
        return
    # a function that yields several columns names each
    cursor.expect("IDENT", "expected as alias.")
    while cursor.take(","):
        cursor.expect("IDENT", "expected as alias.")
    cursor.expect(")", "expected right paren.")


def _source(cursor: Cursor) -> str:
    """Read a source: its tokens are one name, `demo d` is the stream `demod`."""
    parts = []
    while cursor.kind in _SOURCE_PARTS:
        parts.append(cursor.advance())
    if cursor.take("AS"):
        cursor.expect("IDENT", "expected as alias.")
    return "".join(parts)


def _join(expressions: Expressions) -> str:
    cursor = expressions.cursor
    kind = cursor.advance()
    cursor.expect("JOIN", "expected JOIN key word.")
    source = _source(cursor)
    on_at = cursor.offset
    if cursor.take("ON"):
        if kind == "CROSS":
            raise InvalidStatement("On expression is not required for cross join type.\n", on_at)
        expressions.read()
    return source


def _clauses(expressions: Expressions) -> None:
    cursor = expressions.cursor
    if cursor.take("WHERE"):
        expressions.read()
    if cursor.take("GROUP"):
        cursor.expect("BY", "expected BY.")
        expressions.read_list()
    if cursor.take("HAVING"):
        expressions.read()
    if cursor.take("ORDER"):
        cursor.expect("BY", "expected BY.")
        _order(expressions)
    if cursor.take("LIMIT"):
        cursor.expect("INTEGER", "expected integer after LIMIT.")


def _order(expressions: Expressions) -> None:
    cursor = expressions.cursor
    while True:
        expressions.read()
        if cursor.kind in {"ASC", "DESC"}:
            cursor.advance()
        if not cursor.take(","):
            return
