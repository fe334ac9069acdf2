"""DynamoDB's own exports to S3, full and incremental, read as one file by their manifests.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.Output.html
"""

import hashlib
import io
import zlib
from base64 import b64encode
from collections.abc import Callable, Collection, Iterator
from itertools import islice
from typing import Literal

import msgspec

from ferry.errors import Unfetchable
from ferry.fetch.fetcher import bounded, stored_object

type ReadObject = Callable[[str], Iterator[bytes]]
"""Returns the blocks of an object by its bucket and key, as ``bucket/key``."""

_SCHEME = "s3://"
_SUMMARY, _FILES = "manifest-summary.json", "manifest-files.json"
_MANIFEST_BYTES = 64 * 1024 * 1024
_MOST_FILES = 100_000
"""Which is as many partitions, and 1 PB at 10 GB each; a file takes a request."""

_GZIP = 16 + zlib.MAX_WBITS


class DataFile(msgspec.Struct, rename="camel", frozen=True):
    """A line of ``manifest-files.json``, in the names that DynamoDB gives its members.

    Attributes:
        data_file: the key of the file; only its last part counts, for the export may be a copy.
        md5_checksum: of the file's bytes, in base64.

    """

    item_count: int
    data_file: str = msgspec.field(name="dataFileS3Key")
    md5_checksum: str = ""


class _Summary(msgspec.Struct, rename="camel", frozen=True):
    """``manifest-summary.json``. The first exports did not say of what type they are."""

    item_count: int
    output_format: Literal["DYNAMODB_JSON", "ION"]
    export_type: Literal["FULL_EXPORT", "INCREMENTAL_EXPORT"] = "FULL_EXPORT"


class NativeExport(msgspec.Struct, frozen=True):
    """An export in DynamoDB JSON.

    Attributes:
        folder: where it is, as ``bucket/prefix/AWSDynamoDB/<export id>/``.
        is_incremental: its lines are changes, as `ferry.files.dynamodb.item_changes` reads them.
        files: its data files, in the manifest's order.
        read: reads an object.

    """

    folder: str
    is_incremental: bool
    files: tuple[DataFile, ...]
    read: ReadObject

    @property
    def items(self) -> int:
        """How many items it has, as its manifest says."""
        return sum(file.item_count for file in self.files)

    def blocks(self) -> Iterator[bytes]:
        """Yield the data files as one gzip file of many members (RFC 1952).

        Raises:
            Unfetchable: a file is missing, or is not the one of the manifest.

        """
        newline = _gzipped_newline()
        for file in self.files:
            yield from self._checked(file)
            # Whether the last line of a file ends is not documented; blank lines count for nothing.
            yield newline

    @property
    def _data_folder(self) -> str:
        # All incremental exports under a prefix share one folder.
        above = self.folder.removesuffix("/").rpartition("/")[0]
        return f"{above}/data/" if self.is_incremental else f"{self.folder}data/"

    def _checked(self, file: DataFile) -> Iterator[bytes]:
        name = f"{self._data_folder}{file.data_file.rpartition('/')[2]}"
        digest = hashlib.md5(usedforsecurity=False)
        for block in self.read(name):
            digest.update(block)
            yield block
        # Not the ETag: a copy of a file that was written in parts has another one.
        if file.md5_checksum not in {"", b64encode(digest.digest()).decode()}:
            raise Unfetchable(
                f"{_SCHEME}{name}: its MD5 is not that of the manifest; copy the export anew"
            )


def manifest_folder(url: str) -> str:
    """Return the folder of the manifest that a URL names, "" if it names none.

    >>> manifest_folder("s3://exports/2026/AWSDynamoDB/0169-ab/manifest-summary.json")
    'exports/2026/AWSDynamoDB/0169-ab/'
    """
    folder, slash, name = url.removeprefix(_SCHEME).rpartition("/")
    named = url.startswith(_SCHEME) and name in {_SUMMARY, _FILES}
    return folder + slash if named and folder and not folder.startswith("/") else ""


def export_name(url: str) -> str:
    """Return the name of the file that the export of a manifest is read as."""
    export_id = manifest_folder(url).removesuffix("/").rpartition("/")[2]
    return f"{export_id}.dynamodb.json.gz"


def native_export(url: str, buckets: Collection[str]) -> NativeExport:
    """Read the manifests of an export.

    Args:
        url: of one of them, as ``s3://bucket/key``.
        buckets: that it may be in.

    Raises:
        Unfetchable: it cannot be had, or is no export in DynamoDB JSON.

    """

    def read(name: str) -> Iterator[bytes]:
        return stored_object(name, buckets)

    folder = manifest_folder(url)
    summary = _decoded(_manifest(read, folder + _SUMMARY), _SUMMARY, _Summary)
    if summary.output_format == "ION":
        raise Unfetchable(
            "the export is in Amazon Ion, which is not read; export the table anew with "
            "--export-format DYNAMODB_JSON"
        )
    files = _data_files(_manifest(read, folder + _FILES))
    export = NativeExport(folder, summary.export_type == "INCREMENTAL_EXPORT", files, read)
    if export.items != summary.item_count:
        raise Unfetchable(
            f"the export's manifests contradict each other: {summary.item_count:,} items in "
            f"{_SUMMARY}, {export.items:,} in {_FILES}; copy the export anew"
        )
    return export


def _data_files(text: bytes) -> tuple[DataFile, ...]:
    # Line by line: a list of the lines of 64 MB can take ten times as much.
    lines = filter(bytes.strip, io.BytesIO(text))
    found = tuple(_decoded(line, _FILES, DataFile) for line in islice(lines, _MOST_FILES + 1))
    if len(found) > _MOST_FILES:
        raise Unfetchable(f"{_FILES} names more than {_MOST_FILES:,} files")
    return found


def _manifest(read: ReadObject, name: str) -> bytes:
    blocks = bounded(read(name), limit=_MANIFEST_BYTES, on_block=lambda _: None)
    return b"".join(blocks)


def _decoded[T](text: bytes, name: str, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(text, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Unfetchable(f"{name} is no manifest of a DynamoDB export ({error})") from error


def _gzipped_newline() -> bytes:
    packer = zlib.compressobj(wbits=_GZIP)
    return packer.compress(b"\n") + packer.flush()
