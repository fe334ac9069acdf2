"""Route keys as an HTTP API takes them: what it refuses, and how specific one is.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from local.instance import Failed

DEFAULT = "$default"
MOST_ROUTES = 300
"""https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html"""

_METHODS = frozenset({"ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
_LITERAL = re.compile(r"[\w.~:@$&'()*,;=!%-]+", re.ASCII)
_VARIABLE = re.compile(r"\{\w+\}", re.ASCII)
_GREEDY = re.compile(r"\{\w+\+\}", re.ASCII)


class RefusedRouteKey(Failed):
    """API Gateway does not take a route key, or not beside the others."""


@dataclass(frozen=True)
class RouteKey:
    """A route key, read.

    Attributes:
        text: as the template has it.
        segments: of the path; none for `$default` and for `/`.

    """

    text: str
    method: str
    segments: tuple[str, ...]

    @property
    def greedy(self) -> bool:
        """Whether the last segment stands for one segment or more."""
        return bool(self.segments) and is_greedy(self.segments[-1])

    @property
    def shape(self) -> tuple[str, ...]:
        """The path without its variables' names: routes of one shape are the same route."""
        return tuple(
            "{+}" if is_greedy(s) else "{}" if is_variable(s) else s for s in self.segments
        )

    def parameters(self, segments: list[str], *, empty: bool) -> dict[str, str] | None:
        """Return the values of the variables in a request's path; None if it is another path.

        Args:
            segments: of the request's path.
            empty: whether a variable may be.

        """
        if not self.greedy and len(segments) != len(self.segments):
            return None
        if self.greedy:
            fixed = len(self.segments) - 1
            segments = [*segments[:fixed], "/".join(segments[fixed:])]
        values = {}
        for pattern, segment in zip(self.segments, segments, strict=True):
            if pattern[0] != "{" and pattern != segment:
                return None
            if pattern[0] == "{" and not segment and (not empty or is_greedy(pattern)):
                return None
            if pattern[0] == "{":
                values[pattern.strip("{+}")] = segment
        return values

    @property
    def rank(self) -> tuple[bool, list[int], bool]:
        """Less is more specific: full before greedy, literal before variable, a method before ANY.

        The first two are documented, the last follows from what ANY is said to match.
        """
        kinds = [2 if is_greedy(s) else 1 if is_variable(s) else 0 for s in self.segments]
        return self.greedy, kinds, self.method == "ANY"


def read_keys(texts: Iterable[str]) -> list[RouteKey]:
    """Return the routes of an API, `$default` left out.

    Raises:
        RefusedRouteKey: API Gateway would not take them.

    """
    keys = [read_key(text) for text in texts if text != DEFAULT]
    if len(keys) > MOST_ROUTES:
        raise RefusedRouteKey(f"An HTTP API has at most {MOST_ROUTES} routes, not {len(keys)}")
    known: dict[tuple[str, ...], str] = {}
    for key in keys:
        route = (key.method, *key.shape)
        if route in known:
            raise RefusedRouteKey(f"{key.text} and {known[route]} are the same route")
        known[route] = key.text
    return keys


def read_key(text: str) -> RouteKey:
    """Return a route key, read.

    Raises:
        RefusedRouteKey: API Gateway would not take it.

    """
    method, _, path = text.partition(" ")
    if method not in _METHODS or not path.startswith("/"):
        raise RefusedRouteKey(f"{text!r} is neither a method and a path nor {DEFAULT}")
    if path == "/":
        return RouteKey(text, method, ())
    # github.com/aws/serverless-application-model/issues/1949, github.com/storacha/w3infra/pull/166
    if path.endswith("/"):
        raise RefusedRouteKey(f"{text}: a route key cannot end in a slash")
    segments = tuple(path[1:].split("/"))
    for segment in segments:
        if not (_LITERAL.fullmatch(segment) or is_variable(segment) or is_greedy(segment)):
            raise RefusedRouteKey(f"{text}: {segment!r} is no segment of a path")
    if any(is_greedy(segment) for segment in segments[:-1]):
        raise RefusedRouteKey(f"{text}: a greedy variable must be the last segment")
    return RouteKey(text, method, segments)


def is_variable(segment: str) -> bool:
    """Return whether a segment stands for one segment."""
    return bool(_VARIABLE.fullmatch(segment))


def is_greedy(segment: str) -> bool:
    """Return whether a segment stands for one segment or more."""
    return bool(_GREEDY.fullmatch(segment))
