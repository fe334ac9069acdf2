"""`make deploy`: build, check, deploy, and say what comes next."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

from cloud import artifacts, notices
from cloud.account import CONFIG, Stack, find_stack, session
from cloud.plan import Order, Plan, plan
from cloud.stages import stage
from local.instance import ROOT, Failed
from local.sam import sam

BUILD = ROOT / ".aws-sam" / "build"
LAYERS = ("CoreLayer/python", "ParquetLayer/python")
"""Where SAM puts the packages of the layers of template.yaml, below its build."""

type Sam = Callable[[list[str], dict[str, str], Path | None], None]


def build(architecture: str, *, folder: Path = BUILD, run_sam: Sam = sam) -> None:
    """Build what has changed since the last time, for that architecture and no other.

    Args:
        folder: where SAM puts what it builds.
        run_sam: runs a SAM command.

    Raises:
        Failed: the build failed, or something in it is for another architecture or has no licence.

    """
    print(f"Building for {architecture} (sam build)", flush=True)
    overrides = ["--parameter-overrides", f"Architecture={architecture}"]
    # The Makefile of a layer is not told the parameter.
    variables = _environment() | {"FERRY_ARCHITECTURE": architecture}
    run_sam(["build", *overrides], variables, folder.with_suffix(".log"))
    libraries = artifacts.check(folder, architecture)
    print(f"{libraries} compiled libraries, all for {architecture}", flush=True)
    packages = sum(notices.write(folder / layer) for layer in LAYERS)
    print(f"{notices.FILE} of {packages} packages", flush=True)


def run(order: Order, *, folder: Path = BUILD, run_sam: Sam = sam) -> None:
    """Build, check and deploy a stage, and say what comes next.

    Args:
        order: what to deploy.
        folder: where SAM puts what it builds.
        run_sam: runs a SAM command.

    Raises:
        Failed: something is missing or has failed; nothing that was not built is ever deployed.

    """
    of = stage(order.stage)
    account = session(order.region or of.region)
    wanted = plan(order, of, account.region_name)
    cloudformation = account.client("cloudformation", config=CONFIG)
    before = find_stack(cloudformation, wanted.stack)
    _check(wanted, before)
    build(wanted.architecture, folder=folder, run_sam=run_sam)
    _deploy(order.stage, wanted, run_sam)
    _report(wanted, before, find_stack(cloudformation, wanted.stack))


def _check(wanted: Plan, before: Stack | None) -> None:
    """Refuse at once what would fail after minutes."""
    known = wanted.parameters.keys() | (before.parameters.keys() if before else set())
    if "MailFrom" not in known:
        raise Failed(
            "The first deployment needs the address that mails come from: MAIL_FROM=you@example.com"
        )
    if wanted.confirm and not sys.stdin.isatty():
        raise Failed(
            "This stage asks before it changes anything, and there is nobody to ask.\n"
            "CONFIRM=no deploys without asking."
        )


def _deploy(stage_name: str, wanted: Plan, run_sam: Sam) -> None:
    pairs = [f"{name}={_quoted(value)}" for name, value in wanted.parameters.items()]
    confirm = "--confirm-changeset" if wanted.confirm else "--no-confirm-changeset"
    try:
        run_sam(
            ["deploy", "--config-env", stage_name, "--region", wanted.region, "--stack-name",
             wanted.stack, confirm, "--parameter-overrides", *pairs],
            _environment(),
            None,
        )  # fmt: skip
    except Failed as failure:
        raise Failed(
            f"{failure}\nWhat may lie in the way: make doctor {_place(wanted)}"
        ) from failure


def _environment() -> dict[str, str]:
    """The caller's own, with the AWS settings that they chose."""
    return dict(os.environ)  # noqa: TID251 - a command of ours, not the application


def _quoted(value: str) -> str:
    """A value as SAM reads it, spaces and all."""
    escaped = value.replace('"', '\\"')
    return f'"{escaped}"'


def _report(wanted: Plan, before: Stack | None, after: Stack | None) -> None:
    """Report the result: SAM exits with 0 even when the user declines the changeset."""
    if after is None or "ApiUrl" not in after.outputs:
        raise Failed("Nothing was deployed.")
    if before and before.changed_at == after.changed_at:
        print("\nNothing has changed.")
    url = after.parameters.get("PublicUrl") or after.outputs["ApiUrl"]
    place = f"--stack {wanted.stack} --region {wanted.region}"
    print(f"""
Ferry is deployed: stack {wanted.stack} in {wanted.region}
    {url}

What comes next:
1. Try it out, every step over HTTPS; it cleans up behind itself:
    make smoke {_place(wanted)}
2. Make an app, its first user, and a token for a first try:
    make admin ARGS="create-app shop {place}"
    make admin ARGS="create-user <client_id> --mail you@example.com {place}"
    make admin ARGS="issue-token <client_id> {place}"
3. Get a mail when something is wrong, and let mails out of SES's sandbox: docs/operations.md
""")


def _place(wanted: Plan) -> str:
    return f"STACK={wanted.stack} REGION={wanted.region}"
