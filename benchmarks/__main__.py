"""Measure: `python -m benchmarks run` for one case of one variant."""

import argparse
import sys
from pathlib import Path
from statistics import median

from benchmarks.contest import CASES, ROOT, VARIANTS
from benchmarks.rows import ITEMS, make
from benchmarks.run import check, measure
from benchmarks.server import Server

DATA = ROOT / ".local" / "bench" / "data"


def run(given: argparse.Namespace) -> None:
    """Check one case of each variant, then measure them, and print what each run took."""
    data = make(given.data, given.rows)
    with Server(data / ITEMS, page_delay=given.page_delay, batch_delay=given.batch_delay) as server:
        for case in given.case or CASES:
            for name in given.variant or VARIANTS:
                variant = VARIANTS[name]
                verdict = check(variant, case, given.rows, data, server)
                runs = [measure(variant, case, given.rows, data, server) for _ in range(given.runs)]
                costs = [run.cpu_us_per_row for run in runs]
                sys.stdout.write(
                    f"{case} {name}: {median(costs):.1f} us/row (least {min(costs):.1f}), "
                    f"wall {median(run.wall_s for run in runs):.2f} s, "
                    f"peak {median(run.peak_rss_mb for run in runs):.0f} MB, "
                    f"{verdict}\n"
                )
                sys.stdout.flush()


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(required=True)
    one = commands.add_parser("run", help="measure single cases")
    one.add_argument("--case", action="append", choices=CASES)
    one.add_argument("--variant", action="append", choices=VARIANTS)
    one.add_argument("--rows", type=int, default=100_000)
    one.add_argument("--runs", type=int, default=3)
    one.add_argument("--page-delay", type=float, default=0.0, help="seconds")
    one.add_argument("--batch-delay", type=float, default=0.0, help="seconds")
    one.add_argument("--data", type=Path, default=DATA)
    one.set_defaults(command=run)
    given = parser.parse_args()
    given.command(given)


if __name__ == "__main__":
    main()
