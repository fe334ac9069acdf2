"""The error message for a JSON file that has no rows of the table. Pure."""

from collections.abc import Sequence
from typing import Any

from ferry.files.entries import Shape
from ferry.files.json.json_reader import named
from ferry.tables.schema import Schema

_MOST_NAMES = 20


def what_it_is(records: Sequence[dict[str, Any]], shape: Shape, schema: Schema) -> str:
    """Return why none of the records is a row, and what to do."""
    first = next((record for record in records if record), {})
    many = shape in {Shape.ARRAY, Shape.MEMBER} or len(records) > 1
    what = "its objects have" if many else "it is one object, with"
    columns = ", ".join(schema.names[:_MOST_NAMES])
    told = f"no record has a column of the table: {what} {named(first)}; the table has {columns}"
    return f"{told}; {_advice(first, schema, many=many)}"


def _advice(first: dict[str, Any], schema: Schema, *, many: bool) -> str:
    names = {name.casefold() for name in schema.names}
    if any(name.casefold() in names for name in first):
        return "names that differ in case match where only one name and one column do; rename them"
    if first.get("type") == "FeatureCollection":
        return "of GeoJSON, send records=features[].properties"
    for name, value in first.items():
        if isinstance(value, dict) and not names.isdisjoint(map(str.casefold, value)):
            if many:
                return f"the rows seem to stand one level deeper: send records=[].{name}"
            return "the rows seem to be its members: send them as a list, [{…},{…}]"
        if isinstance(value, list) and any(isinstance(element, dict) for element in value):
            return f"if its rows are in {name}, send records={name}"
    return 'send a list of rows, such as [{"' + (schema.names or ("name",))[0] + '":…}]'
