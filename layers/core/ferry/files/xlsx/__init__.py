"""Workbooks: .xlsx files."""
