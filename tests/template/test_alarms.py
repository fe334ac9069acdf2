"""Alarms and the dashboard: whatever the template has is watched, and what is shown exists."""

import ast
import json
import re

import pytest

from tests.declared import ENVIRONMENT, PARAMETERS, RESOURCES, ROOT, TEMPLATE, of_type
from tests.transformed import cloudformation, statements

ALARMS = of_type("AWS::CloudWatch::Alarm")
QUEUES = of_type("AWS::SQS::Queue")
FUNCTIONS = of_type("AWS::Serverless::Function")
WORKED_OFF = {name for name, queue in QUEUES.items() if "RedrivePolicy" in queue}
WORKERS = {
    name
    for name, function in FUNCTIONS.items()
    for event in function.get("Events", {}).values()
    if event["Type"] != "HttpApi"
}
TABLES = {name for name, kind in of_type("AWS::SSM::Parameter").items() if "TableName" in name}
HANDING_THEMSELVES_ON = {
    name
    for name, resource in cloudformation().items()
    if resource["Type"] == "AWS::Lambda::Function" and "RecursiveLoop" in resource["Properties"]
}
MOST_METRICS = 10
"""https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-limits.html"""

KNOWN = {
    **{name: name for name in [*RESOURCES, *PARAMETERS]},
    **{f"{name}.{part}": name for name in RESOURCES for part in ("Arn", "QueueName")},
    **{f"{name}.Value": name for name in of_type("AWS::SSM::Parameter")},
    "AWS::StackName": "stack",
    "AWS::Region": "eu-west-1",
}


def _metrics(alarm):
    """Return the metrics of an alarm, each with its namespace, name and dimensions."""
    return [q["MetricStat"]["Metric"] for q in alarm.get("Metrics", []) if "MetricStat" in q] or [
        alarm
    ]


def _watched(metric_name):
    """Return the resources whose metric of that name the alarms watch."""
    return sorted(
        next(iter(dimension["Value"].values()))[0]
        if "Fn::GetAtt" in dimension["Value"]
        else dimension["Value"]["Ref"]
        for alarm in ALARMS.values()
        for metric in _metrics(alarm)
        for dimension in metric["Dimensions"]
        if metric["MetricName"] == metric_name
    )


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_tells_the_topic_and_names_the_document(name):
    alarm = ALARMS[name]

    assert RESOURCES[name]["Condition"] == RESOURCES["Dashboard"]["Condition"] == "IsMonitored"
    assert alarm["AlarmActions"] == [{"Ref": "AlarmTopic"}]
    assert alarm["AlarmDescription"].endswith("docs/operations.md says what to do")
    missing = "breaching" if name == "SweeperStoppedAlarm" else "notBreaching"
    assert alarm["TreatMissingData"] == missing


@pytest.mark.parametrize("name", [name for name, alarm in ALARMS.items() if "Metrics" in alarm])
def test_an_alarm_over_several_metrics_is_one_that_cloudwatch_takes(name):
    first, *others = ALARMS[name]["Metrics"]

    assert re.fullmatch(r"(SUM|MAX)\(FILL\(METRICS\(\), 0\)\)", first["Expression"])
    assert 1 < len(others) <= MOST_METRICS
    assert [query["ReturnData"] for query in others] == [False] * len(others)
    assert all(re.fullmatch("[a-z][a-zA-Z0-9_]*", query["Id"]) for query in others)
    assert len({query["Id"] for query in others}) == len(others)
    assert len({(q["MetricStat"]["Stat"], q["MetricStat"]["Period"]) for q in others}) == 1


def test_every_queue_worker_and_table_is_watched_for_all_that_can_go_wrong_with_it():
    assert _watched("ApproximateNumberOfMessagesVisible") == sorted(QUEUES.keys() - WORKED_OFF)
    assert _watched("ApproximateAgeOfOldestMessage") == sorted(WORKED_OFF)
    assert _watched("Errors") == _watched("Throttles") == sorted(WORKERS)
    assert _watched("RecursiveInvocationsDropped") == sorted(HANDING_THEMSELVES_ON)
    assert _watched("ReadThrottleEvents") == _watched("WriteThrottleEvents") == sorted(TABLES)
    assert _watched("5xx") == ["Api"]


