"""The code that writes rows: one Python function, made of the columns and compiled for an import.

What it looks like, of a CSV file with the columns ``name`` and ``amount``::

    def write(rows, first):
        texts = []
        for place, row in enumerate(rows, first):
            try:
                v0, v1, = row
                created = created_at
                if v0 is not None: x0 = f"{before0}{quote(v0)}{after0}"
                else: x0 = absent0
                if v1: x1 = f"{before1}{whole_cell(v1)}{after1}"
                else: x1 = absent1
                row_id = new_id(place)
                head = heads[crc32(row_id.encode()) % shards]
                text = f"{head}{row_id}{order}{created}{row_id}{tail}{x0}{x1}}}"
                if len(text) > 102400 or NUL in text: raise Odd
                texts.append(text)
            except Exception:
                texts.append(None)
        return texts
"""

from collections.abc import Callable, Iterable, Sequence
from json.encoder import encode_basestring as quote
from typing import Any, NamedTuple
from zlib import crc32

import msgspec

from ferry.aws.attributes import MAX_ITEM_BYTES
from ferry.imports.row_texts import plain
from ferry.imports.row_texts.columns import NAMES, Namespace, Writing
from ferry.tables.records import ORDER_DIGITS

type WriteRows = Callable[[Sequence[Any], int], list[str | None]]
"""``(rows, first)`` returns the items of rows, None for each that is not plainly right.

`first` is the number of the first row in its file.
"""

_MOST_CHARACTERS = MAX_ITEM_BYTES // 4
"""No character has more than four bytes, and the text of an item is longer than the item."""


class Column(NamedTuple):
    """A column that rows may give a value.

    Attributes:
        name: of the column.
        writing: how its values are written.
        own: names that this needs.
        absent: the text for a row that does not have it, None where such a row fails.
        null: the same for a row that sets it to nothing.
        takes_empty: an empty cell in quotes is a value.
        orders: it is the row's place in time.

    """

    name: str
    writing: Writing
    own: Namespace
    absent: str | None = ""
    null: str | None = ""
    takes_empty: bool = False
    orders: bool = False


class Frame(NamedTuple):
    """What rows have beside their columns.

    Attributes:
        new_id: returns the id of the row with that number.
        heads: by shard, the text up to the row's id as sort key.
        order: the text between that id and the order key.
        created_at: the creation second as an order key has it, unless a column tells.
        tail: the text of the attributes that are the same in all rows.

    """

    new_id: Callable[[int], str]
    heads: Sequence[str]
    order: str
    created_at: str
    tail: str


_INSIDE = (
    "found += members(v)",
    f"if len(row) > {plain.KEY_CHARACTERS}: check_keys(v)",
)
"""Counts the members of what may hold objects, and checks what of it is not certain."""


def from_cells(columns: Sequence[Column], header: Sequence[str], frame: Frame) -> WriteRows:
    """Return what writes the rows of a CSV file whose columns are `header`."""
    cells = {name: f"v{place}" for place, name in enumerate(header)}
    body = [f"{' '.join(f'v{place},' for place in range(len(header)))} = row"]
    for place, column in enumerate(columns):
        cell = cells.get(column.name, "None")
        given = f"{cell} is not None" if column.takes_empty else cell
        body += [
            f"if {given}: {_value(column, place, column.writing.cell.format(v=cell))}",
            f"else: {_constant(column.absent, f'absent{place}', place)}",
        ]
    return _compiled(columns, body, frame)


