"""What kind of file comes in, and what makes of it the text that a format reads. Pure.

A file may be packed (gzip), in another encoding (GB18030), or a workbook. Each is undone by a
stage, a function from blocks to blocks; the format reads what the last one yields.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import PurePath
from typing import BinaryIO

import msgspec

from ferry.errors import InvalidFile
from ferry.files.formats import FORMATS, Format, of_file
from ferry.files.transcoding import to_utf8
from ferry.files.unpacking import Allowance, gunzip
from ferry.files.xlsx.reading import SHEET
from ferry.files.xlsx.workbook import row_lines

type Stage = Callable[[Iterable[bytes]], Iterator[bytes]]

SUFFIXES = (*(form.suffix for form in FORMATS.values()), ".xlsx")
_GZ = ".gz"


class Means(msgspec.Struct, frozen=True):
    """What unpacking may use.

    Attributes:
        most_bytes: that a file may hold unpacked.
        scratch: opens a nameless file on disk that is gone when closed, to be written and read
            anywhere in it.

    """

    most_bytes: int
    scratch: Callable[[], BinaryIO]


class Incoming(msgspec.Struct, frozen=True):
    """A kind of file: its format, and the stages before it, none for a file as it stands.

    Attributes:
        whole: nothing can be told from the file's beginning alone.

    """

    format: Format
    stages: tuple[Stage, ...] = ()
    whole: bool = False


def incoming(name: str, encoding: str | None, means: Means) -> Incoming:
    """Return what kind of file bears that name, upper case or lower.

    Raises:
        InvalidFile: no format has its suffix, or the encoding is not for it.

    """
    stages: list[Stage] = []
    path = PurePath(name)
    if path.suffix.lower() == _GZ:
        path = path.with_suffix("")
        stages.append(lambda blocks: gunzip(blocks, Allowance(means.most_bytes)))
    whole = path.suffix.lower() == ".xlsx"
    if whole:
        stages.append(lambda blocks: row_lines(blocks, means.scratch, Allowance(means.most_bytes)))
    file_format = SHEET if whole else _format(path.name)
    if encoding:
        if file_format.name != "csv":
            raise InvalidFile(f"encoding={encoding} is for .csv files")
        stages.append(partial(to_utf8, encoding=encoding))
    return Incoming(file_format, tuple(stages), whole)


def stem(name: str) -> str:
    """Return the name without its suffixes.

    >>> stem("goods.2026.csv.gz")
    'goods.2026'
    """
    path = PurePath(name)
    return path.with_suffix("").stem if path.suffix.lower() == _GZ else path.stem


def skip(blocks: Iterable[bytes], offset: int) -> Iterator[bytes]:
    """Yield the blocks from byte `offset` on."""
    for block in blocks:
        if offset < len(block):
            yield block[offset:]
        offset = max(0, offset - len(block))


def _format(name: str) -> Format:
    try:
        return of_file(name)
    except InvalidFile as error:
        raise InvalidFile(
            f"the name of the file must end in one of {', '.join(SUFFIXES)}, each also with {_GZ}"
        ) from error
