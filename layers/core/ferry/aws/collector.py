"""Python's collector of cyclic garbage, which costs much where many items are held."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """Keep the collector from looking at many objects that come and go: none of them is garbage.

    What is not part of a cycle goes without it.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
