"""Expressions, as far as a configuration needs them: where they end, and what they call.

Precedence does not matter to that, so an expression is operands with operators between them. The
rest of the grammar of contract configurations#select is followed; functions need not exist.
"""

from ferry.kuiper.sql.cursor import Cursor
from ferry.kuiper.sql.lexer import tokens

_ARITHMETIC = {"+", "-", "*", "/", "%", "&", "|", "^"}
_COMPARISONS = {"=", "!=", "<", "<=", ">", ">="}
_BINARY = frozenset(_ARITHMETIC | _COMPARISONS | {"AND", "OR", "LIKE", "BETWEEN", "IN"})
_NEGATABLE = frozenset({"LIKE", "BETWEEN", "IN"})
_TIME_UNITS = {"DD", "HH", "MI", "SS", "MS"}
_CONSTANTS = frozenset({"STRING", "SINGLE", "INTEGER", "NUMBER", "TRUE", "FALSE"} | _TIME_UNITS)


def functions_called(text: str) -> tuple[str, ...]:
    """Return the functions that `text` calls: the names before parentheses. Any text will do."""
    called: dict[str, None] = {}
    name = None
    for kind, lit, _ in tokens(text):
        if kind == "(" and name is not None:
            called[name] = None
        name = lit.lower() if kind == "IDENT" else None
    return tuple(called)


class Expressions:
    """Reads expressions at a cursor and remembers the functions that they call."""

    def __init__(self, cursor: Cursor) -> None:
        self.cursor = cursor
        self.called: dict[str, None] = {}

    def read(self) -> None:
        """Step over one expression."""
        self.cursor.descend()
        self._operand()
        while self._operator():
            self._operand()
        self.cursor.ascend()

    def read_list(self) -> None:
        """Step over one expression or more, with commas between them."""
        self.read()
        while self.cursor.take(","):
            self.read()

    def _operator(self) -> bool:
        cursor = self.cursor
        if cursor.take("NOT"):
            if cursor.kind not in _NEGATABLE:
                cursor.refuse("expected expression.")
            cursor.advance()
            return True
        if cursor.kind not in _BINARY:
            return False
        cursor.advance()
        return True

    def _operand(self) -> None:
        cursor = self.cursor
        # A loop, for `- - - …` has no end that a recursion would survive.
        while cursor.kind in {"NOT", "-"}:
            cursor.advance()
        if cursor.kind in _CONSTANTS:
            cursor.advance()
        elif cursor.kind == "IDENT":
            self._name_or_call()
        elif cursor.take("("):
            self.read_list()
            self._close()
        elif cursor.take("CASE"):
            self._case()
        elif not cursor.take("*"):
            cursor.refuse("expected expression.")
        self._parts()

    def _parts(self) -> None:
        """Step over what selects a part: `.name`, `->name`, `[index]`, `[from:to]`."""
        cursor = self.cursor
        while True:
            if cursor.take("."):
                if not cursor.take("*"):
                    cursor.expect("IDENT", "expected field name.")
            elif cursor.take("->"):
                if cursor.kind not in {"IDENT", "STRING"}:
                    cursor.refuse("expected field name.")
                cursor.advance()
            elif cursor.take("["):
                self._index()
            else:
                return

    def _index(self) -> None:
        cursor = self.cursor
        if cursor.kind != ":":
            self.read()
        if cursor.take(":") and cursor.kind != "]":
            self.read()
        cursor.expect("]", "expected right bracket.")

    def _name_or_call(self) -> None:
        cursor = self.cursor
        name = cursor.advance()
        if not cursor.take("("):
            return
        self.called[name.lower()] = None
        if cursor.kind != ")":
            self.read_list()
        self._close()
        if cursor.take("FILTER"):
            self._open()
            cursor.expect("WHERE", "expected WHERE.")
            self.read()
            self._close()
        if cursor.take("OVER"):
            self._over()

    def _over(self) -> None:
        cursor = self.cursor
        self._open()
        if cursor.take("PARTITION"):
            cursor.expect("BY", "expected BY.")
            self.read_list()
        if cursor.take("WHEN"):
            self.read()
        self._close()

    def _case(self) -> None:
        cursor = self.cursor
        if cursor.kind != "WHEN":
            self.read()
        if cursor.kind != "WHEN":
            cursor.refuse("expected WHEN.")
        while cursor.take("WHEN"):
            self.read()
            cursor.expect("THEN", "expected THEN.")
            self.read()
        if cursor.take("ELSE"):
            self.read()
        cursor.expect("END", "expected END.")

    def _open(self) -> None:
        self.cursor.expect("(", "expected left paren.")

    def _close(self) -> None:
        self.cursor.expect(")", "expected right paren.")
