import errno
import tracemalloc
from itertools import pairwise
from random import Random
from typing import BinaryIO, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferry.errors import DoesNotFit
from ferry.exports.external_sort import ExternalSort

KEYS = st.lists(st.binary(max_size=40), unique=True, max_size=60)


@given(keys=KEYS, held=st.integers(1, 4000), block=st.integers(8, 300), data=st.data())
def test_rows_come_back_by_their_keys(
    keys: list[bytes], held: int, block: int, data: st.DataObject
) -> None:
    rows = [(key, data.draw(st.binary(max_size=200))) for key in keys]

    with ExternalSort(held_bytes=held, block_bytes=block) as sort:
        for key, row in rows:
            sort.add(key, row)
        merged = [tuple(found) for found in sort.merged()]

    assert merged == sorted(rows)


def test_memory_does_not_grow_with_the_rows() -> None:
    random = Random(1)
    tracemalloc.start()
    try:
        with ExternalSort() as sort:
            for _ in range(200_000):
                sort.add(random.randbytes(16), bytes(300))
            count = sum(1 for one, other in pairwise(sort.merged()) if one.key < other.key)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert count == 199_999
    assert peak < 40_000_000  # the rows alone are 63 MB


def test_a_full_disk_is_the_users_to_know() -> None:
    sort = ExternalSort(held_bytes=1, open_file=lambda: cast("BinaryIO", _Full()))

    with sort, pytest.raises(DoesNotFit, match="too large to be sorted"):
        sort.add(b"key", b"row")


class _Full:
    def tell(self) -> int:
        return 0

    def writelines(self, _: object) -> None:
        raise OSError(errno.ENOSPC, "no space left on device")

    def close(self) -> None:
        raise OSError(errno.ENOSPC, "no space left on device")
