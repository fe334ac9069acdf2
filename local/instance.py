"""One local instance of the service: its folders, its ports, and how to reach it."""

import fcntl
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENTS = ROOT / ".local"
"""Where `local/install` puts the environments of the engine and of SAM, shared by all instances."""

STACK_NAME = "ferry"
REGION = "us-east-1"
SENDER = "ferry@example.com"
LOOPBACK = "127.0.0.1"


class Failed(Exception):
    """The local service cannot do what was asked; the message says why and what to do."""


@dataclass(frozen=True)
class Instance:
    """An instance of the local service: the folder of its state, and its ports.

    Attributes:
        state: a folder of its own; two instances need two.
        port: what people and programs call.
        engine_port: where the AWS services answer.
        reading: how its HTTP API takes paths that end in a slash: a name in `local.gateway`.

    """

    state: Path
    port: int
    engine_port: int
    reading: str = "normalised"

    @property
    def url(self) -> str:
        """The one address of the API, the mailbox and the console."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def engine_url(self) -> str:
        """The endpoint of every AWS service."""
        return f"http://{LOOPBACK}:{self.engine_port}"

    @property
    def run(self) -> Path:
        """The state of the running engine only; emptied when an engine starts or stops."""
        return self.state / "run"

    @property
    def stack_file(self) -> Path:
        """The file that programs read to use the running service."""
        return self.state / "stack.json"

    @cached_property
    def credentials(self) -> dict[str, str]:
        """The variables with which any AWS SDK or tool reaches this engine."""
        return {
            "AWS_ENDPOINT_URL": self.engine_url,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_SESSION_TOKEN": "test",  # the cloud's functions always have one
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def prepare(self) -> None:
        """Make the state folder."""
        self.state.mkdir(parents=True, exist_ok=True)


def architecture() -> str:
    """This machine's architecture, as Lambda spells it."""
    return "arm64" if platform.machine().lower() in {"arm64", "aarch64"} else "x86_64"


def environment(**extra: str) -> dict[str, str]:
    """This process's environment and `extra`, without AWS settings of the person's own.

    A profile or a key from outside must never decide where a local command goes.
    """
    inherited = os.environ  # noqa: TID251 - commands of ours, not the application
    return {k: v for k, v in inherited.items() if not k.startswith("AWS_")} | extra


@contextmanager
def exclusive(path: Path, waiting: str) -> Iterator[IO[str]]:
    """Hold the lock file `path`; print `waiting` when another process has it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(waiting, flush=True)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield file
