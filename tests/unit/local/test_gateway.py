"""The local HTTP API refuses the route keys that AWS refuses and chooses as AWS does."""

import pytest

from local.gateway import READINGS, Gateway
from local.route_keys import MOST_ROUTES, RefusedRouteKey, read_keys

DOCUMENTED = [
    "GET /pets/dog/1",
    "GET /pets/dog/{id}",
    "GET /pets/{proxy+}",
    "ANY /{proxy+}",
    "$default",
]
"""The example on https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html"""


@pytest.mark.parametrize(
    ("method", "path", "key"),
    [
        ("GET", "/pets/dog/1", "GET /pets/dog/1"),
        ("GET", "/pets/dog/2", "GET /pets/dog/{id}"),
        ("GET", "/pets/cat/1", "GET /pets/{proxy+}"),
        ("POST", "/test/5", "ANY /{proxy+}"),
        ("GET", "/", "$default"),
    ],
)
@pytest.mark.parametrize("order", [1, -1])
def test_the_most_specific_route_wins_whatever_the_order(method, path, key, order):
    gateway = _gateway(*DOCUMENTED[::order])

    assert gateway.select(method, path).key == key


@pytest.mark.parametrize(
    "key",
    [
        "GET /pets/",
        "GET /pets/{id}/",
        "get /pets",
        "HEAD",
        "GET pets",
        "GET /pets//dogs",
        "GET /pets/{proxy+}/dogs",
        "GET /pets/{id",
        "GET /pets/{}",
        "GET /pets/dog-{id}",
        "TRACE /pets",
        "/pets",
    ],
)
def test_a_key_that_aws_refuses_is_refused(key):
    with pytest.raises(RefusedRouteKey):
        read_keys([key])


@pytest.mark.parametrize("twin", ["GET /pets/{id}", "GET /pets/{name}"])
def test_the_same_route_twice_is_refused(twin):
    with pytest.raises(RefusedRouteKey, match="same route"):
        read_keys(["GET /pets/{id}", twin])


def test_more_routes_than_an_api_can_have_are_refused():
    with pytest.raises(RefusedRouteKey, match=str(MOST_ROUTES)):
        read_keys([f"GET /{number}" for number in range(MOST_ROUTES + 1)])


@pytest.mark.parametrize(
    ("reading", "key", "seen"),
    [
        ("normalised", "GET /pets", "/pets/"),
        ("stripped", "GET /pets", "/pets"),
        ("exact", "$default", "/pets/"),
        ("empty", "GET /pets/{id}", "/pets/"),
    ],
)
def test_a_trailing_slash_counts_as_the_reading_says(reading, key, seen):
    gateway = _gateway("GET /pets", "GET /pets/{id}", "$default", reading=reading)

    selected = gateway.select("GET", "/pets/")

    assert (selected.key, selected.path) == (key, seen)


@pytest.mark.parametrize("reading", READINGS)
def test_a_greedy_variable_is_never_empty(reading):
    gateway = _gateway("GET /pets/{rest+}", "$default", reading=reading)

    assert gateway.select("GET", "/pets/").key == "$default"
    assert gateway.select("GET", "/pets/1/2").parameters == {"rest": "1/2"}


def test_variables_and_the_path_are_decoded():
    selected = _gateway("GET /pets/{id}", "$default").select("GET", "/pets/a%20b%3Fc")

    assert selected.parameters == {"id": "a b?c"}
    assert selected.path == "/pets/a b"


def _gateway(*keys, reading="normalised"):
    return Gateway({key: key for key in keys}, READINGS[reading])
