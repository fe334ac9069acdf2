"""The sheets of an OpenDocument spreadsheet (ISO/IEC 26300), row by row.

All sheets are in one part, which is parsed once as it is unpacked. A sheet that is wanted after
others have been looked at is parsed again from the part's start.
"""

from collections.abc import Iterator
from itertools import islice

from ferry.errors import InvalidFile
from ferry.files.ods.table_rows import FoundRow, TableRows
from ferry.files.xlsx.packaging import Package
from ferry.files.xlsx.sheet_lines import SheetRow
from ferry.files.xlsx.table_search import Sheet
from ferry.files.xlsx.workbook_xml import Attributes, Ignoring, parse
from ferry.tables.values import shown

CONTENT = "content.xml"
_MANIFEST = "META-INF/manifest.xml"
_LISTED = 20


class Spreadsheet:
    """An OpenDocument spreadsheet.

    Raises:
        InvalidFile: it is encrypted.

    """

    def __init__(self, package: Package) -> None:
        manifest = _Manifest()
        for _ in parse(package.optional(_MANIFEST), manifest):
            pass
        if manifest.encrypted:
            raise InvalidFile(
                "the spreadsheet is encrypted; open it with its password, save it without one, and "
                "send it again"
            )
        self._package = package
        self._at = 0
        self._start: FoundRow | None = None

    def sheets(self, name: str) -> Iterator[Sheet]:
        """Yield the sheet of that name or number, or all that are not hidden.

        Raises:
            InvalidFile: there is none.

        """
        rows, names, chosen = self._rows(), [], False
        while found := self._next(rows):
            if found.row:  # the rest of a sheet without the table
                continue
            self._at = found.table
            names.append(shown(found.name))
            if _is_named(found, name) if name else not found.hidden:
                chosen = True
                yield Sheet(found.name, found.table, self._rows_of(found.table, rows))
        if not chosen:
            raise InvalidFile(
                f"the spreadsheet has no sheet {shown(name)}; it has {', '.join(names[:_LISTED])}"
                if name
                else "the spreadsheet has no sheet with cells"
            )

    def _next(self, rows: Iterator[FoundRow]) -> FoundRow | None:
        found, self._start = self._start, None
        return found or next(rows, None)

    def _rows_of(self, number: int, rows: Iterator[FoundRow]) -> Iterator[SheetRow]:
        count = 0
        while self._at == number:
            found = next(rows, None)
            if found is None or found.row is None:
                self._start = found
                return
            count += 1
            yield found.row
        again = (found for found in self._rows(number) if found.table == number and found.row)
        yield from (found.row for found in islice(again, count, None) if found.row)

    def _rows(self, last: int = 0) -> Iterator[FoundRow]:
        """Yield the start of each table and its rows, up to the table of the number `last`."""
        handlers = TableRows()
        for _ in parse(self._package.blocks(CONTENT), handlers):
            for found in handlers.taken():
                if 0 < last < found.table:
                    return
                yield found


def _is_named(start: FoundRow, name: str) -> bool:
    asked = name.strip()
    return start.name.strip().casefold() == asked.casefold() or str(start.table) == asked


class _Manifest(Ignoring):
    """Whether a part is encrypted (ISO/IEC 26300-3, 4.4)."""

    encrypted = False

    def start(self, name: str, _: Attributes) -> None:
        """Take an entry, or what it says of its encryption."""
        self.encrypted = self.encrypted or name == "encryption-data"
