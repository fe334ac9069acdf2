"""Uploads that have been asked for and that may arrive."""

import msgspec

from ferry.aws import clients, entities
from ferry.aws.entities import key, to_item
from ferry.imports.import_job import ImportOptions
from ferry.tables.row_permissions import RowUser


class PendingUpload(msgspec.Struct, frozen=True, kw_only=True):
    """A file that a caller may upload; its arrival starts the import.

    Attributes:
        job_id: of the job that its arrival starts: whoever starts it, there is one.
        file_key: where it is to lie in the upload bucket.
        expires_at: Unix seconds after which nothing that arrives is imported.
        upload_id: of its multipart upload, "" where it comes by a form.
        file_size: bytes of a file that comes in parts, 0 of another one.
        row_user: see `ImportRequest`.
        file_type: of a job that fails because no format has the file's suffix, "" where it has one.

    """

    job_id: str
    app_id: str
    user_id: int
    table_id: int
    file_name: str
    file_key: str
    options: ImportOptions
    public_url: str
    expires_at: int
    upload_id: str = ""
    file_size: int = 0
    file_type: str = ""
    row_user: RowUser | None = None


class Uploads:
    """Pending uploads in the control table; DynamoDB drops them when they have expired."""

    def __init__(self, table_name: str) -> None:
        self._table_name = table_name

    def add(self, upload: PendingUpload) -> None:
        """Store a new one."""
        item = {**key(f"UPLOAD#{upload.job_id}", "UPLOAD"), **to_item(upload)}
        clients.dynamodb().put_item(TableName=self._table_name, Item=item)

    def find(self, file_key: str, *, now: int) -> PendingUpload | None:
        """Return the upload that is to lie under that key, None if nobody waits for it."""
        job_id = _job_id(file_key)
        upload = entities.get(self._table_name, f"UPLOAD#{job_id}", "UPLOAD", PendingUpload)
        if upload is None or upload.file_key != file_key or upload.expires_at <= now:
            return None
        return upload


def upload_key(app_id: str, table_id: int, job_id: str, file_name: str) -> str:
    """Return the key under which an upload is to lie."""
    return f"incoming/{app_id}/{table_id}/{job_id}/{file_name}"


def _job_id(file_key: str) -> str:
    parts = file_key.split("/", 4)
    return parts[3] if len(parts) == 5 else ""
