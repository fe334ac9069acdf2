"""Makes and changes apps, users and secrets, allows tables to be attached, and shows jobs.

It works on the local service that `make up` started, or with --stack on a deployed one, with the
AWS credentials that the AWS command line would use.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

from botocore.exceptions import BotoCoreError, ClientError

from admin import commands, dead_letters, erasure, job_commands, output
from admin.answer import Answer
from admin.target import deployed_outputs, local_outputs
from ferry.accounts.account_store import Accounts
from ferry.accounts.roles import Role
from ferry.errors import Rejected
from ferry.translations.languages import Language

type Option = tuple[str, dict[str, Any]]

_LANGUAGES = get_args(Language.__value__)
_APP: Option = ("app", {"help": "the app's client_id"})
_USER: Option = ("user", {"help": "the user's number", "type": int})
_ROLES = [str(role) for role in Role]
_ON: Option = (
    "--on",
    {"metavar": "TABLE=ROLE", "action": "append", "help": "reader or editor of a table, by its id"},
)
_TABLE: Option = ("dynamodb_table", {"help": "the name of a DynamoDB table"})
_DEAD_QUEUE: Option = ("queue", {"help": "such as ExportDeadLetters"})
_JOB: Option = ("job", {"help": "the job's id: X-Job-Id of an answer; in a mail, Job"})
_COMMANDS: dict[Callable[..., Answer], list[Option]] = {
    commands.create_app: [("name", {"help": "any name, for list-apps"})],
    commands.create_user: [
        _APP,
        ("--mail", {"help": "where the mails of their jobs go", "required": True}),
        ("--name", {"help": "any name; the mail address if left out"}),
        ("--language", {"help": "of the mails", "choices": _LANGUAGES, "default": "en"}),
        ("--owner", {"help": "make them the owner in any case", "action": "store_true"}),
        ("--role", {"help": "in the app", "choices": _ROLES, "default": "owner"}),
        _ON,
    ],
    commands.set_role: [_APP, _USER, ("role", {"help": "in the app", "choices": _ROLES}), _ON],
    commands.remove_user: [_APP, _USER],
    commands.index_users: [],
    commands.issue_token: [_APP, ("user", {**_USER[1], "nargs": "?"})],
    commands.rotate_secret: [_APP],
    commands.list_apps: [],
    commands.list_users: [_APP],
    commands.delete_app: [_APP],
    commands.set_owner: [_APP, _USER],
    commands.revoke_tokens: [_APP, _USER],
    commands.disable_user: [_APP, _USER],
    commands.enable_user: [_APP, _USER],
    commands.clear_bounce: [_APP, _USER],
    job_commands.job: [_JOB],
    job_commands.jobs: [("--open", {"action": "store_true", "help": "those with work left"})],
    job_commands.history: [_JOB],
    dead_letters.dead_letters: [],
    dead_letters.move_back: [_DEAD_QUEUE],
    dead_letters.drop_dead_letters: [_DEAD_QUEUE],
    commands.allow_table: [_APP, _TABLE],
    commands.deny_table: [_APP, _TABLE],
    commands.repair_indexes: [
        _APP,
        ("table", {"type": int, "help": "the table's id"}),
        ("--dry-run", {"action": "store_true", "help": "show what is wrong, change nothing"}),
    ],
    erasure.erase_revisions: [
        _APP,
        ("first", {"type": int, "help": "the number of the first revision"}),
        ("last", {"type": int, "nargs": "?", "help": "of the last one; without it, only that one"}),
    ],
    erasure.forget_user: [_APP, _USER],
}


def main(arguments: list[str] | None = None, *, prog: str = "python -m admin") -> int:
    """Run the command that the arguments name; 0 when it did what it should."""
    given = _parser(prog).parse_args(arguments)
    try:
        given.outputs = (
            deployed_outputs(given.stack, given.region, given.profile)
            if given.stack
            else local_outputs(given.state)
        )
        answer = given.command(given, Accounts(given.outputs["ControlTable"]))
    except (Rejected, BotoCoreError, ClientError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    if given.json:
        sys.stdout.write(f"{output.as_json(answer.facts)}\n")
    else:
        sys.stdout.write(f"{answer.text or output.as_text(answer.facts)}\n")
    if answer.note:
        sys.stderr.write(f"{answer.note}\n")
    return 0


def _parser(prog: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=prog, description=__doc__)
    everywhere = argparse.ArgumentParser(add_help=False)
    everywhere.add_argument("--stack", help="a deployed stack; without it, the local service")
    everywhere.add_argument("--region", help="of the stack")
    everywhere.add_argument("--profile", help="of the AWS configuration file")
    everywhere.add_argument("--state", type=Path, default=Path(".local"), help="of the service")
    everywhere.add_argument("--json", action="store_true", help="print JSON")
    known = parser.add_subparsers(required=True, metavar="command")
    for command, options in _COMMANDS.items():
        name, text = command.__name__.replace("_", "-"), command.__doc__
        subparser = known.add_parser(name, help=text, description=text, parents=[everywhere])
        subparser.set_defaults(command=command)
        for option, settings in options:
            subparser.add_argument(option, **settings)
    return parser


if __name__ == "__main__":
    sys.exit(main())
