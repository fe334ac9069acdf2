"""Resources that store data are retained, encrypted and private, new ones included."""

import json
import re

import pytest

from tests.declared import PARAMETERS, RESOURCES, TEMPLATE, of_type

TABLES = of_type("AWS::DynamoDB::Table")
BUCKETS = of_type("AWS::S3::Bucket")
HISTORIES = {"ConfigBucket"}
"""What holds revisions that stay for good."""
POLICIES = {
    p["Bucket"]["Fn::GetAtt"][0].removesuffix("Name"): p
    for p in of_type("AWS::S3::BucketPolicy").values()
}
NAMES = of_type("AWS::SSM::Parameter")
STATEFUL = sorted(TABLES | BUCKETS | of_type("AWS::SecretsManager::Secret"))


@pytest.mark.parametrize("name", STATEFUL)
def test_data_outlives_the_stack_but_not_a_failed_first_deployment(name):
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html
    assert RESOURCES[name]["DeletionPolicy"] == "RetainExceptOnCreate"
    # This one takes Delete, Retain and Snapshot alone.
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-updatereplacepolicy.html
    assert RESOURCES[name]["UpdateReplacePolicy"] == "Retain"


@pytest.mark.parametrize("name", STATEFUL)
def test_data_that_is_there_already_can_be_named_in_place_of_new_data(name):
    existing = PARAMETERS[f"Existing{name}"]

    assert existing["Default"] == ""
    assert RESOURCES[name]["Condition"] == f"Make{name}"
    assert TEMPLATE["Conditions"][f"Make{name}"] == {
        "Fn::Equals": [{"Ref": f"Existing{name}"}, ""],
    }
    (made,) = [each["Value"] for each in NAMES.values() if f"Make{name}" in str(each["Value"])]
    assert made["Fn::If"][2] == {"Ref": f"Existing{name}"}


@pytest.mark.parametrize("name", STATEFUL)
def test_nothing_asks_the_data_itself_for_its_name(name):
    resources = {k: v for k, v in TEMPLATE["Resources"].items() if k not in NAMES}
    text = json.dumps([TEMPLATE["Globals"], resources, TEMPLATE["Outputs"]])

    found = re.findall(rf'"(?:Ref|Fn::GetAtt)": \[?"{name}"|\$\{{{name}[.}}]', text)
    assert found == []


@pytest.mark.parametrize("name", STATEFUL)
def test_no_name_is_fixed_so_that_two_stacks_fit_into_one_account(name):
    assert not RESOURCES[name]["Properties"].keys() & {"TableName", "BucketName", "Name"}


@pytest.mark.parametrize("name", sorted(TABLES))
def test_a_table_is_encrypted_and_can_be_set_back(name):
    assert TABLES[name]["SSESpecification"] == {"SSEEnabled": True}
    recovery = TABLES[name]["PointInTimeRecoverySpecification"]
    assert recovery == {"PointInTimeRecoveryEnabled": True}
    assert TABLES[name]["BillingMode"] == "PAY_PER_REQUEST"


@pytest.mark.parametrize("name", sorted(BUCKETS))
def test_a_bucket_is_closed_to_the_public(name):
    assert BUCKETS[name]["PublicAccessBlockConfiguration"] == {
        "BlockPublicAcls": True,
        "BlockPublicPolicy": True,
        "IgnorePublicAcls": True,
        "RestrictPublicBuckets": True,
    }
    assert BUCKETS[name]["OwnershipControls"] == {
        "Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]
    }


@pytest.mark.parametrize("name", sorted(BUCKETS))
def test_a_bucket_is_encrypted(name):
    (rule,) = BUCKETS[name]["BucketEncryption"]["ServerSideEncryptionConfiguration"]

    assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] in {"AES256", "aws:kms"}


@pytest.mark.parametrize("name", sorted(BUCKETS))
def test_a_bucket_answers_over_tls_only(name):
    assert POLICIES[name]["PolicyDocument"]["Statement"] == {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [
            {"Fn::GetAtt": [f"{name}Arn", "Value"]},
            {"Fn::Sub": f"${{{name}Arn.Value}}/*"},
        ],
        "Condition": {"Bool": {"aws:SecureTransport": False}},
    }


@pytest.mark.parametrize("name", sorted(BUCKETS))
def test_a_bucket_drops_what_was_never_finished_and_what_has_expired(name):
    rules = BUCKETS[name]["LifecycleConfiguration"]["Rules"]

    assert all(rule["Status"] == "Enabled" and "Prefix" not in rule for rule in rules)
    assert any("AbortIncompleteMultipartUpload" in rule for rule in rules)
    assert any("ExpirationInDays" in rule for rule in rules) == (name not in HISTORIES)


def test_files_live_as_long_as_the_links_to_them():
    for rule in BUCKETS["ResultsBucket"]["LifecycleConfiguration"]["Rules"]:
        assert rule.get("ExpirationInDays", {"Ref": "LinkDays"}) == {"Ref": "LinkDays"}


def test_an_upload_outlives_the_longest_that_a_function_may_go_on_with_it():
    rules = [r for b in BUCKETS.values() for r in b["LifecycleConfiguration"]["Rules"]]

    for rule in rules:
        if "AbortIncompleteMultipartUpload" in rule:
            days = rule["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"]
            assert days == {"Ref": "LinkDays"} or days >= 2


def test_the_parts_of_a_stopped_export_are_kept_until_it_cannot_be_resumed_any_more():
    (rule,) = [
        rule["AbortIncompleteMultipartUpload"]
        for rule in BUCKETS["ResultsBucket"]["LifecycleConfiguration"]["Rules"]
        if "AbortIncompleteMultipartUpload" in rule
    ]
    assert rule == {"DaysAfterInitiation": {"Ref": "LinkDays"}}
