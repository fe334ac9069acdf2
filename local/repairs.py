"""What ministack 1.5.33 leaves undone after a deployment that AWS would have done.

Each repair does no harm where nothing is amiss, so an engine that learns to do it by itself needs
no change here.
"""

import json
import re
from typing import Any

from local.aws import Clients
from local.instance import SENDER, STACK_NAME

_FUNCTION = re.compile(r"\$\{(\w+)\.Arn\}")


def repair(clients: Clients) -> None:
    """Make the deployed stack behave as on AWS."""
    _add_routes(clients)
    _make_concurrency_a_number(clients)
    _verify_domain(clients)


def _make_concurrency_a_number(clients: Clients) -> None:
    """Set each queue's concurrency to what it is, which a Number parameter left as a string.

    The comparison with a string fails, and with it the reading of every queue.
    """
    mappings = clients.functions.list_event_source_mappings()["EventSourceMappings"]
    for mapping in mappings:
        if "ScalingConfig" in mapping:  # boto3 has made the number in it one already
            clients.functions.update_event_source_mapping(
                UUID=mapping["UUID"], ScalingConfig=mapping["ScalingConfig"]
            )


def _verify_domain(clients: Clients) -> None:
    """Let mail pass from and to everyone at the sender's domain.

    On AWS that is the deployer's business; like an account still in SES's sandbox, the engine
    refuses addresses nobody has verified.
    """
    domain = SENDER.partition("@")[2]
    known = clients.ses.list_email_identities().get("EmailIdentities", [])
    if domain not in {identity.get("IdentityName") for identity in known}:
        clients.ses.create_email_identity(EmailIdentity=domain)


def _add_routes(clients: Clients) -> None:
    """Give each HTTP API the routes of its `Body`, which the engine ignores."""
    resources = clients.cloudformation.describe_stack_resources(StackName=STACK_NAME)
    ids = {r["LogicalResourceId"]: r["PhysicalResourceId"] for r in resources["StackResources"]}
    for logical_id, resource in _processed_template(clients)["Resources"].items():
        if resource["Type"] == "AWS::ApiGatewayV2::Api":
            wanted = {
                route: ids[function] for route, function in _routes(resource["Properties"]).items()
            }
            _reconcile(clients, ids[logical_id], wanted)


def _processed_template(clients: Clients) -> dict[str, Any]:
    answer = clients.cloudformation.get_template(StackName=STACK_NAME, TemplateStage="Processed")
    body: Any = answer["TemplateBody"]
    template: dict[str, Any] = json.loads(body) if isinstance(body, str) else body
    return template


def _routes(api: dict[str, Any]) -> dict[str, str]:
    """Map each route key, `POST /path`, to the logical id of its function."""
    found = {}
    for path, operations in api.get("Body", {}).get("paths", {}).items():
        for method, operation in operations.items():
            integration = operation.get("x-amazon-apigateway-integration", {})
            function = _FUNCTION.search(json.dumps(integration.get("uri")))
            if function:
                found[_route_key(method, path)] = function.group(1)
    return found


def _route_key(method: str, path: str) -> str:
    if path.strip("/") == "$default":
        return "$default"
    verb = "ANY" if method == "x-amazon-apigateway-any-method" else method.upper()
    return f"{verb} {path}"


def _reconcile(clients: Clients, api_id: str, wanted: dict[str, str]) -> None:
    """Add the routes that are missing and drop those of an earlier deployment."""
    arns = {function: _arn(clients, function) for function in set(wanted.values())}
    existing = _existing(clients, api_id)
    for key, (route_id, arn) in existing.items():
        if key not in wanted or arns[wanted[key]] != arn:
            clients.apigateway.delete_route(ApiId=api_id, RouteId=route_id)
    targets: dict[str, str] = {}
    for key, function in wanted.items():
        arn = arns[function]
        if existing.get(key, ("", ""))[1] != arn:
            target = targets.get(arn) or _integrate(clients, api_id, arn)
            targets[arn] = target
            clients.apigateway.create_route(ApiId=api_id, RouteKey=key, Target=target)


def _existing(clients: Clients, api_id: str) -> dict[str, tuple[str, str]]:
    """Map each route key the API has to the route's id and its function's ARN."""
    gateway = clients.apigateway
    uris = {
        f"integrations/{integration['IntegrationId']}": integration.get("IntegrationUri", "")
        for integration in gateway.get_integrations(ApiId=api_id, MaxResults="1000")["Items"]
    }
    return {
        route["RouteKey"]: (route["RouteId"], uris.get(route.get("Target", ""), ""))
        for route in gateway.get_routes(ApiId=api_id, MaxResults="1000")["Items"]
    }


def _arn(clients: Clients, function: str) -> str:
    return clients.functions.get_function_configuration(FunctionName=function)["FunctionArn"]


def _integrate(clients: Clients, api_id: str, arn: str) -> str:
    integration = clients.apigateway.create_integration(
        ApiId=api_id,
        IntegrationType="AWS_PROXY",
        IntegrationUri=arn,
        PayloadFormatVersion="2.0",
    )
    return f"integrations/{integration['IntegrationId']}"
