"""A terminal in memory: commands are typed into it, and it says what they print."""

import io
import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from ferry_cli.__main__ import main
from ferry_cli.world import World

_CHANGING = (
    (re.compile(r"\b01[0-9a-f]{30}\b"), "01a1fff30e819490e624fd9a042aa184"),
    (re.compile(r"\b\d{8}T\d{6}Z"), "20261121T211121Z"),
    (re.compile(r"\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ"), "2026-11-21T21:11:21Z"),
    (re.compile(r"\b20\d\d-\d\d-\d\d \d\d:\d\d"), "2026-11-21 21:11"),
    (re.compile(r"/\S+/settings/"), "~/.config/ferry/"),
    (re.compile(r"https://ferry\.test"), "https://ferry.example"),
)


@dataclass
class Printed:
    """What a command left: its exit code and its two streams."""

    code: int
    out: str
    err: str

    @property
    def steady(self) -> str:
        """Both, with ids and times that are always the same, and no blanks at the ends of lines."""
        text = self.err + self.out
        for pattern, usual in _CHANGING:
            text = pattern.sub(usual, text)
        return "\n".join(line.rstrip() for line in text.splitlines())


@dataclass
class Terminal:
    """Types commands as a user with a folder of their own.

    Attributes:
        through: in place of the network; None is the network.
        environment: beside which the settings' folder is set.

    """

    folder: Path
    through: httpx.BaseTransport | None
    environment: dict[str, str] = field(default_factory=dict)

    def run(
        self, line: str, given: bytes | Callable[[], bytes] = b"", *, interactive: bool = False
    ) -> Printed:
        """Run a line that begins with ``ferry``; `given` is typed, if it can be known only then."""
        command, *arguments = shlex.split(line)
        assert command == "ferry"
        out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", newline="") for _ in range(2))
        own = {"FERRY_CONFIG_DIR": str(self.folder / "settings"), "FERRY_NO_KEYRING": "1"}
        world = World(
            environment=own | self.environment,
            out=out,
            err=err,
            given=io.TextIOWrapper(
                io.BytesIO(given) if isinstance(given, bytes) else io.BufferedReader(_Typed(given)),
                "utf-8",
            ),
            through=self.through,
            interactive=interactive,
        )
        code = main(arguments, world)
        return Printed(code, _text(out), _text(err))


class _Typed(io.RawIOBase):
    """What is typed once somebody reads."""

    def __init__(self, typed: Callable[[], bytes]) -> None:
        self._lines = [typed]

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        text = self._lines.pop()() if self._lines else b""
        buffer[: len(text)] = text
        return len(text)


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    stream.seek(0)
    return stream.read()
