import pytest

from ferry.attached.creation_guess import likely_creation, likely_index
from ferry.attached.proposal import DescribedTable, FoundIndex
from ferry.tables.attachment import Creation

NOW = 1_700_000_000
BY_AT = FoundIndex(("kind", "at"), whole=True)


def table(*keys: str, **indexes: FoundIndex) -> DescribedTable:
    return DescribedTable(keys=keys or ("id",), types={}, indexes=indexes)


@pytest.mark.parametrize(
    ("rows", "found", "creation"),
    [
        ([{"created_at": NOW}], table(), Creation("created_at", "seconds")),
        ([{"createdAt": NOW * 1000}], table(), Creation("createdAt", "milliseconds")),
        ([{"创建时间": "2023-11-14T22:13:20Z"}], table(), Creation("创建时间", "iso8601")),
        ([{"at": NOW}], table("id", "at"), Creation("at")),
        ([{"at": NOW}], table(by_at=BY_AT), Creation("at")),
        ([{"created": NOW, "inserted": NOW}], table("id", "created"), Creation("created")),
        # Two that may be, times to come, other numbers, other times, and what many rows lack.
        ([{"created": NOW, "inserted": NOW}], table(), None),
        ([{"created_at": NOW + 1}], table(), None),
        ([{"created_by": 7}], table(), None),
        ([{"updated_at": NOW}], table("id", "updated_at"), None),
        ([{"at": NOW}], table(), None),
        ([{"created_at": NOW}, {}], table(), None),
        ([{"created_at": "yesterday"}], table(), None),
        ([{"created_at": ["x"]}], table(), None),
        ([], table(), None),
    ],
)
def test_little_is_guessed(rows, found, creation):
    assert likely_creation(rows, found, NOW) == creation


@pytest.mark.parametrize(
    ("kinds", "partitions", "sure"),
    [
        (["a", "b", "a", "b"], ("a", "b"), True),
        (["a", "b", "a"], ("a", "b"), False),
        ([f"k{n:03}" for n in range(101)] * 2, tuple(f"k{n:03}" for n in range(100)), False),
        ([], (), False),
    ],
)
def test_an_index_is_sure_where_each_partition_was_seen_twice(kinds, partitions, sure):
    items = [{"kind": {"S": kind}} for kind in kinds]

    index = likely_index(Creation("at"), items, table(by_at=BY_AT))

    assert index
    assert (index.key, index.partitions, index.sure) == ("kind", partitions, sure)


def test_an_index_of_other_keys_or_a_part_of_the_attributes_does_not_serve():
    found = table(
        keys_only=FoundIndex(("kind", "at"), whole=False), other=FoundIndex(("at",), whole=True)
    )

    assert likely_index(Creation("at"), [], found) is None
