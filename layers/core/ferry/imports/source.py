"""The file of an import, as its format reads it: unpacked and decoded."""

from collections.abc import Callable, Collection, Iterator
from tempfile import TemporaryFile
from typing import BinaryIO, cast

from msgspec import structs

from ferry.aws.bucket import Files
from ferry.files.entries import HEAD_BYTES, Layout
from ferry.files.format import Format, Means
from ferry.files.incoming import incoming, skip
from ferry.files.mapping import sources
from ferry.files.position import Position
from ferry.imports.import_job import ImportOptions, ImportRequest
from ferry.imports.modes import check_changes
from ferry.tables.schema import Schema

START = Position()


class Source:
    """A file by its name, from wherever `read` reads it.

    Args:
        name: its suffixes name the format.
        options: how the caller says that the file is to be read, and imported.
        read: returns the blocks of the file as it lies there, from a byte of it on.
        most_bytes: that it may hold unpacked.
        columns: of the table, by which its sheet and header are found in a workbook.
        on_block: called for every block that is read, also while no text comes of it.

    Attributes:
        bytes_read: of the file as it lies there, by the present reading.

    Raises:
        InvalidFile: nothing can read a file of that name.

    """

    def __init__(
        self,
        name: str,
        options: ImportOptions,
        read: Callable[[int], Iterator[bytes]],
        *,
        most_bytes: int,
        columns: Collection[str] = (),
        on_block: Callable[[], object] = lambda: None,
    ) -> None:
        self._name = name
        self._means = Means(
            most_bytes,
            _scratch,
            on_block,
            # What a workbook calls its columns leads to its header, too.
            frozenset([*columns, *sources(options.mapping)]),
            sheet=options.sheet,
            header_row=options.header_row or 0,
        )
        self._kind = incoming(name, options, self._means)
        self._options = options
        self._read = read
        self._on_block = on_block
        self.bytes_read = 0

    @property
    def format(self) -> Format:
        """The format of the text."""
        return self._kind.format

    @property
    def tells_by_its_head(self) -> bool:
        """Whether `layout` reads the file's beginning only."""
        return not self._kind.whole

    def blocks(self, at: Position = START) -> Iterator[bytes]:
        """Yield the text from a position on.

        A file that has to be unpacked or decoded is read again from its beginning.
        """
        stages, offset = self._kind.stages, at.offset
        if self.format.goes_on_by_rows:
            means = structs.replace(self._means, rows_before=at.number)
            stages, offset = incoming(self._name, self._options, means).stages, 0
        blocks = self._counted(0 if stages else offset)
        for stage in stages:
            blocks = stage(blocks)
        return skip(blocks, offset) if stages else blocks

    def layout(self, schema: Schema) -> Layout:
        """Detect the layout from the first bytes of the text.

        Raises:
            InvalidFile: it cannot be imported at all.

        """
        head, whole = self.head()
        layout = self.format.inspect(head, whole=whole, schema=schema, options=self._options)
        check_changes(self._options, are_changes=layout.changes)
        return layout

    def head(self) -> tuple[bytes, bool]:
        """Return the text's first `HEAD_BYTES`, and whether they are all of it."""
        head = bytearray()
        for block in self.blocks():
            head += block
            if len(head) > HEAD_BYTES:
                break
        return bytes(head[:HEAD_BYTES]), len(head) <= HEAD_BYTES

    def _counted(self, offset: int) -> Iterator[bytes]:
        self.bytes_read = offset
        for block in self._read(offset):
            self.bytes_read += len(block)
            self._on_block()
            yield block


def stored(
    request: ImportRequest,
    files: Files,
    *,
    most_bytes: int,
    columns: Collection[str],
    on_block: Callable[[], object] = lambda: None,
) -> Source:
    """Return the file of an import that lies in a bucket; see `Source`."""

    def read(offset: int) -> Iterator[bytes]:
        return files.blocks(request.file_key, offset=offset, etag=request.file_etag)

    # A word for no value empties a column, an empty cell does not: the sink tells them apart.
    options = structs.replace(request, null_words=()) if request.conflict == "merge" else request
    return Source(
        request.file_name,
        options,
        read,
        most_bytes=most_bytes,
        columns=columns,
        on_block=on_block,
    )


def check_name(name: str, options: ImportOptions) -> Format:
    """Return the format that a file of that name has.

    Raises:
        InvalidFile: no file of that name can be imported, or not with those options.

    """
    return Source(name, options, lambda _: iter(()), most_bytes=0).format


def _scratch() -> BinaryIO:
    return cast("BinaryIO", TemporaryFile())
