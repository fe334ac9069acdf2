"""Routes: what API Gateway takes, and that every path is served however it takes a slash."""

import ast
from collections import Counter
from itertools import combinations
from typing import Any

import pytest

from ferry.errors import NotFound
from ferry.http import routes
from local.gateway import READINGS, Gateway
from local.route_keys import MOST_ROUTES, RouteKey, read_keys
from tests.declared import ENVIRONMENT, PARAMETERS, RESOURCES, ROOT, of_type, route_keys
from tests.transformed import cloudformation

KEYS = route_keys()
DISPATCHER = "dispatch_request"
FUNCTIONS = of_type("AWS::Serverless::Function")
FOLDERS = {v["CodeUri"].removeprefix("functions/"): k for k, v in FUNCTIONS.items()}
SERVED = [
    (route, route.path.replace("{version}", version))
    for route in routes.all_routes()
    for version in route.versions or ("",)
]
SLASHED = routes.slashed_functions()

# docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
MOST_POLICY_BYTES = 20 * 1024
MOST_ENVIRONMENT_BYTES = 4 * 1024

served = pytest.mark.parametrize(
    ("route", "path"), SERVED, ids=[f"{route.method} {path}" for route, path in SERVED]
)


def test_no_route_takes_all_of_the_accounts_requests():
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html
    settings = RESOURCES["Api"]["Properties"]["DefaultRouteSettings"]
    assert settings["ThrottlingRateLimit"] == {"Ref": "RequestsPerSecond"}
    assert settings["ThrottlingBurstLimit"] == {"Ref": "RequestBurst"}
    rate, burst = (PARAMETERS[name]["Default"] for name in ("RequestsPerSecond", "RequestBurst"))
    assert 0 < rate < burst < 5000


def test_api_gateway_takes_every_key():
    assert len(read_keys(KEYS)) == len(KEYS) - 1 < MOST_ROUTES


def test_no_key_ends_in_a_slash():
    assert [key for key in KEYS if key.endswith("/")] == []


def test_each_route_is_declared_once():
    declared = [
        (event["Properties"]["Method"], event["Properties"]["Path"])
        for function in FUNCTIONS.values()
        for event in function["Events"].values()
        if event["Type"] == "HttpApi"
    ]

    assert len(declared) == len(set(declared)) == len(KEYS)


def test_no_two_greedy_routes_compete_for_a_path():
    greedy = [key for key in read_keys(KEYS) if key.greedy]

    assert [
        (one.text, other.text)
        for one, other in combinations(greedy, 2)
        if "ANY" in {one.method, other.method} or one.method == other.method
        if _overlap(one.segments[:-1], other.segments[:-1])
    ] == []


def test_of_two_routes_for_a_path_one_is_the_more_specific():
    keys = [key for key in read_keys(KEYS) if not key.greedy]

    assert [
        (one.text, other.text)
        for one, other in combinations(keys, 2)
        if one.method == other.method and len(one.segments) == len(other.segments)
        if _overlap(one.segments, other.segments)
        if _literals(one) - _literals(other) and _literals(other) - _literals(one)
    ] == []


def test_only_what_has_no_route_comes_to_the_dispatcher():
    assert [key for key, folder in KEYS.items() if folder == DISPATCHER] == ["$default"]


@pytest.mark.parametrize("app", sorted((ROOT / "functions").glob("*/app.py")), ids=str)
def test_a_handler_repeats_no_path(app):
    serving = [
        ast.unparse(decorator)
        for node in ast.walk(ast.parse(app.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name != "lambda_handler"
        for decorator in node.decorator_list
        if ast.unparse(decorator).startswith("app.")
    ]

    assert serving == (["app.serve"] if app.parent.name in KEYS.values() else [])


@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.parametrize("slash", ["", "/"])
@served
def test_a_path_is_served_with_and_without_its_slash_under_every_reading(
    route, path, slash, reading
):
    selected = Gateway(KEYS, READINGS[reading]).select(route.method, path + slash)

    if routes.of_engine(path) and slash:
        # Refused by the dispatcher, or by whichever function sees the slash.
        assert not routes.served_at(path + slash)
    elif selected.function in {route.function, DISPATCHER}:
        assert routes.find(route.method, selected.path).route == route
    else:
        # The function says where to go: it sees that the route is not its own.
        assert (reading, slash) == ("empty", "/")
        assert routes.find(route.method, selected.path).route.key != selected.key


@served
def test_an_unknown_version_is_no_path(route, path):
    if route.versions:
        for version in {"v0", "v1", "v1.5", "v1.8", "v2"} - set(route.versions):
            elsewhere = route.path.replace("{version}", version)
            assert route.method not in routes.served_at(elsewhere)


def test_nothing_is_at_a_path_with_an_empty_segment():
    for path in ("", "//", "/oserve/v1//", "/oserve/v1/table//", "/oserve//table/"):
        with pytest.raises(NotFound):
            routes.find("GET", path)


def test_the_dispatcher_knows_the_functions_that_it_serves_and_may_invoke_no_others():
    properties = FUNCTIONS[FOLDERS[DISPATCHER]]
    [statement] = [policy["Statement"] for policy in properties["Policies"]]
    names = properties["Environment"]["Variables"]["API_FUNCTIONS"]["Fn::Join"]

    assert names == [" ", [{"Ref": FOLDERS[folder]} for folder in SLASHED]]
    assert statement["Action"] == "lambda:InvokeFunction"
    assert statement["Resource"] == [{"Fn::GetAtt": [FOLDERS[f], "Arn"]} for f in SLASHED]


def test_the_dispatchers_environment_fits_whatever_the_stack_is_called():
    own = dict(FUNCTIONS[FOLDERS[DISPATCHER]]["Environment"]["Variables"])
    own["API_FUNCTIONS"] = len(SLASHED) * f"{'n' * 64} "
    size = sum(len(name) + _longest(value) for name, value in {**ENVIRONMENT, **own}.items())

    assert size < MOST_ENVIRONMENT_BYTES


def test_no_functions_resource_policy_grows_too_long():
    # A statement of SAM's: ids, ARNs, principal and the route as condition.
    permissions = [
        resource["Properties"]
        for resource in cloudformation().values()
        if resource["Type"] == "AWS::Lambda::Permission"
    ]
    statements = Counter(permission["FunctionName"]["Ref"] for permission in permissions)

    assert max(statements.values()) * 800 < MOST_POLICY_BYTES


def _longest(value: Any) -> int:
    """Return a generous limit to the length of a variable's value."""
    match value:
        case {"Ref": name} if name in RESOURCES:
            urls = {"AWS::SQS::Queue", "AWS::SecretsManager::Secret"}
            return 130 if RESOURCES[name]["Type"] in urls else 64
        case {"Ref": name} if name in PARAMETERS:
            allowed = PARAMETERS[name].get("AllowedValues", ["v" * 64])
            return 15 if PARAMETERS[name]["Type"] == "Number" else max(map(len, allowed))
        case {"Ref": name}:  # a pseudo parameter
            return 128 if name == "AWS::StackName" else 20
        case {"Fn::GetAtt": [name, _]}:
            return 64 if name.endswith("Name") else 130
        case {"Fn::If": [_, *either]}:
            return max(map(_longest, either))
    return 200 if isinstance(value, dict) else len(value)


def _overlap(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Return whether a path can begin in both ways."""
    return all("{" in (a[0], b[0]) or a == b for a, b in zip(one, other, strict=False))


def _literals(key: RouteKey) -> set[int]:
    return {place for place, segment in enumerate(key.segments) if segment[0] != "{"}
