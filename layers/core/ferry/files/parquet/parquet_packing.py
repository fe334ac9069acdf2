"""Packs lines of rows as the row groups of a Parquet file. Pure."""

from typing import cast

import msgspec

from ferry.errors import DoesNotFit
from ferry.files.parquet import MAGIC
from ferry.files.parquet.column_types import ParquetColumn, SpelledNumber
from ferry.files.parquet.row_groups import WrittenGroup, footer, row_group
from ferry.files.position import Packed

GROUP_BYTES = 16 * 1024 * 1024
"""Bytes of lines that make a row group: decoded they take some ten times that."""

_LARGE_GROUP_BYTES = 4 * GROUP_BYTES
_MOST_STATE_BYTES = 128 * 1024
"""Of what a checkpoint keeps of row groups: a job's item of 400 KB has the parts' ETags, too."""


class _FileState(msgspec.Struct, frozen=True, array_like=True):
    """The columns and row groups of the file, as a checkpoint keeps them."""

    columns: list[ParquetColumn]
    groups: list[WrittenGroup]


class RowGroups:
    """Packs the lines of `ParquetWriter` as row groups; see `ferry.files.packing.Packing`.

    Each row group is whole, and nothing in it refers to another: a packing goes on behind it with
    what the first one knew of the file, for the footer must tell where every row group lies.
    """

    def __init__(self, so_far: Packed) -> None:
        self.so_far = so_far
        self._written = _STATE.decode(so_far.footer) if so_far.footer else None
        self._held = bytearray()

    def head(self) -> bytes:
        """Return the magic."""
        return self._count(MAGIC)

    def pack(self, content: bytes) -> bytes:
        """Hold the lines until they make a row group."""
        self._held += content
        if self._written is None:
            line, _, rest = bytes(self._held).partition(b"\n")
            self._written = _FileState(msgspec.json.decode(line, type=list[ParquetColumn]), [])
            self._held = bytearray(rest)
            self._note()
        half_full = len(self.so_far.footer) > _MOST_STATE_BYTES // 2
        enough = _LARGE_GROUP_BYTES if half_full else GROUP_BYTES
        return self.seal() if len(self._held) >= enough else b""

    def seal(self) -> bytes:
        """Return a row group of the lines that are held.

        Raises:
            DoesNotFit: a column cannot hold a value exactly, or the row groups are too many.

        """
        if not self._held or self._written is None:
            return b""
        rows = _ROWS.decode_lines(bytes(self._held))
        self._held.clear()
        body, group = row_group(self._written.columns, rows)
        self._written.groups.append(group)
        self._note()
        return self._count(body)

    def tail(self) -> bytes:
        """Return the last row group and the footer."""
        last = self.seal()
        written = cast("_FileState", self._written)
        return last + footer(written.columns, written.groups)

    def _note(self) -> None:
        state = msgspec.msgpack.encode(self._written)
        if len(state) > _MOST_STATE_BYTES:
            raise DoesNotFit(
                "the rows do not fit into a Parquet file of so many columns: export fewer columns "
                "with include_keys, or the rows in parts with mode=part"
            )
        self.so_far = msgspec.structs.replace(self.so_far, footer=state)

    def _count(self, made: bytes) -> bytes:
        packed = self.so_far.packed + len(made)
        self.so_far = msgspec.structs.replace(self.so_far, packed=packed)
        return made


_STATE = msgspec.msgpack.Decoder(_FileState)
_ROWS = msgspec.json.Decoder(list[object], float_hook=SpelledNumber)
