"""Do queued jobs, one after the other, as their function does.

`python -m benchmarks.runs.worker export ID …`
"""

import sys

from benchmarks.variants.ferry import consume

for job_id in sys.argv[2:]:
    consume(f"process_{sys.argv[1]}", job_id)
