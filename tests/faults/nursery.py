"""Forks a worker for each delivery: `python -m tests.faults.nursery CLOCK FOLDER`.

A line of standard input is a delivery, {"number", "function", "event", "seconds"}; a line of
standard output is what became of one, {"number", "pid"} and then {"number", "status", "answer"}.
The functions are loaded once. Each delivery has its own process, which may be killed and stopped.
"""

import gc
import importlib
import json
import os
import pkgutil
import select
import signal
import sys
import time
import traceback
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import ferry
from tests.faults.clock import SharedClock


def _load() -> Any:
    """Load what workers need, and do in advance what each of them would do first."""
    import pytest

    from tests.steps import in_small_steps

    for module in pkgutil.walk_packages(ferry.__path__, "ferry."):
        importlib.import_module(module.name)
    in_small_steps(pytest.MonkeyPatch())
    modules = {name: importlib.import_module(f"functions.{name}.app") for name in FUNCTIONS}
    _warm([module.lambda_handler for module in modules.values()])
    gc.collect()
    gc.freeze()  # what is never looked at is not copied
    return lambda name: modules[name].lambda_handler


def _warm(handlers: list[Any]) -> None:
    from ferry.aws import clients
    from ferry.mail import job_mail

    for path in job_mail.TEMPLATES.glob("**/*.jinja"):
        job_mail._templates().get_template(str(path.relative_to(job_mail.TEMPLATES)))
    opened = [clients.dynamodb(), clients.dynamodb_pages(), clients.s3(), clients.s3_plain()]
    opened += [clients.sqs()]
    opened += [clients.secrets(), clients.ses("eu-west-1")]
    event = {"Records": [{"messageId": "1", "receiptHandle": "1", "body": NO_JOB}]}
    for handle in handlers:
        handle(event, _context("warm", 0, 900.0))
    for client in opened:
        client._endpoint.http_session.close()  # forked processes would share a connection


NO_JOB = json.dumps({"job_id": "0" * 32})


FUNCTIONS = [
    "start_uploaded_import",
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
    context = _context(order["function"], number, order["seconds"])
    answer = handler(order["function"])(order["event"], context)
    (folder / str(number)).write_text(json.dumps(answer))


def _context(function: str, number: int, seconds: float) -> SimpleNamespace:
    ends_at = time.monotonic() + seconds
    return SimpleNamespace(
        function_name=function,
        memory_limit_in_mb=128,
        aws_request_id=f"request-{number}",
        invoked_function_arn="arn:aws:lambda:eu-west-1:123456789012:function:worker",
        get_remaining_time_in_millis=lambda: int((ends_at - time.monotonic()) * 1000),
    )


class Nursery:
    """Forks workers and says what becomes of them.

    Args:
        folder: for the workers' answers and logs.

    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._said = os.dup(1)
        log = os.open(folder / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(log, 1)
        self._handler = _load()
        self._ended, wake = os.pipe()
        os.set_blocking(wake, False)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self._workers: dict[int, int] = {}

    def run(self) -> None:
        """Fork workers until standard input ends."""
        self._say(number=0, pid=os.getpid())
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
            self._say(number=self._workers.pop(pid), status=status)

    def _fork(self, order: dict[str, Any]) -> None:
        pid = os.fork()
        if pid:
            self._workers[pid] = order["number"]
            self._say(number=order["number"], pid=pid)
            return
        signal.set_wakeup_fd(-1)
        os.dup2(1, 2)
        try:
            _work(order, self._handler, self._folder)
        except BaseException:  # noqa: BLE001 - the process ends here, with its trace
            traceback.print_exc()
            os._exit(1)
        os._exit(0)

    def _say(self, **said: Any) -> None:
        os.write(self._said, json.dumps(said).encode() + b"\n")


def main(clock: SharedClock, folder: Path) -> None:
    """Let the workers' time be the clock's."""
    time.time, time.monotonic = clock.time, clock.monotonic
    time.sleep, time.time_ns = clock.sleep, clock.time_ns
    Nursery(folder).run()


if __name__ == "__main__":
    main(SharedClock(Path(sys.argv[1])), Path(sys.argv[2]))
