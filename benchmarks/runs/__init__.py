"""Who takes part, one run in a process of its own, and many of them in turn."""
