"""Workbooks of Excel (ECMA-376)."""

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

MAX_ROWS = 1_048_575
"""Rows of a sheet, without its header."""
