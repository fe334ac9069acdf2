"""The failed-rows file of an import, kept in pieces until the import ends."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import cached_property, partial

from ferry.aws.bucket import Files
from ferry.errors import DoesNotFit, InvalidRow
from ferry.files.entries import Entry, Layout
from ferry.files.format import Format
from ferry.files.incoming import stem
from ferry.imports.import_job import MOST_TOLD, FailedRow, ImportJob
from ferry.tables.schema import Table
from ferry.translations.catalogue import translated
from ferry.translations.languages import BETWEEN, Language, closest


class FailedRows:
    """Rows that failed, in the format of the file they came from, with reasons in `language`.

    The rows of each step are one piece, stored before the step's checkpoint counts it; a step that
    is done again writes the same piece again.

    Attributes:
        pieces: how many are stored.
        first: the first rows of all that failed.

    """

    def __init__(
        self,
        job: ImportJob,
        file_format: Format,
        layout: Layout,
        table: Table,
        files: Files,
        *,
        language: Callable[[], str] = lambda: "en",
    ) -> None:
        self._files = files
        self._language_tag = language
        self._prefix = f"imports/{job.id}/"
        self._name = job.request.file_name
        self._format = file_format
        saved = job.checkpoint
        self.pieces = saved.pieces if saved else 0
        written = saved.counts.failed if saved else 0
        self._writer = file_format.failures(layout, table.schema, rows_written=written)
        self._piece = bytearray(b"" if written else self._writer.head())
        self._rows = 0
        self.first = saved.first_failed if saved else ()

    def add(self, entry: Entry, error: InvalidRow) -> None:
        """Take one failed row."""
        if len(self.first) < MOST_TOLD:
            self.first = (*self.first, _told(entry, error))
        self._piece += self._writer.row(entry, _in_language(error, self._language))
        self._rows += 1

    def put_piece(self) -> None:
        """Store what came since the last piece."""
        if self._rows:
            self._rows = 0
            # Appending is not possible in S3; a key a piece makes a repeated step overwrite its
            # own.
            self._files.put(self._piece_key(self.pieces), bytes(self._piece))
            self.pieces += 1
            self._piece.clear()

    def publish(self, on_block: Callable[[], object]) -> str:
        """Make the pieces one file and return its key, "" when no row has failed.

        What does not fit into a file of its own kind stays the text that the pieces are.
        `on_block` is called now and then: the failed rows may be as many as the file's.
        """
        if not self.pieces:
            return ""
        text = partial(self._text, on_block)
        if file := self._format.failed_file:
            # A sheet has 1,048,576 rows at most; the failed rows of a larger import come back as
            # CSV.
            with suppress(DoesNotFit):
                return self._write(file.suffix, file.made_of(text()), file.media_type)
            return self._write(file.text_suffix, file.text_of(text()), file.text_media_type)
        return self._write(self._format.suffix, text(), self._format.media_type)

    @cached_property
    def _language(self) -> Language:
        return closest(self._language_tag())  # most imports fail no row, and need not ask

    def _write(self, suffix: str, body: Iterable[bytes], media_type: str) -> str:
        key = f"{self._prefix}{stem(self._name)}-failed{suffix}"
        self._files.write(key, body, media_type)
        return key

    def _text(self, on_block: Callable[[], object]) -> Iterator[bytes]:
        for piece in range(self.pieces):
            for block in self._files.blocks(self._piece_key(piece)):
                on_block()
                yield block
        yield self._writer.tail()

    def _piece_key(self, piece: int) -> str:
        return f"{self._prefix}failed/{piece:06d}"


def _in_language(error: InvalidRow, language: Language) -> InvalidRow:
    """Return an error whose reason, that of its other columns included, is in a language."""
    if language == "en":
        return error
    (_, first), *others = error.faults[: 1 + _MOST_FAULTS]
    told = [translated(first, language)]
    told += [f"{field}: {translated(why, language)}" for field, why in others]
    if more := len(error.faults) - len(told):
        told.append(translated(f"{more} more columns", language))
    return InvalidRow(error.field, BETWEEN[language].join(told))


def _told(entry: Entry, error: InvalidRow) -> FailedRow:
    """Return the failure as the job keeps it, whose item holds 400 KB at most."""
    told = error.faults[:_MOST_FAULTS]
    more = len(error.faults) - len(told)
    faults = [(field[:_LONGEST_FIELD], why[:_LONGEST_REASON]) for field, why in told]
    return FailedRow(entry.line, (*faults, *([("", f"{more} more columns")] if more else ())))


_MOST_FAULTS = 5
_LONGEST_FIELD = 64
_LONGEST_REASON = 500
