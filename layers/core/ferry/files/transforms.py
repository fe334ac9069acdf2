"""Transforms: changes of a column's values before the row rules take them. Pure."""

import re
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from ferry.files.csv.many_cells import ConvertLines, date_lines, number_lines, trimmed_lines
from ferry.files.csv.regional import (
    OURS,
    RegionalNumbers,
    date_reader,
    number_reader,
    with_decimal,
)
from ferry.files.mapping import MappedColumn, Transform
from ferry.tables.rows import Refused
from ferry.tables.scalars import number_cell
from ferry.tables.schema import Field, FieldType
from ferry.tables.values import InvalidValue, json_text, shown

type Step = Callable[[Any], Any]
"""Takes a text, or a list that `split` has made; of JSON any value, which it may leave alone."""

_TYPED = frozenset({"number", "date"})
_NUMERIC = frozenset({FieldType.NUMBER, FieldType.INTEGER})
_PLAIN = re.compile(r"[+-]?[0-9]*+(?:\.[0-9]*+)?(?:[eE][+-]?[0-9]{1,3})?", re.ASCII).fullmatch


class ValueSteps(msgspec.Struct, frozen=True):
    """The transforms of one column, compiled.

    Attributes:
        of_text: takes what is text in the file.
        of_value: takes what is a number, a date or a boolean of a workbook: such a value is not
            read anew as a number or a date.
        typed: whether what comes out is a number or a date as the row rules read it.
        lines: what does the same to many cells, as the lines of one text; None if nothing does.

    """

    of_text: Step
    of_value: Step
    typed: bool
    lines: tuple[ConvertLines, ...] | None


def value_steps(column: MappedColumn, numbers: RegionalNumbers = OURS) -> ValueSteps:
    """Compile the transforms of a column.

    Args:
        column: what is asked for.
        numbers: how the file writes its numbers.

    """
    steps = [(each.name, _step(each, numbers)) for each in column.transform]
    untyped = [step for name, step in steps if name not in _TYPED]
    lines = [_lines(each, numbers) for each in column.transform]
    return ValueSteps(
        of_text=_all([step for _, step in steps]),
        of_value=_all(untyped),
        typed=any(name in _TYPED for name, _ in steps),
        lines=tuple(each for each in lines if each) if all(lines) else None,
    )


def to_cell(steps: Step, field: Field | None) -> Callable[[str], str | None]:
    """Return a function from a cell to the cell for the row rules; None is an empty cell."""

    def convert(cell: str) -> str | None:
        value = steps(cell)
        if type(value) is list:
            return json_text(_elements(value, field))
        return value or None

    return convert


def to_member(steps: Step, field: Field | None) -> Callable[[Any], Any]:
    """Return a function from a JSON value to the value for the row rules."""
    numeric = field is not None and field.type in _NUMERIC

    def convert(member: Any) -> Any:
        value = steps(member)
        if type(value) is list:
            return _elements(value, field)
        # A number that was a text in JSON, "12,50", is a number once its mark and unit are read.
        if numeric and type(value) is str and type(member) is str:
            return _number(value)
        return None if value == "" and member != "" else value

    return convert


def bare(text: str, units: Sequence[str]) -> str:
    """Return a number without the unit before or behind it, in any case.

    >>> bare("12,50 KG", ["kg"])
    '12,50'
    """
    text = text.strip()
    folded = text.casefold()
    for unit in units:
        # Folding may lengthen a text ("ß"): then places in one are not places in the other.
        if folded.endswith(unit) and len(folded) == len(text):
            return text[: len(text) - len(unit)].rstrip()
        if folded.startswith(unit) and len(folded) == len(text):
            return text[len(unit) :].lstrip()
    return text


def unitless(column: MappedColumn | None) -> Callable[[str], str]:
    """Return a function that takes the unit off a number, where the column has one."""
    for transform in column.transform if column else ():
        if transform.name == "number":
            units = _folded_units(transform)
            return lambda text: bare(text, units)
    return str


