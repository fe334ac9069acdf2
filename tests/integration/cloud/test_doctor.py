"""`make doctor` on accounts in every condition; each answer is AWS's, given by moto or the test."""

import json
from types import SimpleNamespace
from urllib.parse import unquote

import boto3
import pytest
from moto import mock_aws
from moto.backends import get_backend

from cloud import doctor
from cloud.__main__ import main
from cloud.checks.target import Target
from cloud.findings import Level
from tests.declared import ROOT

REGION = "eu-west-1"
LOOKS = [
    "lambda.GetAccountSettings",
    "sesv2.GetEmailIdentity",
    "sesv2.GetAccount",
    "cloudformation.DescribeStacks",
    "dynamodb.ListTables",
]
FORBIDDEN = {"Error": {"Code": "AccessDeniedException", "Message": "not authorized"}}
"""The JSON protocols' error of a caller who lacks a permission."""


class Account:
    """An account, and what AWS answers where moto has no answer."""

    def __init__(self):
        self.session = boto3.Session(region_name=REGION)
        self._known = {}
        self.answers("sesv2.GetAccount", _ses(production=True))
        self.answers("lambda.GetAccountSettings", _lambda(1000))
        self.knows({})

    def answers(self, operation, answer, status=200):
        """Answer an operation from now on."""
        self._answer(operation, lambda _: (status, answer))

    def knows(self, identities):
        """Have SES know these identities; the value is whether they are verified."""

        def answer(request):
            verified = identities.get(unquote(request["url_path"].rpartition("/")[2]))
            if verified is None:
                return 404, {"Error": {"Code": "NotFoundException", "Message": "not there"}}
            return 200, {"VerifiedForSendingStatus": verified}

        self._answer("sesv2.GetEmailIdentity", answer)

    def _answer(self, operation, answer):
        if operation not in self._known:
            self.session.events.register(f"before-call.{operation}", self._handler(operation))
        self._known[operation] = answer

    def _handler(self, operation):
        def handle(params, **_):
            status, parsed = self._known[operation](params)
            return SimpleNamespace(status_code=status), parsed | {"ResponseMetadata": {}}

        return handle

    def has_stack(self, name, **resources):
        """Make a stack and return moto's own, whose status may be set."""
        self.session.client("cloudformation").create_stack(
            StackName=name,
            TemplateBody=json.dumps(
                {
                    "Parameters": {"MailFrom": {"Type": "String"}},
                    "Resources": resources or {"Topic": {"Type": "AWS::SNS::Topic"}},
                }
            ),
            Parameters=[{"ParameterKey": "MailFrom", "ParameterValue": "sender@example.com"}],
        )
        (stack,) = get_backend("cloudformation")["123456789012"][REGION].stacks.values()
        return stack

    def findings(self, **parameters):
        target = Target(self.session, "ferry-dev", {"MailFrom": "ferry@example.com"} | parameters)
        return {finding.subject: finding for finding in doctor.look(target)}


def test_mails_may_be_sent_in_another_region(account):
    account.knows({"example.com": True})
    asked = []
    account.session.events.register(
        "provide-client-params.sesv2.GetAccount",
        lambda context, **_: asked.append(context["client_region"]),
    )

    found = account.findings(MailRegion="eu-south-1")

    assert found["SES"].level is Level.FINE
    assert asked == ["eu-south-1"]


def test_a_region_without_ses_needs_another_to_send_in(account):
    found = account.findings(MailRegion="ap-east-1")

    assert found["SES"].level is Level.BLOCKS
    assert "MailRegion=" in found["SES"].todo
    assert found["Sender"].level is Level.UNSEEN


def test_a_configuration_set_that_is_not_there_blocks(account):
    account.knows({"example.com": True})
    account.answers("sesv2.GetConfigurationSet", {"Error": {"Code": "NotFoundException"}}, 404)
    assert account.findings(MailConfigurationSet="ours")["Configuration set"].level is Level.BLOCKS

    account.answers("sesv2.GetConfigurationSet", {"ConfigurationSetName": "ours"})
    assert account.findings(MailConfigurationSet="ours")["Configuration set"].level is Level.FINE


def _ses(*, production):
    return {
        "ProductionAccessEnabled": production,
        "SendingEnabled": True,
        "EnforcementStatus": "HEALTHY",
        "SendQuota": {"Max24HourSend": 200.0, "MaxSendRate": 1.0, "SentLast24Hours": 0.0},
    }


def _lambda(limit):
    limits = {"ConcurrentExecutions": limit, "UnreservedConcurrentExecutions": limit}
    return {"AccountLimit": limits}


@pytest.fixture
def account():
    with mock_aws():
        yield Account()


def test_an_account_that_is_ready_has_nothing_in_the_way(account):
    account.knows({"example.com": True})

    found = account.findings()

    assert {finding.level for finding in found.values()} == {Level.FINE}
    assert "123456789012" in found["Credentials"].text
    assert found["Sender"].text == "ferry@example.com is verified by example.com"
    assert found.keys() == {"Credentials", *doctor.CHECKS}


def test_a_sender_that_nobody_has_verified_blocks(account):
    found = account.findings()["Sender"]

    assert found.level is Level.BLOCKS
    assert (
        "create-email-identity --email-identity ferry@example.com --region eu-west-1" in found.todo
    )


