"""Packs a file as one gzip stream (RFC 1952); see `ferry.files.packing`. Pure."""

from struct import Struct

import msgspec
from isal import isal_zlib

from ferry.files.position import Packed

_LEVEL = 1
"""Of ISA-L's 0 to 3: as small as zlib's 6 for rows of text, at ten times its speed."""

# Negative: neither zlib's header nor its trailer, which a container such as gzip or zip replaces.
_RAW_DEFLATE = -15

_GZIP_HEAD = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"  # deflate, no name, no time: same rows, same bytes
_GZIP_TAIL = Struct("<II")


class Deflate:
    """Packs content as a deflate stream (RFC 1951); what stands around it is for subclasses."""

    def __init__(self, so_far: Packed) -> None:
        self.so_far = so_far
        self._begin()

    def pack(self, content: bytes) -> bytes:
        """Compress the content and return the bytes that are ready."""
        so_far = self.so_far
        self.so_far = msgspec.structs.replace(
            so_far,
            crc=isal_zlib.crc32(content, so_far.crc),
            size=so_far.size + len(content),
        )
        return self._count(self._stream.compress(content))

    def seal(self) -> bytes:
        """Flush to a byte boundary and reset the window, so that a checkpoint can be taken here."""
        # A full flush ends on a byte and forgets the window. A resumed stream begins with an empty
        # window; with a sync flush, later bytes could refer to text that it has never seen.
        held = self._stream.flush(isal_zlib.Z_FULL_FLUSH)
        self._begin()
        return self._count(held)

    def _end(self) -> bytes:
        return self._count(self._stream.flush(isal_zlib.Z_FINISH))

    def _begin(self) -> None:
        self._stream = isal_zlib.compressobj(_LEVEL, isal_zlib.DEFLATED, _RAW_DEFLATE)

    def _count(self, packed: bytes) -> bytes:
        so_far = self.so_far
        self.so_far = msgspec.structs.replace(so_far, packed=so_far.packed + len(packed))
        return packed


class Gzip(Deflate):
    """Packs a file as one gzip member; see `Packing`."""

    def head(self) -> bytes:
        """Return the member's header."""
        return _GZIP_HEAD

    def tail(self) -> bytes:
        """Return the rest of the stream, its check sum and its size."""
        end = self._end()
        # RFC 1952, 2.3.1: ISIZE is the size modulo 2^32, so files over 4 GiB are valid.
        return end + _GZIP_TAIL.pack(self.so_far.crc, self.so_far.size % 2**32)
