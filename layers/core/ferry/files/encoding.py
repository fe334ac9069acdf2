"""The encoding of a file that should be UTF-8, and what it looks like where it is not. Pure."""

import codecs
import re

from ferry.errors import InvalidFile, InvalidRow
from ferry.tables.values import shown

BOM = codecs.BOM_UTF8

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
_KANA = re.compile("[\u3041-\u30ff]")
_SAMPLE_BYTES = 64 * 1024


def check_utf8(head: bytes, *, whole: bool) -> int:
    """Return where the text starts in the file: behind the byte-order mark, if it has one.

    Args:
        head: the file's first bytes; unless they are all of it (`whole`), a character may be cut
            at their end.

    Raises:
        InvalidFile: they are not UTF-8 text; the reason says what they look like.

    """
    start = len(BOM) if head.startswith(BOM) else 0
    if len(head) == start:
        raise InvalidFile("the file is empty")
    looks = _signature(head)
    if not looks and not _decodes(head, "utf-8", whole=whole):
        looks = _encoding(head[:_SAMPLE_BYTES])
    if looks:
        raise InvalidFile(f"the file is not UTF-8 text, it looks like {looks}; {_HOW_TO_SAVE}")
    return start


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
        if sample[offset::2].count(0) > len(sample) // 4:
            return f"text in UTF-16 ({name})"
    return ""


def _encoding(sample: bytes) -> str:
    """Guess among the encodings that spreadsheets of East Asia write."""
    if _decodes(sample, "gb2312"):
        return "text in GBK (GB18030)"
    if _decodes(sample, "cp932") and _KANA.search(sample.decode("cp932", "ignore")):
        return "text in Shift-JIS"
    if _decodes(sample, "gb18030"):
        return "text in GBK (GB18030)"
    return "text in another encoding, or no text at all"


def _decodes(data: bytes, encoding: str, *, whole: bool = False) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        decoder.decode(data, final=whole)
    except UnicodeDecodeError:
        return False
    return True
