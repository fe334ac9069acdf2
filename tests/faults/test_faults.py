"""Whatever fails, the invariants hold: `make faults SEED=… RUNS=…` repeats and extends this.

A number is a run: the same number picks the same kind of job and plans the same faults. What a
worker does between two calls takes its own time, so a fault at a call may meet it elsewhere.
"""

import random

import pytest

from tests.faults.kinds import KINDS

pytestmark = pytest.mark.enable_socket


def test_the_invariants_hold_whatever_fails(number, benches, record_property):
    chance = random.Random(number)
    kinds = list(KINDS)
    kind = kinds[number * 7 % len(kinds)]  # a few runs are of many different kinds

    run = benches.get().run(kind, chance)

    record_property("job", kind)
    record_property("faults", run.happened)
    record_property("broken", run.broken)
    record_property("windows", run.windows)
    planned = [(each.kind, each.at) for each in run.planned]
    assert not run.broken, (kind, planned, run.happened, run.broken)
