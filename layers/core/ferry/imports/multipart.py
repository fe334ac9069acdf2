"""The HTTP edge of forms: the file in a body of multipart/form-data (RFC 7578)."""

import re
from io import BytesIO
from pathlib import PureWindowsPath

from multipart import MultipartError, MultipartParser, parse_options_header

from ferry.errors import InvalidFile
from ferry.imports.request import Upload

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]")
_LONGEST_NAME = 255
"""Bytes of a name that are kept, its end: an S3 key holds 1,024."""


def uploaded_file(body: bytes, content_type: str, *, part: str = "file") -> Upload:
    """Return the file that the body's part of that name holds; its name is without folders.

    Raises:
        InvalidFile: the body is not multipart, or has no such part, or it has no file name.

    """
    kind, options = parse_options_header(content_type)
    if kind != "multipart/form-data" or not options.get("boundary"):
        raise InvalidFile(f"send it as multipart/form-data, in a part named {part}")
    try:
        # The body is in memory already: let no part of it go to disk.
        size = len(body) + 1
        found = MultipartParser(
            BytesIO(body), options["boundary"], spool_limit=size, memory_limit=size
        ).get(part)
    except MultipartError as error:
        raise InvalidFile(f"the multipart body is broken ({error})") from error
    if found is None:
        raise InvalidFile(f"the body has no part named {part}")
    name = file_name(found.filename or "")
    if not name:
        raise InvalidFile(f"the part named {part} has no file name")
    return Upload(name, found.raw)


def file_name(given: str) -> str:
    """Return a file's name without folders and what cannot be shown, "" if nothing is left."""
    # Browsers of old sent whole paths, of either kind.
    name = _UNPRINTABLE.sub("", PureWindowsPath(given).name)
    return name.encode(errors="replace")[-_LONGEST_NAME:].decode(errors="ignore")
