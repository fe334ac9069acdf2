"""Which methods the API has at a path, as the template declares its routes."""

import re
from functools import cache
from pathlib import Path

import msgspec

_ROUTES = Path(__file__).with_name("routes.json")  # written by `make openapi`
_PARAMETER = re.compile(r"{\w+}")


def methods_at(path: str) -> list[str]:
    """Return the methods that a request's path can be asked by, none where there is nothing."""
    found = (methods for pattern, methods in _routes() if pattern.fullmatch(path))
    return next(found, [])


@cache
def _routes() -> list[tuple[re.Pattern[str], list[str]]]:
    declared = msgspec.json.decode(_ROUTES.read_bytes(), type=dict[str, list[str]])
    return [(re.compile(_PARAMETER.sub("[^/]+", path)), names) for path, names in declared.items()]
