"""The AWS SAM command line, from the environment that `local/install` makes for it."""

import subprocess
from pathlib import Path

from local.instance import ENVIRONMENTS, ROOT, Failed

BIN = ENVIRONMENTS / "sam" / "bin"

_SHOWN = 30
"""How many lines of a log a failure quotes."""


def sam(arguments: list[str], variables: dict[str, str], log: Path | None) -> None:
    """Run a SAM command, its output into `log`, or in sight of a person who may answer it.

    Its own environment leads on PATH: SAM looks there for the very `python3.13` it builds for.

    Raises:
        Failed: it ended with anything but success.

    """
    path = f"{BIN}:{variables.get('PATH', '')}"
    environment = variables | {"PATH": path, "SAM_CLI_TELEMETRY": "0"}
    command = [str(BIN / "sam"), *arguments]
    if log is None:
        if subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode:
            raise Failed(f"sam {arguments[0]} failed; what it said is above.")
        return
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w") as output:
        done = subprocess.run(
            command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL,
            stdout=output, stderr=subprocess.STDOUT, check=False,
        )  # fmt: skip
    if done.returncode:
        end = "\n".join(log.read_text(errors="replace").splitlines()[-_SHOWN:])
        raise Failed(f"{end}\n\nsam {arguments[0]} failed. The whole output: {log}")
