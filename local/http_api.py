"""The routes of the deployed HTTP API. They stand in its `Body`, which ministack 1.5.33 ignores."""

import json
import re
from typing import Any

from local.aws import Clients
from local.deployment import Stack
from local.instance import STACK_NAME
from local.route_keys import DEFAULT, read_keys

_FUNCTION = re.compile(r"\$\{(\w+)\.Arn\}")


def deployed_routes(clients: Clients, stack: Stack) -> dict[str, str]:
    """Return the name of the function that serves each route, by route key.

    Raises:
        RefusedRouteKey: API Gateway would not take the keys.

    """
    [api] = [
        resource["Properties"]
        for resource in _processed_template(clients)["Resources"].values()
        if resource["Type"] == "AWS::ApiGatewayV2::Api"
    ]
    routes = {key: stack.resources[function] for key, function in _functions(api).items()}
    read_keys(routes)
    return routes


def _processed_template(clients: Clients) -> dict[str, Any]:
    answer = clients.cloudformation.get_template(StackName=STACK_NAME, TemplateStage="Processed")
    body: Any = answer["TemplateBody"]
    template: dict[str, Any] = json.loads(body) if isinstance(body, str) else body
    return template


def _functions(api: dict[str, Any]) -> dict[str, str]:
    """Map each route key to the logical id of its function."""
    found = {}
    for path, operations in api["Body"]["paths"].items():
        for method, operation in operations.items():
            integration = operation.get("x-amazon-apigateway-integration", {})
            function = _FUNCTION.search(json.dumps(integration.get("uri")))
            if function:
                found[_route_key(method, path)] = function.group(1)
    return found


def _route_key(method: str, path: str) -> str:
    if path.strip("/") == DEFAULT:
        return DEFAULT
    verb = "ANY" if method == "x-amazon-apigateway-any-method" else method.upper()
    return f"{verb} {path}"
