"""What a caller asked a job to do.

A release that does not know a member of a stored request cannot run it, so it does not read
it; members that are left at their default are not stored. So a default must never change.
"""

from enum import StrEnum
from typing import Literal

import msgspec

from ferry.kuiper.apply.mode import Mode
from ferry.kuiper.document.sections import Wire


class _Stored(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """A request as it is kept on its job."""


class ExportRequest(_Stored, frozen=True, kw_only=True, tag="export"):
    """An export of a table's rows (contract tables#exports).

    Attributes:
        file_type: a key of `ferry.files.formats.FORMATS`.
        start: rows created at or after this Unix second, None for all.
        end: rows created before this Unix second, None for all.
        where: the condition that rows must meet, as JSON text, "" for none.
        include_keys: the columns of the file, empty for all.
        exclude_keys: the columns that the file does not have.
        order_by: columns, the weightiest first, ``-`` before one for descending.
        heads: names that columns have in a CSV or xlsx file, where not their own.
        timestamp_keys: columns of Unix seconds that are shown in ISO 8601.
        gzip: whether the file is compressed.
        defuse_formulas: whether a CSV file is made safe to open in a spreadsheet.

    """

    file_type: str
    start: int | None = None
    end: int | None = None
    where: str = ""
    include_keys: tuple[str, ...] = ()
    exclude_keys: tuple[str, ...] = ()
    order_by: tuple[str, ...] = ()
    heads: dict[str, str] = {}
    timestamp_keys: tuple[str, ...] = ()
    gzip: bool = False
    defuse_formulas: bool = False


class ImportOptions(_Stored, frozen=True, kw_only=True):
    """How rows of a file become rows of the table.

    Attributes:
        id_as_key: rows keep the ids that the file gives; else every row gets a new one.
        conflict: what becomes of a row whose id, kept, the table has already.
        dry_run: everything is done but the writing.
        encoding: of a CSV file; None for UTF-8.

    """

    id_as_key: bool = False
    conflict: Literal["fail", "skip", "upsert"] = "fail"
    dry_run: bool = False
    encoding: Literal["gb18030"] | None = None


class ImportRequest(ImportOptions, frozen=True, kw_only=True, tag="import"):
    """An import of a file into a table (contract tables#imports).

    Attributes:
        file_type: the name of the file's format, compressed or not.
        file_name: as the caller named it, fit for showing, not for a path.
        file_key: where it lies in the upload bucket.
        file_etag: of the object that was inspected, "" for any: an upload may be replaced.
        file_url: where it has still to be fetched from, "" once it lies there. It may hold
            secrets: nothing that is shown, mailed or logged may quote it.

    """

    file_type: str
    file_name: str
    file_key: str
    file_etag: str = ""
    file_url: str = ""


class Form(StrEnum):
    """What a configuration to import looks like, and how its import is answered."""

    DOCUMENT = "document"
    """The JSON document of /data/import."""
    STRUCTURED = "structured"
    """The YAML document of /v2/data/import; its first error ends the import."""
    RULESET = "ruleset"
    """Streams, tables and rules of /ruleset/import."""


class ConfigRequest(_Stored, frozen=True, kw_only=True, tag="configuration"):
    """An import of a configuration (contract configurations#principles).

    Attributes:
        body_key: where the request's body lies in the upload bucket.
        stop: whatever runs the rules is to restart on the new revision.
        dry_run: nothing is stored.

    """

    body_key: str
    form: Form = Form.DOCUMENT
    mode: Mode = Mode.FULL
    wire: Wire = Wire.SEED
    stop: bool = False
    dry_run: bool = False
