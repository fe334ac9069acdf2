"""A check that must pass at the moment at which a request to DynamoDB is sent.

A worker may be stopped between its decision to write and the request, or between two tries of one
request, for longer than its lease lasts. Whoever has the job by then must not be written over. So
the check is made by botocore's event before-send, which each try emits.
https://botocore.amazonaws.com/v1/documentation/api/latest/topics/events.html
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_CHECK: ContextVar[Callable[[], object] | None] = ContextVar("check", default=None)


@contextmanager
def checked(check: Callable[[], object] | None) -> Iterator[None]:
    """Let `check` be called before each request in this context; what it raises stops the request.

    None lifts the check: the request that renews a lease needs no lease.
    """
    token = _CHECK.set(check)
    try:
        yield
    finally:
        _CHECK.reset(token)


def on_send(**_: object) -> None:
    """Make the check; a handler of before-send."""
    if check := _CHECK.get():
        check()
