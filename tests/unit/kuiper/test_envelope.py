import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferry.errors import Malformed
from ferry.kuiper.document.sections import Wire
from ferry.kuiper.envelope import ImportSource, read_rule_ids, read_source
from tests.unit.kuiper.strategies import fault_of, json_like


@pytest.mark.parametrize(
    ("body", "source"),
    [
        (b'{"content":"{}"}', ImportSource(content="{}")),
        (b'{"CONTENT":"{}"} trailing', ImportSource(content="{}")),
        (b'{"content":"a","content":"b","other":[]}', ImportSource(content="b")),
        (b'{"content":"\xff"}', ImportSource(content="\ufffd")),
        (b' {"file":"https://h/a.json","content":null}', ImportSource(file="https://h/a.json")),
        (json.dumps({"content": "温"}).encode(), ImportSource(content="温")),
    ],
)
def test_source_is_read(body: bytes, source: ImportSource) -> None:
    assert read_source(body) == source


def test_seed_format_says_bad_request() -> None:
    with pytest.raises(
        Malformed, match=r"^Invalid body: must specify content or file: bad request$"
    ):
        read_source(b"{}", Wire.SEED)


@given(st.binary() | json_like.map(str.encode))
def test_any_body_is_a_source_or_refused(body: bytes) -> None:
    fault = fault_of(lambda _: read_source(body), "", Malformed)
    assert fault is None or str(fault).startswith("Invalid body: ")
    assert all(isinstance(id_, str) for id_ in read_rule_ids(body))


@pytest.mark.parametrize(
    ("body", "ids"),
    [
        (b'["rule1","rule2"]', ["rule1", "rule2"]),
        (b'["a",1,null,{}] x', ["a", "", "", ""]),
        (b"[]", []),
        (b"", []),
        (b"garbage", []),
        (b'["a","b"', []),
        (b"{}", []),
        (b"null", []),
        (b"[" * 20_000, []),
    ],
)
def test_rule_ids_are_what_can_be_read(body: bytes, ids: list[str]) -> None:
    assert read_rule_ids(body) == ids
