"""Functions at a time: a new AWS account runs ten, and calls must find some of them free."""

import pytest

from tests.declared import PARAMETERS, TEMPLATE, of_type

NEW_ACCOUNT = 10
"""https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: new accounts have less
than the default quota of 1,000; ten is what is often reported."""

LEFT_TO_CALLS = 2
LEAST = 2
"""Of MaximumConcurrency, says AWS."""

LONG_S = 60
FUNCTIONS = of_type("AWS::Serverless::Function")
CONSUMERS = {
    name: (function, event["Properties"])
    for name, function in FUNCTIONS.items()
    for event in function["Events"].values()
    if event["Type"] == "SQS"
}


def _timeout(function):
    return function.get("Timeout", TEMPLATE["Globals"]["Function"]["Timeout"])


LONG = [name for name, (function, _) in CONSUMERS.items() if _timeout(function) > LONG_S]
SHORT = sorted(CONSUMERS.keys() - set(LONG))


def _cap(name):
    cap = CONSUMERS[name][1]["ScalingConfig"]["MaximumConcurrency"]
    return PARAMETERS[cap["Ref"]]["Default"] if isinstance(cap, dict) else cap


def test_functions_that_run_for_minutes_leave_room_in_a_new_account():
    assert LONG
    assert sum(map(_cap, LONG)) <= NEW_ACCOUNT - LEFT_TO_CALLS


@pytest.mark.parametrize("name", SHORT)
def test_one_that_runs_for_moments_takes_as_few_as_aws_allows(name):
    assert _cap(name) == LEAST


def test_no_concurrency_is_reserved_for_a_new_account_has_none_to_reserve():
    assert [f for f in FUNCTIONS.values() if "ReservedConcurrentExecutions" in f] == []
