import pytest

from ferry.errors import InvalidFile
from ferry.files.formats import FORMATS, of_file


@pytest.mark.parametrize(
    ("file", "name"),
    [("a.csv", "csv"), ("A.B.JSON", "json"), ("名.jsonl", "jsonl"), ("a.TSV", "tsv")],
)
def test_a_file_name_tells_the_format(file: str, name: str) -> None:
    assert of_file(file) is FORMATS[name]


@pytest.mark.parametrize("file", ["a.txt", "a.exe", "csv", ".csv", "a.csv.", ""])  # F4
def test_other_file_names_are_refused(file: str) -> None:
    with pytest.raises(InvalidFile, match=r"one of \.csv, \.tsv, \.json, \.jsonl, \.xlsx"):
        of_file(file)
