"""Whatever comes in is read, or refused by an exception of its kind: `make fuzz TIME=60`."""

import contextlib
import io
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings, target
from hypothesis import strategies as st

import ferry
from ferry.files.formats import FORMATS
from tests.security.parsers import PARSERS, Parser
from tests.security.test_growth import GROWING
from tests.workbooks import before_itself

TOKENS = [
    *(b"\0", b"\xff", b"\xef\xbb\xbf", b"\r\n", b"\n", b'"', b"'", b",", b";", b"\t", b"\\", b"="),
    *(b"{", b"}", b"[", b"]", b":", b"<", b">", b"&", b"&#0;", b"(", b")", b"*", b"-", b"--x"),
    *(b"null", b"true", b"NaN", b"1e999", b"9" * 40, b"-0", b"0x", b"\\ud800", b"<!DOCTYPE a>"),
    *(b"$and", b"$in", b"$", b"!!binary ", b"&a ", b"*a", b"<<", b"PK\5\6", b"r=", b'"ZZZZ9"'),
]
_SOURCES = str(Path(ferry.__file__).parent)
_TOOL = 4  # of sys.monitoring; 0 to 3 and 5 have names of their own


def test_every_format_and_every_parser_is_fuzzed_and_held_to_growth():
    growing = {str(param.id).partition(":")[0] for param in GROWING}
    # `test_workbook_limits.py` holds workbooks to it, and a limit of memory the other process.
    elsewhere = {"xlsx", "parquet rows"}

    assert set(FORMATS) <= set(PARSERS) == growing | elsewhere


def test_an_archive_whose_directory_leads_out_of_it_is_refused():
    """What fuzzing has found: such a workbook was tried again and again."""
    for name in ("xlsx", "ods", "archive"):
        parser = PARSERS[name]
        with pytest.raises(parser.refuses):
            parser.read(before_itself(parser.seeds[0]))


@pytest.mark.parametrize("name", PARSERS)
def test_whatever_comes_in_is_read_or_refused(name, pytestconfig):
    parser = PARSERS[name]
    seconds = pytestconfig.getoption("fuzz_seconds")
    fuzz = settings(
        max_examples=parser.examples,
        derandomize=not seconds,
        database=None,
        deadline=None,
        phases=[Phase.generate, Phase.target, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )(given(_inputs(parser))(lambda data: _read(parser, data)))

    ends_at = time.monotonic() + seconds / len(PARSERS)
    fuzz()
    while time.monotonic() < ends_at:
        fuzz()


def _read(parser: Parser, data: bytes) -> None:
    with _Coverage() as lines, contextlib.suppress(*parser.refuses):
        parser.read(data)
    target(float(len(lines)), label="lines of the package")


def _inputs(parser: Parser) -> st.SearchStrategy[bytes]:
    seed = st.sampled_from(parser.seeds)
    changed = st.builds(_changed, seed, st.lists(_EDITS, min_size=1, max_size=6))
    if not parser.packed:
        return changed
    members = st.builds(
        _repacked, seed, st.integers(0, 9), st.lists(_EDITS, min_size=1, max_size=6)
    )
    return st.one_of(members, members, changed)


_PLACE = st.floats(0, 1)
_EDITS = st.tuples(
    st.sampled_from(["insert", "replace", "remove", "repeat", "cut"]),
    _PLACE,
    st.integers(1, 40),
    st.one_of(st.sampled_from(TOKENS), st.binary(max_size=6)),
)


def _changed(data: bytes, edits: list[Any]) -> bytes:
    for kind, place, length, token in edits:
        at = int(place * len(data))
        before, part, rest = data[:at], data[at : at + length], data[at + length :]
        data = {
            "insert": before + token + part + rest,
            "replace": before + token + data[at + len(token) :],
            "remove": before + rest,
            "repeat": before + part * 3 + rest,
            "cut": before,
        }[kind]
    return data


def _repacked(data: bytes, number: int, edits: list[Any]) -> bytes:
    """Change one member of an archive, whose checksums then hold."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(packed, "w") as new:
        members = old.namelist()
        for member in members:
            content = old.read(member)
            chosen = member == members[number % len(members)]
            new.writestr(member, _changed(content, edits) if chosen else content)
    return packed.getvalue()


class _Coverage:
    """Collects the lines of the package that run: more of them lead to the next inputs."""

    def __enter__(self) -> set[tuple[str, int]]:
        lines: set[tuple[str, int]] = set()

        def note(code: Any, line: int) -> object:
            if not code.co_filename.startswith(_SOURCES):
                return sys.monitoring.DISABLE
            lines.add((code.co_filename, line))
            return None

        sys.monitoring.use_tool_id(_TOOL, "fuzzing")
        sys.monitoring.register_callback(_TOOL, sys.monitoring.events.LINE, note)
        sys.monitoring.set_events(_TOOL, sys.monitoring.events.LINE)
        return lines

    def __exit__(self, *_: object) -> None:
        sys.monitoring.set_events(_TOOL, 0)
        sys.monitoring.free_tool_id(_TOOL)
