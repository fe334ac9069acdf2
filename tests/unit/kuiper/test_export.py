import json
from typing import Any

import pytest
from hypothesis import given

from ferry.errors import Malformed
from ferry.kuiper.apply.application import apply
from ferry.kuiper.apply.mode import Mode
from ferry.kuiper.document.document import Document
from ferry.kuiper.document.sections import Section
from ferry.kuiper.export.ruleset import encode_ruleset, import_summary, ruleset_of
from ferry.kuiper.export.selection import select_rules
from ferry.kuiper.export.structured import first_error, from_structured, to_structured
from tests.unit.kuiper.strategies import documents, json_values, rule, stream, texts

PLUGIN = '{"name":"p","file":"https://h/p.zip"}'


def whole() -> Document:
    return Document(
        {
            Section.STREAMS: {
                "demo": stream(options=', TYPE="mqtt", CONF_KEY="td"'),
                "typeless": stream("typeless", ', CONF_KEY="td"'),
                "proto": stream("proto", ', TYPE="video", FORMAT="protobuf", SCHEMAID="a.M"'),
                "PROTO": stream("PROTO", ', FORMAT="PROTOBUF", SCHEMAID="a.M"'),
                "other": stream("other"),
            },
            Section.TABLES: {"t": stream("t").replace("STREAM", "TABLE")},
            Section.RULES: {
                "r1": rule(sql="SELECT image(a) FROM demo INNER JOIN t ON demo.a = t.a"),
                "r2": rule(sql="SELECT * FROM typeless"),
                "r3": rule(
                    sql="SELECT Svc(a), area(b), avg(c) FROM proto, x"[:-3],
                    actions=[
                        {"tdengine": {"resourceId": "k", "format": "custom", "schemaId": "b.M"}},
                        {"mqtt": {"format": "json", "schemaId": "ignored.M"}},
                        {"log": ""},
                    ],
                ),
                "r4": rule(sql="not SQL"),
                "r5": rule(sql="SELECT * FROM PROTO, x"[:-3]),
            },
            Section.NATIVE_PLUGINS: {
                "functions_image": PLUGIN,
                "sources_video": PLUGIN,
                "sinks_tdengine": PLUGIN,
                "sinks_video": PLUGIN,
                "functions_broken": "not JSON",
                "functions_pack": '{"name":"pack","file":"https://h/p.zip","functions":["thumb"]}',
            },
            Section.PORTABLE_PLUGINS: {"pysam": PLUGIN},
            Section.SOURCE_CONFIG: {"mqtt": '{"default":{"a":1},"td":{"b":2}}'},
            Section.SINK_CONFIG: {"tdengine": '{"k":{"x":1},"l":{}}'},
            Section.CONNECTION_CONFIG: {"mqtt": '{"c":{}}'},
            Section.SERVICE: {"svc": PLUGIN},
            Section.SCHEMA: {"protobuf_a": "{}", "custom_b": "{}", "custom_c": "{}"},
            Section.UPLOADS: {"u": "{}"},
            Section.SCRIPTS: {"area": "{}"},
        }
    )


def keys(document: Document) -> dict[str, list[str]]:
    always = {Section.CONNECTION_CONFIG, Section.UPLOADS}
    return {s.value: list(items) for s, items in document.texts().items() if s not in always}


@pytest.mark.parametrize(
    ("id_", "selected"),
    [
        (
            "r1",
            {
                "streams": ["demo"],
                "tables": ["t"],
                "rules": ["r1"],
                "nativePlugins": ["functions_image"],
                "sourceConfig": ["mqtt"],
            },
        ),
        ("r2", {"streams": ["typeless"], "rules": ["r2"]}),
        (
            "r3",
            {
                "streams": ["proto"],
                "rules": ["r3"],
                "nativePlugins": ["sources_video", "sinks_tdengine"],
                "sinkConfig": ["tdengine"],
                "Service": ["svc"],
                "Schema": ["protobuf_a", "custom_b"],
            },
        ),
        ("r4", {"rules": ["r4"]}),
        ("r5", {"streams": ["PROTO"], "rules": ["r5"], "Schema": ["PROTOBUF_a"]}),
    ],
)
def test_rule_goes_with_what_it_needs(id_: str, selected: dict[str, list[str]]) -> None:
    assert keys(select_rules(whole(), [id_])) == selected


