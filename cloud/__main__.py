"""The commands behind `make build`, `make deploy`, `make doctor` and `make smoke`."""

import argparse
import shlex
import sys

from botocore.exceptions import BotoCoreError, ClientError

from cloud import deployment, doctor
from cloud.account import in_words
from cloud.plan import DEFAULT_ARCHITECTURE, Order
from cloud.stages import parameters
from local.instance import Failed

_CONFIRM = {"yes": True, "no": False, "": None}


def main(arguments: list[str] | None = None) -> int:
    """Run the command that the arguments name; 0 when it did what it should."""
    given = _parser().parse_args(arguments)
    try:
        given.command(given)
    except Failed as failure:
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
    deployment.run(_order(given))


def look(given: argparse.Namespace) -> None:
    """Look at the account: who asks, what it allows, what is there."""
    doctor.run(_order(given))


def _order(given: argparse.Namespace) -> Order:
    return Order(
        stage=given.stage,
        region=given.region,
        stack=given.stack,
        mail_from=given.mail_from,
        architecture=given.architecture,
        parameters=parameters(shlex.split(given.parameters)),
        confirm=_CONFIRM[given.confirm],
    )


def _parser() -> argparse.ArgumentParser:
    """Options are the same for all commands; empty means left out, as make passes them."""
    everywhere = argparse.ArgumentParser(add_help=False)
    everywhere.add_argument("--stage", default="", help="of samconfig.toml")
    everywhere.add_argument("--region", default="", help="else that of the AWS profile")
    everywhere.add_argument("--stack", default="", help="else that of the stage")
    everywhere.add_argument("--mail-from", default="", help="the template's MailFrom")
    everywhere.add_argument("--architecture", default="", choices=["", "arm64", "x86_64"])
    everywhere.add_argument("--parameters", default="", help="of the template: 'Name=value …'")
    everywhere.add_argument("--confirm", default="", choices=_CONFIRM)
    parser = argparse.ArgumentParser(prog="python -m cloud", description=__doc__)
    commands = parser.add_subparsers(required=True)
    for name, command in {"build": build, "deploy": deploy, "doctor": look}.items():
        text = command.__doc__
        subparser = commands.add_parser(name, help=text, description=text, parents=[everywhere])
        subparser.set_defaults(command=command)
    return parser


if __name__ == "__main__":
    sys.exit(main())
