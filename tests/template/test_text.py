"""The template as it is written."""

import re

import pytest
import yaml

from tests.declared import PARAMETERS, ROOT, TEMPLATE

TEXT = (ROOT / "template.yaml").read_text("utf-8")
CODE = [
    path
    for folder in ("functions", "layers/core/ferry", "admin", "local")
    for path in (ROOT / folder).rglob("*.py")
]


def test_there_are_no_aliases_for_cloudformation_takes_none():
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html
    events = yaml.parse(TEXT, Loader=yaml.SafeLoader)

    assert [event for event in events if getattr(event, "anchor", None)] == []


@pytest.mark.parametrize("path", [ROOT / "template.yaml", *CODE], ids=lambda path: path.name)
def test_no_arn_names_a_partition(path):
    # aws-cn and aws-us-gov have no ARN that begins with arn:aws:
    assert re.findall(r"arn:aws[\w-]*:", path.read_text("utf-8")) == []


def test_logs_are_kept_for_as_long_as_cloudwatch_can():
    allowed = PARAMETERS["LogRetentionDays"]["AllowedValues"]

    assert PARAMETERS["LogRetentionDays"]["Default"] in allowed
    # https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
    assert allowed == [
        1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731,
        1096, 1827, 2192, 2557, 2922, 3288, 3653,
    ]  # fmt: skip


def test_the_access_log_has_a_group_of_its_own_under_the_prefix_that_aws_advises():
    log = TEMPLATE["Resources"]["Api"]["Properties"]["AccessLogSettings"]["DestinationArn"]
    (name, attribute) = log["Fn::GetAtt"]
    functions = TEMPLATE["Globals"]["Function"]["LoggingConfig"]["LogGroup"]["Ref"]

    assert (name != functions, attribute) == (True, "Arn")
    group = TEMPLATE["Resources"][name]["Properties"]
    assert group["LogGroupName"]["Fn::Sub"].startswith("/aws/vendedlogs/")
    assert "${AWS::StackName}" in group["LogGroupName"]["Fn::Sub"]
