"""The HTTP edge of forms: the file in a body of multipart/form-data (RFC 7578)."""

import re
from collections.abc import Iterable
from io import BytesIO
from pathlib import PureWindowsPath
from urllib.parse import unquote_to_bytes

import msgspec
from multipart import MultipartError, MultipartParser, MultipartPart, parse_options_header

from ferry.errors import InvalidFile
from ferry.imports.import_options import Upload
from ferry.tables.values import shown

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]")
_EXTENDED = re.compile(
    r";[ \t]*+filename\*=([A-Za-z0-9-]++)'[A-Za-z0-9-]*+'([^;\s]++)", re.IGNORECASE
)
_LONGEST_FIELD = 64 * 1024
_FILE = "file"
_LONGEST_NAME = 255
"""Bytes of a name that are kept, its end: an S3 key holds 1,024."""


class MultipartForm(msgspec.Struct, frozen=True):
    """A form with a file, and the other fields beside it, wherever they stand."""

    file: Upload
    fields: dict[str, str]


def uploaded_file(body: bytes, content_type: str, *, part: str) -> Upload:
    """Return the file that the body's part of that name holds; its name is without folders.

    Raises:
        InvalidFile: the body is not multipart, or has no such part, or it has no file name.

    """
    return _file(_parts(body, content_type, part), part)


def sent_form(body: bytes, content_type: str) -> MultipartForm:
    """Return the one file of a form, in its part named file, and its other parts as text.

    Raises:
        InvalidFile: as `uploaded_file`; or there are two files, or another part comes twice, is a
            file, or is no text.

    """
    parts = _parts(body, content_type, _FILE)
    number = sum(part.name == _FILE for part in parts)
    if number > 1:
        raise InvalidFile(f"the body has {number} parts named {_FILE}; send one file")
    return MultipartForm(_file(parts, _FILE), _fields(part for part in parts if part.name != _FILE))


def _parts(body: bytes, content_type: str, wanted: str) -> list[MultipartPart]:
    kind, options = parse_options_header(content_type)
    if kind != "multipart/form-data" or not options.get("boundary"):
        raise InvalidFile(f"send it as multipart/form-data, in a part named {wanted}")
    try:
        # The body is in memory already: let no part of it go to disk.
        size = len(body) + 1
        parts: list[MultipartPart] = MultipartParser(
            BytesIO(body), options["boundary"], spool_limit=size, memory_limit=size
        ).parts()
    except MultipartError as error:
        raise InvalidFile(f"the multipart body is broken ({error})") from error
    return parts


def _file(parts: Iterable[MultipartPart], wanted: str) -> Upload:
    found = next((part for part in parts if part.name == wanted), None)
    if found is None:
        raise InvalidFile(f"the body has no part named {wanted}")
    name = file_name(_extended_name(found) or found.filename or "")
    if not name:
        raise InvalidFile(f"the part named {wanted} has no file name")
    return Upload(name, found.raw)


def _fields(parts: Iterable[MultipartPart]) -> dict[str, str]:
    fields: dict[str, str] = {}
    for found in parts:
        if found.name in fields:
            raise InvalidFile(f"the form has the field {shown(found.name)} twice")
        if found.filename is not None or len(found.raw) > _LONGEST_FIELD:
            raise InvalidFile(f"the field {shown(found.name)} of the form is no option")
        try:
            fields[found.name] = found.raw.decode()
        except UnicodeDecodeError as error:
            raise InvalidFile(f"the field {shown(found.name)} is not UTF-8 text") from error
    return fields


def _extended_name(part: MultipartPart) -> str:
    """Return the name that ``filename*`` gives (RFC 8187), "" if it gives none.

    RFC 7578 forbids it in forms; some clients send nothing else.
    """
    found = _EXTENDED.search(part.headers.get("Content-Disposition", ""))
    if found is None:
        return ""
    try:
        return unquote_to_bytes(found[2]).decode(found[1])
    except (UnicodeError, LookupError):  # there is no such charset
        return ""


def file_name(given: str) -> str:
    """Return a file's name without folders and what cannot be shown, "" if nothing is left."""
    # Browsers of old sent whole paths, of either kind.
    name = _UNPRINTABLE.sub("", PureWindowsPath(given).name)
    return name.encode(errors="replace")[-_LONGEST_NAME:].decode(errors="ignore")
