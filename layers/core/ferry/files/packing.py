"""The packing of an exported file, piece by piece. Pure.

A file is packed as it is written. After a seal another packing can continue it from the first
one's position: what was packed before a seal is complete, and nothing after it refers to it.
So a resumed file is still one stream, which every reader takes; gzip members one after the other
are not (browsers stop behind the first).
"""

from collections.abc import Callable
from typing import Protocol

from ferry.files.position import Packed


class Packing(Protocol):
    """Packs one file: the head, the content piece by piece, the tail.

    Attributes:
        so_far: how far it has come; it can be gone on with from a seal.

    """

    so_far: Packed

    def head(self) -> bytes:
        """Return the bytes before the content, such as a header."""

    def pack(self, content: bytes) -> bytes:
        """Pack the content and return the bytes that are ready, held-back ones included."""

    def seal(self) -> bytes:
        """Return all bytes that are held back, so that the packing can continue elsewhere."""

    def tail(self) -> bytes:
        """Return all bytes that are held back, then the end of the file."""


def placed_behind(first: Packed, second: Packed) -> Packed:
    """Return the position behind two stretches of a file, each packed from a seal to a seal."""
    if not second.packed:
        return first  # nothing was packed
    # The library that compresses takes long to load, and few files are compressed.
    from isal import isal_zlib

    return Packed(
        isal_zlib.crc32_combine(first.crc, second.crc, second.size),
        first.size + second.size,
        first.packed + second.packed,
    )


type MakePacking = Callable[[Packed], Packing]
"""Returns the packing of a file that has come so far, or of a new one."""


class Plain:
    """Leaves a file as it is; see `Packing`."""

    def __init__(self, so_far: Packed) -> None:
        self.so_far = so_far

    def head(self) -> bytes:
        """Return nothing."""
        return b""

    def pack(self, content: bytes) -> bytes:
        """Return the content."""
        return content

    def seal(self) -> bytes:
        """Return nothing: nothing is held back."""
        return b""

    def tail(self) -> bytes:
        """Return nothing."""
        return b""