def test_only_the_conf_keys_in_use_go() -> None:
    assert select_rules(whole(), ["r1"])[Section.SOURCE_CONFIG] == {"mqtt": '{"td":{"b":2}}'}
    assert select_rules(whole(), ["r3"])[Section.SINK_CONFIG] == {"tdengine": '{"k":{"x":1}}'}


def test_schema_that_is_not_there_is_empty() -> None:
    assert select_rules(whole(), ["r5"])[Section.SCHEMA] == {"PROTOBUF_a": ""}


def test_unknown_rule_is_empty_and_connections_and_uploads_always_go() -> None:
    selected = select_rules(whole(), ["nope", "nope"])
    assert selected[Section.RULES] == {"nope": ""}
    assert selected[Section.CONNECTION_CONFIG] == {"mqtt": '{"c":{}}'}
    assert select_rules(whole(), []).texts().keys() == {Section.CONNECTION_CONFIG, Section.UPLOADS}


def test_archives_may_hold_more_than_their_name() -> None:
    document = Document(
        {
            **whole().texts(),
            Section.RULES: {
                "r": rule(sql="SELECT THUMB(a), revert(b) FROM other", actions=[{"zmq": {}}])
            },
        }
    )
    assert keys(select_rules(document, ["r"]))["nativePlugins"] == ["functions_pack"]
    provided = {
        Section.PORTABLE_PLUGINS: {"pysam": frozenset({"revert"})},
        Section.NATIVE_PLUGINS: {"sinks_video": frozenset({"zmq"})},
    }
    selected = keys(select_rules(document, ["r"], provided))
    assert selected["portablePlugins"] == ["pysam"]
    assert selected["nativePlugins"] == ["functions_pack", "sinks_video"]


def test_graph_rule_goes_with_its_nodes_needs() -> None:
    graph = {
        "nodes": {
            "in": {
                "type": "source",
                "nodeType": "mqtt",
                "props": {"confKey": "td", "sourceName": "demo"},
            },
            "f": {"type": "operator", "nodeType": "filter", "props": {"expr": ["image(a) > 1"]}},
            "out": {"type": "sink", "nodeType": "tdengine", "props": {"resourceId": "l"}},
            "none": None,
        },
        "topo": {},
    }
    document = Document({**whole().texts(), Section.RULES: {"g": json.dumps({"graph": graph})}})
    assert keys(select_rules(document, ["g"])) == {
        "streams": ["demo"],
        "rules": ["g"],
        "nativePlugins": ["functions_image", "sinks_tdengine"],
        "sourceConfig": ["mqtt"],
        "sinkConfig": ["tdengine"],
    }


@given(documents, texts)
def test_any_document_can_be_selected_from(document: Document, id_: str) -> None:
    ids = [*document[Section.RULES], id_]
    assert select_rules(document, ids)[Section.RULES].keys() == set(ids)


STRUCTURED: dict[str, Any] = {
    "sourceConfig": {"sources.mqtt.a.b": {"qos": 1, "x": 1.5}, "sources.mqtt.c": {}},
    "uploads": {"u": {"name": "u", "content": "x"}},
    "service": {"s": {"name": "s", "file": "https://h/s.zip"}},
    "schema": {"custom_c": {"type": "custom", "name": "c"}},
    "portablePlugins": {"p": {"name": "p", "file": "https://h/p.zip", "shellParas": ["a"]}},
    "streams": {"demo": {"sql": stream()}},
    "rules": {"r": {"sql": "SELECT * FROM demo", "actions": [{"log": {}}], "options": {"qos": 1}}},
}


