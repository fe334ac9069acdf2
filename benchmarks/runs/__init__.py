"""The variants, one run in its own process, and many runs in turn."""
