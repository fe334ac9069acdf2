"""The zip archive that a workbook is, and how its parts name one another (ECMA-376 part 2)."""

from collections.abc import Callable, Iterator
from io import SEEK_SET
from posixpath import dirname, join, normpath
from typing import IO, BinaryIO, cast
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from ferry.errors import InvalidFile
from ferry.files.unpacking import Allowance
from ferry.files.xlsx.workbook_xml import Relations, parse

_BLOCK_BYTES = 64 * 1024
_MOST_DIRECTORY_BYTES = 1024 * 1024
MOST_PART_BYTES = 1_500_000_000
"""Of a part unpacked. A worker has 900 seconds and reads 2 to 3 million bytes a second; it cannot
begin in the middle of a part, so that one that takes longer would be read for ever."""
_COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
"""The stream of an encrypted workbook, [MS-OFFCRYPTO] 2.3.1; that of an old one is Workbook."""
_OTHER_KINDS = {
    "xl/workbook.bin": "a binary workbook (.xlsb)",
    "encrypted-package": "an encrypted OpenDocument file",
    "word/document.xml": "a Word document",
    "ppt/presentation.xml": "a PowerPoint presentation",
}


class Package:
    """The parts inside a workbook.

    Args:
        packed: the file.
        size: its bytes.
        allowance: how much may come out of it.
        on_block: called for each block that comes out.

    Raises:
        InvalidFile: it is no workbook, or its list of parts alone would fill the memory.

    """

    def __init__(
        self, packed: BinaryIO, size: int, allowance: Allowance, on_block: Callable[[], object]
    ) -> None:
        packed.seek(0)
        start = packed.read(len(_COMPOUND_FILE))
        if start == _COMPOUND_FILE:
            raise InvalidFile(_compound(packed))
        if not start.startswith(b"PK"):
            raise InvalidFile("the file is no .xlsx workbook")
        # The directory comes before any part, and so before the allowance: a zip of a million
        # empty entries would fill the memory without unpacking a byte.
        directory = _Directory(packed)
        try:
            self._archive = ZipFile(cast("IO[bytes]", directory))
        except (BadZipFile, OSError, ValueError) as error:
            raise InvalidFile("the file is no .xlsx workbook, or is cut off") from error
        directory.bounded = False
        self._size = size
        self._allowance = allowance
        self._on_block = on_block
        # Names are compared without case (part 2, 6.2.2.3); some programs write backslashes.
        self._parts = {_plain(info.filename): info for info in self._archive.infolist()}

    def __contains__(self, name: str) -> bool:
        return _plain(name) in self._parts

    def blocks(self, name: str) -> Iterator[bytes]:
        """Decompress a part, block by block.

        Raises:
            InvalidFile: there is none of that name, it is packed as no workbook's part is, or is
                larger than can be read in time.

        """
        info = self._parts.get(_plain(name))
        if info is None:
            raise InvalidFile(f"the workbook is damaged: it does not have the part {name[:100]}")
        if info.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:  # others may claim gigabytes
            raise InvalidFile("the workbook is packed by a method that no .xlsx file may have")
        if info.file_size > MOST_PART_BYTES:
            raise InvalidFile(
                f"the workbook's {name[:100]} holds {info.file_size:,} bytes unpacked, more than "
                f"the {MOST_PART_BYTES:,} that can be read in time; send the sheet as CSV, or in "
                "several workbooks"
            )
        with self._archive.open(info) as part:
            while block := part.read(_BLOCK_BYTES):
                # All parts share one allowance: the entries of an archive may overlap, so that
                # many small ones are one bomb.
                self._allowance.spend(len(block), packed=self._size)
                self._on_block()
                yield block

    def optional(self, name: str) -> Iterator[bytes]:
        """Decompress a part, block by block; an absent part is empty."""
        return self.blocks(name) if _plain(name) in self._parts else iter(())

    def related(self, name: str) -> Relations:
        """Return the relationships of a part, or of the package ("")."""
        relations = Relations()
        folder, _, file = name.rpartition("/")
        for _ in parse(self.optional(join(folder, "_rels", f"{file}.rels")), relations):
            pass
        relations.targets = {
            # Targets are relative to the part's folder, or absolute; `..` cannot leave the
            # archive.
            key: normpath(join("/", dirname(name), target.replace("\\", "/"))).lstrip("/")
            for key, target in relations.targets.items()
        }
        return relations

    def other_kind(self) -> str:
        """Return the kind of a zip file that is no workbook, "" if it is not a known one."""
        return next((kind for name, kind in _OTHER_KINDS.items() if name in self._parts), "")


class _Directory:
    """A file that refuses to be read by more than an archive's directory may have.

    zipfile reads the whole directory at once, of whatever size and place the file's end claims, in
    one of several ways. So the bound is set where it reads, and not on what the end seems to say.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.bounded = True

    def read(self, size: int = -1) -> bytes:
        """Read `size` bytes."""
        if not self.bounded:
            return self._file.read(size)
        data = self._file.read(
            _MOST_DIRECTORY_BYTES + 1 if size < 0 else min(size, _MOST_DIRECTORY_BYTES + 1)
        )
        if len(data) > _MOST_DIRECTORY_BYTES:
            raise InvalidFile("the workbook is a zip archive of too many parts")
        return data

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to another place.

        Raises:
            BadZipFile: the directory puts a part before the file's beginning.

        """
        if whence == SEEK_SET and offset < 0:
            raise BadZipFile("a part begins before the file")
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Return the place."""
        return self._file.tell()

    def seekable(self) -> bool:
        """Return whether other places can be gone to."""
        return True


def _plain(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


def _compound(packed: BinaryIO) -> str:
    packed.seek(0)
    overlap = b""
    while block := packed.read(_BLOCK_BYTES):
        if _ENCRYPTED in overlap + block:
            return (
                "the workbook is encrypted; open it with its password, save it without one, and "
                "send it again"
            )
        # The name may lie across two blocks.
        overlap = block[-len(_ENCRYPTED) :]
    return (
        "the file is an old Excel workbook (.xls) or an encrypted one, whatever its name ends in; "
        "save it as Excel Workbook (.xlsx), without a password, and send it again"
    )
