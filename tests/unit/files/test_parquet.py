"""Parquet files: what other programs write, what is written for them, and what is refused.

The samples beside this file:

* pyarrow.parquet, spark.parquet: pyarrow 26.0.1, two row groups of zstd; and with ``flavor=spark``,
  INT96 times and snappy
* duckdb.parquet: DuckDB 2.0.1, version 2 of the format, gzip
* list_bomb.parquet, text_bomb.parquet: a list of 200,000,000 nulls in 538 bytes; a million times
  the same megabyte of text in 2,726
"""

import io
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import arro3.io
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ferry.errors import DoesNotFit, InvalidFile
from ferry.files.format import Means
from ferry.files.parquet import reading
from ferry.files.parquet.compact import boolean, i32, i64, listed, struct, text
from ferry.files.parquet.footers import MOST_FOOTER_BYTES
from ferry.files.position import Position
from ferry.imports.import_job import ImportOptions
from ferry.imports.source import Source
from ferry.tables.schema import Field, FieldType, Schema
from tests.parquet_files import parquet_file, parquet_lines
from tests.unit.goods import TEXT

SAMPLES = Path(__file__).parent
KEYED = Schema((Field(name="n", type=FieldType.INTEGER),), built_in=False)
PRICED = Schema(
    (
        Field(name="name", type=FieldType.STRING),
        Field(name="price", type=FieldType.NUMBER),
        Field(name="at", type=FieldType.INTEGER),
        Field(name="tags", type=FieldType.ARRAY),
    ),
    built_in=False,
)


def read(file: bytes, before: int = 0) -> list[dict[str, Any]]:
    lines = parquet_lines(file, before).splitlines()
    return [msgspec.json.decode(line, type=dict[str, msgspec.Raw]) for line in lines]


def shown(row: dict[str, Any]) -> str:
    return ", ".join(f"{name}={bytes(value).decode()}" for name, value in row.items())


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        (
            "pyarrow",
            [
                'name="tea", price=1.5, amount=1, on=true, desc=["a","b"], obj={"k":1.5,"n":null}, '
                'due="2026-11-30", at="1970-01-01T00:00:00Z", '
                'nanos="1970-01-01T00:00:00.000000001", ratio=0.1, tags={"x":1}, raw="AP8=", '
                'kind="a", big=18446744073709551615',
                'name="milk", price=12345678901234567890.12, amount=-4611686018427387904, '
                'on=false, desc=[], obj={"k":"NaN","n":null}, due="1969-12-31", '
                'at="2023-11-14T22:13:20.123456Z", nanos="1969-12-31T23:59:59.999999999", '
                'ratio="inf", tags={"y":2,"z":null}, raw="", kind="b", big=0',
                "name=null, price=null, amount=null, on=null, desc=null, obj=null, due=null, "
                "at=null, nanos=null, ratio=null, tags=null, raw=null, kind=null, big=null",
            ],
        ),
        (
            "spark",
            [
                'name="tea", at="1970-01-01T00:00:00", price=1.5',
                'name="milk", at="2023-11-14T22:13:20.123456", price=-2.25',
            ],
        ),
        (
            "duckdb",
            [
                'name="tea", price=1.5, amount=1, on=true, desc=["a"], obj={"k":1}, '
                'due="2026-11-30", at="2026-11-30T01:02:03Z", '
                'code="5b7c1a52-8f9e-4e0c-9d2a-0123456789ab", doc={"a":[1]}',
                'name="milk", price=null, amount=null, on=false, desc=[], obj=null, due=null, '
                "at=null, code=null, doc=null",
            ],
        ),
    ],
)
def test_files_of_other_programs_come_in_with_every_digit(name: str, rows: list[str]) -> None:
    file = (SAMPLES / f"{name}.parquet").read_bytes()

    assert list(map(shown, read(file))) == rows
    assert list(map(shown, read(file, before=1))) == rows[1:]


