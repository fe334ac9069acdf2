"""Requests that several threads make for one caller."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context


def in_threads[T, R](work: Callable[[T], R], items: Iterable[T], *, threads: int) -> Iterator[R]:
    """Yield the results of `work` in the order of the items.

    The threads share the caller's context, and so its `checked` requests. When a result raises, or
    the caller stops, work that has not begun is dropped: the pool's own way is to do it all first.
    """
    pool = ThreadPoolExecutor(threads)
    try:
        # A copy each: one context cannot be entered by two threads at a time.
        futures = [pool.submit(copy_context().run, work, item) for item in items]
        for future in futures:
            yield future.result()
    finally:
        pool.shutdown(cancel_futures=True)
