"""New rows are put without conditions; a displaced one only once its place is written."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import msgspec
import pytest

from ferry.files.entries import Entry
from ferry.files.formats import FORMATS
from ferry.imports.import_job import ImportJob
from ferry.imports.row_texts.item_texts import row_writer
from ferry.imports.sinks.new import NewRows, NewRowSink
from ferry.imports.sinks.sink import BatchResult
from ferry.tables.schema import Field, FieldType, Schema, Table

NOW = 1_760_000_000
TABLE = Table(
    id=1,
    app_id="a",
    name="t",
    schema=Schema((Field(name="name", type=FieldType.STRING),)),
    created_by=1,
    created_at=0,
    updated_at=0,
)


@dataclass
class Writer:
    """Keeps the sort keys of items in the order in which they were waited for."""

    written: list[str] = field(default_factory=list)

    def group(self) -> "Group":
        return Group(self.written)


@dataclass
class Group:
    """Items that lie in the table once they have been waited for, and perhaps earlier."""

    written: list[str]
    held: list[str] = field(default_factory=list)

    def put(self, items: Sequence[str]) -> None:
        self.held += [msgspec.json.decode(item)["_sk"]["S"] for item in items]

    def wait(self) -> None:
        self.written += self.held
        self.held.clear()


class Nobody:
    """The sink of rows that an earlier worker may have sent: here, there was none."""

    full = False

    def end_batch(self) -> Any:
        return lambda: BatchResult(0, 0, [])


@pytest.mark.parametrize("in_bulk", [True, False])
def test_places_are_written_before_their_rows(in_bulk: bool) -> None:
    form = FORMATS["csv"]
    data = f"name,created_at\na,5\nb,{NOW}\nc,{2**33}\n".encode()
    layout = form.inspect(data, whole=True, schema=TABLE.schema)
    write = row_writer(TABLE, layout, seed="job", user_id=1, now_ms=NOW * 1000)
    writer = Writer()
    job: Any = msgspec.defstruct("Job", ["id", "accepted_at", "user_id"])("job", NOW * 1000, 1)
    sink = NewRowSink(
        NewRows(cast("ImportJob", job), form, TABLE),
        write,
        cast("Any", writer),
        repeated=cast("Any", Nobody()),
        repeated_to=0,
    )

    assert form.bulks
    (bulk,) = form.bulks([data[layout.start.offset :]], layout, layout.start)
    if in_bulk:
        assert not isinstance(bulk, Entry)
        assert sink.add_bulk(bulk) == set()
    else:
        for entry in form.read([data[layout.start.offset :]], layout, layout.start):
            sink.add(entry)
    result = sink.end_batch()()

    assert result.written == 3
    rows = [key for key in writer.written if len(key) == 24]
    places = [key for key in writer.written if len(key) > 24]
    assert len(rows) == 3
    assert [place[:11] for place in places] == ["00000005~68", "g0200000000"]
    for place in places:
        assert writer.written.index(place) < writer.written.index(place[-24:])
