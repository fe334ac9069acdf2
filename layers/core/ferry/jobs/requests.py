"""What a caller asked a job to do."""

import msgspec


class ExportRequest(msgspec.Struct, frozen=True, kw_only=True, tag="export"):
    """An export of a table's rows (contract 4).

    Attributes:
        file_type: a key of ``ferry.formats.FORMATS``.
        start: rows created at or after this Unix second, None for all.
        end: rows created before this Unix second, None for all.

    """

    file_type: str
    start: int | None = None
    end: int | None = None


class ImportRequest(msgspec.Struct, frozen=True, kw_only=True, tag="import"):
    """An import of a file into a table (contract 5).

    Attributes:
        file_type: a key of ``ferry.formats.FORMATS``.
        file_name: as the caller named it, fit for showing, not for a path.
        file_key: where it lies in the upload bucket.

    """

    file_type: str
    file_name: str
    file_key: str
