"""Forks a worker for each delivery: `python -m tests.faults.nursery CLOCK FOLDER`.

A line of standard input is a delivery, {"number", "function", "event", "seconds"}; a line of
standard output is what became of one, {"number", "pid"} and then {"number", "status", "answer"}.
The functions are loaded once. Each delivery has its own process, which may be killed and stopped.
"""

import importlib
import json
import os
import select
import signal
import sys
import time
import traceback
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tests.faults.clock import SharedClock


def _load() -> Any:
    """Load what workers need, but open no connection: forked processes would share it."""
    import pytest

    from ferry.aws import clients
    from tests.steps import in_small_steps

    in_small_steps(pytest.MonkeyPatch())
    for make in (clients.dynamodb, clients.dynamodb_pages, clients.s3, clients.sqs):
        make()
    clients.secrets()
    clients.ses("eu-west-1")
    modules = {name: importlib.import_module(f"functions.{name}.app") for name in FUNCTIONS}
    return lambda name: modules[name].lambda_handler


FUNCTIONS = [
    "process_export",
    "process_import",
    "process_config",
    "send_notice",
    "purge_table",
    "sweep_jobs",
]


def _work(order: dict[str, Any], handler: Any, folder: Path) -> None:
    from ferry.aws import clients

    number = order["number"]
    # By this name the door tells workers apart.
    clients.session().get_credentials().access_key = f"WORKER{number:08d}"
    ends_at = time.monotonic() + order["seconds"]
    context = SimpleNamespace(
        function_name=order["function"],
        memory_limit_in_mb=128,
        aws_request_id=f"request-{number}",
        invoked_function_arn="arn:aws:lambda:eu-west-1:123456789012:function:worker",
        get_remaining_time_in_millis=lambda: int((ends_at - time.monotonic()) * 1000),
    )
    answer = handler(order["function"])(order["event"], context)
    (folder / str(number)).write_text(json.dumps(answer))


def _say(**said: Any) -> None:
    os.write(1, json.dumps(said).encode() + b"\n")


class Nursery:
    """Forks workers and says what becomes of them.

    Args:
        handler: returns the handler of a function.
        folder: for the workers' answers and logs.

    """

    def __init__(self, handler: Any, folder: Path) -> None:
        self._handler = handler
        self._folder = folder
        self._log = os.open(folder / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._ended, wake = os.pipe()
        os.set_blocking(wake, False)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self._workers: dict[int, int] = {}

    def run(self) -> None:
        """Fork workers until standard input ends."""
        rest = b""
        while True:
            ready, _, _ = select.select([0, self._ended], [], [])
            if self._ended in ready:
                os.read(self._ended, 1000)
                self._bury()
            if 0 in ready:
                block = os.read(0, 1 << 20)
                if not block:
                    return
                *lines, rest = (rest + block).split(b"\n")
                for line in lines:
                    self._fork(json.loads(line))

    def _bury(self) -> None:
        while self._workers:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            _say(number=self._workers.pop(pid), status=status)

    def _fork(self, order: dict[str, Any]) -> None:
        pid = os.fork()
        if pid:
            self._workers[pid] = order["number"]
            _say(number=order["number"], pid=pid)
            return
        signal.set_wakeup_fd(-1)
        os.dup2(self._log, 1)
        os.dup2(self._log, 2)
        try:
            _work(order, self._handler, self._folder)
        except BaseException:  # noqa: BLE001 - the process ends here, with its trace
            traceback.print_exc()
            os._exit(1)
        os._exit(0)


def main(clock: SharedClock, folder: Path) -> None:
    """Let the workers' time be the clock's."""
    time.time, time.monotonic = clock.time, clock.monotonic
    time.sleep, time.time_ns = clock.sleep, clock.time_ns
    nursery = Nursery(_load(), folder)
    _say(number=0, pid=os.getpid())
    nursery.run()


if __name__ == "__main__":
    main(SharedClock(Path(sys.argv[1])), Path(sys.argv[2]))
