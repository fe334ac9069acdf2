"""The stages of samconfig.toml: the stack that each one deploys, and its parameters."""

import shlex
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local.instance import ROOT, Failed

SETTINGS = ROOT / "samconfig.toml"


@dataclass(frozen=True)
class Stage:
    """A stage as samconfig.toml describes it.

    Attributes:
        region: where it is deployed unless an order says so; empty where the file has none.
        parameters: of the template, by name, as CloudFormation takes them.
        confirms: whether a person confirms each changeset.

    """

    name: str
    stack: str
    region: str = ""
    parameters: dict[str, str] = field(default_factory=dict)
    confirms: bool = False


def stage(name: str, settings: Path = SETTINGS) -> Stage:
    """Return the stage of that name.

    Raises:
        Failed: samconfig.toml has no such stage; the message lists those that it has.

    """
    tables: dict[str, Any] = tomllib.loads(settings.read_text("utf-8"))
    deploys = {
        known: table["deploy"]["parameters"]
        for known, table in tables.items()
        if isinstance(table, dict) and "stack_name" in table.get("deploy", {}).get("parameters", {})
    }
    if name not in deploys:
        raise Failed(f"samconfig.toml has no stage {name!r}: STAGE={' or STAGE='.join(deploys)}")
    found = deploys[name]
    overrides = found.get("parameter_overrides", [])
    return Stage(
        name,
        found["stack_name"],
        found.get("region", ""),
        parameters(shlex.split(overrides) if isinstance(overrides, str) else overrides),
        found.get("confirm_changeset", False),
    )


def parameters(pairs: Iterable[str]) -> dict[str, str]:
    """Read ``Name=value`` pairs.

    Raises:
        Failed: one of them is none.

    """
    found = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not (name.isalnum() and equals):
            raise Failed(f"{pair!r} is no parameter: write Name=value")
        found[name] = value
    return found
