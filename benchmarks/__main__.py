"""Measure what Ferry costs beside other ways: see `make bench` and docs/performance.md."""

import argparse
import subprocess
import sys
from pathlib import Path

import msgspec

from benchmarks.data.rows import make
from benchmarks.figures.document import fill
from benchmarks.figures.reckoning import Result, ratios
from benchmarks.figures.report import growth_table, ratio_table, scale_table, slow_table, tables
from benchmarks.runs.comparison import Bench, missing
from benchmarks.runs.contest import CASES, RIVALS, ROOT, STATE, VARIANTS
from benchmarks.runs.growth import measure_growth
from benchmarks.runs.scaling import ROWS, measure_scaling

DOCS = ROOT / "docs"
QUICK = {"ferry": 50_000, "floor": 50_000, "boto3_resource": 10_000}
"""Who takes part where time is short, and how many rows they get."""


def compare(given: argparse.Namespace) -> None:
    """Measure every way in every case; print tables and write the figures to a file."""
    chosen = list(VARIANTS.values())
    if given.quick:
        chosen = [
            VARIANTS[name]._replace(most_exported=most, most_imported=most)
            for name, most in QUICK.items()
        ]
    if left_out := missing(chosen):
        sys.stderr.write(left_out + "\n")
    rounds = 1 if given.quick else given.runs
    results: list[Result] = []
    with Bench(given.data) as bench:
        for case in CASES:
            able = [one for one in chosen if one.available and case in one.cases]
            results += bench.compare(case, able, rows=given.rows, rounds=rounds)
    given.output.write_bytes(msgspec.json.format(msgspec.json.encode(results), indent=1))
    sys.stdout.write(f"\n{tables(results)}\n{ratio_table(ratios(results))}")


def grow(given: argparse.Namespace) -> None:
    """Measure Ferry as tables grow; print tables and write the figures to a file."""
    growth = measure_growth(given.data, given.rows)
    given.output.write_bytes(msgspec.json.format(msgspec.json.encode(growth), indent=1))
    sys.stdout.write(f"{growth_table(growth.runs)}\n{slow_table(growth.slow)}")


def scale(given: argparse.Namespace) -> None:
    """Measure Ferry with more and more workers; print a table and write the figures to a file."""
    scaled = measure_scaling(given.data, given.rows)
    given.output.write_bytes(msgspec.json.format(msgspec.json.encode(scaled), indent=1))
    sys.stdout.write(scale_table(scaled))


def document(given: argparse.Namespace) -> None:
    """Put the figures of the files into docs/, and draw the picture."""
    growth, scaling = (STATE.parent / f"bench-{name}.json" for name in ("growth", "scale"))
    fill(DOCS, STATE.parent / "bench.json", growth, scaling, make(given.data, 100_000))
    drawing = [
        str(RIVALS),
        "-m",
        "benchmarks.figures.picture",
        str(growth),
        str(DOCS / "growth.svg"),
    ]
    subprocess.run(drawing, check=True, cwd=ROOT)  # noqa: S603 - fixed arguments, no shell


def run(given: argparse.Namespace) -> None:
    """Measure single cases of single variants."""
    with Bench(given.data, page_delay=given.page_delay, batch_delay=given.batch_delay) as bench:
        for case in given.case or CASES:
            chosen = [VARIANTS[name] for name in given.variant or QUICK]
            able = [variant for variant in chosen if case in variant.cases]
            results = bench.compare(case, able, rows=given.rows, rounds=given.runs)
            sys.stdout.write(f"\n{tables(results)}\n")


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--data", type=Path, default=STATE / "data", help=argparse.SUPPRESS)
    commands = parser.add_subparsers(required=True)

    every = commands.add_parser("compare", help="every way in every case")
    every.add_argument("--quick", action="store_true", help="few rows, few ways, one round")
    every.add_argument("--rows", type=int, default=100_000)
    every.add_argument("--runs", type=int, default=3)
    every.add_argument("--output", type=Path, default=STATE.parent / "bench.json")
    every.set_defaults(command=compare)

    growth = commands.add_parser("growth", help="Ferry with more and more rows")
    growth.add_argument("--rows", type=int, default=1_000_000, help="the most")
    growth.add_argument("--output", type=Path, default=STATE.parent / "bench-growth.json")
    growth.set_defaults(command=grow)

    scaling = commands.add_parser("scale", help="Ferry with more and more workers")
    scaling.add_argument("--rows", type=int, default=ROWS, help="of each worker's job")
    scaling.add_argument("--output", type=Path, default=STATE.parent / "bench-scale.json")
    scaling.set_defaults(command=scale)

    documents = commands.add_parser("document", help="put the figures into docs/")
    documents.set_defaults(command=document)

    one = commands.add_parser("run", help="single cases of single ways")
    one.add_argument("--case", action="append", choices=CASES)
    one.add_argument("--variant", action="append", choices=VARIANTS)
    one.add_argument("--rows", type=int, default=100_000)
    one.add_argument("--runs", type=int, default=3)
    one.add_argument("--page-delay", type=float, default=0.0, help="seconds")
    one.add_argument("--batch-delay", type=float, default=0.0, help="seconds")
    one.set_defaults(command=run)

    given = parser.parse_args()
    given.command(given)


if __name__ == "__main__":
    main()
