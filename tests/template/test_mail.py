"""Mail: what SES may be asked, and how it tells of bounces and complaints, in every region."""

import json

import pytest
from cfnlint.helpers import REGIONS
from cfnlint.schema import ResourceNotFoundError
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER
from moto.events.models import EventPattern

from ferry.mail.ses_events import JOB_TAG
from tests.declared import ENVIRONMENT, PARAMETERS, RESOURCES, evaluated, holds
from tests.mail_events import CONFIGURATION_SET, bounce, complaint
from tests.transformed import cloudformation, statements

DEFAULTS = {name: str(declared.get("Default", "")) for name, declared in PARAMETERS.items()}
RULE = RESOURCES["MailEventRule"]["Properties"]
NO_SES = ["ap-east-1", "cn-north-1", "cn-northwest-1"]


def _known(region="eu-west-1", **parameters):
    set_made = {"ConfigurationSet": CONFIGURATION_SET}
    return DEFAULTS | set_made | parameters | {"AWS::Region": region}


def _told(event, **parameters):
    """Return whether the rule forwards an event."""
    pattern = json.loads(json.dumps(RULE["EventPattern"]))
    tags = pattern["detail"]["mail"]["tags"]
    tags["ses:configuration-set"] = [
        evaluated(each, _known(**parameters)) for each in tags["ses:configuration-set"]
    ]
    return EventPattern(None, pattern).matches_event(event)


@pytest.mark.parametrize("event", [bounce("j1", "a@b.test"), complaint("j1", "a@b.test")])
def test_bounces_and_complaints_of_our_mails_are_handed_on(event):
    assert _told(event)
    assert not _told({**event, "source": "somebody"})


def test_other_mails_and_other_events_are_not():
    foreign, delivery, of_another = (bounce("j1", "a@b.test") for _ in range(3))
    del foreign["detail"]["mail"]["tags"][JOB_TAG]
    delivery["detail"]["eventType"] = "Delivery"
    of_another["detail"]["mail"]["tags"]["ses:configuration-set"] = ["another"]

    assert not any(map(_told, [foreign, delivery, of_another]))
    assert _told(of_another, MailConfigurationSet="another")


def test_they_go_to_the_queue_and_only_that_rule_may_send_there():
    (target,) = RULE["Targets"]
    statement = RESOURCES["MailEventQueuePolicy"]["Properties"]["PolicyDocument"]["Statement"]

    assert target["Arn"] == statement["Resource"] == {"Fn::GetAtt": ["MailEventQueue", "Arn"]}
    assert statement["Condition"] == {
        "ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": ["MailEventRule", "Arn"]}}
    }


@pytest.mark.parametrize(
    ("region", "parameters", "sends", "by"),
    [
        ("eu-west-1", {}, "eu-west-1", CONFIGURATION_SET),
        ("eu-west-1", {"MailConfigurationSet": "ours"}, "eu-west-1", "ours"),
        ("ap-east-1", {}, "", ""),
        ("ap-east-1", {"MailRegion": "ap-southeast-1"}, "ap-southeast-1", ""),
        (
            "ap-east-1",
            {"MailRegion": "ap-southeast-1", "MailConfigurationSet": "ours"},
            "ap-southeast-1",
            "ours",
        ),
        ("mx-central-1", {}, "mx-central-1", ""),
        ("mx-central-1", {"MailConfigurationSet": "ours"}, "mx-central-1", "ours"),
        ("cn-north-1", {}, "", ""),
    ],
)
def test_which_region_sends_and_by_which_set(region, parameters, sends, by):
    known = _known(region, **parameters)

    assert evaluated(ENVIRONMENT["MAIL_REGION"], known) == sends
    assert evaluated(ENVIRONMENT["MAIL_CONFIGURATION_SET"], known) == by


@pytest.mark.parametrize("parameters", [{}, {"MailConfigurationSet": "ours"}])
def test_the_set_that_is_used_tells_of_events(parameters):
    known = _known(**parameters)
    events = RESOURCES["MailEvents"]["Properties"]

    told = evaluated(events["ConfigurationSetName"], known)
    assert told == evaluated(ENVIRONMENT["MAIL_CONFIGURATION_SET"], known)
    assert events["EventDestination"]["MatchingEventTypes"] == ["bounce", "complaint"]


@pytest.mark.parametrize("region", sorted(REGIONS))
def test_a_region_knows_every_type_that_the_stack_makes_there(region):
    kinds = {
        resource["Type"]
        for resource in cloudformation().values()
        if "Condition" not in resource or holds(resource["Condition"], _known(region))
    }

    assert {kind for kind in kinds if not _is_known(kind, region)} == set()


def test_only_the_sender_is_held_fast_in_what_may_be_sent():
    (sending,) = [s for s in statements("SendNotice") if s["Action"] == "ses:SendEmail"]

    kinds = [resource["Fn::Sub"][0].rpartition(":")[2] for resource in sending["Resource"]]
    # An identity may have a default configuration set, for which permission is asked as well.
    assert kinds == ["identity/*", "configuration-set/*"]
    assert sending["Condition"] == {"StringEquals": {"ses:FromAddress": {"Ref": "MailFrom"}}}


def _is_known(kind, region):
    try:
        PROVIDER_SCHEMA_MANAGER.get_resource_schema(region, kind)
    except ResourceNotFoundError:
        return False
    return True
