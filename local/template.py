"""template.yaml as plain data, read in a tenth of the time that cfn-lint takes."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from local.instance import ROOT

type Json = dict[str, Any]


class _Loader(yaml.SafeLoader):  # type: ignore[misc] # PyYAML has no types
    """YAML with CloudFormation's tags."""


def _tagged(loader: _Loader, name: str, node: yaml.Node) -> Json:
    key = name if name in {"Ref", "Condition"} else f"Fn::{name}"
    if isinstance(node, yaml.ScalarNode):
        text = str(loader.construct_scalar(node))
        return {key: text.split(".", 1) if name == "GetAtt" else text}
    if isinstance(node, yaml.SequenceNode):
        return {key: loader.construct_sequence(node, deep=True)}
    return {key: loader.construct_mapping(node, deep=True)}


_Loader.add_multi_constructor("!", _tagged)


def read(path: Path) -> Json:
    """Return a template; ``!Ref X`` reads as ``{"Ref": "X"}``."""
    found: Json = yaml.load(path.read_text("utf-8"), _Loader)  # noqa: S506 - a safe loader's kin
    return found


@cache
def template() -> Json:
    """Return the template that is deployed."""
    return read(ROOT / "template.yaml")


def functions() -> dict[str, Json]:
    """Return the properties of the template's functions by logical id."""
    return {
        name: resource["Properties"]
        for name, resource in template()["Resources"].items()
        if resource["Type"] == "AWS::Serverless::Function"
    }
