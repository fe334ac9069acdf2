"""The findings of `make doctor`, and how they are printed."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """The severity of a finding; the value is its mark in the output."""

    FINE = "ok"
    ADVICE = "mind"
    UNSEEN = "unseen"
    BLOCKS = "stop"


@dataclass(frozen=True)
class Finding:
    """One thing that was checked.

    Attributes:
        subject: what it is about, in a word or two.
        text: how it is.
        todo: what to do, in lines; commands begin with four spaces.

    """

    level: Level
    subject: str
    text: str
    todo: str = ""

    def shown(self) -> str:
        """Return the finding as lines for a person."""
        first = f"[{self.level:^6}] {self.subject}: {self.text}"
        return "\n".join([first, *(f"         {line}" for line in self.todo.splitlines())])