def test_what_is_written_is_read_by_another_program() -> None:
    file = parquet_file(
        PRICED,
        [
            {"name": "tea", "price": Decimal("1.25"), "at": 1_700_000_000, "tags": ["a", {"n": 1}]},
            {"name": "milk", "price": None, "at": None},
        ],
        times=["at"],
        decimals={"price": 2},
    )

    [batch] = arro3.io.read_parquet(io.BytesIO(file))

    assert [str(field.type).partition("<")[2].split(">")[0] for field in batch.schema] == [
        "Utf8",
        "Decimal128(38, 2)",
        'Timestamp(µs, "UTC")',
        "Utf8",
    ]
    assert [column.to_pylist()[1] for column in batch.columns] == ["milk", None, None, None]
    assert batch.column("price")[0].as_py() == Decimal("1.25")
    assert batch.column("at")[0].as_py().isoformat() == "2023-11-14T22:13:20+00:00"
    assert batch.column("tags")[0].as_py() == '["a",{"n":1}]'


@settings(deadline=None, max_examples=8)
@given(
    st.lists(
        st.fixed_dictionaries(
            {},
            optional={
                "name": TEXT,
                "price": st.floats(-1e120, 1e120).map(lambda number: Decimal(repr(number))),
                "at": st.integers(-(2**63), 2**63 - 1),
                "tags": st.lists(TEXT | st.none() | st.booleans(), max_size=3),
            },
        ),
        min_size=1,
        max_size=20,
    ),
    st.integers(1, 20),
)
def test_any_rows_come_back_from_any_row_groups(rows: list[dict[str, Any]], each: int) -> None:
    back = read(parquet_file(PRICED, rows, each))

    for row, found in zip(rows, back, strict=True):
        values = {name: msgspec.json.decode(bytes(value)) for name, value in found.items()}
        assert {name: row.get(name) for name in ("name", "at", "tags")} == {
            name: values[name] for name in ("name", "at", "tags")
        }
        price = bytes(found["price"]).decode()
        assert row.get("price") == (None if price == "null" else Decimal(price))


def test_reading_goes_on_at_a_row_group() -> None:
    """The row groups before are not even unpacked: here nobody could."""
    file = parquet_file(KEYED, [{"n": number} for number in range(30)], each=10)
    damaged = file[:8] + bytes(20) + file[28:]

    assert [shown(row) for row in read(damaged, before=12)] == [f"n={n}" for n in range(12, 30)]
    with pytest.raises(InvalidFile, match="is damaged"):
        read(damaged)


def test_a_source_goes_on_behind_any_record() -> None:
    file = parquet_file(KEYED, [{"n": number} for number in range(7)], each=3)
    source = Source(
        "a.parquet", ImportOptions(), lambda offset: iter([file[offset:]]), most_bytes=1 << 20
    )
    layout = source.layout(KEYED)
    entries = list(source.format.read(source.blocks(layout.start), layout, layout.start))

    for entry in (entries[0], entries[4], entries[6]):
        rest = source.format.read(source.blocks(entry.end), layout, entry.end)
        assert [one.cells["n"] for one in rest] == [*range(entry.number, 7)]


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        ({"at": 2**63}, "at.*9223372036854775808.*decimal_keys"),
        (
            {"price": Decimal("0.1000000000000000055")},
            "price.*holds 0.1000000000000000055, .*decimal_keys",
        ),
        ({"name": 5}, "name.*holds 5.*exclude_keys"),
        ({"price": True}, "price.*true"),
    ],
)
def test_what_a_column_cannot_hold_exactly_is_refused(row: dict[str, Any], wrong: str) -> None:
    with pytest.raises(DoesNotFit, match=wrong):
        parquet_file(PRICED, [{"name": "a"}, row])


@pytest.mark.parametrize(("places", "price"), [(2, "1.255"), (30, "1234567890"), (2, "1E+40")])
def test_a_decimal_keeps_every_digit_or_is_refused(places: int, price: str) -> None:
    with pytest.raises(DoesNotFit, match="other decimal places"):
        parquet_file(PRICED, [{"price": Decimal(price)}], decimals={"price": places})