def from_lines(columns: Sequence[Column], others: Iterable[str], frame: Frame) -> WriteRows:
    """Return what writes the rows of a JSON Lines file.

    Args:
        columns: the columns.
        others: names of members that do not count.
        frame: what rows have beside their columns.

    """
    ignored = _nameable(others)
    body = [
        f"values, found = decode(row), {len(columns) + len(ignored)}",
    ]
    for place, column in enumerate(columns):
        as_text = column.writing.json_type is msgspec.Raw
        nothing = "v == NULL" if as_text else "v is None"
        lines = [*_INSIDE] if column.writing.holds_members else []
        lines += ['v = str(v, "ascii")'] if as_text else []
        lines += [_value(column, place, column.writing.member.format(v="v"))]
        body += [
            f"v = values.f{place}",
            f"if v is UNSET: found -= 1; {_constant(column.absent, f'absent{place}', place)}",
            f"elif {nothing}: {_constant(column.null, f'null{place}', place)}",
            "else:",
            *(f"    {line}" for line in lines),
        ]
    for place in range(len(columns), len(columns) + len(ignored)):
        body += [f"v = values.f{place}", "if v is UNSET: found -= 1", "else:"]
        body += [f"    {line}" for line in _INSIDE]
    body.append("check_members(row, found)")
    types = {column.name: column.writing.json_type for column in columns} | ignored
    return _compiled(columns, body, frame, decode=_decoder(types).decode)


def _value(column: Column, place: int, expression: str) -> str:
    if column.orders:
        first = f"second = {expression}; created = second.zfill({ORDER_DIGITS}); "
        return first + f'x{place} = f"{{before{place}}}{{second}}{{after{place}}}"'
    return f'x{place} = f"{{before{place}}}{{{expression}}}{{after{place}}}"'


def _constant(text: str | None, name: str, place: int) -> str:
    return "raise Odd" if text is None else f"x{place} = {name}"


def _nameable(names: Iterable[str]) -> dict[str, Any]:
    """Return the names that msgspec can look for; a row with another one is not plainly right."""
    return {name: Any for name in names if name.isprintable() and not {'"', "\\"} & set(name)}


def _decoder(types: dict[str, Any]) -> msgspec.json.Decoder[Any]:
    row_type = msgspec.defstruct(
        "Row",
        [
            (f"f{place}", _optional(json_type), msgspec.UNSET)
            for place, json_type in enumerate(types.values())
        ],
        rename={f"f{place}": name for place, name in enumerate(types)},
        gc=False,
    )
    return msgspec.json.Decoder(row_type, float_hook=plain.decimal)


def _optional(json_type: Any) -> Any:
    # A null has a text, too.
    return json_type | (msgspec.UnsetType if json_type is msgspec.Raw else None | msgspec.UnsetType)


def _compiled(
    columns: Sequence[Column], body: Sequence[str], frame: Frame, **names: Any
) -> WriteRows:
    texts = "".join(f"{{x{place}}}" for place in range(len(columns)))
    lines = [
        "created = created_at",
        *body,
        "row_id = new_id(place)",
        "head = heads[crc32(row_id.encode()) % shards]",
        f'text = f"{{head}}{{row_id}}{{order}}{{created}}{{row_id}}{{tail}}{texts}}}}}"',
        f"if len(text) > {_MOST_CHARACTERS} or NUL in text: raise Odd",
        "texts.append(text)",
    ]
    source = [
        "def write(rows, first):",
        "    texts = []",
        "    for place, row in enumerate(rows, first):",
        "        try:",
        *(f"            {line}" for line in lines),
        # Whatever it is that went wrong, the row rules have the last word on the row.
        "        except Exception:",
        "            texts.append(None)",
        "    return texts",
    ]
    namespace = {**_names(columns), **frame._asdict(), "shards": len(frame.heads), **names}
    exec("\n".join(source), namespace)  # noqa: S102 - of our own making, names of fields only as keys
    write: WriteRows = namespace["write"]
    return write


def _names(columns: Sequence[Column]) -> Namespace:
    names: Namespace = {
        **NAMES,
        "check_keys": plain.check_keys,
        "check_members": plain.check_members,
        "crc32": crc32,
        "members": plain.members,
        "NULL": msgspec.Raw(b"null"),
        "NUL": r"\u0000",
        "Odd": plain.Odd,
        "UNSET": msgspec.UNSET,
    }
    for place, column in enumerate(columns):
        names |= {
            **column.own,
            f"before{place}": f",{quote(column.name)}:{column.writing.before}",
            f"after{place}": column.writing.after,
            f"absent{place}": column.absent,
            f"null{place}": column.null,
        }
    return names