def _folded_units(transform: Transform) -> tuple[str, ...]:
    """Return the units as `bare` wants them, the longest first."""
    return tuple(sorted((unit.strip().casefold() for unit in transform.units), key=len)[::-1])


def _all(steps: Sequence[Step]) -> Step:
    if len(steps) == 1:
        return steps[0]

    def run(value: Any) -> Any:
        for step in steps:
            value = step(value)
            if type(value) is Refused:
                break
        return value

    return run


def _step(transform: Transform, numbers: RegionalNumbers) -> Step:
    match transform.name:
        case "split":
            return _split(transform.by)
        case "join":
            return _join(transform.by)
        case "number":
            return _each(_read_number(transform, numbers))
        case "date":
            return _each(_read_date(transform.by))
    return _each(_TEXTS[transform.name])


def _each(of_text: Callable[[str], str]) -> Step:
    """Return a step that applies `of_text` to a text, or to each text of a list."""

    def step(value: Any) -> Any:
        if type(value) is str:
            return of_text(value)
        if type(value) is list:
            made = [of_text(each) if type(each) is str else each for each in value]
            return next((each for each in made if type(each) is Refused), made)
        return value

    return step


def _lines(transform: Transform, numbers: RegionalNumbers) -> ConvertLines | None:
    match transform.name:
        case "trim":
            return trimmed_lines
        case "upper":
            return str.upper
        case "lower":
            return str.lower
        case "number":
            numbers = with_decimal(transform.decimal) if transform.decimal else numbers
            return number_lines(numbers, _folded_units(transform))
        case "date":
            return date_lines(transform.by)
    return None


def _title(text: str) -> str:
    return " ".join(word[:1].upper() + word[1:].lower() for word in text.split(" "))


_TEXTS: dict[str, Callable[[str], str]] = {
    "trim": str.strip,
    "upper": str.upper,
    "lower": str.lower,
    "title": _title,
}


def _split(by: str) -> Step:
    def step(value: Any) -> Any:
        if type(value) is not str:
            return value
        return [part for each in value.split(by) if (part := each.strip())]

    return step


def _join(by: str) -> Step:
    def step(value: Any) -> Any:
        if type(value) is not list:
            return value
        return by.join(each if type(each) is str else json_text(each) for each in value)

    return step


def _read_number(transform: Transform, numbers: RegionalNumbers) -> Callable[[str], str]:
    units = _folded_units(transform)
    if transform.decimal:
        numbers = with_decimal(transform.decimal)
    read = number_reader(numbers) if numbers != OURS else str
    told = "kg" if not units else transform.units[0]

    def step(text: str) -> str:
        number = bare(text, units)
        made = read(number)
        if type(made) is Refused or not number or not _PLAIN(made):
            return Refused.because(text, _no_number(text, made, units, told))
        return made

    return step


def _no_number(text: str, made: str, units: Sequence[str], told: str) -> str:
    if type(made) is Refused and made.reason.startswith("may be one of two"):
        return (
            f"may be one of two numbers, {shown(text)}: say what its decimal mark is, "
            '{"number": {"unit": "' + told + '", "decimal": ","}} or "."'
        )
    if units:
        return f"must be a number with or without the unit {', '.join(units)}; it is {shown(text)}"
    return (
        f"must be a number; it is {shown(text)}; a unit must be named, such as "
        '{"number": {"unit": "kg", "decimal": ","}}'
    )


def _read_date(date_format: str) -> Callable[[str], str]:
    read = date_reader(date_format)
    return lambda text: read(text.strip())


def _number(text: str) -> Any:
    try:
        number = number_cell(text)
    except InvalidValue:
        return text
    return int(number) if number == number.to_integral_value() else number


def _elements(values: list[Any], field: Field | None) -> list[Any]:
    """Return the elements of a list, as numbers where the table's column holds numbers."""
    if field is None or field.item_type not in _NUMERIC:
        return values
    return [_number(each) if type(each) is str else each for each in values]
