"""The vectors' table: a field of every type, and rows of it for hypothesis to draw."""

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from ferry.tables.schema import Constraints, Field, FieldType, Schema

GOODS = Schema(
    (
        Field(name="name", type=FieldType.STRING, constraints=Constraints(required=True)),
        Field(name="price", type=FieldType.NUMBER),
        Field(name="amount", type=FieldType.INTEGER, default=5),
        Field(name="on", type=FieldType.BOOLEAN),
        Field(name="desc", type=FieldType.ARRAY, items={"type": "string"}),
        Field(name="obj", type=FieldType.OBJECT),
        Field(name="geo", type=FieldType.GEOJSON, coordinate_type="gcj02"),
        Field(name="due", type=FieldType.DATE),
        Field(name="owner", type=FieldType.REFERENCE, schema_name="users"),
        Field(name="photo", type=FieldType.FILE),
        Field(name="code", type=FieldType.STRING),
    )
)

CHARACTERS = st.characters(codec="utf-8", exclude_characters="\0")
TEXT = st.text(CHARACTERS, max_size=12)
INTEGERS = st.integers(-(10**38) + 1, 10**38 - 1)
DECIMALS = st.builds(
    lambda digits, exponent: Decimal(f"{digits}E{exponent}"),
    INTEGERS,
    st.integers(-130, 87),
)
COORDINATES = st.tuples(st.integers(-180, 180), st.integers(-90, 90)).map(list)
KEYS = st.text(CHARACTERS, min_size=1, max_size=6)
NESTED = st.recursive(
    st.none() | st.booleans() | INTEGERS | DECIMALS | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)

_SET: dict[str, st.SearchStrategy[Any]] = {"name": TEXT, "amount": INTEGERS}
_OPTIONAL: dict[str, st.SearchStrategy[Any]] = {
    "price": DECIMALS,
    "on": st.booleans(),
    "desc": st.lists(TEXT, max_size=3),
    "obj": st.dictionaries(KEYS, NESTED, max_size=3),
    "geo": COORDINATES.map(lambda position: {"type": "Point", "coordinates": position}),
    "due": st.datetimes().map(lambda moment: f"{moment.isoformat()}+08:00"),
    "owner": st.from_regex(r"[0-9a-f]{24}", fullmatch=True).map(
        lambda record_id: {"id": record_id, "_table": "users"}
    ),
    "photo": st.dictionaries(KEYS, TEXT, max_size=2),
    "code": TEXT,
}
_GIVEN: dict[str, st.SearchStrategy[Any]] = {
    "id": st.from_regex(r"[0-9a-f]{24}", fullmatch=True),
    "created_by": st.integers(0, 10**12),
    "created_at": st.integers(0, 10**11 - 1),
    "updated_at": st.integers(0, 10**11 - 1),
    "read_perm": st.lists(TEXT, max_size=2),
    "write_perm": st.lists(TEXT, max_size=2),
}

FIELDS = st.fixed_dictionaries(_SET, optional=_OPTIONAL)
"""The fields of a row; what has a default is set, since CSV cannot tell null from unset."""
GIVEN = st.fixed_dictionaries({}, optional=_GIVEN)
"""The built-in columns of a row."""
