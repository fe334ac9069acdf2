"""Kills a worker at its calls in turn."""

from collections.abc import Callable

from tests.faults import dying
from tests.integration.driver import Driver

EVERY = 13
"""Calls from one death to the next: `make faults` kills at any of them."""


def kill_at_calls(
    driver: Driver, start: Callable[[], str], check: Callable[[str], object], *, only: str = ""
) -> list[str]:
    """Kill the worker at its first call, its fourteenth, …; return the calls of one that lived."""
    at = 1 - EVERY
    while True:
        at += EVERY
        job_id = start()
        queue = driver.queue(job_id)
        records = driver.service.messages(queue)
        with dying(at, only=only) as death:
            assert driver.service.deliver(queue, records) == []
        if death.happened:
            # SQS delivers the message again long after the lease has ended.
            driver.wait(5400)
            assert driver.service.deliver(queue, records) == []
        driver.service.run_jobs()
        driver.recover(job_id)
        check(job_id)
        mails = driver.mails()
        assert len(mails) == 1, f"{len(mails)} mails after death at {death.calls}"
        if not death.happened:
            return death.calls
