"""What a command has to say."""

from typing import Any

import msgspec


class Answer(msgspec.Struct, frozen=True):
    """What to show: facts, or rows of facts; and a note for whoever reads along.

    Attributes:
        text: what people are shown in place of the facts, "" for the facts.

    """

    facts: dict[str, Any] | list[dict[str, Any]]
    note: str = ""
    text: str = ""
