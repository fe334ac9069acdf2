"""An HTTP API: which route a request takes, under each reading of what AWS leaves open."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import unquote

from local.route_keys import DEFAULT, RouteKey, read_keys


@dataclass(frozen=True)
class Reading:
    """How API Gateway reads a path that ends in a slash; sources disagree, AWS is silent.

    docs/decisions/0100-both-spellings-of-a-path.md names the sources.

    Attributes:
        exact: `/a/` is another path than `/a`.
        empty: a variable may be empty, so that `/a/{name}` takes `/a/`.
        stripped: the function does not see the slash.

    """

    exact: bool = False
    empty: bool = False
    stripped: bool = False


READINGS = {
    "normalised": Reading(),
    "stripped": Reading(stripped=True),
    "exact": Reading(exact=True),
    "empty": Reading(exact=True, empty=True),
}
USUAL = "normalised"


class Selected(NamedTuple):
    """The route that a request takes.

    Attributes:
        key: the route key.
        function: that serves it.
        path: as the function is to see it, without percent-encoding.
        parameters: the values of the path's variables.

    """

    key: str
    function: str
    path: str
    parameters: dict[str, str]


class Gateway:
    """The routes of an HTTP API with a `$default` route."""

    def __init__(self, functions: Mapping[str, str], reading: Reading) -> None:
        """Take the routes.

        Args:
            functions: what serves each route, by route key.
            reading: of paths that end in a slash.

        Raises:
            RefusedRouteKey: API Gateway would not take the keys.

        """
        self._keys = read_keys(functions)
        self._functions = functions
        self._reading = reading

    def select(self, method: str, path: str) -> Selected:
        """Return the route that a request takes: a full match, then a greedy one, then `$default`.

        Args:
            method: in capitals.
            path: as it was sent.

        """
        bare = path if self._reading.exact or path == "/" else path.removesuffix("/")
        segments = [] if bare == "/" else bare.split("/")[1:]
        found: list[tuple[RouteKey, dict[str, str]]] = []
        for key in self._keys:
            if key.method in {method, "ANY"}:
                values = key.parameters(segments, empty=self._reading.empty)
                if values is not None:
                    found.append((key, values))
        # HTTP APIs decode rawPath, and what follows an encoded question mark is lost
        # (captures of real ones: github.com/hotsock/voker/pull/8).
        seen = unquote(bare if self._reading.stripped else path).partition("?")[0]
        if not found:
            return Selected(DEFAULT, self._functions[DEFAULT], seen, {})
        key, values = min(found, key=lambda match: match[0].rank)
        decoded = {name: unquote(value) for name, value in values.items()}
        return Selected(key.text, self._functions[key.text], seen, decoded)
