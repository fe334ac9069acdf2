from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from botocore.exceptions import HTTPClientError
from moto.core import DEFAULT_ACCOUNT_ID
from moto.ses import ses_backends
from msgspec.structs import replace

from ferry.aws import clients
from ferry.aws.mailer import Mailer
from ferry.errors import MailRefused
from tests.conftest import SENDER
from tests.faults import failing
from tests.service import REGION
from tests.site import serving

MAILER = Mailer(sender=SENDER, region=REGION, configuration_set="ferry-mails")
MAIL = {"subject": "Prêt 漢字", "text": "t", "html": "<p>h</p>", "tags": {"ferry-job": "j1"}}


def test_a_mail_is_sent(stack):
    MAILER.send("a@b.test", **MAIL)

    (sent,) = ses_backends[DEFAULT_ACCOUNT_ID]["eu-west-1"].sent_messages
    assert sent.source == SENDER
    assert sent.destinations["ToAddresses"] == ["a@b.test"]
    assert (sent.subject, sent.body) == ("Prêt 漢字", "<p>h</p>")


def test_a_refusal_says_why(stack):
    with pytest.raises(MailRefused, match="not verified"):
        replace(MAILER, sender="stranger@elsewhere.test").send("a@b.test", **MAIL)


@pytest.mark.parametrize(
    "code", ["MessageRejected", "BadRequestException", "SendingPausedException"]
)
def test_what_will_never_be_sent_is_a_refusal(stack, code):
    with failing("SendEmail", code), pytest.raises(MailRefused, match="refused by a test"):
        MAILER.send("a@b.test", **MAIL)


@pytest.mark.parametrize("code", ["TooManyRequestsException", "InternalServiceErrorException"])
def test_what_may_pass_is_no_refusal(stack, code):
    with failing("SendEmail", code), pytest.raises(Exception, match=code) as caught:
        MAILER.send("a@b.test", **MAIL)

    assert not isinstance(caught.value, MailRefused)


def test_a_mail_carries_its_tags_and_its_configuration_set(stack):
    assert _sent_by(MAILER) == {
        "FromEmailAddress": SENDER,
        "Destination": {"ToAddresses": ["a@b.test"]},
        "Content": {
            "Simple": {
                "Subject": {"Data": "Prêt 漢字", "Charset": "UTF-8"},
                "Body": {
                    "Text": {"Data": "t", "Charset": "UTF-8"},
                    "Html": {"Data": "<p>h</p>", "Charset": "UTF-8"},
                },
            }
        },
        "EmailTags": [{"Name": "ferry-job", "Value": "j1"}],
        "ConfigurationSetName": "ferry-mails",
    }


def test_without_a_configuration_set_the_identitys_own_serves(stack):
    assert "ConfigurationSetName" not in _sent_by(replace(MAILER, configuration_set=""))


def test_where_no_region_sends_a_mail_is_refused_at_once(stack):
    with pytest.raises(MailRefused, match="MailRegion"):
        replace(MAILER, region="").send("a@b.test", **MAIL)


def _sent_by(mailer):
    asked = []

    def note(params, **_):
        asked.append(dict(params))

    events = clients.ses(REGION).meta.events
    events.register("provide-client-params.sesv2.SendEmail", note)
    mailer.send("a@b.test", **MAIL)
    events.unregister("provide-client-params.sesv2.SendEmail", note)
    return asked[0]


@pytest.fixture
def silent_ses(monkeypatch):
    """An SES that takes each mail and closes the connection in place of an answer."""
    taken = []

    class Silent(BaseHTTPRequestHandler):
        def do_POST(self):
            taken.append(self.rfile.read(int(self.headers["content-length"])))
            self.close_connection = True

    server = HTTPServer(("127.0.0.1", 0), Silent)
    monkeypatch.setenv("AWS_ENDPOINT_URL_SESV2", f"http://127.0.0.1:{server.server_port}")
    clients.ses.cache_clear()
    with serving(server):
        yield taken
    clients.ses.cache_clear()


@pytest.mark.enable_socket
def test_a_mail_whose_answer_is_lost_is_not_sent_again_by_the_client(silent_ses):
    with pytest.raises(HTTPClientError):
        MAILER.send("a@b.test", **MAIL)

    assert len(silent_ses) == 1
