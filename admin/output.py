"""Facts as text for people, or as JSON for programs."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

type Facts = dict[str, Any]


def as_json(facts: Facts | list[Facts]) -> str:
    """Return the facts as they are; times are Unix seconds."""
    return json.dumps(facts, ensure_ascii=False, indent=2)


def as_text(facts: Facts | list[Facts]) -> str:
    """Return one fact a line, or a table of rows; times are in UTC."""
    if isinstance(facts, dict):
        return _aligned((name, _shown(name, value)) for name, value in facts.items())
    if not facts:
        return "none"
    rows = [[_shown(name, value) for name, value in row.items()] for row in facts]
    return _aligned([list(facts[0]), *rows])


def _shown(name: str, value: Any) -> str:
    if value is None:
        return "-"
    if name.endswith("_at"):
        return datetime.fromtimestamp(value, UTC).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _aligned(rows: Iterable[Iterable[str]]) -> str:
    lines = [list(row) for row in rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    padded = [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        for line in lines
    ]
    return "\n".join(line.rstrip() for line in padded)
