"""Archives of plugins and services, checked before they are kept.

Nothing is unpacked but, into memory, the short texts that say what an archive is.
"""

import errno
import stat
import zipfile
import zlib
from typing import BinaryIO

from ferry.errors import InvalidItem
from ferry.kuiper.items.archive import Archive
from ferry.kuiper.items.upload_item import stays_inside

_MAX_MEMBERS = 10_000
_MAX_UNPACKED_BYTES = 1_073_741_824
_MAX_RATIO = 200
"""Unpacked to packed. Binaries come to 3, texts to 20; a bomb to 1,000 and more."""
_SMALL_BYTES = 1_048_576
"""A file of at most so many bytes may be packed as tightly as it likes."""
_MAX_TEXT_BYTES = 1_048_576
"""Of all texts together."""
_PLAIN = {0, stat.S_IFREG, stat.S_IFDIR}
_FAULTS = (zipfile.BadZipFile, zlib.error, NotImplementedError, ValueError, EOFError)


def read_archive(file: BinaryIO) -> Archive:
    """Check an archive and each of its members.

    Raises:
        InvalidItem: it is no zip, leads out of its folder, or is a bomb.

    """
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            _check(members)
            return Archive(frozenset(each.filename for each in members), _texts(archive, members))
    except _FAULTS as fault:
        raise _not_valid() from fault
    except OSError as fault:
        # A directory may put a member before the file's beginning. Other errors are the disk's.
        if fault.errno != errno.EINVAL:
            raise
        raise _not_valid() from fault


def _not_valid() -> InvalidItem:
    return InvalidItem("zip: not a valid zip file")


def _check(members: list[zipfile.ZipInfo]) -> None:
    if len(members) > _MAX_MEMBERS:
        raise InvalidItem(f"zip: more than {_MAX_MEMBERS:,} members")
    for member in members:
        _check_member(member)
    packed = sum(member.compress_size for member in members)
    unpacked = sum(member.file_size for member in members)
    if unpacked > _MAX_UNPACKED_BYTES or unpacked > max(_SMALL_BYTES, packed * _MAX_RATIO):
        raise InvalidItem(f"zip: {unpacked:,} bytes unpacked are too many")


def _texts(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> dict[str, str]:
    texts: dict[str, str] = {}
    left = _MAX_TEXT_BYTES
    for member in members:
        folder, _, name = member.filename.rpartition("/")
        if (folder, name[-5:]) == ("", ".json") or (folder, name[-6:]) == ("schemas", ".proto"):
            with archive.open(member) as text:
                content = text.read(left + 1)  # the size that the zip states may be wrong
            left -= len(content)
            if left < 0:
                raise InvalidItem(f"zip: its descriptions are over {_MAX_TEXT_BYTES:,} bytes")
            texts[member.filename] = content.decode("utf-8", "replace")
    return texts


def _check_member(member: zipfile.ZipInfo) -> None:
    if not stays_inside(member.filename) or ":" in member.filename:
        raise InvalidItem(f"zip: illegal file path {member.filename}")
    # Info-ZIP keeps the file's mode there; other programs leave it 0. Zip has no hard links.
    # https://libzip.org/specifications/extrafld.txt ("external file attributes")
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in _PLAIN:
        what = "a symbolic link" if kind == stat.S_IFLNK else "neither a file nor a folder"
        raise InvalidItem(f"zip: {member.filename} is {what}")
    if member.flag_bits & 1:
        raise InvalidItem(f"zip: {member.filename} is encrypted")
