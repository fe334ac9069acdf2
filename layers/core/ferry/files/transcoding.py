"""Other encodings as UTF-8, as streams. Pure."""

import codecs
from collections.abc import Iterable, Iterator

from ferry.files.encoding import BOM

_KEPT = "surrogateescape"
"""Bytes that are no text stay as they are: the rows that hold them fail, and no others."""


def to_utf8(blocks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """Yield the text as UTF-8; a file that begins with UTF-8's mark is UTF-8 already.

    So the failed-rows file of such an import, which is UTF-8, can be imported with the same
    options.
    """
    start, rest = _start(iter(blocks))
    if start.startswith(BOM):
        yield start
        yield from rest
        return
    decoder = codecs.getincrementaldecoder(encoding)(_KEPT)
    yield decoder.decode(start).encode(errors=_KEPT)
    for block in rest:
        yield decoder.decode(block).encode(errors=_KEPT)
    yield decoder.decode(b"", final=True).encode(errors=_KEPT)


def _start(blocks: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    start = b""
    for block in blocks:
        start += block
        if len(start) >= len(BOM):
            break
    return start, blocks
