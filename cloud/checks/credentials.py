"""Check the caller's credentials."""

from collections.abc import Iterator

from cloud.account import CONFIG
from cloud.checks.target import Target
from cloud.findings import Finding, Level

SUBJECT = "Credentials"


def check(target: Target) -> Iterator[Finding]:
    """Ask AWS who the caller is, which needs no permission.

    https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
    """
    caller = target.session.client("sts", config=CONFIG).get_caller_identity()
    who = f"{caller['Arn']}, account {caller['Account']}, in {target.region}"
    if caller["Arn"].endswith(":root"):
        todo = "Deploy as a role or a user that you can take rights from, not as the root user."
        yield Finding(Level.ADVICE, SUBJECT, who, todo)
    else:
        yield Finding(Level.FINE, SUBJECT, who)
