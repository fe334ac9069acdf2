"""A place in the tokens of a statement: what recursive descent reads from."""

from typing import NoReturn

from ferry.errors import InvalidStatement
from ferry.kuiper.excerpts import excerpt
from ferry.kuiper.golang.quoting import quote
from ferry.kuiper.sql.lexer import tokens

MAX_DEPTH = 100
"""How deep types and expressions may nest; it keeps recursion far from the interpreter's limit."""


class Cursor:
    """The token to be read next, as `kind` and `lit`, and the way to the one after it."""

    __slots__ = ("_rest", "depth", "kind", "lit", "offset")

    def __init__(self, text: str) -> None:
        self._rest = tokens(text)
        self.depth = 0
        self.kind, self.lit, self.offset = next(self._rest)

    def advance(self) -> str:
        """Step over the token and return what it was called; nothing steps over EOF."""
        lit = self.lit
        self.kind, self.lit, self.offset = next(self._rest)
        return lit

    def take(self, kind: str) -> bool:
        """Step over a token of this kind and return True, or stay."""
        if self.kind != kind:
            return False
        self.advance()
        return True

    def take_word(self, word: str) -> bool:
        """Step over a word that is reserved nowhere, in any case, and return True, or stay."""
        if self.kind != "IDENT" or self.lit.upper() != word:
            return False
        self.advance()
        return True

    def expect(self, kind: str, expected: str) -> str:
        """Step over a token of this kind; raise InvalidStatement with `expected` otherwise."""
        if self.kind != kind:
            self.refuse(expected)
        return self.advance()

    def refuse(self, expected: str, lit: str | None = None) -> NoReturn:
        """Raise InvalidStatement: `found "…", <expected>`, for the token at hand."""
        found = self.lit if lit is None else lit
        raise InvalidStatement(f"found {quote(excerpt(found))}, {expected}", self.offset)

    def descend(self) -> None:
        """Go one level deeper; raise InvalidStatement where that is too deep."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.refuse(f"nested deeper than {MAX_DEPTH} levels.")

    def ascend(self) -> None:
        """Come back one level."""
        self.depth -= 1
