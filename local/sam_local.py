"""Write the files that `sam local invoke` and `sam local start-api` need.

SAM hands a container only those variables that its template declares, and the credentials of the
person who calls it. So it gets a template of its own, which declares the engine's address and keys
as well, and a file with the values of every function's variables.
"""

import json
import re
import shutil
from pathlib import Path

from botocore.exceptions import EndpointConnectionError

from local import relay
from local.aws import Clients
from local.build import OUTPUT, TEMPLATE
from local.connection import Json
from local.deployment import Stack, describe
from local.instance import LOOPBACK, REGION, ROOT, Failed, Instance, architecture
from local.sam import BIN
from local.story.output import shown
from local.template import read

CONTAINER_HOST = "host.docker.internal"
"""This machine, as Docker names it to a container."""

_PORT = 3000
"""Where `sam local start-api` answers, as SAM has it."""

_TABLE = re.compile(r"(?<=/table/)\d+")


def write(instance: Instance) -> None:
    """Write what sam local needs: a template, variables, events and settings.

    Raises:
        Failed: the service is not up.

    """
    if not instance.stack_file.exists():
        raise Failed("The service is not up: run make up")
    facts: Json = json.loads(instance.stack_file.read_text())
    clients = Clients(instance)
    try:
        stack = describe(clients)
    except EndpointConnectionError as error:
        raise Failed("The service is not up: run make up") from error
    folder = instance.state / "sam-local"
    folder.mkdir(parents=True, exist_ok=True)
    declared = read(TEMPLATE)
    template, variables = folder / "template.json", folder / "env.json"
    template.write_text(json.dumps(with_engine(declared, instance), indent=1))
    variables.write_text(json.dumps(environments(instance, clients, declared, stack), indent=1))
    _write_events(folder / "events", facts)
    settings = folder / "samconfig.toml"
    settings.write_text(_settings(template, variables))
    relay.start(instance)
    _say_how_to_go_on(settings, folder, facts)


def with_engine(declared: Json, instance: Instance) -> Json:
    """Return a built template that declares the engine's variables and can lie anywhere."""
    function = declared["Globals"]["Function"]
    variables = function["Environment"]["Variables"] | dict.fromkeys(instance.credentials, "")
    resources = {
        name: {**resource, "Properties": _absolute(resource.get("Properties", {}))}
        for name, resource in declared["Resources"].items()
    }
    globals_ = {"Function": function | {"Environment": {"Variables": variables}}}
    return declared | {"Globals": globals_, "Resources": resources}


def environments(
    instance: Instance, clients: Clients, declared: Json, stack: Stack
) -> dict[str, dict[str, str]]:
    """Return each function's variables as the engine has them, reached from a container."""
    found = {}
    for name, resource in declared["Resources"].items():
        if resource["Type"] == "AWS::Serverless::Function":
            deployed = clients.functions.get_function_configuration(
                FunctionName=stack.resources[name]
            )
            variables = deployed["Environment"]["Variables"] | instance.credentials
            found[name] = {key: _from_container(v, instance) for key, v in variables.items()}
    return found


def for_demo(event: Json, facts: Json) -> Json:
    """Return a sample event that speaks of the demo's app, user and table, where it is of HTTP."""
    if "requestContext" not in event:
        return event
    headers, context = dict(event["headers"]), event["requestContext"]
    if "authorization" in headers or "cookies" in event:
        headers["authorization"] = f"Bearer {facts['token']}"
    path = _TABLE.sub(str(facts["table_id"]), event["rawPath"])
    parameters = dict(event.get("pathParameters", {}))
    if "table_id" in parameters:
        parameters["table_id"] = str(facts["table_id"])
    changed = {
        "headers": headers,
        "rawPath": path,
        "requestContext": context | {"http": context["http"] | {"path": path}},
    }
    if parameters:
        changed["pathParameters"] = parameters
    if "client_secret" in event.get("body", ""):
        credentials = {name: facts[name] for name in ("client_id", "client_secret")}
        changed["body"] = json.dumps(json.loads(event["body"]) | credentials)
    # The session of a sample's cookie is nobody's here.
    return {name: value for name, value in event.items() if name != "cookies"} | changed


def _write_events(folder: Path, facts: Json) -> None:
    shutil.rmtree(folder, ignore_errors=True)  # a function may be gone since the last time
    folder.mkdir()
    for sample in sorted((ROOT / "events").glob("*.json")):
        own = for_demo(json.loads(sample.read_text("utf-8")), facts)
        text = json.dumps(own, indent=1, ensure_ascii=False)
        (folder / sample.name).write_text(text, "utf-8")


def _absolute(properties: Json) -> Json:
    built = {
        name: str(OUTPUT / properties[name])
        for name in ("CodeUri", "ContentUri")
        if isinstance(properties.get(name), str)
    }
    return properties | built


def _from_container(value: str, instance: Instance) -> str:
    """A variable with the engine's address, however the engine spells it, as a container's way."""
    there = f"http://{CONTAINER_HOST}:{instance.engine_port}"
    for host in (LOOPBACK, "localhost"):
        value = value.replace(f"http://{host}:{instance.engine_port}", there)
    return value


def _settings(template: Path, variables: Path) -> str:
    """Write a file of options for both commands, so that you need not type them."""
    shared = f"""\
template_file = {json.dumps(str(template))}
env_vars = {json.dumps(str(variables))}
parameter_overrides = ["Architecture={architecture()}"]
region = "{REGION}"
add_host = ["{CONTAINER_HOST}:host-gateway"]
"""
    return f"""\
version = 0.1

[default.local_invoke.parameters]
{shared}
[default.local_start_api.parameters]
{shared}port = {_PORT}
warm_containers = "LAZY"
"""


def _say_how_to_go_on(settings: Path, folder: Path, facts: Json) -> None:
    sam, config = BIN / "sam", f"--config-file {shown(settings)}"
    print(f"""
For sam local, which needs Docker:
    {shown(sam)} local invoke ListTables {config} --event {shown(folder)}/events/list_tables.json
    {shown(sam)} local start-api {config}
    curl -H 'Authorization: Bearer {facts["token"]}' http://{LOOPBACK}:{_PORT}/oserve/v1/table/
""")
