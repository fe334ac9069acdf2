"""Bounces and complaints, as SES reports them to EventBridge. Pure.

https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
"""

from datetime import datetime

import msgspec

from ferry.jobs.job import FeedbackKind, MailFeedback

JOB_TAG = "ferry-job"
"""The message tag with a job's id; SES gives a mail's tags back with its events."""

_REASON_LENGTH = 500
_NO_COMPLAINT = "not-spam"


class MailEvent(msgspec.Struct, frozen=True):
    """An event of SES about a job's mail.

    Attributes:
        job_id: the job.
        feedback: what came back.
        addresses: whom it is about, in lower case.

    """

    job_id: str
    feedback: MailFeedback
    addresses: frozenset[str]


class _Recipient(msgspec.Struct, rename="camel"):
    email_address: str
    diagnostic_code: str | None = None


class _Bounce(msgspec.Struct, rename="camel"):
    bounce_type: str
    bounce_sub_type: str
    bounced_recipients: list[_Recipient]
    timestamp: datetime


class _Complaint(msgspec.Struct, rename="camel"):
    complained_recipients: list[_Recipient]
    timestamp: datetime
    complaint_feedback_type: str | None = None


class _Mail(msgspec.Struct, rename="camel"):
    tags: dict[str, list[str]]


class _Detail(msgspec.Struct, rename="camel"):
    mail: _Mail
    bounce: _Bounce | None = None
    complaint: _Complaint | None = None


class _Event(msgspec.Struct):
    detail: _Detail


def read_event(text: str | bytes) -> MailEvent | None:
    """Read an EventBridge event about a job's mail; None if it concerns no such mail.

    Raises:
        msgspec.DecodeError: it is no event of SES.

    """
    detail = msgspec.json.decode(text, type=_Event).detail
    job_ids = detail.mail.tags.get(JOB_TAG)
    if not job_ids:
        return None
    if detail.bounce:
        return _mail_event(job_ids[0], _of_bounce(detail.bounce), detail.bounce.bounced_recipients)
    complaint = detail.complaint
    # `not-spam` takes a complaint back: the recipient moved the mail out of the spam folder.
    if complaint is None or complaint.complaint_feedback_type == _NO_COMPLAINT:
        return None
    return _mail_event(job_ids[0], _of_complaint(complaint), complaint.complained_recipients)


def _mail_event(job_id: str, feedback: MailFeedback, recipients: list[_Recipient]) -> MailEvent:
    return MailEvent(job_id, feedback, frozenset(each.email_address.lower() for each in recipients))


def _of_bounce(bounce: _Bounce) -> MailFeedback:
    words = [f"{bounce.bounce_type}/{bounce.bounce_sub_type}"]
    words += [each.diagnostic_code for each in bounce.bounced_recipients if each.diagnostic_code]
    # Transient and Undetermined bounces, such as a full mailbox, do not condemn the address.
    permanent = bounce.bounce_type == "Permanent"
    return MailFeedback(
        kind=FeedbackKind.HARD_BOUNCE if permanent else FeedbackKind.SOFT_BOUNCE,
        reason=": ".join(words)[:_REASON_LENGTH],
        at=int(bounce.timestamp.timestamp()),
    )


def _of_complaint(complaint: _Complaint) -> MailFeedback:
    return MailFeedback(
        kind=FeedbackKind.COMPLAINT,
        reason=complaint.complaint_feedback_type or "the receiver marked it as spam",
        at=int(complaint.timestamp.timestamp()),
    )
