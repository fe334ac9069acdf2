"""Exporting rows: what is asked for, planned, read, sorted, written to a file."""