def test_structured_form_comes_back() -> None:
    document, _ = from_structured(STRUCTURED)
    applied = apply(Document(), document, Mode.FULL)
    assert first_error(applied) is None
    assert to_structured(applied.document) == STRUCTURED
    assert document[Section.SOURCE_CONFIG] == {"mqtt": '{"a.b":{"qos":1,"x":1.5},"c":{}}'}


def test_empty_structured_form_has_streams_and_rules() -> None:
    assert to_structured(Document()) == {"streams": {}, "rules": {}}
    assert from_structured(None) == (Document(), ())
    document, ignored = from_structured({"rules": None, "unknown": 1})
    assert (document, ignored) == (Document(), ('"unknown" is no section and was ignored',))


def test_structured_form_takes_old_spellings() -> None:
    data = {"Schema": {"a": "{}"}, "streams": {"s": "CREATE"}, "SERVICE": {1: {2: 3}}}
    assert from_structured(data)[0] == Document(
        {
            Section.SCHEMA: {"a": "{}"},
            Section.STREAMS: {"s": "CREATE"},
            Section.SERVICE: {"1": '{"2":3}'},
        }
    )


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (
            {"scripts": {"f": {"id": "f"}}, "rules": {}},
            'unknown section "scripts"; sections are sourceConfig, sinkConfig, connectionConfig, '
            "uploads, service, schema, nativePlugins, portablePlugins, streams, tables, rules; "
            "nothing was changed",
        ),
        ([], "the document is not a map"),
        ({"rules": []}, "rules is not a map"),
        ({"streams": {"s": {}}}, "s has no sql"),
        ({"sinkConfig": {"sources.a.b": {}}}, "sources.a.b is not sinks.<type>.<key>"),
        ({"sinkConfig": {"sinks.a": {}}}, "sinks.a is not sinks.<type>.<key>"),
        (
            {"rules": {"r": {"a": object()}}},
            "r cannot be written as JSON: Encoding objects of type object is unsupported",
        ),
    ],
)
def test_structured_form_is_refused(data: object, fault: str) -> None:
    with pytest.raises(Malformed) as refused:
        from_structured(data)
    assert str(refused.value) == f"import failed: {fault}"


def test_structured_form_that_holds_itself_is_refused() -> None:
    loop: dict[str, Any] = {}
    loop["a"] = loop
    with pytest.raises(Malformed, match="cannot be written as JSON"):
        from_structured({"rules": {"r": loop}})


def test_structured_import_stops_at_the_first_error_of_its_order() -> None:
    document = Document({Section.RULES: {"r": "x"}, Section.STREAMS: {"s": "x"}})
    error = first_error(apply(Document(), document, Mode.PARTIAL))
    assert error == "import failed: Invalid stream statement: x"


@given(documents)
def test_any_document_has_a_structured_form(document: Document) -> None:
    to_structured(document)


@given(json_values)
def test_any_value_is_a_structured_form_or_refused(value: Any) -> None:
    data = {"rules": {"r": value}, "sourceConfig": {"sources.a.b": value}}
    assert from_structured(data)[0][Section.RULES].keys() == {"r"}


def test_ruleset_counts_what_was_imported() -> None:
    imported = ruleset_of(
        Document(
            {
                Section.STREAMS: {"demo": stream(), "bad": "x"},
                Section.RULES: {"r": rule(), "temp": rule(temp=True), "bad": "x"},
                Section.SCRIPTS: {"f": "not read"},
            }
        )
    )
    applied = apply(Document(), imported, Mode.PARTIAL)
    assert import_summary(imported, applied) == "imported 1 streams, 0 tables and 1 rules"
    assert list(json.loads(encode_ruleset(applied.document))) == ["streams", "tables", "rules"]
