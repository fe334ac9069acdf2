"""The commands behind `make build`, `make deploy`, `make doctor` and `make smoke`."""

import argparse
import shlex
import sys

from botocore.exceptions import BotoCoreError, ClientError

from cloud import deployment, doctor, smoke
from cloud.account import in_words
from cloud.plan import DEFAULT_ARCHITECTURE, Order
from cloud.stages import parameters
from ferry.errors import Rejected
from ferry_client import FerryError
from local.instance import Failed
from local.story.tables import ROWS

_CONFIRM = {"yes": True, "no": False, "": None}


def main(arguments: list[str] | None = None) -> int:
    """Run the command that the arguments name; 0 when it did what it should."""
    given = parser().parse_args(arguments)
    try:
        given.command(given)
    except (Failed, FerryError, Rejected) as failure:
        print(failure, file=sys.stderr)
        return 1
    except (BotoCoreError, ClientError) as error:
        print(in_words(error), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def build(given: argparse.Namespace) -> None:
    """Build the functions and their layer for an architecture."""
    deployment.build(given.architecture or DEFAULT_ARCHITECTURE)


def deploy(given: argparse.Namespace) -> None:
    """Build a stage, check what was built, and deploy it."""
    deployment.run(order_of(given))


def look(given: argparse.Namespace) -> None:
    """Check the account: credentials, quotas, SES, earlier stacks."""
    doctor.run(order_of(given))


def try_out(given: argparse.Namespace) -> None:
    """Tell the demo's story against a deployed stack, then clean up."""
    smoke.run(order_of(given), given.mail_to, rows=given.rows)


_COMMANDS = {"build": build, "deploy": deploy, "doctor": look, "smoke": try_out}


def order_of(given: argparse.Namespace) -> Order:
    """Return the order that the arguments make."""
    return Order(
        stage=given.stage,
        region=given.region,
        stack=given.stack,
        mail_from=given.mail_from,
        architecture=given.architecture,
        parameters=parameters(shlex.split(given.parameters)),
        confirm=_CONFIRM[given.confirm],
    )


def parser() -> argparse.ArgumentParser:
    """Return the parser: all commands have all options; empty is left out, as make passes them."""
    everywhere = argparse.ArgumentParser(add_help=False)
    everywhere.add_argument("--stage", default="", help="of samconfig.toml")
    everywhere.add_argument("--region", default="", help="else that of the AWS profile")
    everywhere.add_argument("--stack", default="", help="else that of the stage")
    everywhere.add_argument("--mail-from", default="", help="the template's MailFrom")
    everywhere.add_argument("--mail-to", default="", help="of a try-out; else SES's simulator")
    everywhere.add_argument("--rows", type=int, default=ROWS, help="of a try-out's file")
    everywhere.add_argument("--architecture", default="", choices=["", "arm64", "x86_64"])
    everywhere.add_argument("--parameters", default="", help="of the template: 'Name=value …'")
    everywhere.add_argument("--confirm", default="", choices=_CONFIRM)
    made = argparse.ArgumentParser(prog="python -m cloud", description=__doc__)
    commands = made.add_subparsers(required=True)
    for name, command in _COMMANDS.items():
        text = command.__doc__
        subparser = commands.add_parser(name, help=text, description=text, parents=[everywhere])
        subparser.set_defaults(command=command)
    return made


if __name__ == "__main__":
    sys.exit(main())
