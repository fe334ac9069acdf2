"""The demo's user: the service by its client, and the mailbox of the local engine."""

import time
from http import HTTPStatus
from pathlib import Path
from typing import Any

from ferry_client import Client, JobHandle, Refused
from ferry_client.types import ExportOptionsV15, TableIn
from local.connection import Json
from local.instance import Failed

_PAUSE_S = 0.25
_MAIL_S = 60
_ARRIVAL_S = 60
_PATIENCE_S = 90


class Visitor:
    """One user of a running service.

    Attributes:
        client: of the service.
        mail_address: where their mails go.

    """

    def __init__(self, facts: Json) -> None:
        self.client = Client(facts["api_url"], facts["token"], timeout=_PATIENCE_S)
        self.mail_address: str = facts["mail"]

    def close(self) -> None:
        """Close the connections."""
        self.client.close()

    def upload(self, table: int, file: Path) -> tuple[JobHandle, str]:
        """Send a file to the store and leave the rest to its notice.

        Returns:
            The job that the notice has started, and the file's key.

        Raises:
            Failed: nothing starts.

        """
        path = f"/oserve/v1/table/{table}/import/upload/"
        answer = self.client.transport.call("POST", path, json={"file_name": file.name})
        form = answer.json()
        with file.open("rb") as stream:
            sent = {"data": form["fields"], "files": {"file": stream}}
            self.client.transport.send("POST", form["upload_url"], lambda: sent)
        job = self.client.job(table, "import", answer.headers["X-Job-Id"])
        deadline = time.monotonic() + _ARRIVAL_S
        while not _is_there(job):
            if time.monotonic() > deadline:
                raise Failed(f"No import has started {_ARRIVAL_S} s after the upload")
            time.sleep(_PAUSE_S)
        return job, form["file_key"]

    def mails(self, part: str) -> list[Json]:
        """Return the user's mails whose subject or text holds a text, newest first."""
        answer = self.client.transport.call("GET", "/mailbox/messages.json")
        return [
            mail
            for mail in answer.json()["messages"]
            if self.mail_address in mail["to"] and (part in mail["subject"] or part in mail["text"])
        ]

    def mail_of(self, job_id: str) -> Json:
        """Wait for the mail that names a job and return it.

        Raises:
            Failed: none comes.

        """
        return self.next_mail(job_id, 0)

    def next_mail(self, part: str, seen: int) -> Json:
        """Wait for one more such mail than `seen` and return it.

        Raises:
            Failed: none comes.

        """
        deadline = time.monotonic() + _MAIL_S
        while time.monotonic() < deadline:
            found = self.mails(part)
            if len(found) > seen:
                return found[0]
            time.sleep(_PAUSE_S)
        raise Failed(f"No mail came within {_MAIL_S} s; see make logs")


def _is_there(job: JobHandle) -> bool:
    try:
        job.show()
    except Refused as error:
        if error.status == HTTPStatus.NOT_FOUND:
            return False
        raise
    return True


def create_table(client: Client, definition: Any) -> int:
    """Create a table of a definition as it stands in a file, and return its id."""
    asked: TableIn = definition
    return client.create_table(asked)["id"]


def whole(file_type: str) -> ExportOptionsV15:
    """Return the options of an export of all rows in a format."""
    options: Any = {"file_type": file_type, "mode": "all"}
    asked: ExportOptionsV15 = options
    return asked


def free_name(client: Client, start: str) -> str:
    """Return a name that no table has: ``demo_1``, ``demo_2`` and so on."""
    taken = {table["name"] for table in client.tables()}
    return next(name for n in range(1, len(taken) + 2) if (name := f"{start}_{n}") not in taken)
