"""The answer of a command."""

from typing import Any

import msgspec


class Answer(msgspec.Struct, frozen=True):
    """Facts, or rows of facts, to print; and a note for the person at the terminal.

    Attributes:
        text: what people are shown in place of the facts, "" for the facts.

    """

    facts: dict[str, Any] | list[dict[str, Any]]
    note: str = ""
    text: str = ""
