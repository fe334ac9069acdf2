"""The operators of ``where``, each with what it takes (the table in `ferry.tables.where`). Pure.

An operator makes, of a column and an operand, the test of that column's values; None is a value
that is missing. It raises InvalidValue if the operand is not what it takes, or the column's type
is none that it can be asked of.
"""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from operator import ge, gt, le, lt
from typing import Any

from ferry.tables.comparing import COMPARABLE, ORDERED, Comparable, operand
from ferry.tables.scalars import boolean, text
from ferry.tables.schema import Field, FieldType
from ferry.tables.values import InvalidValue, Value, shown

type Test = Callable[[Value], bool]

MAX_PATTERN_CHARACTERS = 500


def _equal(field: Field, value: Any) -> Test:
    return _among(field, [value])


def _among(field: Field, values: Any) -> Test:
    if not isinstance(values, list):
        raise InvalidValue(f"must be a list of values; it is {shown(values)}")
    wanted: dict[FieldType, set[Comparable]] = {}
    for value in values:
        if value is not None:
            kind = _kind(field, value)
            wanted.setdefault(kind, set()).add(operand(value, kind))
    forms = [(COMPARABLE[kind], operands) for kind, operands in wanted.items()]
    test = _of_elements(field, lambda value: any(form(value) in among for form, among in forms))
    null = None in values
    # A missing value equals null only, whatever the other operands are.
    return lambda value: null if value is None else test(value)


def _compared(compare: Callable[[Any, Any], bool], field: Field, value: Any) -> Test:
    return _of_elements(field, _compares(compare, field, value))


def _range(field: Field, bounds: Any) -> Test:
    if not isinstance(bounds, list) or len(bounds) != 2:
        raise InvalidValue(f"must be [least, greatest]; it is {shown(bounds)}")
    reaches, keeps_within = _compares(ge, field, bounds[0]), _compares(le, field, bounds[1])
    return _of_elements(field, lambda value: reaches(value) and keeps_within(value))


def _compares(compare: Callable[[Any, Any], bool], field: Field, value: Any) -> Test:
    kind = _kind(field, value)
    if kind not in ORDERED:
        raise InvalidValue(f"cannot be asked of {kind}: its values have no order")
    wanted, form = operand(value, kind), COMPARABLE[kind]
    return lambda value: (found := form(value)) is not None and compare(found, wanted)


def _contains(field: Field, value: Any) -> Test:
    part = _text(field, value)
    return _of_elements(field, lambda value: isinstance(value, str) and part in value)


def _contains_in_any_case(field: Field, value: Any) -> Test:
    part = _text(field, value).casefold()
    return _of_elements(field, lambda value: isinstance(value, str) and part in value.casefold())


def _matches(field: Field, value: Any) -> Test:
    # RE2 takes time in proportion to the text whatever the pattern; re can take years.
    import re2  # 35 ms that only this operator needs

    pattern = _text(field, value)
    if len(pattern) > MAX_PATTERN_CHARACTERS:
        raise InvalidValue(f"must be at most {MAX_PATTERN_CHARACTERS} characters long")
    options = re2.Options()
    # RE2 would write the caller's pattern to stderr, and so into the function's log.
    options.log_errors = False
    try:
        search = re2.compile(pattern, options).search
    except re2.error as error:
        reason = error.args[0].decode(errors="replace")
        raise InvalidValue(f"must be a pattern that RE2 takes: {reason}") from error
    return _of_elements(field, lambda value: isinstance(value, str) and bool(search(value)))


def _null(_: Field, value: Any) -> Test:
    null = boolean(value)
    return lambda value: (value is None) is null


def _not(build: Callable[[Field, Any], Test], field: Field, value: Any) -> Test:
    test = build(field, value)
    return lambda value: not test(value)


def _of_elements(field: Field, test: Test) -> Test:
    if field.type is not FieldType.ARRAY:
        return test
    return lambda value: test(value) or (isinstance(value, list) and any(map(test, value)))


def _kind(field: Field, value: Any) -> FieldType:
    """Return the type that an operand compares as: for an array, that of its elements."""
    if field.type is not FieldType.ARRAY:
        return field.type
    if isinstance(value, list):
        return FieldType.ARRAY
    return field.item_type or _KINDS.get(type(value), FieldType.OBJECT)


def _text(field: Field, value: Any) -> str:
    if _kind(field, "") is not FieldType.STRING:
        raise InvalidValue(f"cannot be asked of {field.item_type or field.type}: it is no text")
    return text(value)


_KINDS = {
    str: FieldType.STRING,
    bool: FieldType.BOOLEAN,
    int: FieldType.NUMBER,
    float: FieldType.NUMBER,
    Decimal: FieldType.NUMBER,
}

OPERATORS: dict[str, Callable[[Field, Any], Test]] = {
    "$eq": _equal,
    "$ne": partial(_not, _equal),
    "$in": _among,
    "$nin": partial(_not, _among),
    "$lt": partial(_compared, lt),
    "$lte": partial(_compared, le),
    "$gt": partial(_compared, gt),
    "$gte": partial(_compared, ge),
    "$range": _range,
    "$contains": _contains,
    "$icontains": _contains_in_any_case,
    "$regex": _matches,
    "$isnull": _null,
    "$exists": partial(_not, _null),
}
