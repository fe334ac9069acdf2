"""What an import does with what is there."""

from enum import Enum


class Mode(Enum):
    """How an import treats what is there (contract configurations#principles)."""

    FULL = "full"
    """The imported document replaces the current one."""
    PARTIAL = "partial"
    """The imported items are added to the current document, or replace their namesakes."""
