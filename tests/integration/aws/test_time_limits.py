import pytest

from ferry.aws import clients
from ferry.jobs.run import LEASE_S
from tests.declared import TEMPLATE, of_type

SERVICES = ("dynamodb", "dynamodb_pages", "s3", "sqs", "secrets", "events", "sts")


@pytest.mark.usefixtures("stack")
@pytest.mark.parametrize("service", SERVICES)
def test_a_call_with_all_its_tries_ends_before_a_lease_does(service):
    config = getattr(clients, service)().meta.config
    tries = config.retries["total_max_attempts"]

    # The standard mode waits up to a second after the first try, twice as long after the next.
    # https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
    pauses_s = sum(2**n for n in range(tries - 1))

    assert tries * (config.connect_timeout + config.read_timeout) + pauses_s < LEASE_S


def test_a_mail_is_answered_for_before_its_function_is_stopped():
    """A client that still waits when its worker is stopped leaves a mail that nobody records."""
    config = clients.ses("eu-west-1").meta.config
    sender = of_type("AWS::Serverless::Function")["SendNotice"]
    seconds = sender.get("Timeout", TEMPLATE["Globals"]["Function"]["Timeout"])

    assert config.retries["total_max_attempts"] == 1
    assert config.connect_timeout + config.read_timeout < seconds
