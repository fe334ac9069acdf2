"""The document, put together."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from ferry.http.routes import Route, of_engine
from openapi.models import Json, with_schemas
from openapi.routes import ROOT, Documented, canonical, declared, route_of, served

TARGET = ROOT / "layers" / "core" / "ferry" / "openapi.json"
ROUTES = TARGET.parent / "http" / "routes.json"

_HERE = Path(__file__).parent
_ERROR = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}

type Entry = tuple[Documented, str, Json]


class Undocumented(Exception):
    """The template's routes and the entries in operations/ are not the same."""


def build(given: Iterable[Entry] | None = None) -> Json:
    """Return the document of the entries that are given, by default those in operations/.

    Raises:
        Undocumented: a route has no entry, or an entry no route.

    """
    document: Json = _read(_HERE / "api.yaml")
    document["info"]["version"] = _version()
    missing = dict(declared())
    paths: dict[str, Json] = {}
    for route, folder, entry in entries() if given is None else given:
        for each in _spellings(route, entry):
            if declared().get(route_of(each)[0]) != folder:
                raise Undocumented(f"operations/{folder}.yaml: no route {each.method} {each.path}")
            missing.pop(route_of(each)[0], None)
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, folder, entry)
    if missing:
        key, folder = next(iter(missing.items()))
        raise Undocumented(f"{key} has no entry in operations/{folder}.yaml")
    return with_schemas(document | {"paths": dict(sorted(paths.items()))})


def routes() -> list[Route]:
    """Return the routes, each with the versions that its entries have of it."""
    return served(each for route, _, entry in entries() for each in _spellings(route, entry))


def text(document: Json | list[Route]) -> str:
    """Return the document, or the routes, as a file."""
    encoded = msgspec.json.encode(document)
    return msgspec.json.format(encoded, indent=1).decode() + "\n"


def _spellings(route: Documented, entry: Json) -> list[Documented]:
    return [route, *(Documented(route.method, path) for path in entry.get("also", []))]


def entries() -> Iterator[Entry]:
    """Yield the entries in operations/: route, folder of the function, and operation."""
    for file in sorted((_HERE / "operations").glob("*.yaml")):
        for key, entry in _read(file).items():
            method, _, path = key.partition(" ")
            yield Documented(method, canonical(path)), file.stem, entry


def _operation(route: Documented, folder: str, entry: Json) -> Json:
    """Return an entry without its short forms."""
    operation: Json = {"operationId": folder, **entry}
    also = operation.pop("also", [])
    if also:
        paths = ", ".join(f"`{path}`" for path in also)
        told = f"{operation.get('description', '')}\n\nAlso served at {paths}."
        operation["description"] = told.strip()
    parameters = [
        {"$ref": f"#/components/parameters/{name}"} for name in re.findall(r"{(\w+)}", route.path)
    ]
    operation["parameters"] = parameters + operation.get("parameters", [])
    if "requestBody" in operation:
        operation["requestBody"] = _with_content(operation["requestBody"])
    operation["responses"] = _responses(route, operation)
    return operation


def _responses(route: Documented, operation: Json) -> Json:
    responses = {str(status): answer for status, answer in operation["responses"].items()}
    if operation.get("security") != []:
        name = "EngineUnauthenticated" if of_engine(route.path) else "Unauthenticated"
        responses["401"] = {"$ref": f"#/components/responses/{name}"}
    return {status: _answer(answer) for status, answer in sorted(responses.items())}


def _answer(answer: Json | str) -> Json:
    if isinstance(answer, str):
        return {"description": answer, "content": _ERROR}
    return _with_content(answer)


def _with_content(body: Json) -> Json:
    if "json" not in body:
        return body
    rest = {name: value for name, value in body.items() if name != "json"}
    return rest | {"content": {"application/json": {"schema": body["json"]}}}


def _read(file: Path) -> Any:
    return msgspec.yaml.decode(file.read_bytes())


def _version() -> str:
    version: str = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    return version
