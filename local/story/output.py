"""Print the story: headings, lines below them, and a job's progress."""

import sys
from pathlib import Path

from ferry_client.types import Job
from local.instance import ROOT


def step(number: int, title: str) -> None:
    """Print a heading."""
    print(f"\n{number}. {title}", flush=True)


def say(text: str) -> None:
    """Print a line under the heading, over whatever progress it shows."""
    start = "\r\x1b[K" if sys.stdout.isatty() else ""
    print(f"{start}   {text}", flush=True)


def progress(job: Job) -> None:
    """Show how far a job is, where someone watches."""
    if sys.stdout.isatty():
        print(f"\r   {job['progress']['rows_done']:,} rows so far", end="", flush=True)


def shown(path: Path) -> str:
    """Return a path as one would type it from the project's folder."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def size(length: int) -> str:
    """Return a number of bytes for people."""
    return f"{length / 1_000_000:.1f} MB" if length >= 100_000 else f"{length:,} bytes"
