"""The document: its sections, how it is read, written, restructured and compared."""
