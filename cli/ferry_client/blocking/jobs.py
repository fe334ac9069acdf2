# fmt: off
# Written from ../aio by `make openapi`; do not edit.
"""A job that was started: how far it is, its files, and what can be done about it."""

import time
from collections.abc import Callable
from pathlib import Path
from time import monotonic

from ferry_client.blocking.downloads import Watch, copy_to, download_to
from ferry_client.blocking.transport import Transport
from ferry_client.errors import FerryError, JobFailed, TimedOut
from ferry_client.options import new_key
from ferry_client.types import Job

_FIRST_PAUSE_S = 0.2
_LONGEST_PAUSE_S = 2.0
"""A worker notes its progress every two seconds: to ask more often tells nothing new."""

RUNNING = frozenset({"pending", "ready"})

type WatchJob = Callable[[Job], None]


class JobHandle:
    """One job.

    Attributes:
        path: of the job in the API.
        id: of the job.

    """

    def __init__(self, transport: Transport, path: str) -> None:
        self._transport = transport
        self.path = path if path.endswith("/") else f"{path}/"
        self.id = self.path.rstrip("/").rpartition("/")[2]

    def show(self) -> Job:
        """Return the job as it is now."""
        job: Job = (self._transport.call("GET", self.path)).json()
        return job

    def wait(self, watch: WatchJob | None = None, *, timeout: float | None = None) -> Job:
        """Wait for the end; call `watch` with the job each time that it was looked up.

        Raises:
            JobFailed: it failed, or was cancelled.
            TimedOut: it has not ended after `timeout` seconds. It goes on.

        """
        since, pause = monotonic(), _FIRST_PAUSE_S
        while True:
            job = self.show()
            if watch:
                watch(job)
            if job["status"] == "finish":
                return job
            if job["status"] not in RUNNING:
                raise JobFailed(job)
            if timeout is not None and monotonic() - since > timeout:
                raise TimedOut(f"job {self.id} has not ended after {timeout:g} s")
            time.sleep(pause)
            pause = min(_LONGEST_PAUSE_S, pause * 1.5)

    def cancel(self) -> str:
        """Cancel it; return ``cancelled``, or ``cancelling`` while its worker stops."""
        answer = self._transport.call("POST", f"{self.path}cancel/")
        return str(answer.json()["status"])

    def resume(self, **limits: float | None) -> str:
        """Let it go on, which has stopped at its budget; return its status.

        Args:
            **limits: `budget` in US dollars, or `budget_units`, of the job as a whole; None for
                none.

        """
        # Not that the service would need the key: to resume twice does no more than once.
        path, key = f"{self.path}resume/", new_key()
        answer = self._transport.call("POST", path, json=limits, headers=key)
        return str(answer.json()["status"])

    def delete(self) -> str:
        """Cancel it, or delete it with its files if it has ended; return which it was."""
        answer = self._transport.call("DELETE", self.path)
        return str(answer.headers.get("X-Ferry-Job", "deleted"))

    def download(self, target: Path, watch: Watch | None = None) -> int:
        """Download what an export wrote, or a dry run's differences; return its size in bytes."""
        return download_to(self._transport, self._link("download_url"), target, watch)

    def copy(
        self, write: Callable[[bytes], object], watch: Watch | None = None, *, start: int = 0
    ) -> int:
        """Hand the same, in order and from the byte `start` on, to `write`; return its size."""
        link = self._link("download_url")
        return copy_to(self._transport, link, write, watch, start=start)

    def failed_rows(self, target: Path) -> int:
        """Download the rows that failed, each with the reason; return the file's size in bytes."""
        return download_to(self._transport, self._link("report_url"), target)

    def undo(self) -> "JobHandle":
        """Undo an import that was started with `keep_before`; return the undo's job."""
        return self._follow_up("undo/")

    def apply(self, *, keep_before: bool = False) -> "JobHandle":
        """Do what a dry run would have done; return the application's job."""
        return self._follow_up(f"apply/{'?keep_before=1' if keep_before else ''}")

    def _follow_up(self, path: str) -> "JobHandle":
        answer = self._transport.call("POST", self.path + path, headers=new_key())
        return JobHandle(self._transport, answer.headers["Location"])

    def _link(self, name: str) -> str:
        link = (self.show()).get(name)
        if not isinstance(link, str) or not link:
            raise FerryError(f"job {self.id} has no file to download ({name} is null)")
        return link
