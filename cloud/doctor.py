"""`make doctor`: check the account before a deployment, and after one."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from botocore.exceptions import BotoCoreError, ClientError

from cloud.account import CONFIG, denied, find_stack, in_words, session
from cloud.checks import concurrency, credentials, mail, remains, stacks
from cloud.checks.target import Target
from cloud.findings import Finding, Level
from cloud.plan import Order, plan
from cloud.stages import stage
from local.instance import Failed

type Check = Callable[[Target], Iterable[Finding]]

CHECKS: dict[str, Check] = {
    concurrency.SUBJECT: concurrency.check,
    mail.SENDER: mail.check_sender,
    mail.SANDBOX: mail.check_account,
    mail.SET: mail.check_set,
    stacks.SUBJECT: stacks.check,
    remains.SUBJECT: remains.check,
}


def run(order: Order) -> None:
    """Run every check and print each finding at once.

    Raises:
        Failed: something stands in the way.

    """
    of = stage(order.stage)
    account = session(order.region or of.region)
    wanted = plan(order, of, account.region_name)
    target = Target(account, wanted.stack, wanted.parameters)
    blocked = 0
    for finding in look(target):
        print(finding.shown(), flush=True)
        blocked += finding.level is Level.BLOCKS
    if blocked:
        raise Failed(f"\nIn the way of a deployment: {blocked} of the above, each marked [ stop ].")
    print("\nNothing stands in the way of a deployment.")


def look(target: Target) -> Iterator[Finding]:
    """Run every check and yield its findings; without credentials, yield that finding only."""
    try:
        yield from credentials.check(target)
    except (BotoCoreError, ClientError) as error:
        text, _, todo = in_words(error).partition("\n")
        yield Finding(Level.BLOCKS, credentials.SUBJECT, text, todo)
        return
    known = _with_what_is_deployed(target)
    for subject, check in CHECKS.items():
        yield from _looked(subject, check, known)


def _with_what_is_deployed(target: Target) -> Target:
    """The target with the parameters that its stack has and nobody names anew."""
    cloudformation = target.session.client("cloudformation", config=CONFIG)
    try:
        stack = find_stack(cloudformation, target.stack)
    except (BotoCoreError, ClientError):  # the check of the stack reports it
        return target
    return replace(target, parameters=stack.parameters | target.parameters) if stack else target


def _looked(subject: str, check: Check, target: Target) -> Iterator[Finding]:
    """Run a check; a check that cannot run yields a finding that blocks nothing."""
    try:
        yield from check(target)
    except ClientError as error:
        if denied(error):
            text = f"you may not look ({error.operation_name})"
            todo = "A deployment may work all the same. Ask for the permission, or for the answer."
            yield Finding(Level.UNSEEN, subject, text, todo)
        else:
            yield Finding(Level.UNSEEN, subject, f"could not look: {error}")
    except BotoCoreError as error:
        text, _, todo = in_words(error).partition("\n")
        yield Finding(Level.UNSEEN, subject, f"could not look: {text}", todo)