def test_a_sender_that_is_being_verified_blocks(account):
    account.knows({"ferry@example.com": False})

    found = account.findings()["Sender"]

    assert found.level is Level.BLOCKS
    assert "ferry@example.com is known" in found.text


def test_without_an_address_the_one_that_is_deployed_is_checked(account):
    account.knows({"sender@example.com": True})
    account.has_stack("ferry-dev")

    target = Target(account.session, "ferry-dev")

    assert {f.subject: f for f in doctor.look(target)}["Sender"].level is Level.FINE


@pytest.mark.parametrize("operation", LOOKS)
def test_what_one_may_not_look_at_is_said_and_blocks_nothing(account, operation):
    account.knows({"example.com": True})
    account.answers(operation, FORBIDDEN, 403)

    found = account.findings().values()

    unseen = [finding for finding in found if finding.level is Level.UNSEEN]
    assert unseen
    assert all(operation.partition(".")[2] in finding.text for finding in unseen)
    assert not [finding for finding in found if finding.level is Level.BLOCKS]


@pytest.mark.parametrize("code", ["ExpiredToken", "InvalidClientTokenId", "SignatureDoesNotMatch"])
def test_credentials_that_do_not_serve_block_and_end_it(account, code):
    error = {"Error": {"Code": code, "Message": "no"}}
    account.answers("sts.GetCallerIdentity", error, 403)

    found = account.findings()

    assert found.keys() == {"Credentials"}
    assert found["Credentials"].level is Level.BLOCKS


def test_no_credentials_at_all_block_and_end_it(monkeypatch, capsys):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")

    assert main(["doctor", "--stage", "dev", "--region", REGION]) == 1

    said = capsys.readouterr()
    assert "[ stop ] Credentials: No AWS credentials were found." in said.out
    assert "In the way of a deployment: 1" in said.err


def test_the_root_user_is_advised_against(account):
    arn = "arn:aws:iam::123456789012:root"
    account.answers("sts.GetCallerIdentity", {"Arn": arn, "Account": "123456789012"})

    assert account.findings()["Credentials"].level is Level.ADVICE


def test_data_of_an_earlier_stack_is_named(account):
    made = {"BillingMode": "PAY_PER_REQUEST"}
    made["AttributeDefinitions"] = [{"AttributeName": "pk", "AttributeType": "S"}]
    made["KeySchema"] = [{"AttributeName": "pk", "KeyType": "HASH"}]
    dynamodb = account.session.client("dynamodb")
    for name in ("ferry-dev-ControlTable-1", "ferry-dev2-ControlTable-1", "shop"):
        dynamodb.create_table(TableName=name, **made)
    s3 = account.session.client("s3")
    for name in ("ferry-dev-resultsbucket-1", "ferry-dev-other"):
        where = {"LocationConstraint": REGION}
        s3.create_bucket(Bucket=name, CreateBucketConfiguration=where)
    secrets = account.session.client("secretsmanager")
    for name, stack in (("LinkSecret-1", "ferry-dev"), ("LinkSecret-2", "ferry-prod")):
        tags = [{"Key": "aws:cloudformation:stack-name", "Value": stack}]
        secrets.create_secret(Name=name, SecretString="k", Tags=tags)

    found = account.findings()["Earlier data"]

    assert found.level is Level.ADVICE
    named = found.todo.splitlines()
    assert named[:2] == ["ferry-dev-ControlTable-1", "ferry-dev-resultsbucket-1"]
    assert ":secret:LinkSecret-1" in named[2]
    assert named[4].strip() == (
        'PARAMETERS="ExistingControlTable=ferry-dev-ControlTable-1'
        f' ExistingResultsBucket=ferry-dev-resultsbucket-1 ExistingLinkSecret={named[2]}"'
    )
    assert len(named) == 6


def test_what_the_stack_has_or_is_given_is_no_earlier_data(account):
    table = {
        "Type": "AWS::DynamoDB::Table",
        "Properties": {
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        },
    }
    account.has_stack("ferry-dev", ControlTable=table, RecordsTable=table)

    assert len(account.session.client("dynamodb").list_tables()["TableNames"]) == 2
    assert account.findings()["Earlier data"].level is Level.FINE


def test_a_stack_whose_creation_failed_blocks(account):
    account.has_stack("ferry-dev").status = "ROLLBACK_COMPLETE"

    found = account.findings()["Stack"]

    assert found.level is Level.BLOCKS
    assert "delete-stack" in found.todo


def test_every_right_that_it_needs_is_on_the_page(account):
    page = (ROOT / "docs" / "first-deployment.md").read_text("utf-8")
    called = set()
    account.session.events.register(
        "before-parameter-build.*.*",
        lambda model, **_: called.add((model.service_model.signing_name, model.name)),
    )
    account.has_stack("ferry-dev")
    called.clear()

    account.findings(MailConfigurationSet="mine")

    assert len(called) >= len(LOOKS)
    for service, operation in called - {("sts", "GetCallerIdentity")}:  # needs no right
        right = {"ListBuckets": "ListAllMyBuckets"}.get(operation, operation)
        assert f"`{service}:{right}`" in page
