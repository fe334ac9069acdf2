"""Sorts more rows than memory holds, on the function's disk."""

import errno
import heapq
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from struct import Struct
from tempfile import TemporaryFile
from typing import BinaryIO, NamedTuple, Self, cast

from ferry.errors import DoesNotFit

HELD_BYTES = 24 * 1024 * 1024
"""Rows in memory, in bytes, before they are written as a run."""

_OVERHEAD_BYTES = 180
"""Bytes of a held row beside its own: a tuple, two bytes objects, a place in a list."""

_BLOCK_BYTES = 64 * 1024
_LENGTHS = Struct("<II")


class SortedRow(NamedTuple):
    """An encoded row and the key that it is sorted by."""

    key: bytes
    row: bytes


class _SortedRun(NamedTuple):
    """A sorted run: its first and last byte in the file."""

    start: int
    stop: int


def _scratch() -> BinaryIO:
    return cast("BinaryIO", TemporaryFile(buffering=1 << 20))


class ExternalSort:
    """Takes rows in any order and gives them back by their keys, which must differ.

    What is held is sorted and written to disk as a run each time that it grows large; in the end
    all runs are merged. The one file has no name: however the process ends, the disk is freed.

    Args:
        held_bytes: see `HELD_BYTES`.
        block_bytes: bytes that are read from a run at a time.
        open_file: opens the file, which is gone when closed.

    """

    def __init__(
        self,
        *,
        held_bytes: int = HELD_BYTES,
        block_bytes: int = _BLOCK_BYTES,
        open_file: Callable[[], BinaryIO] = _scratch,
    ) -> None:
        self._most_held_bytes = held_bytes
        self._block_bytes = block_bytes
        self._file = open_file()
        self._runs: list[_SortedRun] = []
        self._held: list[SortedRow] = []
        self._held_bytes = 0

    def __enter__(self) -> Self:
        """Return the sort."""
        return self

    def __exit__(self, *_: object) -> None:
        """Free the disk."""
        with suppress(OSError):  # what a full disk could not take is not missed
            self._file.close()

    def add(self, key: bytes, row: bytes) -> None:
        """Take a row.

        Raises:
            DoesNotFit: the disk is full.

        """
        # Keys end with the row's order key, so equal values keep a fixed order across deliveries.
        self._held.append(SortedRow(key, row))
        self._held_bytes += len(key) + len(row) + _OVERHEAD_BYTES
        if self._held_bytes >= self._most_held_bytes:
            self._spill()

    def merged(self) -> Iterator[SortedRow]:
        """Yield every row in the order of the keys; nothing may be added any more."""
        self._held.sort()
        self._file.flush()
        return heapq.merge(self._held, *map(self._rows, self._runs))

    def _spill(self) -> None:
        self._held.sort()
        try:
            start = self._file.tell()
            self._file.writelines(_framed(self._held))
            self._file.flush()
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            raise DoesNotFit(
                "the rows are too large to be sorted; export them in parts, or leave order_by out"
            ) from error
        self._runs.append(_SortedRun(start, self._file.tell()))
        self._held.clear()
        self._held_bytes = 0

    def _rows(self, run: _SortedRun) -> Iterator[SortedRow]:
        blocks = self._blocks(run)
        held = b""
        at = 0
        for block in blocks:
            held, at = held[at:] + block, 0
            # A row may lie across two blocks; its beginning is kept until the next block has come.
            while len(held) - at >= _LENGTHS.size:
                key_bytes, row_bytes = _LENGTHS.unpack_from(held, at)
                middle = at + _LENGTHS.size + key_bytes
                stop = middle + row_bytes
                if stop > len(held):
                    break
                yield SortedRow(held[middle - key_bytes : middle], held[middle:stop])
                at = stop

    def _blocks(self, run: _SortedRun) -> Iterator[bytes]:
        # pread: the runs are read by turns, and none may move another's place in the file.
        for start in range(run.start, run.stop, self._block_bytes):
            yield os.pread(self._file.fileno(), min(self._block_bytes, run.stop - start), start)


def _framed(rows: Iterable[SortedRow]) -> Iterator[bytes]:
    for key, row in rows:
        yield _LENGTHS.pack(len(key), len(row))
        yield key
        yield row
