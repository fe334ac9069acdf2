"""The OpenAPI document is what its sources say, is valid, and knows every route."""

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from ferry.http.routes import all_routes
from openapi.document import ROUTES, TARGET, Undocumented, build, entries, routes, text
from openapi.routes import canonical

DOCUMENT = build()
ALSO = ("/oserve/api/", "/oserve/v1.8/")
"""Where routes are served a second time."""

SERVED = {
    (route.method, canonical(route.path.replace("{version}", version)))
    for route in all_routes()
    for version in route.versions or ("",)
}

OPERATIONS = {
    (method.upper(), path): operation
    for path, operations in DOCUMENT["paths"].items()
    for method, operation in operations.items()
}


def test_the_file_is_what_make_openapi_writes():
    assert TARGET.read_text("utf-8") == text(DOCUMENT), "run make openapi"


def test_it_is_valid():
    OpenAPIV31SpecValidator(DOCUMENT).validate()


def test_the_file_of_routes_is_what_make_openapi_writes():
    assert ROUTES.read_text("utf-8") == text(routes()), "run make openapi"


def test_it_knows_every_route_and_no_other():
    assert OPERATIONS.keys() == {key for key in SERVED if not key[1].startswith(ALSO)}


def test_no_model_is_left_unresolved():
    assert "$model" not in text(DOCUMENT)


@pytest.mark.parametrize("key", OPERATIONS, ids=" ".join)
def test_an_operation_says_enough(key):
    operation = OPERATIONS[key]

    assert operation["summary"]
    assert {tag["name"] for tag in DOCUMENT["tags"]}.issuperset(operation["tags"])
    assert operation["tags"]
    assert any(status < "400" for status in operation["responses"])


def test_every_component_is_used():
    whole = text(DOCUMENT)
    kinds = DOCUMENT["components"].items()
    places = [
        f"#/components/{k}/{n}" for k, found in kinds if k != "securitySchemes" for n in found
    ]

    assert [place for place in places if f'"{place}"' not in whole] == []


def test_a_route_without_an_entry_is_named():
    known = list(entries())
    route, folder, _ = known[0]

    with pytest.raises(Undocumented, match=f"{route.path} has no entry in operations/{folder}"):
        build(known[1:])


def test_an_entry_without_a_route_is_named():
    known = list(entries())
    route, folder, entry = known[0]
    elsewhere = (route._replace(path="/nowhere/"), folder, entry)

    with pytest.raises(Undocumented, match="no route POST /nowhere/"):
        build([elsewhere, *known])
