"""The use cases around tables and their rows: create, list, insert (contract 7)."""
