"""An incoming file: its format, and its conversion to the text that the format reads. Pure.

A file may be packed (gzip), in another encoding, or a workbook. Each is undone by a stage, a
function from blocks to blocks; the format reads what the last one yields.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import PurePath

import msgspec

from ferry.errors import InvalidFile
from ferry.files import formats
from ferry.files.format import GZIP_SUFFIX, Format, Means
from ferry.files.formats import FORMATS, of_file
from ferry.files.options import AS_WRITTEN, ReadingOptions
from ferry.files.transcoding import to_utf8
from ferry.files.unpacking import Allowance, gunzip

type Stage = Callable[[Iterable[bytes]], Iterator[bytes]]


class Incoming(msgspec.Struct, frozen=True):
    """A kind of file: its format, and the stages before it, none for a file as it stands."""

    format: Format
    stages: tuple[Stage, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether detection needs the complete file."""
        return self.format.text_of is not None


def incoming(name: str, options: ReadingOptions, means: Means) -> Incoming:
    """Return the kind of file by its name's suffix, in upper or lower case.

    Raises:
        InvalidFile: no format has its suffix, or an option is not for it.

    """
    stages: list[Stage] = []
    path = PurePath(name)
    if path.suffix.lower() == GZIP_SUFFIX:
        path = path.with_suffix("")
        stages.append(lambda blocks: gunzip(blocks, Allowance(means.most_bytes)))
    form = of_file(path.name)
    if text_of := form.text_of:
        stages.append(lambda blocks: text_of(blocks, means))
    for option in AS_WRITTEN.__struct_fields__:
        if option not in form.takes and getattr(options, option) != getattr(AS_WRITTEN, option):
            suffixes = " and ".join(f.suffix for f in FORMATS.values() if option in f.takes)
            raise InvalidFile(f"the option {option} is for {suffixes} files")
    if options.encoding:
        stages.append(partial(to_utf8, encoding=options.encoding))
    return Incoming(form, tuple(stages))


def stem(name: str) -> str:
    """Return the name without its suffixes.

    >>> stem("goods.2026.csv.gz")
    'goods.2026'
    """
    path = PurePath(name)
    return formats.stem(str(path.with_suffix("")) if path.suffix.lower() == GZIP_SUFFIX else name)


def skip(blocks: Iterable[bytes], offset: int) -> Iterator[bytes]:
    """Yield the blocks from byte `offset` on."""
    for block in blocks:
        if offset < len(block):
            yield block[offset:]
        offset = max(0, offset - len(block))
