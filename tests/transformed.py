"""What SAM makes of template.yaml: plain CloudFormation, as it would be deployed."""

import copy
from functools import cache
from typing import Any

from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

from tests.declared import TEMPLATE


@cache
def cloudformation() -> dict[str, Any]:
    """Return the resources by logical id."""
    template = copy.deepcopy(TEMPLATE)
    for resource in template["Resources"].values():
        for code in ("CodeUri", "ContentUri"):
            if code in resource.get("Properties", {}):
                resource["Properties"][code] = "s3://bucket/key"
    return Translator({}, Parser()).translate(template, {}, feature_toggle=None)["Resources"]


def statements(function: str) -> list[dict[str, Any]]:
    """Return the statements of a function's own policies; the function by its logical id."""
    found: list[dict[str, Any]] = []
    for policy in cloudformation()[f"{function}Role"]["Properties"].get("Policies", []):
        found += listed(policy["PolicyDocument"]["Statement"])
    return found


def listed(value: Any) -> list[Any]:
    """Return what may be one or a list as a list."""
    return value if isinstance(value, list) else [value]
