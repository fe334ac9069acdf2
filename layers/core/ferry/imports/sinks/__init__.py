"""The write side of an import: where rows go, and what becomes of a row whose key exists."""
