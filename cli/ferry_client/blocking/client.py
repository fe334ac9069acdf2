# fmt: off
# Written from ../aio by `make openapi`; do not edit.
"""The service as one user sees it."""

from collections.abc import Iterator, Mapping
from io import SEEK_END
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Literal, Self
from urllib.parse import quote, urlencode, urlsplit

import httpx

from ferry_client.blocking.configuration import Configuration
from ferry_client.blocking.downloads import Watch, copy_to, download_to
from ferry_client.blocking.jobs import JobHandle
from ferry_client.blocking.transport import Transport
from ferry_client.blocking.uploads import Upload, Sent, named
from ferry_client.errors import FerryError, Refused
from ferry_client.options import ImportOptions, fields, new_key
from ferry_client.retrying import Retries
from ferry_client.types import (
    Estimate,
    ExportOptionsV15,
    Job,
    ListedJob,
    Preview,
    Table,
    TableChangesIn,
    TableIn,
    TableProposal,
)

_TABLES = "/oserve/v1/table/"
_JOBS = "/oserve/v1/job/"
_PAGE = 1000
_JOBS_PAGE = 100
PREVIEW_BYTES = 1_048_576
"""A preview takes a whole file up to this size, and the beginning of a larger one."""

type Operation = Literal["export", "import"]
OPERATIONS: tuple[Operation, ...] = ("import", "export")


