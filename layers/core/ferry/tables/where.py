"""``where``: which rows are meant (contracts 4 and 7). Pure.

A condition is an object. All its members must hold:

* ``{"price": 1}``: the column equals the value, as does ``{"price": {"$eq": 1}}``
* ``{"price": {"$gt": 1, "$lt": 5}}``: every operator holds
* ``{"$and": [..]}``, ``{"$or": [..]}``: all, or at least one, of the conditions hold

| operator | operand | types |
|---|---|---|
| ``$eq $ne`` | a value, or null for none | every |
| ``$in $nin`` | a list of those | every |
| ``$lt $lte $gt $gte`` | a value | string, integer, number, boolean, date |
| ``$range`` | ``[least, greatest]``, both included | the same |
| ``$contains $icontains`` | text; the second is blind to case | string |
| ``$regex`` | an RE2 pattern, found anywhere in the text | string |
| ``$isnull $exists`` | true or false; each is the other's contrary | every |

A column without a value is null. It passes ``$ne`` and ``$nin`` as what is not equal does, and
no comparison. An array passes as a whole or by one of its elements: ``{"tags": "new"}``. How
values compare is in `ferry.tables.comparing`. Operators on places (``$within``) are refused.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ferry.errors import Malformed
from ferry.tables.operators import OPERATORS
from ferry.tables.schema import Field, Schema
from ferry.tables.values import InvalidValue, Value, shown

type Condition = Callable[[Mapping[str, Value]], bool]

MAX_DEPTH = 8
"""``$and`` and ``$or`` inside one another."""

MAX_TESTS = 100
"""Operators in one condition; an empty object counts as one."""


def compile_where(where: object, schema: Schema) -> Condition:
    """Return a predicate on a row, its columns by name.

    Args:
        where: the condition as `values.parse_json` gives it.
        schema: of the table whose rows it is about.

    Raises:
        Malformed: an operator or a column is unknown, an operand is of the wrong type, or the
            condition is too large; the message names which.

    """
    return _Compiler(schema).condition(where, MAX_DEPTH)


class _Compiler:
    """Compiles one condition."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._tests_left = MAX_TESTS

    def condition(self, where: Any, depth: int) -> Condition:
        if not isinstance(where, dict):
            raise Malformed(
                f'where: must be an object, such as {{"price":{{"$gt":1}}}}; it is {shown(where)}'
            )
        if not where:  # each costs time at every row, though it tests nothing
            self._spend()
        return _all([self._member(name, value, depth) for name, value in where.items()])

    def _member(self, name: str, value: Any, depth: int) -> Condition:
        if join := _JOINS.get(name):
            if depth == 0:
                raise Malformed(f"where: {name} must be nested at most {MAX_DEPTH} levels deep")
            if not isinstance(value, list) or not value:
                raise Malformed(f"where: {name} must be a list of conditions; it is {shown(value)}")
            return join([self.condition(branch, depth - 1) for branch in value])
        if name.startswith("$"):
            raise Malformed(f"where: {name} is no operator here; $and and $or are")
        field = self._schema.column(name)
        if field is None:
            raise Malformed(f"where: the table has no column {shown(name)}")
        return _all([self._test(field, *test) for test in _operators(value)])

    def _test(self, field: Field, operator: str, value: Any) -> Condition:
        self._spend()
        build = OPERATORS.get(operator)
        if build is None:
            raise Malformed(f"where: {field.name}: {operator} is no operator; {_KNOWN} are")
        try:
            test = build(field, value)
        except InvalidValue as error:
            raise Malformed(f"where: {field.name}: {operator} {error}") from error
        return lambda columns: test(columns.get(field.name))

    def _spend(self) -> None:
        self._tests_left -= 1
        if self._tests_left < 0:
            raise Malformed(f"where: at most {MAX_TESTS} operators")


def _operators(value: Any) -> list[tuple[str, Any]]:
    # An object without operators is a value to equal: a pointer, an object field's.
    if isinstance(value, dict) and any(key.startswith("$") for key in value):
        return list(value.items())
    return [("$eq", value)]


def _all(conditions: Sequence[Condition]) -> Condition:
    if len(conditions) == 1:
        return conditions[0]
    return lambda columns: all(condition(columns) for condition in conditions)


def _any(conditions: Sequence[Condition]) -> Condition:
    return lambda columns: any(condition(columns) for condition in conditions)


_JOINS: dict[str, Callable[[Sequence[Condition]], Condition]] = {"$and": _all, "$or": _any}
_KNOWN = ", ".join(OPERATORS)
