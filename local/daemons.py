"""Servers that outlive the command that started them, and that can always be found again.

A daemon holds an inherited lock on a file as long as it lives, so a stale process id is never
mistaken for it, however it or its starter died.
"""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from local.instance import LOOPBACK, ROOT, Failed

_WRITE_PID_AND_BECOME = 'echo $$ >"$0" && exec "$@"'


@dataclass(frozen=True)
class Daemon:
    """A named server with its files in `folder`."""

    name: str
    folder: Path

    @property
    def log(self) -> Path:
        """The file of the server's output."""
        return self.folder / f"{self.name}.log"

    @property
    def _lock(self) -> Path:
        return self.folder / f"{self.name}.lock"

    @property
    def _pid(self) -> Path:
        return self.folder / f"{self.name}.pid"

    @property
    def _identity(self) -> Path:
        return self.folder / f"{self.name}.identity"

    @property
    def running(self) -> bool:
        """Whether the server is running."""
        if not self._lock.exists():
            return False
        with self._lock.open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    def runs_as(self, identity: str) -> bool:
        """Whether the server is running and was started as `identity`."""
        return self.running and self._identity.read_text() == identity

    def start(self, command: list[str], variables: dict[str, str], identity: str) -> None:
        """Start `command` in a process group of its own; it must not be running."""
        self._pid.unlink(missing_ok=True)
        self._identity.write_text(identity)
        with self._lock.open("a") as lock, self.log.open("ab") as log:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            subprocess.Popen(
                ["/bin/sh", "-c", _WRITE_PID_AND_BECOME, str(self._pid), *command],
                cwd=ROOT,
                env=variables,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=[lock.fileno()],
            )

    def wait_for_port(self, port: int, seconds: float = 20) -> None:
        """Wait until the server takes connections.

        Raises:
            Failed: it died or took too long.

        """
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self.running:
            with suppress(OSError), socket.create_connection((LOOPBACK, port), timeout=1):
                return
            time.sleep(0.05)
        last_words = self.last_words()
        self.stop()
        raise Failed(f"The {self.name} did not come up. Its last words:\n{last_words}")

    def stop(self, grace_s: float = 3) -> None:
        """Stop the server and all its children, gently first."""
        for wanted in (signal.SIGTERM, signal.SIGKILL):
            if not self.running:
                break
            with suppress(ProcessLookupError):
                os.killpg(self._group(), wanted)
            self._wait_for_end(grace_s)
        self._pid.unlink(missing_ok=True)
        self._identity.unlink(missing_ok=True)

    def last_words(self, lines: int = 15) -> str:
        """The end of the log."""
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def _group(self) -> int:
        deadline = time.monotonic() + 2
        while time.monotonic() < deadline:
            with suppress(FileNotFoundError, ValueError):
                return int(self._pid.read_text())
            time.sleep(0.02)
        raise Failed(f"{self.name} runs but {self._pid} does not say as which process")

    def _wait_for_end(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while self.running and time.monotonic() < deadline:
            time.sleep(0.02)


def check_port(port: int, variable: str) -> None:
    """Raise Failed when another program listens on `port`; `variable` chooses another."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            raise Failed(
                f"Port {port} cannot be used: {error.strerror}.\n"
                f"Stop the program that has it, or choose another: make up {variable}={port + 10}"
            ) from error


def kill_strays(marker: str) -> None:
    """Kill every process whose command line holds `marker`, a path only ours can hold.

    They end by themselves when what started them is gone, only later; so no `ps` is no harm.
    """
    for pid in processes(marker):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def processes(marker: str) -> dict[int, int]:
    """Return the resident bytes of the processes whose command line holds `marker`, by id.

    There are none where there is no `ps`.
    """
    if shutil.which("ps") is None:
        return {}
    listing = subprocess.run(
        ["ps", "-A", "-o", "pid=,rss=,args="], capture_output=True, text=True, check=True
    )
    found = {}
    for line in listing.stdout.splitlines():
        pid, kibibytes, *arguments = line.split(maxsplit=2)
        if marker in "".join(arguments) and int(pid) != os.getpid():
            found[int(pid)] = int(kibibytes) << 10
    return found
