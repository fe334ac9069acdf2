"""The bench on which faults are tried, and the tally at the end."""

import os
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from pytest_socket import disable_socket, enable_socket

from ferry.accounts.account_store import Accounts
from ferry.accounts.identity import sha256
from ferry.imports import parted_uploads
from tests.conftest import declared_stack
from tests.emulation import MOTO_LOCK
from tests.engine import Engine
from tests.faults.clock import SharedClock
from tests.faults.door import Door
from tests.faults.kinds import KINDS, Facts, World
from tests.faults.runs import Run, plan
from tests.faults.workers import Workers
from tests.integration.driver import Driver, show_clock
from tests.integration.test_native_exports import make_their_bucket
from tests.service import Service, new_app, save_time

RUNS_A_BENCH = 250
"""moto gets slower with all that it holds."""
OF_A_BENCH = "export"
"""Files of exports hold the ids of rows, which are others on each bench."""


@dataclass
class Bench:
    """A service, its workers, and how each kind of job ends when nothing fails."""

    world: World
    workers: Workers
    door: Door
    runs: int = 0
    undisturbed: dict[str, tuple[Facts, int, bool]] = field(default_factory=dict)

    def run(self, kind: str, chance: random.Random) -> Run:
        expected, calls, empty = self._expected(kind)
        run = self._run(kind, chance=chance, planned=plan(chance, calls, empty))
        run.make(expected)
        self.world.forget()
        self.runs += 1
        return run

    def settle(self) -> None:
        """Bring the accepted jobs to their ends, undisturbed."""
        self.world.driver.service.run_jobs()

    def _expected(self, kind: str) -> tuple[Facts, int, bool]:
        if kind not in self.undisturbed:
            run = self._run(kind)
            facts = run.make(None)
            assert not run.broken, run.broken
            assert facts.get("status", "finished") == "finished", facts
            self.undisturbed[kind] = facts, len(run.calls), run.scenario.empty
        return self.undisturbed[kind]

    def _run(self, kind: str, **options: Any) -> Run:
        return Run(self.world, self.workers, self.door, kind, **options)


class Benches:
    """Gives a bench, and a new one after so many runs."""

    def __init__(self, tmp_path_factory: pytest.TempPathFactory) -> None:
        self._folders = tmp_path_factory
        self._opened = ExitStack()
        self._bench: Bench | None = None
        self._known: dict[str, tuple[Facts, int, bool]] = {}

    def get(self) -> Bench:
        if self._bench is None or self._bench.runs >= RUNS_A_BENCH:
            self.close()
            self._bench = _open(self._opened, self._folders.mktemp("bench"))
            self._bench.undisturbed.update(self._known)
        return self._bench

    def close(self) -> None:
        if self._bench is not None:
            found = self._bench.undisturbed.items()
            self._known.update({k: v for k, v in found if OF_A_BENCH not in k})
        self._opened.close()
        self._bench = None


def _open(opened: ExitStack, folder: Any) -> Bench:
    patch = opened.enter_context(pytest.MonkeyPatch.context())
    save_time(patch)
    patch.setattr("moto.s3.models.S3_UPLOAD_PART_MIN_SIZE", 1)
    patch.setattr(parted_uploads, "PART_BYTES", 100)
    stack = opened.enter_context(declared_stack(patch))
    make_their_bucket(patch)
    clock = SharedClock(folder / "clock")
    opened.callback(clock.close)
    show_clock(clock, patch)
    door = Door(MOTO_LOCK)
    opened.callback(door.close)
    environment = {**os.environ, "AWS_ENDPOINT_URL": door.url}
    workers = Workers(environment, folder / "clock", folder)
    opened.callback(workers.close)
    door.workers = workers.deliveries
    context = SimpleNamespace(
        function_name="test",
        memory_limit_in_mb=128,
        aws_request_id="request-1",
        invoked_function_arn="arn:aws:lambda:eu-west-1:123456789012:function:test",
        get_remaining_time_in_millis=lambda: 900_000,
    )
    service = Service(stack, context, new_app(stack))
    token = Accounts(stack.ControlTable).token(sha256(service.token))
    assert token is not None
    driver = Driver(service, clock, token.app_id)  # type: ignore[arg-type]
    world = World(driver, Engine(service, token.app_id), lambda: None)
    bench = Bench(world, workers, door)
    world.settle = bench.settle
    return bench


@pytest.fixture(scope="module")  # no longer: it patches what other modules use
def benches(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Benches]:
    enable_socket()
    made = Benches(tmp_path_factory)
    yield made
    made.close()
    disable_socket()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "number" in metafunc.fixturenames:
        seed, runs = (metafunc.config.getoption(name) for name in ("seed", "runs"))
        numbers = range(seed * 100_000, seed * 100_000 + runs)
        metafunc.parametrize("number", numbers)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print the tally."""
    found = [
        dict(report.user_properties)
        for outcome in ("passed", "failed")
        for report in terminalreporter.stats.get(outcome, [])
        if report.when == "call" and "faults" in dict(report.user_properties)
    ]
    if not found:
        return
    faults = Counter(kind for run in found for kind in run["faults"])
    jobs = Counter(run["job"] for run in found)
    by_job = Counter(kind for run in found for kind in [run["job"]] * len(run["faults"]))
    write = terminalreporter.write_line
    terminalreporter.section("faults")
    broken = sum(bool(run["broken"]) for run in found)
    write(f"{faults.total()} faults in {len(found)} runs; runs with broken invariants: {broken}")
    for kind, count in sorted(faults.items(), key=lambda pair: -pair[1]):
        write(f"  {count:6}  {kind}")
    write("by kind of job (faults, runs)")
    for kind in KINDS:
        write(f"  {by_job[kind]:6} {jobs[kind]:5}  {kind}")
    write("as documented")
    for kind, count in Counter(w for run in found for w in run["windows"]).items():
        write(f"  {count:6}  {kind}")
