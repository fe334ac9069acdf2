"""Conversions of a file's cells for the row rules, one by one and many at once. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from ferry.files.csv.many_cells import ConvertLines, date_lines, number_lines
from ferry.files.csv.regional import OURS, RegionalNumbers, date_reader, number_reader
from ferry.files.mapping import MappedColumn
from ferry.files.options import ReadingOptions
from ferry.files.transforms import to_cell, value_steps
from ferry.tables.schema import Field, FieldType, Schema

type Cells = Sequence[str | None]
type ConvertCell = Callable[[str], str | None]

_NUMERIC = frozenset({FieldType.NUMBER, FieldType.INTEGER})


class CellConversion(msgspec.Struct, frozen=True):
    """The conversion of one column's cells; empty cells are left alone.

    Attributes:
        cell: makes one; a `Refused` where it cannot be read, None for an empty one.
        value: the same for what is a number, a date or a boolean of a workbook.
        lines: do the same, one after the other, to many cells as the lines of one text; None where
            that cannot be done.
        final: whether what comes out needs no advice on options.

    """

    cell: ConvertCell
    value: ConvertCell
    lines: tuple[ConvertLines, ...] | None = None
    final: bool = False

    def column(self, cells: Cells) -> Cells:
        """Return many cells as `cell` makes them, at once where they are plainly right."""
        made = self._at_once(cells) if self.lines else None
        if made is None:
            return [self.cell(cell) if cell else cell for cell in cells]
        return made

    def _at_once(self, cells: Cells) -> Cells | None:
        if "" in cells:  # an empty text is no empty cell
            return None
        text: str | None = "\n".join([cell or "" for cell in cells])
        for convert in self.lines or ():
            text = convert(text) if text is not None else None
        if text is None:
            return None
        made: list[str | None] = [*text.split("\n")]
        if len(made) != len(cells):  # a cell holds a newline
            return None
        return [cell or None for cell in made] if "" in made else made


def conversions(
    columns: Iterable[str],
    schema: Schema,
    options: ReadingOptions,
    numbers: RegionalNumbers,
    mapped: Mapping[int, MappedColumn],
) -> tuple[tuple[int, CellConversion], ...]:
    """Return the conversions by place in the file; `mapped` are the columns of a mapping."""
    made = []
    for place, name in enumerate(columns):
        field = schema.column(name) if name else None
        kind = field.type if field and field.name in schema.names else None
        conversion = _by_type(kind, options, numbers)
        if (column := mapped.get(place)) and column.transform:
            conversion = transformed(column, field, numbers, behind=conversion)
        if name and options.null_words:
            conversion = _with_null(frozenset(options.null_words), conversion)
        if conversion:
            made.append((place, conversion))
    return tuple(made)


def transformed(
    column: MappedColumn,
    field: Field | None,
    numbers: RegionalNumbers,
    *,
    behind: CellConversion | None = None,
) -> CellConversion:
    """Return the conversion of a column with transforms.

    What comes `behind` is left out where the transforms read numbers or dates themselves.
    """
    steps = value_steps(column, numbers)
    cell, value = to_cell(steps.of_text, field), to_cell(steps.of_value, field)
    if behind is None or steps.typed:
        return CellConversion(cell, value, steps.lines, final=steps.typed)
    lines = (*steps.lines, *behind.lines) if steps.lines and behind.lines else None
    cell, value = _then(cell, behind.cell), _then(value, behind.value)
    return CellConversion(cell, value, lines, final=behind.final)


def _then(first: ConvertCell, second: ConvertCell) -> ConvertCell:
    def convert(cell: str) -> str | None:
        made = first(cell)
        return second(made) if type(made) is str else made

    return convert


def _by_type(
    kind: FieldType | None, options: ReadingOptions, numbers: RegionalNumbers
) -> CellConversion | None:
    if kind is FieldType.DATE and options.date_format:
        read = date_reader(options.date_format)
        return CellConversion(read, read, (date_lines(options.date_format),))
    if kind is FieldType.BOOLEAN and (options.true_words or options.false_words):
        words = _words(options)
        return CellConversion(words, words)
    if kind in _NUMERIC and numbers != OURS:
        number = number_reader(numbers)
        return CellConversion(number, number, (number_lines(numbers),))
    return None


def _words(options: ReadingOptions) -> ConvertCell:
    words = {word.casefold(): "true" for word in options.true_words}
    words |= {word.casefold(): "false" for word in options.false_words}
    return lambda cell: words.get(cell.casefold(), cell)


def _with_null(words: frozenset[str], conversion: CellConversion | None) -> CellConversion:
    def of(convert: ConvertCell) -> ConvertCell:
        return lambda cell: None if cell in words else convert(cell)

    if conversion is None:
        return CellConversion(of(str), of(str))
    return CellConversion(of(conversion.cell), of(conversion.value), final=conversion.final)
