"""The file of an import as a stream of text."""

from collections.abc import Iterator

import pytest

from ferry.errors import InvalidFile
from ferry.files.position import Position
from ferry.imports.import_job import ImportOptions
from ferry.imports.source import Source, check_name
from tests.workbooks import workbook


def test_whoever_skips_to_a_checkpoint_is_heard_of() -> None:
    beats: list[int] = []
    book = workbook([["name"], *[[f"row {n}"] for n in range(60_000)]])

    def read(offset: int) -> Iterator[bytes]:
        assert offset == 0  # a workbook is read from its beginning
        yield book

    source = Source(
        "goods.xlsx",
        ImportOptions(),
        read,
        most_bytes=10**9,
        columns=("name",),
        on_block=lambda: beats.append(1),
    )
    size = sum(map(len, source.blocks()))
    beats.clear()

    rest = b"".join(source.blocks(Position(size - 10)))

    assert len(rest) == 10
    assert len(beats) > 60_000 * 60 // 65_536


@pytest.mark.parametrize("name", ["goods.xls", "Goods.XLS.gz", "goods.xlsb", "goods.numbers"])
def test_other_spreadsheets_are_named_as_such(name: str) -> None:
    with pytest.raises(InvalidFile, match="Excel Workbook"):
        check_name(name, ImportOptions())


def test_a_sheet_is_chosen_of_workbooks_only() -> None:
    options = ImportOptions(sheet="a")

    assert check_name("goods.xlsx", options).name == "xlsx"
    with pytest.raises(InvalidFile, match=r"\.xlsx"):
        check_name("goods.csv", options)
