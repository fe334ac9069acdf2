"""Other encodings as UTF-8, as streams. Pure."""

import codecs
from collections.abc import Iterable, Iterator

BOM = codecs.BOM_UTF8

ENCODINGS = {
    "utf-8": "utf-8",
    "utf-16": "utf-16",
    "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be",
    "gb18030": "gb18030",
    # As Windows has them, which is what files are written in: each holds more than the standard.
    "shift_jis": "cp932",
    "euc-kr": "cp949",
    "big5": "cp950",
    **{f"windows-{number}": f"cp{number}" for number in range(1250, 1259)},
    **{f"iso-8859-{part}": f"iso8859-{part}" for part in range(1, 17) if part != 12},
    "macroman": "mac-roman",
}
"""Codecs of Python by the names of the public API (those of the IANA registry)."""

_KEPT = "surrogateescape"
"""Bytes that are no text stay as they are: the rows that hold them fail, and no others."""

_NEVER_UTF8 = "\udcff"


def to_utf8(blocks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """Yield the text as UTF-8; a file that begins with UTF-8's mark is UTF-8 already.

    So the failed-rows file of such an import, which is UTF-8, can be imported with the same
    options.
    """
    start, rest = _start(iter(blocks))
    if start.startswith(BOM) or encoding == "utf-8":
        yield start
        yield from rest
        return
    codecs.register_error(_KEEPING, _keep)
    decoder = codecs.getincrementaldecoder(ENCODINGS[encoding])(_KEEPING)
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


_KEEPING = "ferry.keep"


def _keep(error: UnicodeError) -> tuple[str, int]:
    """Do as surrogateescape does; it does not take ASCII bytes, such as half a UTF-16 character."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    bad = error.object[error.start : error.end]
    return "".join(chr(0xDC00 + byte) if byte > 0x7F else _NEVER_UTF8 for byte in bad), error.end
