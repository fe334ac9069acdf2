"""Unpacks gzip files as streams, and bounds what any packed file may become. Pure."""

import zlib
from collections.abc import Iterable, Iterator

from ferry.errors import InvalidFile

_GZIP = 16 + zlib.MAX_WBITS
_BLOCK_BYTES = 256 * 1024
_FREE_BYTES = 64 * 1024 * 1024
_MOST_TIMES = 200
"""Tables shrink to a tenth, repetitive ones to a hundredth; zeros to a thousandth."""


class Allowance:
    """The limit on what comes out of a packed file.

    Args:
        most_bytes: in all.

    """

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._unpacked = 0

    def spend(self, unpacked: int, *, packed: int) -> None:
        """Count bytes that came out of the `packed` read so far.

        Raises:
            InvalidFile: they are too many, or too many times what went in.

        """
        self._unpacked += unpacked
        # Checked per block: a bomb is refused when it crosses the limit, not when it has filled
        # the disk.
        if self._unpacked > self._most_bytes:
            raise InvalidFile(
                f"it holds more than {self._most_bytes:,} bytes when it is unpacked; split it"
            )
        if self._unpacked > _FREE_BYTES and self._unpacked > _MOST_TIMES * packed:
            raise InvalidFile(
                f"it grows to more than {_MOST_TIMES} times its size when it is unpacked; send it "
                "unpacked if it is what it should be"
            )


def gunzip(blocks: Iterable[bytes], allowance: Allowance) -> Iterator[bytes]:
    """Decompress a gzip file (RFC 1952), all its members in turn.

    Raises:
        InvalidFile: it is no gzip file, damaged or cut off, or exceeds the allowance. What came
            before the damage has been yielded.

    """
    member = zlib.decompressobj(_GZIP)
    begun, packed = False, 0
    for block in blocks:
        packed += len(block)
        rest = block
        while rest:
            # Programs that append to logs, and parallel compressors, write many members in one
            # file.
            if member.eof:
                rest = rest.lstrip(b"\0")  # what tapes and some tools pad with
                if not rest:
                    break
                member = zlib.decompressobj(_GZIP)
            begun = True
            for text in _inflated(member, rest):
                allowance.spend(len(text), packed=packed)
                yield text
            rest = member.unused_data
    # zlib does not complain of a missing end: half an upload would pass for a complete file.
    if begun and not member.eof:
        raise InvalidFile("the gzip file is cut off")


def _inflated(member: "zlib._Decompress", packed: bytes) -> Iterator[bytes]:
    full = False
    while packed or full:
        try:
            # Bounded output: without a limit, 256 KiB of zeros would become 256 MiB in one call.
            text = member.decompress(packed, _BLOCK_BYTES)
        except zlib.error as error:
            raise InvalidFile(f"the gzip file is damaged ({error})") from error
        packed = member.unconsumed_tail
        # zlib may have taken all of the input and still hold output back.
        full = len(text) == _BLOCK_BYTES and not member.eof
        if text:
            yield text
