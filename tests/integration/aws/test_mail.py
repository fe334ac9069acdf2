import pytest
from moto.core import DEFAULT_ACCOUNT_ID
from moto.ses import ses_backends

from ferry.aws import mailer as mail
from ferry.errors import MailRefused
from tests.conftest import SENDER
from tests.faults import failing

LETTER = {"to": "a@b.test", "subject": "Prêt 漢字", "text": "t", "html": "<p>h</p>"}


def test_a_mail_is_sent(stack):
    mail.send(sender=SENDER, **LETTER)

    (sent,) = ses_backends[DEFAULT_ACCOUNT_ID]["eu-west-1"].sent_messages
    assert sent.source == SENDER
    assert sent.destinations["ToAddresses"] == ["a@b.test"]
    assert (sent.subject, sent.body) == ("Prêt 漢字", "<p>h</p>")


def test_a_refusal_says_why(stack):
    with pytest.raises(MailRefused, match="not verified"):
        mail.send(sender="stranger@elsewhere.test", **LETTER)


@pytest.mark.parametrize(
    "code", ["MessageRejected", "BadRequestException", "SendingPausedException"]
)
def test_what_will_never_be_sent_is_a_refusal(stack, code):
    with failing("SendEmail", code), pytest.raises(MailRefused, match="refused by a test"):
        mail.send(sender=SENDER, **LETTER)


@pytest.mark.parametrize("code", ["TooManyRequestsException", "InternalServiceErrorException"])
def test_what_may_pass_is_no_refusal(stack, code):
    with failing("SendEmail", code), pytest.raises(Exception, match=code) as caught:
        mail.send(sender=SENDER, **LETTER)

    assert not isinstance(caught.value, MailRefused)
