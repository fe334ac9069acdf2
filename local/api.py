"""A small client of the service's own HTTP API, as any user could write it."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from local.connection import Connection, Json
from local.instance import Failed

_PAUSE_S = 0.25
_JOB_S = 240
_MAIL_S = 60
_ARRIVAL_S = 60
_END_S = 60


class Api(Connection):
    """The API and the mailbox of a running service, as one user sees them."""

    def __init__(self, facts: Json) -> None:
        super().__init__(facts["api_url"], facts["token"])
        self.mail_address: str = facts["mail"]
        self._tables = "/oserve/v1/table/"

    def create_table(self, definition: Json) -> int:
        """Create a table and return its id."""
        return int(self.call("POST", self._tables, 201, json=definition).json()["id"])

    def tables(self) -> dict[str, int]:
        """Map the names of the app's tables to their ids."""
        listed = self.call("GET", self._tables, 200, params={"limit": 1000}).json()
        return {table["name"]: int(table["id"]) for table in listed["objects"]}

    def preview(self, file: Path) -> Json:
        """Return what is known of a file, and the table that it would make."""
        with file.open("rb") as stream:
            answer = self.call("POST", f"{self._tables}preview/", 200, files={"file": stream})
        told: Json = answer.json()
        return told

    def start_import(self, table: int, file: Path, options: Json | None = None) -> str:
        """Send a file in a multipart body and return the path of its job."""
        fields = {name: json.dumps(value) for name, value in (options or {}).items()}
        with file.open("rb") as stream:
            path = f"{self._tables}{table}/import/"
            answer = self.call("POST", path, 201, files={"file": stream}, data=fields)
            return self._started(answer)

    def upload(self, table: int, file: Path, **options: Any) -> tuple[str, str]:
        """Send a file to the store itself, by a form made for it, and wait for its arrival.

        Returns:
            The path of the job that the arrival has started, and the file's key.

        Raises:
            Failed: the store refuses it, or nothing starts.

        """
        path = f"{self._tables}{table}/import/upload/"
        answer = self.call("POST", path, 201, json={"file_name": file.name, **options})
        form = answer.json()
        with file.open("rb") as stream:
            sent = httpx.post(
                form["upload_url"],
                data=form["fields"],
                files={"file": stream},
                timeout=90,
                trust_env=self.proxied,
            )
        if sent.status_code != httpx.codes.NO_CONTENT:
            raise Failed(f"the upload answered {sent.status_code}: {sent.text[:500]}")
        job_path = answer.headers["Location"]
        deadline = time.monotonic() + _ARRIVAL_S
        while self.ask("GET", job_path).status_code == httpx.codes.NOT_FOUND:
            if time.monotonic() > deadline:
                raise Failed(f"No import has started {_ARRIVAL_S} s after the upload")
            time.sleep(_PAUSE_S)
        return job_path, form["file_key"]

    def start_fetched(self, table: int, body: Json) -> str:
        """Have what a URL leads to imported and return the path of the job."""
        return self._started(self.call("POST", f"{self._tables}{table}/import/", 201, json=body))

    def start_export(self, table: int, file_type: str) -> str:
        """Ask for all rows and return the path of the job."""
        body = {"file_type": file_type, "mode": "all"}
        path = f"{self._tables}{table}/export/"
        return self._started(self.call("POST", path, 201, json=body))

    def finished(self, job_path: str, watch: Callable[[int], None]) -> Json:
        """Wait for a job to end and return it; call `watch` with the number of rows done.

        Raises:
            Failed: it failed, or takes too long.

        """
        deadline = time.monotonic() + _JOB_S
        while time.monotonic() < deadline:
            job: Json = self.call("GET", job_path, 200).json()
            if job["status"] == "finish":
                return job
            if job["status"] not in {"pending", "ready"}:
                raise Failed(f"The job ended as {job['status']}: {job.get('error_msg')}")
            watch(job["progress"]["rows_done"])
            time.sleep(_PAUSE_S)
        raise Failed(f"The job {job_path} is not done after {_JOB_S} s; see make logs")

    def jobs(self, table: int) -> list[str]:
        """Return the paths of the user's jobs on a table."""
        found = []
        for operation in ("export", "import"):
            path = f"/oserve/v1.5/table/{table}/{operation}/"
            listed = self.call("GET", path, 200, params={"limit": 1000}).json()
            found += [f"{path}{job['job_id']}/" for job in listed["objects"]]
        return found

    def delete_job(self, job_path: str) -> None:
        """Delete a job with its files, cancelling it before if it is still at work.

        Raises:
            Failed: it does not end.

        """
        deadline = time.monotonic() + _END_S
        while time.monotonic() < deadline:
            self.call("DELETE", job_path, 204, 404)
            if self.call("GET", job_path, 200, 404).status_code == httpx.codes.NOT_FOUND:
                return
            time.sleep(_PAUSE_S)
        raise Failed(f"The job {job_path} has not ended {_END_S} s after it was asked to")

    def delete_table(self, table: int) -> None:
        """Delete a table; its rows follow within the hour."""
        self.call("DELETE", f"{self._tables}{table}/", 204)

    def mails(self, subject_part: str) -> list[Json]:
        """Return the user's mails whose subject holds a text, newest first."""
        messages = self.call("GET", "/mailbox/messages.json", 200).json()["messages"]
        return [
            mail
            for mail in messages
            if self.mail_address in mail["to"] and subject_part in mail["subject"]
        ]

    def next_mail(self, subject_part: str, seen: int) -> Json:
        """Wait for one more such mail than `seen` and return it.

        Raises:
            Failed: none comes.

        """
        deadline = time.monotonic() + _MAIL_S
        while time.monotonic() < deadline:
            found = self.mails(subject_part)
            if len(found) > seen:
                return found[0]
            time.sleep(_PAUSE_S)
        raise Failed(f"No mail came within {_MAIL_S} s; see make logs")

    def task_ended(self, task_id: str) -> None:
        """Wait for the import of a configuration that took longer than its request.

        Raises:
            Failed: it failed, or takes too long.

        """
        deadline = time.monotonic() + _JOB_S
        while time.monotonic() < deadline:
            task: Json = json.loads(self.get(f"/async/task/{task_id}"))
            if task["status"] == "finish":
                return
            if task["status"] not in {"register", "running"}:
                raise Failed(f"The import of the configuration has failed: {task}")
            time.sleep(_PAUSE_S)
        raise Failed(f"The import of the configuration is not done after {_JOB_S} s")

    @staticmethod
    def _started(response: httpx.Response) -> str:
        if response.json().get("status") != "ok":
            raise Failed(f"A job was started but its answer is {response.text}")
        return response.headers["Location"]