def test_every_metric_of_ours_that_an_alarm_or_the_dashboard_names_is_emitted():
    named = {
        metric["MetricName"]: [dimension["Name"] for dimension in metric["Dimensions"]]
        for alarm in ALARMS.values()
        for metric in _metrics(alarm)
        if metric["Namespace"] == "Ferry"
    }
    assert named.keys() <= EMITTED.keys()
    assert all(EMITTED[name] == set(dimensions) for name, dimensions in named.items())
    for widget in _widgets():
        for metric in widget["properties"].get("metrics", []):
            if metric[0] == "Ferry":
                assert EMITTED[metric[1]] == {"service"}, metric
            elif isinstance(metric[0], dict):
                shape = re.search(
                    r"\{Ferry,([\w,]+)\} MetricName=\"(\w+)\"", metric[0]["expression"]
                )
                assert shape, metric
                assert EMITTED[shape[2]] == set(shape[1].split(",")), metric


def test_the_dashboard_is_json_that_lies_side_by_side_and_shows_every_alarm_and_queue():
    widgets = _widgets()
    cells = [
        (x, y)
        for widget in widgets
        for x in range(widget["x"], widget["x"] + widget["width"])
        for y in range(widget["y"], widget["y"] + widget["height"])
    ]

    assert len(set(cells)) == len(cells)
    assert max(x for x, _ in cells) < 24
    shown = json.dumps(widgets)
    for name in [*ALARMS, *QUEUES, *WORKERS]:
        assert f'"{name}"' in shown, name
    (alarms,) = [widget for widget in widgets if widget["type"] == "alarm"]
    assert sorted(alarms["properties"]["alarms"]) == sorted(ALARMS)


def test_whoever_is_to_be_told_is_subscribed_and_nobody_else():
    subscription = RESOURCES["AlarmMailSubscription"]

    assert PARAMETERS["AlarmMail"]["Default"] == ""
    assert subscription["Condition"] == "HasAlarmMail"
    assert TEMPLATE["Conditions"]["HasAlarmMail"] == {
        "Fn::Not": [{"Fn::Equals": [{"Ref": "AlarmMail"}, ""]}]
    }
    assert subscription["Properties"] == {
        "TopicArn": {"Ref": "AlarmTopic"}, "Protocol": "email", "Endpoint": {"Ref": "AlarmMail"},
    }  # fmt: skip


def test_two_stacks_in_one_account_do_not_count_together():
    assert ENVIRONMENT["POWERTOOLS_SERVICE_NAME"] == {"Ref": "AWS::StackName"}


def test_functions_are_traced_only_where_a_parameter_says_so():
    assert PARAMETERS["Tracing"]["Default"] == "Disabled"
    assert TEMPLATE["Globals"]["Function"]["Tracing"] == {"Ref": "Tracing"}
    assert not any("xray" in str(statements(name)) for name in FUNCTIONS)
    for tracing, traced in (("Disabled", False), ("Active", True)):
        made = cloudformation(Tracing=tracing)
        functions = [r for r in made.values() if r["Type"] == "AWS::Lambda::Function"]
        assert all(("TracingConfig" in r["Properties"]) == traced for r in functions)


def _widgets():
    text = RESOURCES["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    filled = re.sub(r"\$\{([\w:.]+)\}", lambda found: evaluated_name(found[1]), text)
    return json.loads(filled)["widgets"]


def evaluated_name(name):
    assert name in KNOWN, name
    return KNOWN[name]


def _emitted():
    """Return the dimensions of every metric that the code emits, by its name."""
    found = {}
    for folder in ("functions", "layers/core/ferry"):
        for source in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(source.read_text("utf-8"))):
                if isinstance(node, ast.Call) and ast.unparse(node.func) == "emit":
                    own = {k.arg for k in node.keywords} - {"unit"}
                    found[ast.literal_eval(node.args[0])] = own | {"service"}
                if isinstance(node, ast.Call) and ast.unparse(node.func) == "metrics.add_metric":
                    (given,) = [k.value for k in node.keywords if k.arg == "name"]
                    for name in re.findall(r"'(\w+)'", ast.unparse(given)):
                        found[name] = {"service"}
    return found


EMITTED = _emitted()
