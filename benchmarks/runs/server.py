"""The replay server as the benchmark uses it, in a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self, cast
from urllib.request import urlopen


class Server:
    """A replay server while it runs.

    Args:
        items: the file of the items that it has.
        page_delay: seconds that each page takes.
        batch_delay: seconds that each batch of writes takes.

    """

    def __init__(self, items: Path, *, page_delay: float = 0, batch_delay: float = 0) -> None:
        self._command = [sys.executable, "-m", "benchmarks.replay", str(items)]
        self._command += ["--page-delay", str(page_delay), "--batch-delay", str(batch_delay)]

    def __enter__(self) -> Self:
        """Start it."""
        self._process = subprocess.Popen(  # noqa: S603 - ourselves
            self._command, stdout=subprocess.PIPE, text=True
        )
        port = cast("IO[str]", self._process.stdout).readline()  # as a pipe was asked for
        self.url = f"http://127.0.0.1:{int(port)}"
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop it."""
        self._process.terminate()
        self._process.wait()

    def reset(self, *, keep: bool) -> None:
        """Forget what was written and every file; `keep` what is written from now on."""
        self._get(f"/-/reset?keep={int(keep)}")

    @property
    def cpu_s(self) -> float:
        """Seconds of processor time that it has taken."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def rows_put(self) -> int:
        """Return the number of rows written."""
        return int(json.loads(self._get("/-/counts"))["rows"])

    def pages_read(self) -> int:
        """Return the number of pages read."""
        return int(json.loads(self._get("/-/counts"))["pages"])

    def batches(self) -> list[Any]:
        """Return the bodies of the batches in which rows came, where they were kept."""
        return [json.loads(line) for line in self._get("/-/batches").splitlines()]

    def messages(self) -> list[str]:
        """Return the ids of the jobs that messages were sent of since it was last asked."""
        return [message["job_id"] for message in json.loads(self._get("/-/messages"))]

    def file(self, suffix: str) -> bytes:
        """Return the one file on S3 whose name so ends."""
        (path,) = [path for path in json.loads(self._get("/-/files")) if path.endswith(suffix)]
        return self._get(path)

    def _get(self, path: str) -> bytes:
        with urlopen(self.url + path) as answer:  # noqa: S310 - http, to ourselves
            content: bytes = answer.read()
            return content
