"""The kinds of file that an export can be (contract tables#exports). Pure."""

import msgspec

from ferry.files.formats import FORMATS, Format, MakeWriter
from ferry.files.packing import Gzip, MakePacking, Plain
from ferry.files.xlsx.packing import MEDIA_TYPE, Workbook
from ferry.files.xlsx.writing import MAX_ROWS, XlsxWriter


class FileKind(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of file.

    Attributes:
        suffix: of its name, with the dot.
        has_heads: whether its columns have names of their own, which a caller may choose.
        max_rows: how many rows it can hold, None for any number.

    """

    suffix: str
    media_type: str
    writer: MakeWriter
    packing: MakePacking = Plain
    has_heads: bool = False
    max_rows: int | None = None


def _of(form: Format, *, has_heads: bool = False) -> FileKind:
    return FileKind(
        suffix=form.suffix, media_type=form.media_type, writer=form.writer, has_heads=has_heads
    )


FILE_KINDS: dict[str, FileKind] = {
    "csv": _of(FORMATS["csv"], has_heads=True),
    "json": _of(FORMATS["json"]),
    "jsonl": _of(FORMATS["jsonl"]),
    "xlsx": FileKind(
        suffix=".xlsx",
        media_type=MEDIA_TYPE,
        writer=XlsxWriter,
        packing=Workbook,
        has_heads=True,
        max_rows=MAX_ROWS,
    ),
}
"""By the ``file_type`` of the public API."""


def gzipped(kind: FileKind) -> FileKind:
    """Return that kind of file packed by gzip."""
    return msgspec.structs.replace(
        kind, suffix=f"{kind.suffix}.gz", media_type="application/gzip", packing=Gzip
    )
