"""Packs a sheet as an xlsx file: a zip archive whose last entry is the sheet. Pure.

ECMA-376 part 2 says what the archive must hold, PKWARE's APPNOTE.TXT (6.3) how it is laid out.
The sheet's size is not known before its end: it stands behind it, in a data descriptor. The other
entries are always the same, so the archive's directory can be written by whoever comes to its end.
"""

from struct import Struct
from typing import NamedTuple
from zlib import crc32

from ferry.errors import DoesNotFit
from ferry.files.deflate import Deflate

_XML = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_RELATIONS = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = b"http://schemas.openxmlformats.org/package/2006"
_TYPES = b"application/vnd.openxmlformats-officedocument.spreadsheetml"

_FONT = b'<sz val="11"/><name val="Calibri"/>'
_STYLE = b'<xf numFmtId="%d" fontId="%d" fillId="0" borderId="0" xfId="0"%b/>'
_AS_DATE = b' applyNumberFormat="1"'
_STYLES = (
    b'<styleSheet xmlns="%b"><numFmts count="2">' % _MAIN
    + b'<numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    + b'<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\Thh:mm:ss"/></numFmts>'
    + b'<fonts count="2"><font>%b</font><font><b/>%b</font></fonts>' % (_FONT, _FONT)
    + b'<fills count="2"><fill><patternFill patternType="none"/></fill>'
    + b'<fill><patternFill patternType="gray125"/></fill></fills>'
    + b'<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    + b'<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>'
    + b'</cellStyleXfs><cellXfs count="4">'
    + _STYLE % (0, 0, b"")
    + _STYLE % (0, 1, b' applyFont="1"')
    + _STYLE % (164, 0, _AS_DATE)
    + _STYLE % (165, 0, _AS_DATE)
    + b'</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/>'
    + b"</cellStyles></styleSheet>"
)
"""The styles of cells: plain, header, date, date with time. Excel wants the two fills."""

_PARTS = {
    "[Content_Types].xml": _XML
    + b'<Types xmlns="%b/content-types">' % _PACKAGE
    + b'<Default Extension="rels" ContentType='
    b'"application/vnd.openxmlformats-package.relationships+xml"/>'
    + b'<Override PartName="/xl/workbook.xml" ContentType="%b.sheet.main+xml"/>' % _TYPES
    + b'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="%b.worksheet+xml"/>' % _TYPES
    + b'<Override PartName="/xl/styles.xml" ContentType="%b.styles+xml"/>' % _TYPES
    + b"</Types>",
    "_rels/.rels": _XML
    + b'<Relationships xmlns="%b/relationships">' % _PACKAGE
    + b'<Relationship Id="rId1" Type="%b/officeDocument" Target="xl/workbook.xml"/>' % _RELATIONS
    + b"</Relationships>",
    "xl/workbook.xml": _XML
    + b'<workbook xmlns="%b" xmlns:r="%b">' % (_MAIN, _RELATIONS)
    + b'<sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": _XML
    + b'<Relationships xmlns="%b/relationships">' % _PACKAGE
    + b'<Relationship Id="rId1" Type="%b/worksheet" Target="worksheets/sheet1.xml"/>' % _RELATIONS
    + b'<Relationship Id="rId2" Type="%b/styles" Target="styles.xml"/>' % _RELATIONS
    + b"</Relationships>",
    "xl/styles.xml": _XML + _STYLES,
}
_SHEET = "xl/worksheets/sheet1.xml"

_VERSION = 20
_STORED, _DEFLATED = 0, 8
_SIZE_FOLLOWS = 0x0008
_DOS_TIME, _DOS_DATE = 0, 0x0021  # 1980-01-01: the same rows make the same bytes
_MAX_BYTES = 2**32 - 1
"""Of an entry: past it the archive would be Zip64, which not every reader of xlsx takes."""

_LOCAL_HEADER = Struct("<4s5H3I2H")
_DESCRIPTOR = Struct("<4s3I")
_CENTRAL_HEADER = Struct("<4s6H3I5H2I")
_END = Struct("<4s4H2IH")


class _Entry(NamedTuple):
    name: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    offset: int


class Workbook(Deflate):
    """Packs a sheet's XML as a workbook of that one sheet; see `ferry.files.packing.Packing`."""

    def head(self) -> bytes:
        """Return the other entries and the header of the sheet's."""
        entries, offset = _small_entries()
        bodies = [
            _local(entry) + body for entry, body in zip(entries, _PARTS.values(), strict=True)
        ]
        return b"".join(bodies) + _local(_sheet(offset))

    def tail(self) -> bytes:
        """Return the rest of the sheet, its sizes, and the archive's directory.

        Raises:
            DoesNotFit: the sheet is larger than an entry of an archive may be.

        """
        end, so_far = self._end(), self.so_far
        # The header was written long ago, for 32-bit sizes; Zip64 would have to be announced
        # there.
        if max(so_far.size, so_far.packed) > _MAX_BYTES:
            raise DoesNotFit("the rows do not fit into an xlsx file of 4 GB; export csv or json")
        entries, offset = _small_entries()
        sheet = _sheet(offset)._replace(crc=so_far.crc, packed=so_far.packed, size=so_far.size)
        # APPNOTE 4.3.9.3: the signature is optional, and writers are advised to have it.
        descriptor = _DESCRIPTOR.pack(b"PK\x07\x08", sheet.crc, sheet.packed, sheet.size)
        at = offset + len(_local(sheet)) + sheet.packed + len(descriptor)
        return end + descriptor + _directory([*entries, sheet], at)


def _small_entries() -> tuple[list[_Entry], int]:
    """Return the entries before the sheet's, and where they end."""
    entries, offset = [], 0
    for name, body in _PARTS.items():
        entry = _Entry(name.encode(), 0, _STORED, crc32(body), len(body), len(body), offset)
        entries.append(entry)
        offset += len(_local(entry)) + len(body)
    return entries, offset


def _sheet(offset: int) -> _Entry:
    return _Entry(_SHEET.encode(), _SIZE_FOLLOWS, _DEFLATED, 0, 0, 0, offset)


def _local(entry: _Entry) -> bytes:
    header = _LOCAL_HEADER.pack(
        b"PK\x03\x04", _VERSION, entry.flags, entry.method, _DOS_TIME, _DOS_DATE,
        entry.crc, entry.packed, entry.size, len(entry.name), 0,
    )  # fmt: skip
    return header + entry.name


def _directory(entries: list[_Entry], at: int) -> bytes:
    headers = b"".join(map(_central, entries))
    count = len(entries)
    return headers + _END.pack(b"PK\x05\x06", 0, 0, count, count, len(headers), at, 0)


def _central(entry: _Entry) -> bytes:
    header = _CENTRAL_HEADER.pack(
        b"PK\x01\x02", _VERSION, _VERSION, entry.flags, entry.method, _DOS_TIME, _DOS_DATE,
        entry.crc, entry.packed, entry.size, len(entry.name), 0, 0, 0, 0, 0, entry.offset,
    )  # fmt: skip
    return header + entry.name
