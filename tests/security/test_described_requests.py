"""No request that the OpenAPI document describes, or almost so, is an error of the server.

`make test` sends a few of each operation, the same each time; `make fuzz TIME=60` goes on.
"""

import time

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.security.described import Described, Operation, operations, requests
from tests.service import Service

EXAMPLES = 3
_COLUMNS = [
    {"name": "name", "type": "string"},
    {"name": "amount", "type": "integer"},
    {"name": "desc", "type": "array"},
]


@pytest.mark.parametrize("method", ["GET", "PUT", "POST", "DELETE"])
def test_every_answer_is_no_error_of_the_server(engine, clock, method, pytestconfig):
    service = engine.service
    seconds = pytestconfig.getoption("fuzz_seconds") / 4
    chosen = [each for each in operations() if each.method == method]
    ends_at = time.monotonic() + seconds
    known: dict[str, str] = {}
    while True:
        for operation in chosen:
            if not known or method == "DELETE":
                clock.now += 61
                known = _known(service, f"goods_{clock.now:.0f}")
            _fuzz(service, clock, operation, known, anew=bool(seconds))
        if time.monotonic() >= ends_at:
            return


def _fuzz(service: Service, clock, operation: Operation, known, *, anew: bool) -> None:
    made = requests(operation, known)

    @settings(
        max_examples=EXAMPLES,
        derandomize=not anew,
        database=None,
        deadline=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(made)
    def send(request: Described) -> None:
        clock.now += 61  # or most exports would be too soon
        _send(service, request, operation.statuses)

    send()
    service.run_jobs()  # which asserts that no worker sends its message back
    service.mails()


def _send(service: Service, request: Described, described: set[str]) -> None:
    try:
        answer = service.call(request.method, request.target, request.body, headers=request.headers)
    except AssertionError as refused:
        if "API Gateway refuses it" in str(refused):
            return
        raise
    # The console that has not been built yet is a 503, and described as such.
    assert answer.status < 500 or str(answer.status) in described, request


def _known(service: Service, name: str) -> dict[str, str]:
    """Make what the variables of paths name."""
    table = str(service.create_table(name, _COLUMNS))
    path = f"/oserve/v1/table/{table}"
    row = service.call("POST", f"{path}/record/", {"name": "eggs"}).json()["id"]
    job = service.upload(f"{path}/import/", "a.csv", b"name\nmilk\n").headers["X-Job-Id"]
    service.call("PUT", f"{path}/profile/german/", {"decimal": ","})
    return {
        "table_id": table, "job_id": job, "record_id": row, "profile": "german", "name": "a.json",
        "number": "1", "rule_id": "r", "task_id": job, "type": "mqtt", "user_id": "1000000",
        "session_id": "0" * 64, "token": "x",
    }  # fmt: skip
