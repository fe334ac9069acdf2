"""The process that reads a Parquet file: from its standard input to lines of JSON; see `reading`.

Only here the library is loaded that reads Parquet.
"""

import resource
import sys
from collections.abc import Iterator
from typing import BinaryIO

from arro3.io import read_parquet

from ferry.errors import InvalidFile
from ferry.files.parquet.batch_lines import BatchLines
from ferry.files.parquet.exit_codes import ExitCode
from ferry.files.parquet.footers import remainder

_BATCH_ROWS = 1024
_BATCH_BYTES = 8 * 1024 * 1024


def main(before: int, most_memory: int) -> None:
    """Write the rows behind the first `before`, within `most_memory` bytes of address space.

    A file can claim pages of any size, and the library takes it at its word. So the process has a
    limit of its own: what goes past it ends this process alone.
    """
    resource.setrlimit(resource.RLIMIT_AS, (most_memory, most_memory))
    try:
        with open(0, "r+b", closefd=False) as file:
            for lines in row_lines(file, before):
                sys.stdout.buffer.write(lines)
        sys.stdout.flush()
    except MemoryError:
        sys.exit(ExitCode.TOO_LARGE)
    except InvalidFile as invalid:
        _refuse(invalid.reason)
    except BrokenPipeError:
        sys.exit(1)
    except BaseException as error:  # noqa: BLE001 - a panic of the library is no Exception
        _refuse(f"the Parquet file is damaged, or has what is not read ({_first_line(error)})")


def row_lines(file: BinaryIO, before: int) -> Iterator[bytes]:
    """Yield the lines of the rows behind the first `before`; the file's footer is replaced."""
    rest = remainder(file, before)
    if not rest.rows:
        raise InvalidFile("the Parquet file has no rows")
    file.truncate(rest.body)
    file.seek(rest.body)
    file.write(rest.footer)
    file.flush()
    file.seek(0)
    rows = max(1, min(_BATCH_ROWS, _BATCH_BYTES // max(rest.row_bytes, 1)))
    skip, lines_of = rest.skip, None
    for batch in read_parquet(file, batch_size=rows):
        lines_of = lines_of or BatchLines(batch, rest.logical)
        if skip < batch.num_rows:
            yield lines_of(batch.slice(skip))
        skip = max(0, skip - batch.num_rows)


def _refuse(reason: str) -> None:
    sys.stderr.write(f"\n{reason}\n")
    sys.stderr.flush()
    sys.exit(ExitCode.REFUSED)


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:200]
