"""The schema that a file's columns tell, and the options by which it goes in. Pure."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

import msgspec

from ferry.tables.inference import InferredColumn
from ferry.tables.schema import BUILT_IN_COLUMNS, Field, FieldType

_UNFIT = re.compile(r"[^A-Za-z0-9]++")
_LONGEST = 60
_LETTERS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"}
)


class ProposedField(msgspec.Struct, frozen=True):
    """A field for a column of the file.

    Attributes:
        source: the column of the file.
        field: the field.
        date_format: in which the column's dates are written, "" for ISO 8601.

    """

    source: str
    field: Field
    date_format: str = ""


def proposed(
    columns: Sequence[InferredColumn], formats: dict[str, list[str]], taken: Sequence[str] = ()
) -> list[ProposedField]:
    """Return a field for each column; `taken` are names that a field cannot have.

    Args:
        columns: of the file.
        formats: in which the dates of a column of texts may be written.
        taken: names of the table's fields.

    """
    names = {*taken, *BUILT_IN_COLUMNS}
    made = []
    for number, column in enumerate(columns, start=1):
        name = _free(field_name(column.name) or f"column_{number}", names)
        names.add(name)
        found = formats.get(column.name, [])
        dates = found[0] if len(found) == 1 else ""
        kind = FieldType.DATE if dates else column.type
        made.append(ProposedField(column.name, Field(name=name, type=kind), dates))
    return made


def mapping_of(fields: Sequence[ProposedField]) -> dict[str, Any]:
    """Return the `columns` by which a file goes into a table of these fields."""
    mapping: dict[str, Any] = {}
    for it in fields:
        if it.date_format:
            mapping[it.source] = {"to": it.field.name, "transform": {"date": it.date_format}}
        elif it.source != it.field.name:
            mapping[it.source] = it.field.name
    return mapping


def field_name(name: str) -> str:
    """Return the name of a field for a column of that name, "" if nothing of it is left.

    >>> field_name("Artikel-Nr. (groß)")
    'Artikel_Nr_gross'
    """
    plain = unicodedata.normalize("NFKD", name.translate(_LETTERS))
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    made = _UNFIT.sub("_", plain).strip("_")[:_LONGEST]
    if not made or made.isdigit() or len(re.sub(r"[\W_]", "", plain)) > 2 * len(made):
        return ""
    return made if made[0].isalpha() else f"c_{made}"


def _free(name: str, taken: set[str]) -> str:
    made, number = name, 2
    if name in BUILT_IN_COLUMNS:
        made = name = f"file_{name}"
    while made in taken:
        made, number = f"{name}_{number}", number + 1
    return made
