"""The routes of the template, and the API versions that serve each."""

from functools import cache
from pathlib import Path
from typing import NamedTuple

import msgspec

from ferry.errors import MethodNotAllowed, NotFound

_ROUTES = Path(__file__).with_name("routes.json")  # written by `make openapi`
_VERSION = "version"
_ENGINE = frozenset({
    "async", "config", "data", "metadata", "rules", "ruleset", "streams", "tables", "v2",
})  # fmt: skip
"""The first segments of the rule engine's paths."""


class Route(msgspec.Struct, frozen=True, omit_defaults=True):
    """A route of template.yaml.

    Attributes:
        function: the folder of the function that serves it.
        versions: what the path's `version` may be; empty for a path without one.

    """

    method: str
    path: str
    function: str
    versions: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The route's key in API Gateway."""
        return f"{self.method} {self.path}"


class Match(NamedTuple):
    """The route that serves a request, and the values of the variables in its path."""

    route: Route
    parameters: dict[str, str]


def find(method: str, path: str) -> Match:
    """Return the route that serves a request.

    Args:
        method: in capitals.
        path: without percent-encoding. One trailing slash makes no difference, but on the paths
            of the rule engine, which has none.

    Raises:
        NotFound: there is nothing at the path.
        MethodNotAllowed: the path has other methods.

    """
    served = served_at(path)
    if method in served:
        return served[method]
    if not served:
        raise NotFound(f"there is nothing at {path}")
    raise MethodNotAllowed(method, sorted(served))


def served_at(path: str) -> dict[str, Match]:
    """Return the routes that serve a path, by method; empty for an unknown path."""
    segments = (path if of_engine(path) else path.removesuffix("/")).split("/")
    found: dict[str, Match] = {}
    for route in all_routes():
        parameters = _parameters(route, segments)
        if parameters is not None:
            found.setdefault(route.method, Match(route, parameters))
    return found


def slashed_functions() -> list[str]:
    """Return the folders of the functions whose paths may end in a slash, in order."""
    return sorted({route.function for route in all_routes() if not of_engine(route.path)})


def of_engine(path: str) -> bool:
    """Return whether a path lies where the rule engine's routes are."""
    return path.startswith("/") and path.split("/")[1] in _ENGINE


@cache
def all_routes() -> list[Route]:
    """Return all routes but `$default`, those without variables before those with."""
    routes = msgspec.json.decode(_ROUTES.read_bytes(), type=list[Route])
    return sorted(routes, key=lambda route: route.path.count("{"))


def _parameters(route: Route, segments: list[str]) -> dict[str, str] | None:
    """Return the values of the variables in a route's path; None if the path is another."""
    wanted = route.path.split("/")
    if len(wanted) != len(segments):
        return None
    values: dict[str, str] = {}
    for pattern, segment in zip(wanted, segments, strict=True):
        if pattern.startswith("{") and segment:
            values[pattern[1:-1]] = segment
        elif pattern != segment:
            return None
    if _VERSION in values and values[_VERSION] not in route.versions:
        return None
    return values
