"""Listeners, which are notified once of a job's end. Mail is the only one today.

A job's end is stored together with a notice that is due for each listener. Then `announce` sends
the job's id to the queue of notices. `notify` takes it from there: it claims the notice under a
lease, notifies the listener, and notes the result, which changes nothing else of the job.

A listener's notice is three members of the job that begin with the listener's name: ``mail`` says
how far it is, ``mail_attempts`` and ``mail_error`` how it went. To add a listener, give `JobHeader`
its members, name them in `JobHeader.open` and where a job's end is stored, and let
``functions/send_notice`` notify it.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple, Protocol

from ferry.aws.queues import Queue
from ferry.errors import MailHeld, MailRefused
from ferry.jobs.job import Job, JobHeader, JobResult, MailState
from ferry.jobs.job_kind import JobKind
from ferry.jobs.notice_store import Notices

_LEASE_S = 60
_MAX_TRIES = 10

type Kinds = Mapping[str, JobKind[Any, Any, Any]]
"""The kinds of jobs by their operation."""


class Listener(Protocol):
    """Is notified of the ends of jobs."""

    name: ClassVar[str]

    def notify(self, job: Job[Any, Any, JobResult]) -> None:
        """Notify the listener's users of the job's end.

        Raises:
            MailRefused: this will never succeed.
            MailHeld: this has to wait, and is tried again when it may be.
            Exception: it may succeed later.

        """


class Notified(NamedTuple):
    """A job whose listener was notified, and the result: `MailState.DUE` where that has to wait."""

    job: Job[Any, Any, JobResult]
    state: MailState


def announce(job: JobHeader, queue: Queue) -> None:
    """Send a job that has ended to the queue of notices, if one is due."""
    if job.ended and job.open:
        queue.send(job.id, group=job.app_id)


def notify(
    job_id: str, listener: Listener, *, kinds: Kinds, now: int, notices: Notices
) -> Notified:
    """Notify a listener of the job's end, unless that has been done.

    Raises:
        Superseded: the listener was notified, or another worker is notifying it.
        Unreadable: only another release can read the job.
        Exception: the listener could not be notified; the notice is due again.

    """
    job = notices.claim(job_id, listener.name, kinds, now=now, lease_s=_LEASE_S)
    state, error = MailState.REFUSED, f"gave up after {_MAX_TRIES} tries"
    # The claim has counted this attempt, so a worker that dies while it sends is counted as well.
    if job.mail_attempts <= _MAX_TRIES:
        try:
            listener.notify(job)
        except MailRefused as refusal:
            error = str(refusal)
        except MailHeld as held:
            notices.hold(job_id, listener.name, str(held), until=held.until)
            return Notified(job, MailState.DUE)
        except Exception:
            # Due again at once, not when the lease ends: the message returns to the queue within
            # seconds.
            notices.settle(job_id, listener.name, MailState.DUE)
            raise
        else:
            state, error = MailState.SENT, ""
    # A worker killed between the mail and this line sends the mail again: SendEmail takes no
    # token, so one mail too many is the price of never losing one.
    notices.settle(job_id, listener.name, state, error)
    return Notified(job, state)
