"""The encoding of a file that should be UTF-8, and what it looks like where it is not. Pure."""

import codecs
import re

from ferry.errors import InvalidFile, InvalidRow
from ferry.files.likeness import likely
from ferry.files.transcoding import BOM, ENCODINGS
from ferry.tables.values import shown

REPLACEMENT = "\ufffd"
"""Stands for bytes that are no text, where a row is shown."""

_SIGNATURES = {
    b"PK\x03\x04": "a zip archive or an Excel workbook",
    b"\x1f\x8b": "a gzip archive",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF8": "a GIF picture",
    b"%PDF": "a PDF document",
    b"PAR1": "a Parquet file",
    b"\xff\xfe\x00\x00": "text in UTF-32",
    b"\xff\xfe": "text in UTF-16 (LE)",
    b"\xfe\xff": "text in UTF-16 (BE)",
}
"""How files of other kinds begin, the longer of two before the shorter."""

_HOW_TO_SAVE = (
    "save it as UTF-8 and send it again: in Excel, Save As with the type "
    "“CSV UTF-8 (Comma delimited)”; in a text editor, Save As with the encoding UTF-8"
)
_SAMPLE_BYTES = 64 * 1024
_BAD = re.compile("[\udc80-\udcff]++")
_GOOD = re.compile("[^\x00-\x7f\udc80-\udcff]++")
_LINE_END = re.compile(rb"\r\n|\r|\n")


def check_utf8(head: bytes, *, whole: bool) -> int:
    """Return the offset of the text: after the byte-order mark, if there is one.

    Text that is UTF-8 but for a few bytes is taken: the rows that hold those fail.

    Args:
        head: the file's first bytes; unless they are all of it (`whole`), a character may be cut
            at their end.

    Raises:
        InvalidFile: they are not UTF-8 text; the reason says what they look like, and which byte
            is the first that is none.

    """
    start = len(BOM) if head.startswith(BOM) else 0
    if len(head) == start:
        raise InvalidFile("the file is empty")
    looks = _signature(head)
    if "UTF-16" in looks:
        looks += ": send encoding=utf-16"
    elif not looks and not _is_mostly_utf8(head, whole=whole):
        looks = _looks(head)
    if looks:
        raise InvalidFile(f"the file is not UTF-8 text, it looks like {looks}; {_HOW_TO_SAVE}")
    return start


def _is_mostly_utf8(head: bytes, *, whole: bool) -> bool:
    if _decodes(head, "utf-8", whole=whole):
        return True
    text = head.decode(errors="surrogateescape")
    # Runs are counted, not bytes: one bad cell with a long text must not condemn the file.
    return len(_GOOD.findall(text)) > len(_BAD.findall(text))


def _looks(head: bytes) -> str:
    """List the encodings that the text may have, each with the first non-UTF-8 line read in it."""
    line, byte, text = _first_bad_line(head)
    where = (
        f"the first byte that is not UTF-8 is byte {byte} of line {line} (0x{text[byte - 1]:02X})"
    )
    found = likely(head[:_SAMPLE_BYTES])
    if not found:
        return f"text in another encoding, or no text at all; {where}"
    first, *others = found[:3]
    told = f"text in {_shown_name(first)}, in which line {line} is {_decoded(text, first)}: send "
    told += f"encoding={first} if that is right"
    for other in others:
        told += f", encoding={other} if {_decoded(text, other)} is"
    return f"{told}; {where}"


def _first_bad_line(head: bytes) -> tuple[int, int, bytes]:
    """Return the number of the first line that is not UTF-8, the number of its byte, its bytes."""
    try:
        head.decode()
    except UnicodeDecodeError as error:
        at = error.start
    else:
        at = len(head) - 1
    starts = [found.end() for found in _LINE_END.finditer(head, 0, at)]
    start = starts[-1] if starts else 0
    end = _LINE_END.search(head, at)
    return len(starts) + 1, at - start + 1, head[start : end.start() if end else len(head)]


def _decoded(line: bytes, encoding: str) -> str:
    return shown(line[:200].decode(ENCODINGS[encoding], "replace"))


def _shown_name(encoding: str) -> str:
    return "GBK (GB18030)" if encoding == "gb18030" else _WRITTEN.get(encoding, encoding)


_WRITTEN = {"shift_jis": "Shift-JIS", "big5": "Big5", "euc-kr": "EUC-KR", "macroman": "Mac Roman"}


def decode(original: bytes) -> str:
    """Return the text of one record.

    Raises:
        InvalidRow: it is not UTF-8.

    """
    try:
        return original.decode()
    except UnicodeDecodeError as error:
        near = original[max(0, error.start - 20) : error.start + 1].decode(errors="replace")
        raise InvalidRow(
            "", f"is not UTF-8 text at its byte {error.start + 1}, near {shown(near)}"
        ) from error


def _signature(head: bytes) -> str:
    for signature, name in _SIGNATURES.items():
        if head.startswith(signature):
            return name
    # Latin letters in UTF-16 have a zero byte each, and are valid UTF-8.
    sample = head[:256]
    for offset, name in ((1, "LE"), (0, "BE")):
        # Half of the zero bytes that Latin text would have: other scripts may be mixed in.
        if sample[offset::2].count(0) > len(sample) // 4:
            return f"text in UTF-16 ({name})"
    return ""


def _decodes(data: bytes, encoding: str, *, whole: bool = False) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        decoder.decode(data, final=whole)
    except UnicodeDecodeError:
        return False
    return True