def test_row_groups_past_what_a_checkpoint_may_keep_are_refused() -> None:
    with pytest.raises(DoesNotFit, match="include_keys"):
        parquet_file(
            Schema(tuple(Field(name=f"f{n}", type=FieldType.STRING) for n in range(500))),
            [{}] * 90,
            each=1,
        )


FILE = parquet_file(KEYED, [{"n": 1}])
FOOTER = len(FILE) - 8 - int.from_bytes(FILE[-8:-4], "little")


def with_footer(fields: dict[int, Any]) -> bytes:
    _, footer = struct(fields)
    return b"PAR1" + footer + len(footer).to_bytes(4, "little") + b"PAR1"


@pytest.mark.parametrize(
    ("file", "why"),
    [
        (b"name,amount\n", "does not begin with PAR1"),
        (FILE[:-1], "cut off"),
        (b"PAR1", "cut off|damaged"),
        (FILE[:-4] + b"PARE", "encrypted"),
        (FILE[:-8] + (MOST_FOOTER_BYTES + 1).to_bytes(4, "little") + b"PAR1", "footer has"),
        (FILE[:-8] + len(FILE).to_bytes(4, "little") + b"PAR1", "longer than the file"),
        (FILE[:FOOTER] + bytes(len(FILE) - FOOTER - 8) + FILE[-8:], "the schema or the row groups"),
        (FILE[:4] + b"\xff" * (FOOTER - 4) + FILE[FOOTER:], "damaged"),
        (parquet_file(KEYED, []), "has no rows"),
        (with_footer({1: i32(1), 2: listed([struct({})]), 3: i64(1), 4: boolean(True)}), "missing"),
        (
            with_footer({2: listed([struct({4: text("s"), 5: i32(1)})]), 4: (9, b"\xfc\xff\x7f")}),
            "claims more than the bytes hold",
        ),
        (
            with_footer(
                {
                    2: listed([struct({5: i32(2001)}), *[struct({4: text("c")})] * 2001]),
                    4: listed([struct({3: i64(1)})]),
                }
            ),
            "2,001 columns",
        ),
        (
            parquet_file(Schema((KEYED.fields[0],) * 2, built_in=False), [{"n": 1}]),
            "two columns named",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_cannot_be_read_says_why(file: bytes, why: str) -> None:
    with pytest.raises(InvalidFile, match=why):
        read(file)


@pytest.mark.parametrize("bomb", ["list_bomb", "text_bomb"])
def test_a_bomb_is_an_error_of_the_file(bomb: str) -> None:
    file = (SAMPLES / f"{bomb}.parquet").read_bytes()

    with pytest.raises(InvalidFile, match="memory"):
        read(file)


def test_rows_past_what_an_import_may_unpack_are_refused() -> None:
    file = parquet_file(KEYED, [{"n": None}] * 20_000)

    with pytest.raises(InvalidFile, match="more than 100,000 bytes"):
        parquet_lines(file, most_bytes=100_000)


def test_the_beginning_of_a_file_can_be_had_alone() -> None:
    file = parquet_file(KEYED, [{"n": number} for number in range(200_000)])
    source = Source("a.parquet", ImportOptions(), lambda _: iter([file]), most_bytes=1 << 30)

    head, whole = source.head()

    assert (head[:8], whole) == (b'{"n":0}\n', False)
    assert next(source.blocks(Position(number=199_999))) == b'{"n":199999}\n'


def test_whoever_waits_for_rows_that_are_skipped_is_heard_of(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reading, "_SILENT_S", 0.01)
    monkeypatch.setattr(reading, "_PROGRAM", "import time; time.sleep(0.2); print('{}')")
    heard = []
    means = Means(100, TemporaryFile, on_block=lambda: heard.append(1))  # type: ignore[arg-type]

    assert b"".join(reading.text_of([b"x"], means)) == b"{}\n"
    assert len(heard) > 2  # each block is heard of as well
