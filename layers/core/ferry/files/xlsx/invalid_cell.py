"""The fault of a workbook's cell. Pure."""

NO_VALUE = "#N/A"
"""Stands where no text of a cell could be given back: it fails again when it is sent again."""


class InvalidCell(ValueError):
    """A cell has no value that could be imported.

    Attributes:
        reason: goes on from the cell's name: "is …".
        text: what stands for the cell when its row is given back.

    """

    def __init__(self, reason: str, text: str = NO_VALUE) -> None:
        super().__init__(reason)
        self.reason = reason
        self.text = text
