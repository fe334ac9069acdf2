"""The state of the stack, if there is one."""

from collections.abc import Iterator

from cloud.account import CONFIG, Stack, find_stack
from cloud.checks.target import Target
from cloud.findings import Finding, Level

SUBJECT = "Stack"

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-console-view-stack-data-resources.html
_UNBORN = {"REVIEW_IN_PROGRESS", "DELETE_COMPLETE"}
_WELL = {"CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"}
_ROLLED_BACK = {"UPDATE_ROLLBACK_COMPLETE", "IMPORT_ROLLBACK_COMPLETE"}
_DEAD = {"CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_FAILED"}
_STUCK = {
    "UPDATE_ROLLBACK_FAILED": "continue-update-rollback",
    "IMPORT_ROLLBACK_FAILED": "continue-update-rollback",
    "UPDATE_FAILED": "rollback-stack",
}


def check(target: Target) -> Iterator[Finding]:
    """Look whether CloudFormation would take a deployment."""
    cloudformation = target.session.client("cloudformation", config=CONFIG)
    yield judged(target, find_stack(cloudformation, target.stack))


def judged(target: Target, stack: Stack | None) -> Finding:
    """Report whether the stack can be deployed in its present state."""
    name = target.stack
    named = f"--stack-name {name} {target.place}"
    if stack is None or stack.status in _UNBORN:
        return Finding(Level.FINE, SUBJECT, f"{name} is not there yet")
    text = f"{name} is {stack.status}" + (f": {stack.reason}" if stack.reason else "")
    if stack.status in _WELL:
        return Finding(Level.FINE, SUBJECT, text)
    if stack.status in _ROLLED_BACK:
        todo = (
            "It serves as before its last update, which failed. What failed first says why:\n"
            f"    aws cloudformation describe-stack-events {named}"
        )
        return Finding(Level.ADVICE, SUBJECT, text, todo)
    if stack.status in _DEAD:
        todo = (
            "It cannot be deployed any more. Delete what is left of it, then deploy again:\n"
            f"    aws cloudformation delete-stack {named}\n"
            f"    aws cloudformation wait stack-delete-complete {named}"
        )
        return Finding(Level.BLOCKS, SUBJECT, text, todo)
    if stack.status in _STUCK:
        back = f"aws cloudformation {_STUCK[stack.status]} {named}"
        todo = f"Let CloudFormation go back first:\n    {back}"
        return Finding(Level.BLOCKS, SUBJECT, text, todo)
    return Finding(Level.BLOCKS, SUBJECT, text, "Somebody is changing it. Wait until it has ended.")
