"""Check the account's limit of concurrent executions and the share of long jobs."""

from collections.abc import Iterator
from typing import Any

from cloud.account import CONFIG
from cloud.checks.target import Target
from cloud.findings import Finding, Level
from local.template import functions, template

SUBJECT = "Lambda concurrency"

_LEFT = 5
"""Executions that requests should always find; one second of requests takes about as many."""
_PLENTY, _FEW = 100, 8
"""So many executions to spare are worth a word where so few are used."""
_LONG_S = 60
_QUOTA = "L-B99A9384"
"""Service Quotas' code of "Concurrent executions"."""


def check(target: Target) -> Iterator[Finding]:
    """Compare the account's limit with what its jobs may take.

    New accounts start with 10 of the 1,000 that AWS names as default:
    https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
    """
    settings = target.session.client("lambda", config=CONFIG).get_account_settings()
    limit = settings["AccountLimit"]
    yield judged(limit["UnreservedConcurrentExecutions"], jobs(target.parameters), target.region)


def jobs(parameters: dict[str, str]) -> int:
    """Return the number of executions that all long jobs may use together."""
    declared = template()["Parameters"]
    timeout = template()["Globals"]["Function"]["Timeout"]

    def number(value: Any) -> int:
        if isinstance(value, dict):
            name = value["Ref"]
            return int(parameters.get(name, declared[name].get("Default")))
        return int(value)

    return sum(
        number(event["Properties"]["ScalingConfig"]["MaximumConcurrency"])
        for function in functions().values()
        if number(function.get("Timeout", timeout)) > _LONG_S
        for event in function["Events"].values()
        if "ScalingConfig" in event["Properties"]
    )


def judged(limit: int, taken: int, region: str) -> Finding:
    """Report whether a limit leaves executions for requests while all long jobs run."""
    text = f"{limit} executions at a time, of which long jobs take {taken} at most"
    left = limit - taken
    if left >= _PLENTY:
        more = 'The account allows more jobs at a time: PARAMETERS="ProcessorConcurrency=10"'
        return Finding(Level.FINE, SUBJECT, text, more if taken <= _FEW else "")
    if left >= _LEFT:
        return Finding(Level.FINE, SUBJECT, text)
    return Finding(
        Level.ADVICE,
        SUBJECT,
        text,
        f"While all of them are at work, {max(left, 0)} requests are served at a time and others "
        "are answered 503.\nAsk for more; it costs nothing:\n"
        "    aws service-quotas request-service-quota-increase --service-code lambda "
        f"--quota-code {_QUOTA} --desired-value 1000 --region {region}",
    )
