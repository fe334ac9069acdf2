"""What is added to a failed row: its line, the field at fault, the reason. Pure."""

from collections.abc import Container

ADDED = ("line", "field", "reason")


def added_names(taken: Container[str]) -> list[str]:
    """Return the names of what is added, with underscores in front until none is `taken`.

    `taken` holds the table's own fields too: what is added must not be imported as data.
    """
    return [_free(name, taken) for name in ADDED]


def _free(name: str, taken: Container[str]) -> str:
    while name in taken:
        name = f"_{name}"
    return name
