"""The options of an import, in a query or in a JSON body (contract tables#imports)."""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from ferry.errors import InvalidFile, Malformed
from ferry.imports.conflicts import inserts
from ferry.imports.import_job import ImportOptions
from ferry.imports.modes import check_match, check_mode, settled, with_mode
from ferry.imports.reading_options import check_reading, written
from ferry.jobs.acceptance import check_size
from ferry.jobs.limits import check_budget
from ferry.tables.row_permissions import RowUser, require_adding
from ferry.tables.schema import Table

_LONGEST_URL = 8_192
"""Characters. URLs of S3 that are signed by a role have some 2,000."""


class Upload(msgspec.Struct, frozen=True):
    """A file as it came in a request."""

    name: str
    content: bytes


class UploadIn(ImportOptions, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body that asks for a place to upload a file to, and says how to import it.

    Attributes:
        file_name: tells the format.
        file_size: bytes of a file that is uploaded in parts, 0 for a form.

    """

    file_name: str
    file_size: Annotated[int, Meta(ge=0)] = 0


class ReferenceIn(ImportOptions, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body that names a file in place of sending it.

    Attributes:
        file_key: of an upload.
        file_url: of the web.
        file_name: of the file behind `file_url`, "" where its path has the name.

    """

    file_key: str = ""
    file_url: Annotated[str, Meta(max_length=_LONGEST_URL)] = ""
    file_name: str = ""


class _OptionsIn(ImportOptions, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


def from_query(query: Mapping[str, str] | None) -> ImportOptions:
    """Return the options that query parameters, or fields of a form, ask for.

    Raises:
        Malformed: one is unknown, or has a value that it does not take. A misspelt ``dry_run``
            must not write.

    """
    return plain(_converted(query or {}, _OptionsIn))


def upload_in(body: Any) -> UploadIn:
    """Return the body that asks for an upload.

    Raises:
        Malformed: it is not as it must be.

    """
    return _converted(body, UploadIn)


def reference_in(body: Any) -> ReferenceIn:
    """Return the body that names a file.

    Raises:
        InvalidFile: it names none, or two.
        Malformed: an option is unknown, or has a value that it does not take.

    """
    if not isinstance(body, dict) or bool(body.get("file_key")) == bool(body.get("file_url")):
        raise InvalidFile(
            "send the file as multipart/form-data, in a part named file, or a JSON object with "
            "either file_key or file_url"
        )
    reference = _converted(body, ReferenceIn)
    if reference.file_key and reference.file_name:
        raise Malformed("file_name goes with file_url; an uploaded file has the name it was given")
    return reference


def check_conflict(options: ImportOptions, table: Table, user: RowUser | None = None) -> None:
    """Refuse what the table, or the user (None is an owner), does not allow.

    Raises:
        Malformed: rows cannot be matched as the options say.
        RoleTooLow: the mode adds rows, and the user may not.

    """
    if inserts(options.conflict):
        require_adding(user, table)
    if options.match:
        check_match(options.match, table)
    elif options.conflict != "fail" and not (options.id_as_key or table.attached):
        raise Malformed(
            "conflict needs id_as_key=1, or match= with the fields of a unique index: without them "
            "no row of the file is matched with one of the table"
        )


def plain(options: ImportOptions) -> ImportOptions:
    """Return the options alone, without what else came with them."""
    names = ImportOptions.__struct_fields__
    return ImportOptions(**{name: getattr(options, name) for name in names})


def _converted[T: ImportOptions](values: Any, kind: type[T]) -> T:
    try:
        # Not strict: "1", 1 and true are all in use for a switch.
        options = msgspec.convert(
            with_mode(written(values)) if isinstance(values, Mapping) else values,
            kind,
            strict=False,
        )
        check_budget(options.budget, options.budget_units)
    except ValueError as error:  # msgspec's ValidationError is one
        raise Malformed(str(error).replace(" - at `$.", " at `")) from error
    check_size(options)
    check_reading(options)
    check_mode(options, values)
    return settled(options)
