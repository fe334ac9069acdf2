"""What a command has around it: the environment, the three streams, the network, the terminal."""

import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    import httpx

_ENDLESS = 10_000
"""Columns of what is no terminal: nothing is cut off there."""


@dataclass
class World:
    """What a command has around it; tests make their own.

    Attributes:
        through: in place of the network.
        interactive: whether a person reads what is printed and can be asked.

    """

    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    out: TextIO = field(default_factory=lambda: sys.stdout)
    err: TextIO = field(default_factory=lambda: sys.stderr)
    given: TextIO = field(default_factory=lambda: sys.stdin)
    through: "httpx.BaseTransport | None" = None
    interactive: bool = field(default_factory=lambda: sys.stdin.isatty() and sys.stderr.isatty())
    account: str = ""
    """The profile that `--as` named."""

    @property
    def bytes_in(self) -> IO[bytes]:
        """Standard input, as bytes."""
        return self.given.buffer

    @property
    def bytes_out(self) -> IO[bytes]:
        """Standard output, as bytes."""
        return self.out.buffer

    @property
    def folder(self) -> Path:
        """Where settings are kept (XDG Base Directory Specification)."""
        if named := self.environment.get("FERRY_CONFIG_DIR"):
            return Path(named)
        home = self.environment.get("XDG_CONFIG_HOME")
        return (Path(home) if home else Path.home() / ".config") / "ferry"

    @property
    def width(self) -> int:
        """How many columns a line may have."""
        if columns := self.environment.get("COLUMNS", ""):
            return int(columns) if columns.isdecimal() else 80
        return shutil.get_terminal_size().columns if self.out.isatty() else _ENDLESS

    @property
    def coloured(self) -> bool:
        """Whether colours are wanted (https://no-color.org)."""
        return self.out.isatty() and not self.environment.get("NO_COLOR")

    @property
    def language(self) -> str:
        """The language of messages, by the locale: ``zh-CN`` or ``en``."""
        names = ("FERRY_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
        chosen = next((self.environment[n] for n in names if self.environment.get(n)), "")
        return "zh-CN" if chosen.lower().startswith("zh") else "en"
