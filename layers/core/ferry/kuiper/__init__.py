"""Rule-engine configurations: read, checked, applied, selected, compared and written.

Pure: no I/O, no clock, no randomness; texts in, values out. The contract is config.md.
"""
