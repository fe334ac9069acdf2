"""The HTTP edge of imports: a body is a form with the file, or JSON that names one."""

from collections.abc import Mapping
from urllib.parse import unquote

from multipart import parse_options_header

from ferry.errors import InvalidFile, Malformed, Unfetchable
from ferry.fetch.native_export import export_name, manifest_folder
from ferry.fetch.web import checked
from ferry.imports.fetched import Remote
from ferry.imports.import_job import ImportOptions
from ferry.imports.import_options import ReferenceIn, Upload, from_query, plain, reference_in
from ferry.imports.multipart import file_name, sent_form
from ferry.imports.saved_options import FindProfile, no_profile, with_profile
from ferry.imports.starting import Asked
from ferry.tables.values import InvalidValue, parse_json

_MOST_DIGITS = 16
"""Of a file's size: enough for a petabyte."""


def asked_import(
    body: bytes,
    content_type: str,
    query: Mapping[str, str] | None,
    profiles: FindProfile = no_profile,
) -> Asked:
    """Read an import's request: a form with a file and options, or a JSON body.

    Raises:
        InvalidFile: there is no file in it, nor the name of one.
        Malformed: an option is unknown, or has a value that it does not take.

    """
    kind, _ = parse_options_header(content_type)
    if kind != "application/json":
        form = sent_form(body, content_type)
        options = with_profile(_together(query or {}, form.fields), profiles)
        return Asked(form.file, from_query(options))
    named = _named(body, query, profiles)
    return Asked(_remote(named) if named.file_url else named, named)


def asked_preview(
    body: bytes,
    content_type: str,
    query: Mapping[str, str] | None,
    profiles: FindProfile = no_profile,
) -> tuple[Upload | Remote, ImportOptions]:
    """Read a preview's request: a form with a file, or its first part, or a JSON body with a URL.

    Raises:
        InvalidFile: there is no file in it, nor the URL of one.
        Malformed: an option is unknown, or has a value that it does not take.

    """
    kind, _ = parse_options_header(content_type)
    if kind == "application/json":
        named = _named(body, query, profiles)
        if not named.file_url or named.file_key or manifest_folder(named.file_url):
            raise InvalidFile("a preview takes file_url with an http or https address, or a file")
        return _remote(named), plain(named)
    form = sent_form(body, content_type)
    options = with_profile(_together(query or {}, form.fields), profiles)
    return form.file, from_query(options)


def asked_estimate(
    body: bytes,
    content_type: str,
    query: Mapping[str, str] | None,
    profiles: FindProfile = no_profile,
) -> tuple[Upload, ImportOptions, int]:
    """Read an estimate's request: that of a preview, and the bytes of the whole file, 0 if untold.

    Raises:
        InvalidFile: there is no file in it.
        Malformed: an option is unknown, or has a value that it does not take.

    """
    form = sent_form(body, content_type)
    given = _together(query or {}, form.fields)
    size = given.pop("file_bytes", "0")
    if not (size.isascii() and size.isdecimal() and len(size) < _MOST_DIGITS):
        raise Malformed("file_bytes: must be a whole number of bytes")
    return form.file, from_query(with_profile(given, profiles)), int(size)


def _named(body: bytes, query: Mapping[str, str] | None, profiles: FindProfile) -> ReferenceIn:
    if query:
        raise Malformed("with a body of JSON, put the options into it")
    try:
        return reference_in(with_profile(parse_json(body.decode()), profiles))
    except (InvalidValue, UnicodeDecodeError) as error:
        raise InvalidFile(f"the body is no JSON ({error}), and no multipart/form-data") from error


def _together(query: Mapping[str, str], fields: Mapping[str, str]) -> dict[str, str]:
    for name, value in fields.items():
        # Two places, two values: either one would be a guess.
        if query.get(name, value) != value:
            raise Malformed(f"{name}: the query says something else than the form")
    return {**query, **fields}


def _remote(named: ReferenceIn) -> Remote:
    if manifest_folder(named.file_url):
        if named.file_name:
            raise Malformed("file_name: an export of DynamoDB has its name from its manifest")
        return Remote(named.file_url, file_name(export_name(named.file_url)))
    try:
        path = checked(named.file_url).path
    except Unfetchable as fault:
        raise InvalidFile(
            f"file_url: {fault}; it must be an http or https address, or the "
            "manifest of a DynamoDB export, s3://bucket/…/manifest-summary.json"
        ) from fault
    return Remote(named.file_url, file_name(named.file_name or unquote(path)))
