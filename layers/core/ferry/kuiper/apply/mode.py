"""The modes of an import: how it treats existing items."""

from enum import Enum


class Mode(Enum):
    """How an import treats existing items (contract configurations#principles)."""

    FULL = "full"
    """The imported document replaces the current one."""
    PARTIAL = "partial"
    """The imported items are added to the current document, or replace their namesakes."""
