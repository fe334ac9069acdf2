"""Record bounces and complaints of SES on the job and its user."""

from ferry.accounts.account_store import Accounts
from ferry.accounts.suppression import Suppression
from ferry.errors import NotFound
from ferry.jobs.feedback_store import FeedbackStore
from ferry.jobs.job import FeedbackKind, JobHeader, MailFeedback
from ferry.jobs.job_store import Jobs
from ferry.mail.ses_events import MailEvent, read_event

_FOR_GOOD = frozenset({FeedbackKind.HARD_BOUNCE, FeedbackKind.COMPLAINT})


def record_feedback(
    body: str, *, jobs: Jobs, feedbacks: FeedbackStore, accounts: Accounts
) -> MailFeedback | None:
    """Record what an event of SES says of a job's mail, however often and late it comes.

    After a bounce for good, or a complaint, the user's address is written to no more.

    Returns:
        What was recorded; None if it was known, or weightier feedback was, or it is about no mail
        of ours.

    Raises:
        msgspec.DecodeError: it is no event of SES.

    """
    event = read_event(body)
    if event is None:
        return None
    try:
        job = jobs.get_header(event.job_id)
    except NotFound:  # it has expired, or belongs to another stack that sends by the same set
        return None
    if event.feedback.kind in _FOR_GOOD:
        _suppress(job, event, accounts)
    return event.feedback if feedbacks.add(job.id, event.feedback) else None


def _suppress(job: JobHeader, event: MailEvent, accounts: Accounts) -> None:
    user = accounts.user(job.app_id, job.user_id)
    # The user may have another address by now: a bounce of the old one says nothing of it.
    if user and user.mail.lower() in event.addresses:
        feedback = event.feedback
        accounts.suppress(user, Suppression(user.mail, feedback.reason, feedback.at))
