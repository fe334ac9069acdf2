"""The routes that template.yaml declares."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from cfnlint.decode.cfn_yaml import load

from ferry.configurations.engine import serves

ROOT = Path(__file__).resolve().parents[1]
_REFUSING = "refuse_request"
"""The function that takes what no other does: its routes are not part of the API."""


class Route(NamedTuple):
    """A method at a path, the path as it is with its slash or without where both are served."""

    method: str
    path: str


def routes() -> dict[Route, str]:
    """Return the function's folder by route; of a path with and without slash, the former."""
    return {_route(properties): folder for properties, folder in _declared() if folder != _REFUSING}


def methods() -> dict[str, list[str]]:
    """Return the methods of every path, each path exactly as the template declares it."""
    found: dict[str, set[str]] = {}
    for properties, folder in _declared():
        if folder != _REFUSING:
            found.setdefault(str(properties["Path"]), set()).add(str(properties["Method"]))
    return {path: sorted(names) for path, names in sorted(found.items())}


def canonical(path: str) -> str:
    """Return the path with a trailing slash, unless it names a file or is the rule engine's."""
    bare = path.rstrip("/")
    return bare if "." in bare.rpartition("/")[2] or serves(bare) else f"{bare}/"


def _declared() -> Iterator[tuple[dict[str, Any], str]]:
    for resource in load(str(ROOT / "template.yaml"))["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            folder = resource["Properties"]["CodeUri"].removeprefix("functions/")
            for event in resource["Properties"].get("Events", {}).values():
                if event["Type"] == "HttpApi":
                    yield event["Properties"], folder


def _route(properties: dict[str, Any]) -> Route:
    return Route(str(properties["Method"]), canonical(str(properties["Path"])))
