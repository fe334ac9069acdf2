"""The whole service: brought up step by step, and taken down."""

import json
from typing import Any

from local import deployment, engine, relay, seed
from local.aws import Clients
from local.daemons import Daemon, check_port
from local.deployment import Stack
from local.front import start as start_front
from local.http_api import deployed_routes
from local.instance import REGION, Instance, exclusive


def up(instance: Instance) -> None:
    """Start what does not run, deploy what has changed, and say where everything is."""
    with exclusive(instance.state / "command.lock", "Waiting for another command to end"):
        front = Daemon("front", instance.state)
        if not front.running:
            check_port(instance.port, "PORT")
        engine.start(instance)
        stack = deployment.deploy(instance)
        demo = seed.app(instance, stack)
        start_front(instance, front, deployed_routes(Clients(instance), stack))
        _write(instance, stack, demo | seed.table(instance, demo))
    print(f"Ferry is up: {instance.url}/console/   (mailbox: {instance.url}/mailbox/)")


def down(instance: Instance) -> None:
    """Stop everything and remove what only a running service needs."""
    with exclusive(instance.state / "command.lock", "Waiting for another command to end"):
        relay.daemon(instance).stop()
        Daemon("front", instance.state).stop()
        engine.stop(instance)
        instance.stack_file.unlink(missing_ok=True)
    print("Ferry is down")


def _write(instance: Instance, stack: Stack, demo: dict[str, Any]) -> None:
    facts = {
        "api_url": instance.url,
        "aws_endpoint_url": instance.engine_url,
        **demo,
        "mailbox_url": f"{instance.url}/mailbox/",
        "console_url": f"{instance.url}/console/",
        "region": REGION,
        "outputs": stack.outputs,
    }
    written = instance.stack_file.with_suffix(".tmp")
    written.write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n")
    written.replace(instance.stack_file)
