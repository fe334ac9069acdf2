"""The routes that template.yaml declares, and which versions of the API serve each."""

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from cfnlint.decode.cfn_yaml import load

from ferry.http.routes import Route, of_engine

ROOT = Path(__file__).resolve().parents[1]
_DEFAULT = "$default"
_VERSION = "{version}"


class Documented(NamedTuple):
    """A method at a path of the document, as users write it."""

    method: str
    path: str


@cache
def declared() -> dict[str, str]:
    """Return the function's folder by route key, without `$default`."""
    return {key: folder for key, folder in _declared() if _DEFAULT not in key}


def served(documented: Iterable[Documented]) -> list[Route]:
    """Return the template's routes, each with the versions that the document has of it."""
    versions: dict[str, set[str]] = {}
    for operation in documented:
        key, version = route_of(operation)
        versions.setdefault(key, set()).update({version} - {""})
    found = []
    for key, folder in sorted(declared().items()):
        method, _, path = key.partition(" ")
        found.append(Route(method, path, folder, tuple(sorted(versions.get(key, ())))))
    return found


def route_of(operation: Documented) -> tuple[str, str]:
    """Return the key of an operation's route and its version, "" where the path has none."""
    bare = operation.path.rstrip("/")
    key = f"{operation.method} {bare}"
    if key in declared():
        return key, ""
    segments = bare.split("/")
    version = segments[2] if len(segments) > 2 else ""
    segments[2:3] = [_VERSION]
    return f"{operation.method} {'/'.join(segments)}", version


def canonical(path: str) -> str:
    """Return the path with a trailing slash, unless it names a file or is the rule engine's."""
    bare = path.rstrip("/")
    return bare if "." in bare.rpartition("/")[2] or of_engine(bare) else f"{bare}/"


def _declared() -> Iterator[tuple[str, str]]:
    for resource in _functions():
        folder = resource["CodeUri"].removeprefix("functions/")
        for event in resource.get("Events", {}).values():
            if event["Type"] == "HttpApi":
                yield f"{event['Properties']['Method']} {event['Properties']['Path']}", folder


def _functions() -> Iterator[dict[str, Any]]:
    for resource in load(str(ROOT / "template.yaml"))["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            yield resource["Properties"]