class Client:
    """One user's way to a service. Close it, or use it with `with`.

    Args:
        url: of the service.
        token: the user's.
        retries: how patient it is with passing faults.
        timeout: seconds without a byte before a connection counts as broken.
        language: of errors and jobs, such as ``zh-CN``; "" for the service's own.
        through: in place of the network, for tests.

    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        retries: Retries | None = None,
        timeout: float = 60,
        language: str = "",
        through: httpx.BaseTransport | None = None,
    ) -> None:
        self.transport = Transport(
            url, token, language=language, retries=retries, timeout=timeout, through=through
        )
        self.configuration = Configuration(self.transport)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self.transport.close()

    def tables(self) -> list[Table]:
        """Return the app's tables by id."""
        return [table for table in self._listed(_TABLES)]

    def table(self, table: int | str) -> Table:
        """Return a table by its id or its name.

        Raises:
            FerryError: there is none of that name.

        """
        if isinstance(table, int) or table.isdecimal():
            found: Table = (self.transport.call("GET", f"{_TABLES}{table}/")).json()
            return found
        tables = {each["name"]: each for each in self.tables()}
        if table not in tables:
            known = ", ".join(sorted(tables)) or "no tables"
            raise FerryError(f"the app has no table named {table!r}; it has {known}")
        return tables[table]

    def create_table(self, definition: TableIn) -> Table:
        """Create a table."""
        made: Table = (self.transport.call("POST", _TABLES, json=definition)).json()
        return made

    def propose_table(self, name: str, dynamodb_table: str) -> TableProposal:
        """Return the definition of a table that is attached to a DynamoDB table.

        It is based on a sample of the items; `create_table` takes it, as it is or edited.
        """
        body = {"name": name, "attached": {"table": dynamodb_table}}
        told: TableProposal = (self.transport.call("POST", _TABLES, json=body)).json()
        return told

    def update_table(self, table: int, changes: TableChangesIn) -> Table:
        """Change a table; members that are not given stay as they are."""
        path = f"{_TABLES}{table}/"
        changed: Table = (self.transport.call("PUT", path, json=changes)).json()
        return changed

    def delete_table(self, table: int) -> None:
        """Delete a table; its rows follow within the hour."""
        self.transport.call("DELETE", f"{_TABLES}{table}/")

    def insert(self, table: int, rows: list[dict[str, Any]]) -> dict[str, Any]:
        """Insert up to 1000 rows; return what became of each."""
        path = f"{_TABLES}{table}/record/"
        result: dict[str, Any] = (self.transport.call("POST", path, json=rows)).json()
        return result

    def preview(
        self,
        file: Path | IO[bytes],
        *,
        table: int | None = None,
        name: str = "",
        options: ImportOptions | None = None,
    ) -> Preview:
        """Preview an import of a file, or the table that it would make.

        Of a file that is no workbook only its first `PREVIEW_BYTES` are sent.

        """
        name = named(file, name)
        content, _ = _beginning(file, name)
        path = f"{_TABLES}{f'{table}/import/' if table else ''}preview/"
        body = {"files": {"file": (name, content)}, "data": fields(options or {})}
        told: Preview = (self.transport.call("POST", path, **body)).json()
        return told

    def estimate_import(
        self,
        table: int,
        file: Path | IO[bytes],
        *,
        name: str = "",
        options: ImportOptions | None = None,
    ) -> Estimate:
        """Estimate an import of a file: rows, units, dollars, minutes.

        Of a file that is no workbook only its first `PREVIEW_BYTES` are sent.
        """
        name = named(file, name)
        content, size = _beginning(file, name)
        data = {**fields(options or {}), "file_bytes": str(size)}
        body = {"files": {"file": (name, content)}, "data": data}
        path = f"{_TABLES}{table}/import/estimate/"
        told: Estimate = (self.transport.call("POST", path, **body)).json()
        return told

    def estimate_export(
        self, table: int, options: ExportOptionsV15 | None = None
    ) -> Estimate:
        """Estimate an export, of all rows as CSV if nothing is said."""
        body = options or {"file_type": "csv", "mode": "all"}
        path = f"/oserve/v1.5/table/{table}/export/estimate/"
        told: Estimate = (self.transport.call("POST", path, json=body)).json()
        return told

    def start_import(
        self,
        table: int,
        file: Path | IO[bytes],
        *,
        name: str = "",
        options: ImportOptions | None = None,
        to_store: bool = False,
        note: Path | None = None,
        watch: Sent | None = None,
    ) -> JobHandle:
        """Send a file to be imported; return its job.

        Args:
            table: into which.
            file: a path, or a stream that can be read from its start more than once.
            name: of the file; its suffix tells the format.
            options: see docs/api-import.md.
            to_store: upload it to the store, whatever its size.
            note: a file in which an upload to the store is noted while it lasts. A later call with
                the same file, options and note sends only what has not arrived.
            watch: is told the bytes that have arrived of such an upload, and all of them.

        """
        name = named(file, name)
        if isinstance(file, Path):
            with file.open("rb") as stream:
                return self.start_import(
                    table, stream, name=name, options=options, to_store=to_store, note=note,
                    watch=watch,
                )  # fmt: skip
        path = f"{_TABLES}{table}/import/"
        upload = Upload(
            self.transport, path, file, name, options or {}, note=note, watch=watch
        )
        return self._handle((upload.to_store() if to_store else upload.start()))

    def start_import_of_url(
        self, table: int, url: str, *, name: str = "", options: ImportOptions | None = None
    ) -> JobHandle:
        """Have the service fetch a file and import it; return its job."""
        body = {"file_url": url, **({"file_name": name} if name else {}), **(options or {})}
        path = f"{_TABLES}{table}/import/"
        return self._handle(self._started(path, body))

    def start_export(
        self, table: int, options: ExportOptionsV15 | None = None
    ) -> JobHandle:
        """Start an export, of all rows as CSV if nothing is said; return its job."""
        body = options or {"file_type": "csv", "mode": "all"}
        return self._handle(self._started(f"/oserve/v1.5/table/{table}/export/", body))

    def jobs(self, table: int, operation: Operation) -> list[Job]:
        """Return one's own exports of a table, or imports into it, the newest first."""
        path = f"/oserve/v1.5/table/{table}/{operation}/"
        return [job for job in self._listed(path)]

    def job(self, table: int, operation: Operation, job_id: str) -> JobHandle:
        """Return a job that was started, without looking it up."""
        return self._handle(f"/oserve/v1/table/{table}/{operation}/{job_id}/")

    def find_job(self, job_id: str) -> JobHandle:
        """Return the job of an id.

        Raises:
            FerryError: there is none of that id.

        """
        try:
            path = f"{_JOBS}{quote(job_id, safe='')}/"
            job: ListedJob = (self.transport.call("GET", path)).json()
        except Refused as error:
            if error.status != httpx.codes.NOT_FOUND:
                raise
            told = f"there is no job {job_id}; jobs are kept for 120 days after their end"
            raise FerryError(told) from error
        return self.job(job["table_id"], job["operation"], job_id)

    def latest_jobs(
        self, most: int, *, table: int | None = None, status: str = "", anyone: bool = False
    ) -> list[ListedJob]:
        """Return one's own jobs on all tables, the newest first.

        Args:
            most: at most so many.
            table: only those on one table.
            status: only of this status, or of several, with commas.
            anyone: others' too, on tables whose owner one is.

        """
        asked = {"limit": min(most, _JOBS_PAGE), "table_id": table, "status": status or None}
        given = {name: value for name, value in asked.items() if value is not None}
        page = f"{_JOBS}?{urlencode(given | ({'started_by': 'anyone'} if anyone else {}))}"
        found: list[ListedJob] = []
        while page and len(found) < most:
            answer = (self.transport.call("GET", page)).json()
            found += answer["objects"]
            page = answer["meta"]["next"]
        return found[:most]

    def download(self, link: str, target: Path, watch: Watch | None = None) -> int:
        """Download what a mailed link leads to; return its size in bytes."""
        return download_to(self.transport, link, target, watch)

    def copy(self, link: str, stream: IO[bytes], watch: Watch | None = None) -> int:
        """Write what a mailed link leads to into a stream; return its size in bytes."""
        return copy_to(self.transport, link, stream.write, watch)

    def _started(self, path: str, body: Mapping[str, Any]) -> str:
        answer = self.transport.call("POST", path, json=body, headers=new_key())
        return str(answer.headers["Location"])

    def _listed(self, path: str) -> Iterator[Any]:
        """Yield the objects of a list, page by page."""
        page: str | None = f"{path}?limit={_PAGE}"
        while page:
            answer = (self.transport.call("GET", page)).json()
            for each in answer["objects"]:
                yield each
            page = answer["meta"]["next"]

    def _handle(self, location: str) -> JobHandle:
        """A job at the path that an answer named, with or without the service in front."""
        return JobHandle(self.transport, urlsplit(location).path)


def _beginning(file: Path | IO[bytes], name: str) -> tuple[bytes, int]:
    """Return the part of a file that a preview needs, and the bytes of the whole."""
    whole = not name.lower().removesuffix(".gz").endswith((".csv", ".tsv", ".json", ".jsonl"))
    if isinstance(file, Path):
        with file.open("rb") as stream:
            return _beginning(stream, name)
    content = file.read(-1 if whole else PREVIEW_BYTES)
    return content, file.seek(0, SEEK_END)
