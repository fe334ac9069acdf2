"""Excerpts of an item's text for errors; a text may be megabytes long."""

LONGEST = 2_000


def excerpt(text: str, longest: int = LONGEST) -> str:
    """Return `text`, or as much of it as identifies it."""
    return text if len(text) <= longest else f"{text[:longest]}…"
