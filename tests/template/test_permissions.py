"""Least privilege, whatever is added to the template."""

import re
from itertools import product

import pytest

from tests.declared import PARAMETERS, RESOURCES, ROOT, holds, of_type
from tests.transformed import cloudformation, listed, statements

FUNCTIONS = of_type("AWS::Serverless::Function")
MANAGED = {
    "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
    "arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole",
}
READING = ("Get", "List", "Query", "Scan", "BatchGet", "Describe", "ConditionCheck")


_STORES = re.compile(
    r"^from ferry\.(accounts|aws|configurations|http|imports|jobs|records)"
    r"\.\w*(store|bucket|queues|registry|secret|dispatch|feed)\b",
    re.MULTILINE,
)
"""What reaches an AWS service."""


@pytest.mark.parametrize("name", FUNCTIONS)
def test_no_statement_is_about_everything(name):
    for statement in statements(name):
        assert statement["Effect"] == "Allow"
        assert "*" not in listed(statement["Resource"])
        assert not {"NotResource", "NotAction"} & statement.keys()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_no_statement_allows_every_action(name):
    for action in _actions(name):
        assert action == "sqs:SendMessage*" or "*" not in action


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_role_has_no_managed_policy_but_those_for_logs_and_queues(name):
    role = cloudformation()[f"{name}Role"]["Properties"]

    assert {arn for arn in role["ManagedPolicyArns"] if isinstance(arn, str)} <= MANAGED
    assert len(role["ManagedPolicyArns"]) <= 10  # IAM's quota for a role


def test_no_two_functions_repeat_a_statement_that_has_a_name():
    named = [
        listed(policy["PolicyDocument"]["Statement"])
        for policy in of_type("AWS::IAM::ManagedPolicy").values()
    ]

    for function in FUNCTIONS.values():
        for policy in function.get("Policies", []):
            assert listed(policy.get("Statement")) not in named


@pytest.mark.parametrize(
    "name",
    [
        name
        for name, function in FUNCTIONS.items()
        if {event["Properties"].get("Method") for event in function["Events"].values()} == {"GET"}
        and "Policies" in function
    ],
)
def test_a_function_that_only_reads_may_not_write(name):
    verbs = {action.partition(":")[2] for action in _actions(name)}
    if {"Ref": f"{name}Role"} in POLICIES["UploadsSigned"]["Roles"]:
        verbs.remove("AssumeRole")  # for a form, which whoever has it may send

    assert verbs
    assert [verb for verb in verbs if not verb.startswith(READING)] == []


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_that_touches_no_storage_has_no_policies(name):
    source = (ROOT / FUNCTIONS[name]["CodeUri"] / "app.py").read_text()

    assert bool(FUNCTIONS[name].get("Policies")) == bool(_STORES.search(source))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_may_write_only_under_prefixes_of_a_bucket(name):
    for statement in statements(name):
        if {"s3:PutObject", "s3:DeleteObject"} & set(listed(statement["Action"])):
            for resource in listed(statement["Resource"]):
                assert not resource["Fn::Sub"].endswith("}/*")


POLICIES = of_type("AWS::IAM::Policy")
ATTACHED = {name: policy for name, policy in POLICIES.items() if name.startswith("Attached")}
OF_A_LIST = {
    "AttachedTables": ("HasAttachedTables", ATTACHED),
    "FetchBuckets": ("HasFetchBuckets", {"FetchBucketsRead"}),
}
"""Parameters that name what is not ours, and what allows something with it."""


@pytest.mark.parametrize("parameter", OF_A_LIST)
def test_what_is_not_ours_is_touched_only_if_a_parameter_names_it(parameter):
    condition, policies = OF_A_LIST[parameter]

    for name, policy in POLICIES.items():
        for statement in policy["PolicyDocument"]["Statement"]:
            assert (parameter in str(statement["Resource"])) == (name in policies)
        assert (RESOURCES[name].get("Condition") == condition) == (name in policies)


@pytest.mark.parametrize("parameter", OF_A_LIST)
def test_no_function_has_a_statement_about_a_name_that_is_left_empty(parameter):
    roles = [r for r in cloudformation().values() if r["Type"] == "AWS::IAM::Role"]

    assert not any(parameter in str(role["Properties"].get("Policies")) for role in roles)


@pytest.mark.parametrize("parameter", OF_A_LIST)
def test_without_the_parameter_nobody_may_touch_it(parameter):
    condition, _ = OF_A_LIST[parameter]

    assert PARAMETERS[parameter]["Default"] == ""
    assert not holds(condition, {parameter: ""})
    assert holds(condition, {parameter: "arn:aws:s3:::a,arn:aws:s3:::b"})


def test_the_role_that_signs_forms_may_upload_and_nothing_else():
    role = RESOURCES["UploadRole"]["Properties"]
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    (policy,) = role["Policies"]

    assert policy["PolicyDocument"]["Statement"] == [
        {
            "Effect": "Allow",
            "Action": "s3:PutObject",
            "Resource": {"Fn::Sub": "${UploadBucketArn.Value}/incoming/*"},
        }
    ]
    signers = ["ContinueUploadRole", "CreateUploadRole", "ShowUploadPageRole"]
    arns = [{"Fn::GetAtt": [role, "Arn"]} for role in signers]
    assert trust["Condition"] == {"ArnEquals": {"aws:PrincipalArn": arns}}
    assert POLICIES["UploadsSigned"]["Roles"] == [{"Ref": role} for role in signers]


def test_tables_of_others_are_never_altered_and_only_imports_write_their_rows():
    allowed = {
        (role["Ref"], action)
        for policy in ATTACHED.values()
        for role in policy["Roles"]
        for statement in policy["PolicyDocument"]["Statement"]
        for action in listed(statement["Action"])
    }

    assert allowed == {
        *product(
            ("CreateTableRole", "EstimateExportRole"), ("dynamodb:DescribeTable", "dynamodb:Scan")
        ),
        *product(("EstimateImportRole", "ProcessExportRole"), ("dynamodb:DescribeTable",)),
        *product(("CreateExportRole", "ProcessExportRole"), ("dynamodb:Scan", "dynamodb:Query")),
        ("ProcessImportRole", "dynamodb:Scan"),
        *(
            ("ProcessImportRole", f"dynamodb:{verb}Item")
            for verb in ("Get", "BatchGet", "Put", "BatchWrite", "Update", "Delete")
        ),
    }


def _actions(name):
    return {action for s in statements(name) for action in listed(s["Action"])}
