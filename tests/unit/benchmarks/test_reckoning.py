"""The ratios computed from runs."""

import pytest

from benchmarks.data.checking import Verdict
from benchmarks.figures.reckoning import Ratios, Result, Run, ratios, result
from benchmarks.figures.report import growth_table, ratio_table, scale_table, tables
from benchmarks.runs.scaling import Scaled


def runs(rows, *seconds, variant="ferry"):
    return [Run("import_csv", variant, rows, cpu_s, 2 * cpu_s, 50 + cpu_s) for cpu_s in seconds]


def costs(**by_variant):
    return [
        result(runs(1_000_000, cost, variant=name), [], 1_000_000, Verdict())
        for name, cost in by_variant.items()
    ]


def test_a_cost_is_the_median_run_by_row():
    found = result(runs(100_000, 3.0, 1.0, 2.0), [], 100_000, Verdict())

    assert found == Result(
        case="import_csv",
        variant="ferry",
        rows=100_000,
        cpu_us_per_row=20.0,
        cpu_us_per_row_least=10.0,
        reckoned_for=100_000,
        runs=3,
        wall_s=4.0,
        peak_rss_mb=52.0,
    )


def test_a_cost_for_more_rows_counts_starting_once():
    # half a second to start, 100 µs a row
    found = result(runs(20_000, 2.5), runs(1_000, 0.6), 100_000, Verdict())

    assert found.cpu_us_per_row == pytest.approx(105)
    assert (found.rows, found.reckoned_for) == (20_000, 100_000)


def test_what_is_wrong_is_part_of_the_result():
    found = result(runs(10, 1.0), [], 10, Verdict(1, 2, 3, ("n",)))

    assert (found.rows_missing, found.rows_extra, found.cells_wrong) == (1, 2, 3)
    assert found.columns_wrong == ("n",)


def test_ferry_stands_to_the_tutorial_the_best_rival_and_the_floor():
    (found,) = ratios(costs(ferry=20.0, boto3_resource=400.0, aws_sdk_js=80.0, floor=16.0))

    assert found == Ratios("import_csv", 1 / 20, 1 / 4, "aws_sdk_js", 1.25)


def test_whom_nobody_measured_ferry_is_not_held_against():
    assert ratios(costs(ferry=20.0)) == [Ratios("import_csv", None, None, "", None)]
    assert ratios(costs(floor=20.0)) == []


def test_tables_show_the_cheapest_first_and_what_is_wrong():
    wrong = result(runs(10, 0.1, variant="awswrangler"), [], 10, Verdict(0, 0, 7, ("n", "tags")))
    text = tables([wrong, result(runs(10, 0.01), [], 10, Verdict())])

    assert text.index("| ferry | 1000.0 ") < text.index("| awswrangler | 10000.0 ")
    assert "| 7 in n, tags |" in text


def test_the_table_of_ratios_says_one_part_in_how_many():
    shown = ratio_table(ratios(costs(ferry=20.0, boto3_resource=400.0, floor=16.0)))

    assert "| import csv | 1/20.0 | 1/20.0 (boto3_resource) | 1.25 × |" in shown


def test_workers_are_shown_together():
    took = {"delay_s": 0.06, "wall_s": 8.0, "cpu_s": 6.0, "server_cpu_s": 0.5, "peak_rss_mb": 85.2}
    shown = scale_table([Scaled(case="export_csv", workers=4, jobs=4, rows=100_000, **took)])

    assert "| export csv | 60 ms | 4 | 8.00 | 50,000 | 6.00 | 15.0 | 0.50 | 85 |" in shown


def test_growth_is_shown_without_the_start():
    shown = growth_table(runs(100, 0.5) + runs(10_000, 0.7, 0.6, 0.8))

    assert "| import csv | 10,000 | 0.70 | 70.0 | 20.0 | 1.40 | 51 |" in shown
