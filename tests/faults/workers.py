"""Workers as Lambda runs them: a process for each delivery, of the code that ships."""

import json
import os
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.declared import ROOT

LAMBDA_S = 900.0
HANGS_S = 150.0
"""Real seconds after which a worker is taken to hang."""


@dataclass
class Delivery:
    """One invocation of a function.

    Attributes:
        pid: of its process, 0 until it runs.
        ended: whether the process is gone.
        stopped: whether it is held by SIGSTOP.
        still: set while either is so.
        status: of the process, as `os.waitpid` says.

    """

    number: int
    function: str
    folder: Path
    pid: int = 0
    status: int = -1
    started: threading.Event = field(default_factory=threading.Event)
    ended: bool = False
    stopped: bool = False
    still: threading.Event = field(default_factory=threading.Event)

    @property
    def answer(self) -> Any:
        """What the handler returned; None if it was killed or raised."""
        path = self.folder / str(self.number)
        return json.loads(path.read_text()) if self.status == 0 else None

    def wait(self) -> None:
        """Wait until it has ended or is stopped."""
        if not self.still.wait(HANGS_S):
            self.signal(signal.SIGKILL)
            raise AssertionError(f"{self.function} hangs")

    def signal(self, number: int) -> None:
        if not self.ended:
            os.kill(self.pid, number)

    def stop(self) -> None:
        self.signal(signal.SIGSTOP)
        self.stopped = True
        self.still.set()

    def resume(self) -> None:
        self.stopped = False
        self.still.clear()
        if self.ended:
            self.still.set()
        self.signal(signal.SIGCONT)

    def end(self, status: int) -> None:
        self.status = status
        self.ended = True
        self.still.set()


class Workers:
    """Starts workers; see `tests.faults.nursery`.

    Args:
        environment: of the processes.
        clock: the path of their clock.
        folder: for what they return and log.

    """

    def __init__(self, environment: dict[str, str], clock: Path, folder: Path) -> None:
        self._folder = folder
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.nursery", str(clock), str(folder)],
            cwd=ROOT,
            env={**environment, "PYTHONPATH": f"{ROOT / 'layers/core'}:{ROOT}"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._nursery = Delivery(0, "nursery", folder)
        self.deliveries = {0: self._nursery}
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()
        if not self._nursery.started.wait(HANGS_S):
            raise AssertionError("no worker can be started")

    def start(self, function: str, event: Any, *, seconds: float = LAMBDA_S) -> Delivery:
        """Invoke a function that is stopped after so many seconds."""
        number = len(self.deliveries)
        delivery = self.deliveries[number] = Delivery(number, function, self._folder)
        order = {"number": number, "function": function, "event": event, "seconds": seconds}
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        self._process.stdin.flush()
        assert delivery.started.wait(HANGS_S), "the nursery is gone"
        return delivery

    def close(self) -> None:
        for delivery in self.deliveries.values():
            if delivery is not self._nursery and delivery.pid:
                delivery.signal(signal.SIGKILL)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._thread.join()
        self._process.stdout.close()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            said = json.loads(line)
            delivery = self.deliveries[said["number"]]
            if "pid" in said:
                delivery.pid = said["pid"]
                delivery.started.set()
            else:
                delivery.end(said["status"])
