"""Run a command in a fresh process and print what it took: `python launch.py COMMAND…`.

A process of its own, and a small one: the kernel counts the memory of whoever starts a command
into the command's peak.
"""

import json
import os
import subprocess
import sys
import time


def main() -> None:
    """Print a line of JSON: seconds of processor time and by the clock, MB, exit status."""
    began = time.perf_counter()
    process = subprocess.Popen(sys.argv[1:], stdout=sys.stderr)  # noqa: S603 - its purpose; no shell
    _, status, used = os.wait4(process.pid, 0)
    took = {
        "cpu_s": used.ru_utime + used.ru_stime,
        "wall_s": time.perf_counter() - began,
        "peak_rss_mb": used.ru_maxrss / 1024,
        "status": os.waitstatus_to_exitcode(status),
    }
    sys.stdout.write(json.dumps(took) + "\n")


if __name__ == "__main__":
    main()
