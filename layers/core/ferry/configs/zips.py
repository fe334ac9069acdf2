"""Archives of plugins and services, looked at before they are kept. Nothing is unpacked."""

import zipfile
import zlib
from typing import BinaryIO

from ferry.errors import InvalidItem
from ferry.kuiper.items.uploads import stays_inside

_MAX_MEMBERS = 10_000
_MAX_UNPACKED_BYTES = 1_073_741_824
_MAX_RATIO = 200
"""Unpacked to packed. Binaries come to 3, texts to 20; a bomb to 1,000 and more."""
_SMALL_BYTES = 1_048_576
"""What may be packed as tightly as it likes."""
_PARTS = (".so", ".json")
"""A native plugin is a library; a portable one and a service are described by JSON."""


def check_archive(file: BinaryIO) -> None:
    """Look at an archive as a whole and at each of its members.

    Raises:
        InvalidItem: it is no zip, lacks what it is there for, leads out of its folder, or is a
            bomb.

    """
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, ValueError, EOFError) as fault:
        raise InvalidItem("zip: not a valid zip file") from fault
    if len(members) > _MAX_MEMBERS:
        raise InvalidItem(f"zip: more than {_MAX_MEMBERS:,} members")
    for member in members:
        _check_member(member)
    if not any(member.filename.endswith(_PARTS) for member in members):
        raise InvalidItem("invalid zip file: so file or json file is missing")
    packed = sum(member.compress_size for member in members)
    unpacked = sum(member.file_size for member in members)
    if unpacked > _MAX_UNPACKED_BYTES or unpacked > max(_SMALL_BYTES, packed * _MAX_RATIO):
        raise InvalidItem(f"zip: {unpacked:,} bytes unpacked are too many")


def _check_member(member: zipfile.ZipInfo) -> None:
    if not stays_inside(member.filename) or ":" in member.filename:
        raise InvalidItem(f"zip: illegal file path {member.filename}")
    if member.flag_bits & 1:
        raise InvalidItem(f"zip: {member.filename} is encrypted")
