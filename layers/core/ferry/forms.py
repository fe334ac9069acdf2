"""The bodies of imports: a file in multipart/form-data (RFC 7578), or JSON that names one."""

import re
from collections.abc import Mapping
from io import BytesIO
from pathlib import PureWindowsPath
from urllib.parse import unquote

from multipart import MultipartError, MultipartParser, parse_options_header

from ferry.errors import InvalidFile, Malformed, Unfetchable
from ferry.fetch.web import checked
from ferry.tables.values import InvalidValue, parse_json
from ferry.transfer.fetched import Remote
from ferry.transfer.import_options import ReferenceIn, from_query, reference_in
from ferry.transfer.imports import Upload
from ferry.transfer.starting import Asked

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]")
_LONGEST_NAME = 255
"""Bytes of a name that are kept, its end: an S3 key holds 1,024."""


def asked_import(body: bytes, content_type: str, query: Mapping[str, str] | None) -> Asked:
    """Return what a request asks to import: a file with options beside it, or a body of JSON.

    Raises:
        InvalidFile: there is no file in it, nor the name of one.
        Malformed: an option is unknown, or has a value that it does not take.

    """
    kind, _ = parse_options_header(content_type)
    if kind != "application/json":
        return Asked(uploaded_file(body, content_type), from_query(query))
    if query:
        raise Malformed("with a body of JSON, put the options into it")
    try:
        named = reference_in(parse_json(body.decode()))
    except (InvalidValue, UnicodeDecodeError) as error:
        raise InvalidFile(f"the body is no JSON ({error}), and no multipart/form-data") from error
    return Asked(_remote(named) if named.file_url else named, named)


def _remote(named: ReferenceIn) -> Remote:
    try:
        path = checked(named.file_url).path
    except Unfetchable as fault:
        raise InvalidFile(f"file_url: {fault}; it must be an http or https address") from fault
    return Remote(named.file_url, file_name(named.file_name or unquote(path)))


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
