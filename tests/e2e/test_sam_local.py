"""SAM itself reads the files of `make sam-local`, as far as it can without Docker."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest

from local.instance import architecture
from local.sam import BIN
from local.sam_local import CONTAINER_HOST
from tests.declared import ROOT, of_type, routes

FUNCTIONS = {
    name: function["CodeUri"].removeprefix("functions/")
    for name, function in of_type("AWS::Serverless::Function").items()
}
PUBLIC = {"authorize_app", "issue_token", "download_file", "get_openapi", "dispatch_request"}
"""Functions whose sample events bring no token."""


def _port(url: str) -> str:
    return url.rpartition(":")[2]


def _docker_runs() -> bool:
    docker = shutil.which("docker")
    return (
        bool(docker)
        and not subprocess.run([docker, "info"], capture_output=True, check=False).returncode
    )


@pytest.fixture(scope="module")
def written(stack: dict[str, Any]) -> Path:
    """The folder that the command has written."""
    state = Path(stack["state"])
    port, engine_port = (_port(stack[url]) for url in ("api_url", "aws_endpoint_url"))
    command = [sys.executable, "-m", "local", "--state", str(state), "--port", port]
    subprocess.run([*command, "--engine-port", engine_port, "sam-local"], cwd=ROOT, check=True)
    return state / "sam-local"


@pytest.fixture(scope="module")
def read(written: Path) -> dict[str, Any]:
    """Return the template and the variables as SAM reads them."""
    script = ROOT / "tests" / "e2e" / "sam_reads.py"
    files = [str(written / "template.json"), str(written / "env.json")]
    done = subprocess.run(
        [BIN / "python", script, *files, architecture()],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "HOME": os.environ["HOME"],
            "AWS_ACCESS_KEY_ID": "a-persons-own",
            "AWS_SECRET_ACCESS_KEY": "a-persons-own",
            "SAM_CLI_TELEMETRY": "0",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.fixture(scope="module")
def client(stack: dict[str, Any]) -> Iterator[Any]:
    """Lambda, as the engine plays it."""
    made = boto3.client(
        "lambda",
        endpoint_url=stack["aws_endpoint_url"],
        region_name=stack["region"],
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    yield made
    made.close()


@pytest.fixture(scope="module")
def deployed(client: Any) -> dict[str, Any]:
    """The deployed functions' configurations by logical id."""
    pages = client.get_paginator("list_functions").paginate()
    found = [function for page in pages for function in page["Functions"]]
    names = {name: f"ferry-{name}-" for name in FUNCTIONS}
    return {
        name: next(each for each in found if each["FunctionName"].startswith(start))
        for name, start in names.items()
    }


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_container_gets_every_variable_that_the_function_has(
    name: str, read: dict[str, Any], deployed: dict[str, Any], stack: dict[str, Any]
):
    given = read["variables"][name]
    port = _port(stack["aws_endpoint_url"])
    engine = re.compile(rf"http://[\w.]+:{port}(?=/|$)")

    for variable, value in deployed[name]["Environment"]["Variables"].items():
        assert given[variable] == engine.sub(f"http://{CONTAINER_HOST}:{port}", value)
    assert not [
        value for value in given.values() if re.search(rf"(localhost|127\S+):{port}", value)
    ]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_container_calls_the_engine_and_never_with_a_persons_own_keys(
    name: str, read: dict[str, Any], stack: dict[str, Any]
):
    given = read["variables"][name]

    port = _port(stack["aws_endpoint_url"])
    assert given["AWS_ENDPOINT_URL"] == f"http://{CONTAINER_HOST}:{port}"
    assert (given["AWS_ACCESS_KEY_ID"], given["AWS_SECRET_ACCESS_KEY"]) == ("test", "test")
    assert given["AWS_REGION"] == given["AWS_DEFAULT_REGION"] == stack["region"]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_code_that_runs_is_what_was_built(name: str, read: dict[str, Any]):
    assert (Path(read["code"][name]) / "app.py").is_file()


def test_start_api_serves_the_routes_of_the_template(read: dict[str, Any]):
    served = set(read["routes"])

    for method, path, _ in routes():
        for each in ("GET", "POST", "PUT", "DELETE") if method == "ANY" else (method,):
            assert f"{each} {path}" in served


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_takes_its_event(
    name: str, written: Path, client: Any, deployed: dict[str, Any], request: pytest.FixtureRequest
):
    event = (written / "events" / f"{FUNCTIONS[name]}.json").read_bytes()
    if name == "ServeConsole":
        request.getfixturevalue("built_console")

    answer = client.invoke(FunctionName=deployed[name]["FunctionName"], Payload=event)

    said = json.load(answer["Payload"])
    assert "FunctionError" not in answer, said
    if b"requestContext" in event:
        assert said["statusCode"] < 500, said
        assert said["statusCode"] != 401 or FUNCTIONS[name] in PUBLIC, said


def test_there_is_an_event_for_every_function_and_no_other(written: Path):
    assert {path.stem for path in (written / "events").iterdir()} == set(FUNCTIONS.values())


@pytest.mark.skipif(_docker_runs(), reason="it would fetch an image")
@pytest.mark.parametrize("command", [["invoke", "ListTables"], ["start-api"]])
def test_sam_understands_its_settings(written: Path, command: list[str]):
    config = ["--config-file", str(written / "samconfig.toml")]

    done = subprocess.run(
        [BIN / "sam", "local", *command, *config],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], "SAM_CLI_TELEMETRY": "0"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert "container runtime" in done.stderr, done.stderr


def test_the_relay_leads_to_the_engine(stack: dict[str, Any]):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    command = [sys.executable, "-m", "local.relay", "127.0.0.1", str(port)]
    with subprocess.Popen([*command, _port(stack["aws_endpoint_url"])], cwd=ROOT) as relay:
        try:
            transport = httpx.HTTPTransport(retries=10)  # it takes a moment to listen
            with httpx.Client(transport=transport, timeout=60, trust_env=False) as client:
                answer = client.get(f"http://127.0.0.1:{port}/_ministack/health")
        finally:
            relay.terminate()

    assert answer.status_code == 200
