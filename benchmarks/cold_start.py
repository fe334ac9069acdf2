"""Measure each function from a fresh process to its first request: `make bench-cold`.

Each sample is an interpreter of its own that finds the bytecode ready, as in a layer that has been
used before. It imports the handler, then hands it the event in events/ and stops where the first
request to AWS would leave: by then the client is made and the request signed. Right before each,
`import boto3` and one DynamoDB client are measured the same way. Machines are now quick, now slow,
but hardly within a second: what counts is the ratio of the two, its median over the rounds. Of
times, which are of CPU, the least is shown.

    .local/bench/ferry/bin/python benchmarks/cold_start.py --rounds 20 get_table get_job
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).parents[1]
LAYER = ROOT / "layers" / "core"
sys.path.insert(0, str(LAYER))

from ferry.config import Settings
from ferry.http.routes import slashed_functions

_BASELINE = "import boto3; boto3.client('dynamodb')"

type Sample = dict[str, Any]
type Pair = tuple[Sample, Sample]
"""The baseline and a function."""

_OF_THE_TEMPLATE = (name for name in Settings.__struct_fields__ if not name.startswith("AWS_"))

_ENVIRONMENT = dict.fromkeys(_OF_THE_TEMPLATE, "1") | {
    "API_FUNCTIONS": " ".join(slashed_functions()),
    "CONFIG_AUTH": "token",
    "EKUIPER_WIRE": "1.10",
    "POWERTOOLS_METRICS_NAMESPACE": "Ferry",
    "POWERTOOLS_SERVICE_NAME": "ferry",
    "PYDANTIC_DISABLE_PLUGINS": "__all__",
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
    "AWS_DEFAULT_REGION": "eu-west-1",
}

# Nothing but sys and time is loaded before the clock starts; the event is in the program's text.
_SAMPLE = """
import sys, time
sys.path[:0] = {paths!r}

def so_far():
    return (time.process_time() - cpu) * 1e3, (time.perf_counter() - wall) * 1e3, len(sys.modules)

class Left(BaseException):
    pass

class Context:
    function_name = invoked_function_arn = aws_request_id = "none"
    memory_limit_in_mb = 512
    get_remaining_time_in_millis = lambda _: 10_000

def leave(*_):
    raise Left

def call(module, event):
    import botocore.httpsession
    botocore.httpsession.URLLib3Session.send = leave
    try:
        module.lambda_handler(event, Context)
    except Left:
        pass

cpu, wall = time.process_time(), time.perf_counter()
{imports}
imported = so_far()
{call}
ready = so_far()

import json, resource
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
names = "cpu", "wall", "modules"
sample = dict(zip(names, imported)), dict(zip(names, ready)), peak
print("\\n" + json.dumps(dict(zip(("imported", "ready", "peak_mb"), sample))))
"""


def sample(program: str) -> Sample:
    """Return the times that one fresh interpreter measured: CPU and wall time in milliseconds.

    Raises:
        SystemExit: the program failed.

    """
    command = [sys.executable, "-I", "-c", program]
    done = subprocess.run(  # noqa: S603 - a program written here, no shell
        command, env=_ENVIRONMENT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    measured: Sample = json.loads(done.stdout.splitlines()[-1])
    return measured


def measure(name: str) -> Pair:
    """Return the times of the baseline and of a function, one right after the other."""
    event = json.loads((ROOT / "events" / f"{name}.json").read_text())
    imports, call = f"import functions.{name}.app as app", f"call(app, {event!r})"
    return sample(_program(_BASELINE, "")), sample(_program(imports, call))


def table(pairs: dict[str, list[Pair]]) -> str:
    """Return the results as a Markdown table, the times of CPU in milliseconds."""
    lines = [
        "| Function | Import, ms | × boto3 | To first request, ms | × boto3 | Modules | Peak, MB |",
        "|---|---|---|---|---|---|---|",
    ]
    everything = [base for taken in pairs.values() for base, _ in taken]
    lines.append(_line("boto3 and a client", [(base, base) for base in everything]))
    lines += [_line(f"`{name}`", taken) for name, taken in pairs.items()]
    return "\n".join(lines)


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition(":")[0])
    parser.add_argument("functions", nargs="*", help="folders in functions/; all without any")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--json", type=Path, help="write there everything that was measured")
    given = parser.parse_args()
    every = sorted(app.parent.name for app in (ROOT / "functions").glob("*/app.py"))
    pairs: dict[str, list[Pair]] = {name: [] for name in given.functions or every}
    for number in range(given.rounds + 1):
        for name, taken in pairs.items():
            pair = measure(name)
            if number:  # the first round may have to write the bytecode
                taken.append(pair)
    print(table(pairs))
    if given.json:
        given.json.parent.mkdir(parents=True, exist_ok=True)
        given.json.write_text(json.dumps(pairs, indent=1))


def _program(imports: str, call: str) -> str:
    return _SAMPLE.format(paths=[str(LAYER), str(ROOT)], imports=imports, call=call)


def _line(name: str, pairs: list[Pair]) -> str:
    cells = [name]
    for stage in ("imported", "ready"):
        # A function is ready at its first request; what it is compared with has a client by then.
        ratios = (taken[stage]["cpu"] / base["ready"]["cpu"] for base, taken in pairs)
        least = min(taken[stage]["cpu"] for _, taken in pairs)
        cells += [f"{least:.0f}", f"{median(ratios):.2f}"]
    last = pairs[-1][1]
    cells += [str(last["imported"]["modules"]), f"{last['peak_mb']:.0f}"]
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
