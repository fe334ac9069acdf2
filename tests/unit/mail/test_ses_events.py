import json

import msgspec
import pytest

from ferry.jobs.job import FeedbackKind, MailFeedback
from ferry.mail.ses_events import MailEvent, read_event
from tests.mail_events import bounce, complaint


def _read(event):
    return read_event(json.dumps(event))


def test_a_bounce_for_good():
    assert _read(bounce("j1", "Li@A.test", at=1_700_000_000)) == MailEvent(
        job_id="j1",
        feedback=MailFeedback(
            kind=FeedbackKind.HARD_BOUNCE,
            reason="Permanent/General: smtp; 550 5.1.1 user unknown",
            at=1_700_000_000,
        ),
        addresses=frozenset({"li@a.test"}),
    )


@pytest.mark.parametrize("kind", ["Transient", "Undetermined"])
def test_any_other_bounce_may_pass(kind):
    told = _read(bounce("j1", "a@b.test", kind=kind, sub="MailboxFull"))

    assert told.feedback.kind is FeedbackKind.SOFT_BOUNCE
    assert told.feedback.reason.startswith(f"{kind}/MailboxFull: ")


def test_a_bounce_without_a_diagnosis():
    event = bounce("j1", "a@b.test", sub="OnAccountSuppressionList")
    del event["detail"]["bounce"]["bouncedRecipients"][0]["diagnosticCode"]

    assert _read(event).feedback.reason == "Permanent/OnAccountSuppressionList"


def test_a_long_diagnosis_is_cut():
    event = bounce("j1", "a@b.test")
    event["detail"]["bounce"]["bouncedRecipients"][0]["diagnosticCode"] = "x" * 10_000

    assert len(_read(event).feedback.reason) == 500


@pytest.mark.parametrize("kind", ["abuse", "fraud", None])
def test_a_complaint(kind):
    told = _read(complaint("j1", "a@b.test", kind=kind))

    assert told.feedback.kind is FeedbackKind.COMPLAINT
    assert told.feedback.reason == (kind or "the receiver marked it as spam")
    assert told.addresses == {"a@b.test"}


def test_to_take_back_a_complaint_is_none():
    # https://www.iana.org/assignments/marf-parameters: not-spam
    assert _read(complaint("j1", "a@b.test", kind="not-spam")) is None


def test_a_mail_of_others_is_none_of_ours():
    event = bounce("j1", "a@b.test")
    del event["detail"]["mail"]["tags"]["ferry-job"]

    assert _read(event) is None


def test_another_event_tells_nothing():
    event = bounce("j1", "a@b.test")
    del event["detail"]["bounce"]

    assert _read(event) is None


@pytest.mark.parametrize("text", ["", "{}", '{"job_id": "j1"}', '{"detail": {"mail": {}}}'])
def test_what_is_no_event_of_ses(text):
    with pytest.raises(msgspec.DecodeError):
        read_event(text)
