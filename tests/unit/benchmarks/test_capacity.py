"""How long jobs of very many rows take is reckoned by what bounds them."""

import pytest

from benchmarks.figures.capacity import (
    NEW,
    WARM,
    bulk_export,
    export_plan,
    export_plans,
    import_plan,
    import_plans,
    others,
)
from benchmarks.figures.cost import Shape, Speed

SHAPE = Shape(item_bytes=409.6, file_bytes=200)
SPEED = Speed(start_s=0, us_per_row=10)
ROWS = 100_000_000


def test_workers_share_an_export_until_the_table_bounds_it():
    plans = [export_plan(ROWS, number, NEW, SHAPE, SPEED) for number in (1, 2, 4)]

    # 1,000 s of processor, and 10,000,000 units at 12,000 a second.
    assert [round(plan.wall_s) for plan in plans] == [1000, 833, 833]
    assert [plan.bound_by for plan in plans] == ["workers", "table", "table"]
    assert {plan.cpu_s for plan in plans} == {1000}


def test_who_waits_for_the_table_is_paid_for():
    dollars = [export_plan(ROWS, number, NEW, SHAPE, SPEED).dollars for number in (1, 2, 8)]

    assert dollars == sorted(dollars)
    assert dollars[2] - dollars[1] == pytest.approx(6 * 833.33 * 1769 / 1024 * 0.0000133334, 1e-3)


def test_an_import_is_bound_by_what_its_shards_take():
    new, warm = (import_plan(ROWS, table, SHAPE, SPEED) for table in (NEW, WARM))

    assert (new.wall_s, warm.wall_s) == (ROWS / 4000, ROWS / 16_000)
    assert new.cpu_s == 1000


def test_the_bulk_executor_reads_at_half_the_price_and_starts_for_a_minute():
    seconds, dollars = bulk_export(ROWS, WARM, SHAPE)

    assert seconds == 60 + 5_000_000 / 40_000
    assert dollars == pytest.approx(5 * 0.125 + 3.93 / 331.3 * seconds * 0.44)


def test_tables_have_a_line_for_each_size_and_way():
    assert export_plans([ROWS], [1, 8], SHAPE, SPEED).count("\n| 100,000,000 | ") == 2
    assert import_plans([ROWS], SHAPE, SPEED).endswith("| 6.9 h | 104 min | $62.77 |\n")
    assert others([ROWS], SHAPE, SPEED, SPEED).count("\n| ") == 4
