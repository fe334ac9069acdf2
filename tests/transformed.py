"""Plain CloudFormation from template.yaml, as SAM would deploy it."""

import copy
from functools import cache
from typing import Any

from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

from tests.declared import TEMPLATE, of_type


@cache
def cloudformation(**parameters: str) -> dict[str, Any]:
    """Return the resources by logical id, given parameters that are not the default."""
    template = copy.deepcopy(TEMPLATE)
    for resource in template["Resources"].values():
        for code in ("CodeUri", "ContentUri"):
            if code in resource.get("Properties", {}):
                resource["Properties"][code] = "s3://bucket/key"
    return Translator({}, Parser()).translate(template, parameters, feature_toggle=None)[
        "Resources"
    ]


def statements(function: str) -> list[dict[str, Any]]:
    """Return the statements of a function's policies; the function by its logical id."""
    found: list[dict[str, Any]] = []
    role = f"{function}Role"
    for policy in cloudformation()[role]["Properties"].get("Policies", []):
        found += listed(policy["PolicyDocument"]["Statement"])
    for arn in cloudformation()[role]["Properties"]["ManagedPolicyArns"]:
        if isinstance(arn, dict):  # one of the template's own, which functions share
            policy = of_type("AWS::IAM::ManagedPolicy")[arn["Ref"]]
            found += listed(policy["PolicyDocument"]["Statement"])
    for policy in of_type("AWS::IAM::Policy").values():
        if {"Ref": role} in policy["Roles"]:
            found += listed(policy["PolicyDocument"]["Statement"])
    return found


def listed(value: Any) -> list[Any]:
    """Return a value as a list; a single value becomes a list of one."""
    return value if isinstance(value, list) else [value]
