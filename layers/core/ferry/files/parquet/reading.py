"""Reads Parquet files: their rows as lines of JSON, made by a process of its own.

A file can claim anything of what it unpacks to, and the library that reads it may take all memory
or abort. In a process with a limit of its own that is an error of the file.
"""

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from select import select
from subprocess import PIPE, Popen
from typing import BinaryIO, cast

from ferry.errors import InvalidFile
from ferry.files.format import Means
from ferry.files.parquet.exit_codes import ExitCode
from ferry.files.unpacking import Allowance

MOST_MEMORY = 768 * 1024 * 1024
"""Bytes of address space of the process; the library itself has some 100 MiB of it."""

_BLOCK_BYTES = 256 * 1024
_SILENT_S = 5.0
_PROGRAM = """
import json, sys
sys.path[:] = json.loads(sys.argv[1])
from ferry.files.parquet.decoder import main
main(*map(int, sys.argv[2:]))
"""


def text_of(blocks: Iterable[bytes], means: Means) -> Iterator[bytes]:
    """Yield the rows behind ``means.rows_before`` as lines of JSON, each column a member.

    Raises:
        InvalidFile: it is no Parquet file, is damaged, or takes more than `means` allows.

    """
    allowance = Allowance(means.most_bytes)
    with means.scratch() as file, means.scratch() as errors:
        size = 0
        # On disk first: the footer, at the end, tells where everything lies.
        for block in blocks:
            size += file.write(block)
            means.on_block()
        file.flush()
        with _decoder(file, errors, means.rows_before) as process:
            lines = cast("BinaryIO", process.stdout)
            while block := _heard(lines, means.on_block):
                means.on_block()
                allowance.spend(len(block), packed=means.most_bytes)
                yield block
            _check(process.wait(), errors)


def _heard(lines: BinaryIO, on_wait: Callable[[], object]) -> bytes:
    """Return the next block; a process that skips very many rows says nothing for long."""
    while not select([lines], [], [], _SILENT_S)[0]:
        on_wait()
    return lines.read(_BLOCK_BYTES)


@contextmanager
def _decoder(file: BinaryIO, errors: BinaryIO, before: int) -> Iterator[Popen[bytes]]:
    command = [sys.executable, "-I", "-S", "-c", _PROGRAM, json.dumps(sys.path)]
    # Nothing of the command line is of the file.
    process = Popen(  # noqa: S603 - the command is ours
        [*command, str(before), str(MOST_MEMORY)],
        stdin=file,
        stdout=PIPE,
        stderr=errors,
        bufsize=0,  # a read returns what has come, and what has come is never behind a buffer
    )
    try:
        yield process
    finally:
        # Whoever wants the beginning of a file only leaves the rest of the lines unread.
        process.kill()
        cast("BinaryIO", process.stdout).close()
        process.wait()


def _check(code: int, errors: BinaryIO) -> None:
    """Raise InvalidFile unless the process has read the file to its end."""
    if code == ExitCode.READ:
        return
    errors.seek(0)
    told = errors.read().decode(errors="replace").strip()
    if code == ExitCode.REFUSED:
        raise InvalidFile(told.splitlines()[-1])
    if code == ExitCode.TOO_LARGE or code < 0:
        raise InvalidFile(
            f"the Parquet file takes more than {MOST_MEMORY // 1024**2} MiB of memory to read, or "
            "is damaged; write it with smaller pages and row groups, or as CSV"
        )
    raise RuntimeError(f"the process that reads Parquet ended with {code}: {told[-500:]}")
