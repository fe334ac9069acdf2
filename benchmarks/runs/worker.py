"""Do a queued job as its function does: `python -m benchmarks.runs.worker export ID`."""

import sys

from benchmarks.variants.ferry import consume

consume(f"process_{sys.argv[1]}", sys.argv[2])
