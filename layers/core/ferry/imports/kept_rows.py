"""The file of the rows that a replay has left as they are, kept in pieces until it ends."""

from collections.abc import Callable, Iterator, Sequence

from ferry.aws.bucket import Files
from ferry.files.csv.csv_writer import Cells
from ferry.files.csv.dialect import COMMAS
from ferry.files.incoming import stem
from ferry.files.transcoding import BOM
from ferry.imports.import_job import ImportJob
from ferry.imports.journal.swap import Swap
from ferry.translations.catalogue import translated
from ferry.translations.languages import closest

_MEDIA_TYPE = "text/csv; charset=utf-8"


class KeptRows:
    """Rows with their keys, and why each was kept, as CSV.

    Args:
        job: the replay.
        files: where they lie.
        language: the tag of the one that the file is in.

    """

    def __init__(self, job: ImportJob, files: Files, language: Callable[[], str]) -> None:
        self._language_tag = language
        self._files = files
        self._prefix = f"imports/{job.id}/"
        self._name = f"{stem(job.request.file_name)}-kept.csv"
        self._cells = Cells(COMMAS)

    def put(self, number: int, rows: Sequence[tuple[Swap, str]]) -> None:
        """Store the rows of a piece; doing so again writes the same."""
        if rows:
            language = closest(self._language_tag())
            lines = [
                self._cells.line(
                    [str(swap.line) if swap.line else None, swap.label, translated(why, language)]
                )
                for swap, why in rows
            ]
            self._files.put(f"{self._prefix}kept/{number:012d}", b"".join(lines))

    def publish(self, on_block: Callable[[], object]) -> str:
        """Make the pieces one file and return its key, "" where no row was kept."""
        names = sorted(self._files.names(f"{self._prefix}kept/"))
        if not names:
            return ""
        key = f"{self._prefix}{self._name}"
        self._files.write(key, self._text(names, on_block), _MEDIA_TYPE)
        return key

    def _text(self, names: Sequence[str], on_block: Callable[[], object]) -> Iterator[bytes]:
        yield BOM + self._cells.line(["line", "key", "reason"])
        for name in names:
            on_block()
            yield from self._files.blocks(f"{self._prefix}kept/{name}")
