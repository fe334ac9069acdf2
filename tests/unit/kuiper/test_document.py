import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferry.errors import Malformed
from ferry.kuiper.document.decoding import decode, decode_import
from ferry.kuiper.document.document import Document
from ferry.kuiper.document.sections import Section, Wire
from tests.unit.kuiper.strategies import documents, fault_of, json_like


@given(documents)
def test_encoded_document_decodes_to_itself(document: Document) -> None:
    for wire in Wire:
        assert decode(document.encoded(wire)) == document
        assert decode(document.encoded(wire).decode()) == document


@given(documents)
def test_encoding_is_canonical(document: Document) -> None:
    encoded = document.encoded()
    assert decode(encoded).encoded() == encoded
    assert hash(decode(encoded)) == hash(document)


@given(json_like | st.text() | st.binary())
def test_any_content_is_a_document_or_refused(content: str | bytes) -> None:
    if isinstance(content, bytes):
        content = content.decode("utf-8", "surrogateescape")
    fault = fault_of(decode, content, Malformed)
    assert fault is None or str(fault).startswith("configuration unmarshal with error ")


def test_ten_sections_in_order_and_two_more_when_they_hold_something() -> None:
    ten = [section.value for section in Section][:10]
    assert list(json.loads(Document().encoded(Wire.SEED))) == ten
    assert list(json.loads(Document().encoded(Wire.V2))) == [*ten, "uploads", "scripts"]
    with_script = Document({Section.SCRIPTS: {"f": "{}"}})
    assert list(json.loads(with_script.encoded(Wire.SEED))) == [*ten, "scripts"]


def test_export_is_compact_sorted_and_escaped() -> None:
    document = Document({Section.RULES: {"é": "温", "b": "<a&b>\u2028", "B": '"\n'}})
    assert (
        document.encoded(Wire.SEED)
        .decode()
        .startswith(
            '{"streams":{},"tables":{},"rules":{"B":"\\"\\n","b":"\\u003ca\\u0026b\\u003e\\u2028",'
            '"é":"温"},"nativePlugins":{}'
        )
    )


@pytest.mark.parametrize(
    ("content", "rules"),
    [
        ("null", {}),
        ("{}", {}),
        ('{"rules":null}', {}),
        ('{"rules":{"a":null}}', {"a": ""}),
        ('{"rules":{"a":"1","a":"2"}}', {"a": "2"}),
        ('{"rules":{"a":"1"},"RULES":{"b":"2"}}', {"a": "1", "b": "2"}),
        ('{"rules":{"a":"1"},"rules":null,"Rules":{"b":"2"}}', {"b": "2"}),
        ('{"rule\u017f":{"a":"1"}}', {"a": "1"}),
        ('{"other":[ ],"more":{},"version":2,"rules":{"a":"1"}}', {"a": "1"}),
        (' {"rules" : {"\\u0061" : "\\ud83d\\ude00\\ud800"} } \n', {"a": "😀\ufffd"}),
        (b'{"rules":{"a\xff":"\xe6\xb8"}}', {"a\ufffd": "\ufffd\ufffd"}),
        ('{"rules":{"温":"\\t"}}'.encode(), {"温": "\t"}),
    ],
)
def test_content_is_read_as_go_reads_it(content: str | bytes, rules: dict[str, str]) -> None:
    assert decode(content)[Section.RULES] == rules


@pytest.mark.parametrize(
    ("content", "names"),
    [
        ('{"other":[{"a":[1,2,{}]}],"rules":{"a":"1"}}', ['"other"']),
        ('{"stream":{"a":"b"},"rule":{},"version":"2"}',
         ['"stream" (did you mean "streams"?), "rule" (did you mean "rules"?), "version"']),
        ('{"stream":{}}', ['"stream"']),
        ('{"version":1}', ['"version"']),
        ('{"sourceConfigs":{"mqtt":"{}"},"streams":{}}', ['did you mean "sourceConfig"?']),
        ('{"' + "x" * 10_000 + '":{"a":1}}', ["xxx…"]),
        ("{" + ",".join(f'"a{n}":{{"b":1}}' for n in range(30)) + "}", ['"a19"', "and 10 more"]),
    ],
)  # fmt: skip
def test_sections_that_are_unknown_are_refused(content: str, names: list[str]) -> None:
    with pytest.raises(Malformed, match="unknown section") as refused:
        decode(content)
    assert [name for name in names if name not in str(refused.value)] == []
    assert len(str(refused.value)) < 2_000


def test_unknown_members_without_items_are_named() -> None:
    document, ignored = decode_import('{"version":"2","streams":{"a":"b"},"x":{},"y":null}')
    assert document[Section.STREAMS] == {"a": "b"}
    assert ignored == tuple(f'"{n}" is no section and was ignored' for n in ("version", "x", "y"))


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("[]", "json: cannot unmarshal array into Go value of type server.Configuration"),
        ('"a"', "json: cannot unmarshal string into Go value of type server.Configuration"),
        (
            '{"rules":[]}',
            "json: cannot unmarshal array into Go struct field "
            "Configuration.rules of type map[string]string",
        ),
        (
            '{"SERVICE":1}',
            "json: cannot unmarshal number into Go struct field "
            "Configuration.Service of type map[string]string",
        ),
        (
            '{"rules":{"a":true}}',
            "json: cannot unmarshal bool into Go struct field Configuration.rules of type string",
        ),
        (
            '{"rules":{"a":true},"streams":[]}',
            "json: cannot unmarshal bool into Go struct field Configuration.rules of type string",
        ),
        ('{"rules":{"a":true}} x', "invalid character 'x' after top-level value"),
        ('{"rules":{"a":"b" "c"}}', "invalid character '\"' after object key:value pair"),
        ('{"rules":{"a":"b\nc"}}', "invalid character '\\n' in string literal"),
        (b'{"rules":\xff}', "invalid character 'ÿ' looking for beginning of value"),
        ('{"other":' + "[" * 10_001, "exceeded max depth"),
        ('{"rules":{"a":' + '{"a":' * 10_001, "exceeded max depth"),
    ],
)
def test_content_is_refused_in_the_words_of_go(content: str | bytes, fault: str) -> None:
    with pytest.raises(Malformed) as refused:
        decode(content)
    assert str(refused.value) == f"configuration unmarshal with error {fault}"


def test_documents_compare_by_what_they_hold() -> None:
    one = Document({Section.RULES: {"a": "1", "b": "2"}})
    assert one == Document({Section.RULES: {"b": "2", "a": "1"}, Section.STREAMS: {}})
    assert one != Document()
    assert one != "a document"
    assert repr(one) == "Document({<Section.RULES: 'rules'>: mappingproxy({'a': '1', 'b': '2'})})"


def test_document_does_not_follow_what_it_was_made_of() -> None:
    rules = {"a": "1"}
    document = Document({Section.RULES: rules})
    rules["b"] = "2"
    assert list(document.items()) == [(Section.RULES, "a", "1")]
