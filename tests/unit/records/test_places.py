"""Rows stand in the order of creation, then of ids, whatever `created_at` they have."""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from ferry.aws.attributes import Item, decode
from ferry.records.places import is_displaced, move_place, place_item, with_order
from ferry.records.reading.placed import KEYS, holds_displaced, put_in_order
from ferry.records.reading.windows import Window
from ferry.records.store import item, read_item
from ferry.tables.records import Record, first_order, order_key
from ferry.tables.schema import Schema, Table

TABLE = Table(
    id=1, app_id="a", name="t", schema=Schema(), created_by=1, created_at=0, updated_at=0, shards=1
)
SECONDS = st.one_of(
    st.integers(0, 3),
    st.integers(2**32 - 2, 2**32 + 2),
    st.integers(10**11 - 2, 10**11 - 1),
    st.integers(0, 10**11 - 1),
)
IDS = st.builds(
    lambda second, rest: f"{second:08x}{rest:016x}",
    st.one_of(st.integers(0, 3), st.integers(2**32 - 3, 2**32 - 1), st.integers(0, 2**32 - 1)),
    st.integers(0, 2**64 - 1) | st.integers(0, 2),
)
PLACES = st.tuples(SECONDS, IDS)


@given(one=PLACES, other=PLACES)
def test_order_keys_sort_by_second_then_by_id(one: tuple[int, str], other: tuple[int, str]) -> None:
    assert (order_key(*one) < order_key(*other)) == (one < other)
    assert (order_key(*one) == order_key(*other)) == (one == other)


@given(place=PLACES, second=SECONDS)
def test_a_second_lies_before_its_keys_and_behind_all_earlier_ones(
    place: tuple[int, str], second: int
) -> None:
    assert (first_order(second) < order_key(*place)) == (second <= place[0])


@given(start=SECONDS, end=SECONDS, places=st.lists(PLACES))
def test_a_window_holds_the_rows_of_its_seconds(
    start: int, end: int, places: list[tuple[int, str]]
) -> None:
    start, end = sorted([start, end])
    low, high = Window(start, end).bounds

    held = [place for place in places if low <= order_key(*place) <= high]

    assert held == [(second, id_) for second, id_ in places if start <= second < end]


@given(one=PLACES, other=PLACES)
def test_a_window_goes_on_behind_a_row_and_ends_before_one(
    one: tuple[int, str], other: tuple[int, str]
) -> None:
    key, other_key = order_key(*one), order_key(*other)

    low, high = Window(after=key).bounds
    assert (low <= other_key <= high) == (other > one)
    low, high = Window(before=key).bounds
    assert (low <= other_key <= high) == (other < one)


@given(places=st.dictionaries(IDS, SECONDS, max_size=30), backwards=st.booleans())
def test_a_page_has_each_row_once_and_in_order(places: dict[str, int], backwards: bool) -> None:
    records = [_record(row_id, second) for row_id, second in places.items()]
    stored = _Stored(records)

    body = put_in_order(stored.page(backwards=backwards), stored.find)

    page = msgspec.json.decode(body, type=_Page)
    by_order = sorted(records, key=lambda row: (row.created_at, row.id), reverse=backwards)
    assert list(map(read_item, page.Items)) == by_order
    assert [KEYS.decode(raw).order for raw in page.Items] == [row.order for row in by_order]
    assert page.Count == len(stored.items)


def test_places_of_rows_that_are_gone_or_have_moved_are_skipped() -> None:
    moved, gone = _record("1" * 24, 5), _record("2" * 24, 5)
    stored = _Stored([moved, gone])
    stored.items[moved.id] = item(TABLE, _record(moved.id, 6))
    del stored.items[gone.id]

    page = msgspec.json.decode(put_in_order(stored.page(), stored.find), type=_Page)

    assert page.Items == []


def test_a_page_of_places_ends_where_their_rows_have_a_megabyte() -> None:
    records = [_record(f"{number:024x}", 9, text="x" * 300_000) for number in range(120)]
    stored = _Stored(records)

    page = msgspec.json.decode(put_in_order(stored.page(), stored.find), type=_Page)

    # The rows come first, at their ids, and are skipped; behind them come the places.
    assert page.Count == 150
    assert len(page.Items) == 30
    assert page.LastEvaluatedKey == {"_pk": {"S": "1#0"}, "_sk": {"S": records[29].order}}


def test_only_pages_with_displaced_rows_are_opened() -> None:
    in_place = _record(f"{7:08x}{1:016x}", 7, text='"_order" and "_place_of"')

    assert not holds_displaced(_Stored([in_place]).page())
    assert holds_displaced(_Stored([_record("1" * 24, 7)]).page())


@given(row_id=IDS, before=SECONDS, after=SECONDS)
def test_a_row_that_moves_has_its_new_place_alone(row_id: str, before: int, after: int) -> None:
    old, new = item(TABLE, _record(row_id, before)), item(TABLE, _record(row_id, after))
    key = {name: old[name] for name in ("_pk", "_sk")}
    stored = [place_item(old)] if is_displaced(old) else []

    for action in move_place("t", key, _record(row_id, before).place, _record(row_id, after).place):
        if "Put" in action:
            stored.append(dict(action["Put"]["Item"]))
        else:
            stored = [one for one in stored if one["_sk"] != action["Delete"]["Key"]["_sk"]]

    assert stored == ([place_item(new)] if is_displaced(new) else [])
    assert with_order({**old, "created_at": new["created_at"]}).get("_order") == new.get("_order")


class _Page(msgspec.Struct):
    Count: int
    Items: list[msgspec.Raw]
    LastEvaluatedKey: Item | None = None


class _Stored:
    """A shard's items, as DynamoDB has them."""

    def __init__(self, records: Iterable[Record]) -> None:
        rows = [item(TABLE, record) for record in records]
        rows += [place_item(row) for row in rows if is_displaced(row)]
        self.items = {decode(row["_sk"]): row for row in rows}

    def page(self, *, backwards: bool = False) -> bytes:
        items = [self.items[key] for key in sorted(self.items, reverse=backwards)]
        return msgspec.json.encode({"Items": items, "Count": len(items)})

    def find(self, keys: Iterable[Item], names: Any = ()) -> Iterator[Item]:
        assert not names
        yield from (self.items[k] for key in keys if (k := decode(key["_sk"])) in self.items)


def _record(row_id: str, second: int, **fields: str) -> Record:
    return Record(
        id=row_id,
        created_by=1,
        created_at=second,
        updated_at=second,
        read_perm=[],
        write_perm=[],
        written_at=1,
        fields=dict(fields),
    )
