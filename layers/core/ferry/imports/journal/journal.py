"""Swaps in a bucket: a piece is stored before the swaps in it are made.

Pieces are named so that their names sort by the order in which they were made. No two swaps of a
piece touch the same row or the same entry of a unique index: they may be made in any order.
"""

import zlib
from collections.abc import Callable, Collection, Iterator, Sequence

import msgspec

from ferry.aws.bucket import Files
from ferry.errors import NotFound
from ferry.imports.journal.swap import Swap

_VOID = ".void"
_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(list[Swap])


class Journal:
    """The swaps of one job.

    Args:
        files: where they lie.
        job_id: whose they are.

    """

    def __init__(self, files: Files, job_id: str) -> None:
        self._files = files
        self._prefix = f"imports/{job_id}/journal/"

    def put(self, name: str, swaps: Sequence[Swap]) -> None:
        """Store a piece."""
        # Level 1: a piece is read again only after a kill, by an undo or an apply.
        packed = zlib.compress(_ENCODER.encode(swaps), level=1)
        self._files.put(f"{self._prefix}{name}", packed)

    def put_void(self, name: str, places: Collection[int]) -> None:
        """Store that the swaps at those places of a piece, from 0, were never made."""
        self._files.put(f"{self._prefix}{name}{_VOID}", _ENCODER.encode(sorted(places)))

    def names(self, beginning: str = "") -> list[str]:
        """Return the names of the pieces, in their order: those of records, then the others."""
        found = self._files.names(f"{self._prefix}{beginning}")
        return sorted(f"{beginning}{name}" for name in found if not name.endswith(_VOID))

    def names_of_records(self) -> list[str]:
        """Return the names of the pieces whose swaps records of a file ask for."""
        return [name for name in self.names() if name[0].isdigit()]

    def piece(self, name: str) -> list[Swap]:
        """Return the swaps of a piece, without those that were never made.

        Raises:
            NotFound: it is not there.

        """
        every, void = self._every(name), self._void(name)
        return [swap for place, swap in enumerate(every) if place not in void]

    def swaps(self) -> Iterator[Swap]:
        """Yield all swaps, piece by piece."""
        for name in self.names():
            yield from self.piece(name)

    def void_unless(self, name: str, made: Callable[[Swap], bool]) -> None:
        """Store that those swaps of a piece were never made of which `made` does not say so."""
        # A swap that is void stays void: another worker has told its row as failed.
        void = self._void(name)
        places = [n for n, swap in enumerate(self._every(name)) if n in void or not made(swap)]
        if len(places) > len(void):
            self.put_void(name, places)

    def _every(self, name: str) -> list[Swap]:
        packed = b"".join(self._files.blocks(f"{self._prefix}{name}"))
        return _DECODER.decode(zlib.decompress(packed))

    def _void(self, name: str) -> frozenset[int]:
        try:
            text = b"".join(self._files.blocks(f"{self._prefix}{name}{_VOID}"))
        except NotFound:
            return frozenset()
        return frozenset(msgspec.json.decode(text, type=list[int]))

    def drop_piece(self, name: str) -> None:
        """Delete a piece."""
        self._files.delete([f"{self._prefix}{name}"])

    def drop(self) -> None:
        """Delete the pieces."""
        self._files.delete_under(self._prefix)


def piece_name(number: int, turn: int) -> str:
    """Return the name of a piece: the first record of its batch, and which one of that it is."""
    return f"{number:012d}-{turn:04d}"


def number_of(name: str) -> int:
    """Return the number of the first record of a piece's batch."""
    return int(name.partition("-")[0])


def turn_of(name: str) -> int:
    """Return which piece of its batch it is, from 0."""
    return int(name.partition("-")[2])
