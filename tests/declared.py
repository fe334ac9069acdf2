"""The declarations of template.yaml as plain data."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from cfnlint.decode.cfn_yaml import load

ROOT = Path(__file__).parents[1]
TEMPLATE: dict[str, Any] = json.loads(json.dumps(load(str(ROOT / "template.yaml"))))
PARAMETERS: dict[str, Any] = TEMPLATE["Parameters"]
RESOURCES: dict[str, Any] = TEMPLATE["Resources"]
ENVIRONMENT: dict[str, Any] = TEMPLATE["Globals"]["Function"]["Environment"]["Variables"]


def evaluated(value: Any, known: Mapping[str, str]) -> str:
    """Resolve a value as CloudFormation does, given parameters and physical ids by name.

    Of a resource's attributes `known` holds those that functions are told: "UploadRole.Arn".
    """
    match value:
        case {"Ref": name}:
            return known[name]
        case {"Fn::If": [condition, then, otherwise]}:
            return evaluated(then if holds(condition, known) else otherwise, known)
        case {"Fn::GetAtt": [name, attribute]}:
            return _attribute(name, attribute, known)
        case {"Fn::Join": [delimiter, {"Ref": name}]}:  # a list is held as its text, "a,b"
            return delimiter.join(known[name].split(","))
    return str(value)


def _attribute(name: str, attribute: str, known: Mapping[str, str]) -> str:
    if attribute == "Value":  # of a parameter of SSM
        return evaluated(RESOURCES[name]["Properties"]["Value"], known)
    return known[name if attribute == "Id" else f"{name}.{attribute}"]  # a secret's is its ARN


def holds(condition: Any, known: Mapping[str, str]) -> bool:
    """Return whether a condition holds, given by its name or as it is declared."""
    declared = TEMPLATE["Conditions"][condition] if isinstance(condition, str) else condition
    ((function, given),) = declared.items()
    return _CONDITIONS[function](given, known)


_CONDITIONS: dict[str, Callable[[Any, Mapping[str, str]], bool]] = {
    "Condition": holds,
    "Fn::Not": lambda given, known: not holds(given[0], known),
    "Fn::And": lambda given, known: all(holds(each, known) for each in given),
    "Fn::Or": lambda given, known: any(holds(each, known) for each in given),
    "Fn::Equals": lambda given, known: evaluated(given[0], known) == evaluated(given[1], known),
}


def of_type(kind: str) -> dict[str, Any]:
    """Return the properties of the resources of that type, by logical id."""
    return {k: v["Properties"] for k, v in RESOURCES.items() if v["Type"] == kind}


def routes() -> list[tuple[str, str, str]]:
    """Return the HTTP routes as (method, path, function folder)."""
    found = []
    for function in of_type("AWS::Serverless::Function").values():
        folder = function["CodeUri"].removeprefix("functions/")
        for event in function.get("Events", {}).values():
            if event["Type"] == "HttpApi":
                route = event["Properties"]
                found.append((route["Method"], route["Path"], folder))
    return found


def route_keys() -> dict[str, str]:
    """Return the function's folder by API Gateway's route key."""
    return {
        path if path == "$default" else f"{method} {path}": folder
        for method, path, folder in routes()
    }
