"""Errors between a program and the service."""

from typing import Any

from ferry_client.types import Job


class FerryError(Exception):
    """The base of all errors of this client."""


class Refused(FerryError):
    """The service answered, and did not do what was asked.

    Attributes:
        status: of HTTP.
        message: the service's own words.
        body: the whole answer, where it is a JSON object.

    """

    def __init__(
        self, status: int, message: str, asked: str, body: dict[str, Any] | None = None
    ) -> None:
        super().__init__(f"{asked} answered {status}: {message}")
        self.status = status
        self.message = message
        self.body = body or {}


class Unreachable(FerryError):
    """No answer came, after all attempts. What was asked may or may not have been done."""


class JobFailed(FerryError):
    """A job ended, and not well: it failed or was cancelled."""

    def __init__(self, job: Job) -> None:
        self.job = job
        why = job.get("error_msg") or f"it was {job['status']}"
        super().__init__(f"job {job['job_id']}: {why}")


class TimedOut(FerryError):
    """A job has not ended in the time that the caller gave it. It goes on."""


class FileChanged(FerryError):
    """The file behind a link is not the one whose first bytes are here already."""


class Damaged(FerryError):
    """A file has arrived that is not, byte for byte, the one that was sent."""
