"""Faults of AWS: a worker that dies at one of its calls, and a call that is answered by an error.

Only calls of the application's own clients count, never those that a test makes to look.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import Context
from dataclasses import dataclass, field
from functools import partial
from threading import Lock
from typing import Any

from botocore.exceptions import ClientError

from ferry.aws import clients

CLIENTS: list[Callable[[], Any]] = [
    make
    for make in vars(clients).values()
    if hasattr(make, "cache_clear") and make not in {clients.session, clients.ses}
]
CLIENTS.append(partial(clients.ses, "eu-west-1"))


class Killed(BaseException):
    """The process ends here. No Exception: nothing may catch it, as nothing catches SIGKILL."""


@dataclass
class Death:
    """A worker's death just before AWS gets its call number `at`, counted from 1.

    To die after a call's answer is to die before the next call: AWS cannot tell.

    Attributes:
        only: the operation whose calls count, "" for all.
        calls: the names of the calls so far.
        happened: whether the worker has died; a dead worker makes no further call.

    """

    at: int
    only: str = ""
    calls: list[str] = field(default_factory=list)
    happened: bool = False
    _lock: Any = field(default_factory=Lock, repr=False)

    def __call__(self, model: Any, **_: Any) -> None:
        with self._lock:
            if self.only in {"", model.name}:
                self.calls.append(model.name)
            self.happened = self.happened or len(self.calls) == self.at
            if self.happened:
                raise Killed


@contextmanager
def dying(at: int, *, only: str = "") -> Iterator[Death]:
    """Let the worker die at a call; leave the block quietly when it has."""
    death = Death(at, only)
    with _handling("before-call", death):
        try:
            yield death
        except Killed:
            assert death.happened


@contextmanager
def recording() -> Iterator[list[str]]:
    """Yield a list of the names of the calls as they are made."""
    calls: list[str] = []

    def note(model: Any, **_: Any) -> None:
        calls.append(model.name)

    with _handling("before-call", note):
        yield calls


@contextmanager
def recording_answers() -> Iterator[list[int]]:
    """Yield a list of the bytes of the answers as they come."""
    sizes: list[int] = []

    def note(response_dict: Any, **_: Any) -> None:
        sizes.append(len(response_dict["body"]))

    with _handling("before-parse", note):
        yield sizes


@contextmanager
def failing(
    operation: str,
    code: str = "InternalServerError",
    *,
    times: int = 1_000_000,
    after: int = 0,
    within: str = "",
    **answer: Any,
) -> Iterator[None]:
    """Answer calls of `operation` by the error `code`, `times` of them after the first `after`."""
    seen = 0
    lock = Lock()

    def refuse(model: Any, params: Any, **_: Any) -> None:
        nonlocal seen
        if model.name != operation or within not in str(params["body"]):
            return
        with lock:
            seen += 1
            due = after < seen <= after + times
        if due:
            error = {"Code": code, "Message": "refused by a test"}
            raise ClientError({"Error": error, **answer}, operation)

    with _handling("before-call", refuse):
        yield


@contextmanager
def each(operation: str, act: Callable[[], object]) -> Iterator[list[str]]:
    """Do something whenever AWS is about to get a call of `operation`; yield those calls."""
    calls: list[str] = []

    def interrupt(model: Any, **_: Any) -> None:
        if model.name == operation:
            calls.append(operation)
            Context().run(act)  # another process shares nothing with the one that is interrupted

    with _handling("before-call", interrupt):
        yield calls


@contextmanager
def meanwhile(operation: str, act: Callable[[], object], *, nth: int = 1) -> Iterator[None]:
    """Do something once, when AWS is about to get the nth call of `operation`."""
    count = iter(range(1, nth + 1))

    def at_nth() -> None:
        if next(count, None) == nth:
            act()

    with each(operation, at_nth):
        yield


@contextmanager
def _handling(event: str, handler: Callable[..., None]) -> Iterator[None]:
    with ExitStack() as handled:
        for client in CLIENTS:
            events = client().meta.events
            events.register(event, handler)
            handled.callback(events.unregister, event, handler)
        yield
