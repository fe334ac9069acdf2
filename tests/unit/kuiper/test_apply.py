import json

import pytest
from hypothesis import given, settings

from ferry.kuiper.apply.application import MAX_TEXT, apply, files_wanted
from ferry.kuiper.apply.draft import Fetched, Skipped
from ferry.kuiper.apply.mode import Mode
from ferry.kuiper.document.decoding import decode
from ferry.kuiper.document.document import Document
from ferry.kuiper.document.sections import Section, Wire
from ferry.kuiper.items.installable import FileFault, FileStage
from tests.unit.kuiper.strategies import documents, rule, stream, valid_documents

PLUGIN = '{"name":"p","file":"https://h/p.zip"}'


def one(section: Section, key: str, text: str) -> Document:
    return Document({section: {key: text}})


@given(documents, documents)
def test_any_import_is_applied_without_touching_its_arguments(
    current: Document, imported: Document
) -> None:
    before = current.encoded(), imported.encoded()
    for mode in Mode:
        for wire in Wire:
            applied = apply(current, imported, mode, wire=wire)
            assert set(applied.files) <= set(files_wanted(current, imported, mode))
            for section, errors in applied.errors.items():
                assert errors.keys() <= imported[section].keys()
    assert (current.encoded(), imported.encoded()) == before


@given(valid_documents())
@settings(max_examples=50)
def test_exported_document_imports_as_itself(document: Document) -> None:
    first = apply(Document(), document, Mode.FULL)
    assert first.succeeded

    again = apply(Document(), decode(first.document.encoded()), Mode.FULL)

    assert again.succeeded
    assert again.document == first.document


@given(valid_documents(), documents)
@settings(max_examples=50)
def test_full_import_does_not_depend_on_what_was_there(
    document: Document, current: Document
) -> None:
    assert apply(current, document, Mode.FULL) == apply(Document(), document, Mode.FULL)


@given(valid_documents(), valid_documents())
@settings(max_examples=50)
def test_partial_import_of_nothing_changes_nothing(one_: Document, other: Document) -> None:
    current = apply(apply(Document(), one_, Mode.FULL).document, other, Mode.PARTIAL).document
    assert apply(current, Document(), Mode.PARTIAL).document == current


def test_full_import_replaces_everything() -> None:
    current = one(Section.STREAMS, "old", stream("old"))
    applied = apply(current, one(Section.STREAMS, "demo", stream()), Mode.FULL)
    assert list(applied.document.items()) == [(Section.STREAMS, "demo", stream())]


def test_partial_import_keeps_what_it_does_not_name() -> None:
    current = one(Section.STREAMS, "demo", stream())
    applied = apply(current, one(Section.RULES, "r", rule()), Mode.PARTIAL)
    assert applied.succeeded
    assert applied.document[Section.STREAMS] == current[Section.STREAMS]


def test_rule_may_read_from_a_stream_of_the_same_import() -> None:
    both = Document({Section.RULES: {"r": rule()}, Section.STREAMS: {"demo": stream()}})
    assert apply(Document(), both, Mode.PARTIAL).succeeded


def test_failed_update_keeps_what_is_in_force() -> None:
    current = Document({Section.RULES: {"r": rule()}, Section.STREAMS: {"demo": stream()}})
    broken = Document({Section.RULES: {"r": "x"}, Section.STREAMS: {"demo": "DROP STREAM demo"}})
    applied = apply(current, broken, Mode.PARTIAL)
    assert applied.document == current
    assert applied.errors == {
        Section.STREAMS: {"demo": "Invalid stream statement: DROP STREAM demo"},
        Section.RULES: {
            "r": "Invalid rule json: Parse rule x error : "
            "invalid character 'x' looking for beginning of value."
        },
    }


@pytest.mark.parametrize(
    ("old", "new", "accepted"),
    [
        ("", "", True),
        ("", "1", True),
        ("1", "2", True),
        ("9", "10", False),
        ("1", "1", False),
        ("1", "", False),
    ],
)
def test_versions_of_rules_grow_as_text(old: str, new: str, *, accepted: bool) -> None:
    current = Document(
        {Section.RULES: {"r": rule(version=old)}, Section.STREAMS: {"demo": stream()}}
    )
    applied = apply(current, one(Section.RULES, "r", rule(version=new)), Mode.PARTIAL)
    assert applied.succeeded is accepted
    if not accepted:
        assert applied.errors[Section.RULES]["r"] == (
            f"rule r already exists with version ({old}), new version ({new}) is lower"
        )


def test_unreadable_predecessors_can_be_replaced() -> None:
    current = Document({Section.RULES: {"r": "x"}, Section.STREAMS: {"demo": "x"}})
    fresh = Document({Section.RULES: {"r": rule()}, Section.STREAMS: {"demo": stream()}})
    assert apply(current, fresh, Mode.PARTIAL).succeeded


def test_one_name_is_a_stream_or_a_table() -> None:
    table = stream().replace("STREAM", "TABLE")
    both = Document({Section.STREAMS: {"demo": stream()}, Section.TABLES: {"demo": table}})
    errors = {Section.TABLES: {"demo": "Replace demo fails: a stream of this name exists."}}
    assert apply(Document(), both, Mode.FULL).errors == errors
    current = one(Section.STREAMS, "demo", stream())
    assert apply(current, one(Section.TABLES, "demo", table), Mode.PARTIAL).errors == errors


def test_temporary_rule_is_checked_and_named_but_not_stored() -> None:
    applied = apply(Document(), one(Section.RULES, "r", rule(temp=True)), Mode.FULL)
    assert applied.succeeded
    assert applied.document == Document()
    assert applied.skipped == {Section.RULES: {"r": Skipped.TEMPORARY}}


def test_configs_merge_by_conf_key() -> None:
    current = one(Section.SOURCE_CONFIG, "mqtt", '{"a":{"x":1},"b":{"x":2}}')
    imported = Document(
        {Section.SOURCE_CONFIG: {"mqtt": '{"b":{"y":3.0},"c":null}', "file": "{}", "sql": "null"}}
    )
    applied = apply(current, imported, Mode.PARTIAL)
    assert applied.succeeded
    assert applied.document[Section.SOURCE_CONFIG] == {"mqtt": '{"a":{"x":1},"b":{"y":3},"c":{}}'}


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "unexpected end of JSON input"),
        (
            "[]",
            "json: cannot unmarshal array into Go value of type map[string]map[string]interface {}",
        ),
        ('{"a":1}', "json: cannot unmarshal number into Go value of type map[string]interface {}"),
        ('{"a":{"b":' + "[" * 10_000, "exceeded max depth"),
    ],
)
def test_config_that_is_no_map_of_maps(text: str, error: str) -> None:
    applied = apply(Document(), one(Section.SINK_CONFIG, "mqtt", text), Mode.FULL)
    assert applied.errors == {Section.SINK_CONFIG: {"mqtt": error}}


def test_actions_of_old_versions_are_renamed_in_a_partial_import_under_v2() -> None:
    old = rule(
        actions=[{"sql": {"url": "u", "n": 1.0}}, {"kafka": {"saslPassword": "p"}}, {"log": ""}]
    )
    imported = Document({Section.RULES: {"r": old}, Section.STREAMS: {"demo": stream()}})

    partial = apply(Document(), imported, Mode.PARTIAL, wire=Wire.V2).document
    full = apply(Document(), imported, Mode.FULL, wire=Wire.V2).document

    assert partial[Section.RULES]["r"] == (
        '{"actions":[{"sql":{"dburl":"u","n":1}},{"kafka":{"password":"p"}},{"log":""}],'
        '"sql":"SELECT * FROM demo"}'
    )
    assert full[Section.RULES]["r"] == old


@pytest.mark.parametrize("actions", [[{"log": {}}], [None, {"mqtt": {"url": "u"}}]])
def test_rules_without_old_names_stay_verbatim_under_v2(actions: list[object]) -> None:
    text = rule(actions=actions)
    imported = Document({Section.RULES: {"r": text}, Section.STREAMS: {"demo": stream()}})
    applied = apply(Document(), imported, Mode.PARTIAL, wire=Wire.V2)
    assert applied.document[Section.RULES]["r"] == text


def test_properties_already_renamed_are_left_alone() -> None:
    text = rule(actions=[{"sql": {"url": "a", "dburl": "b"}}, {"other": {"url": "c"}}])
    imported = Document({Section.RULES: {"r": text}, Section.STREAMS: {"demo": stream()}})
    applied = apply(Document(), imported, Mode.PARTIAL, wire=Wire.V2)
    assert applied.document[Section.RULES]["r"] == text


@pytest.mark.parametrize(
    "section", [Section.NATIVE_PLUGINS, Section.PORTABLE_PLUGINS, Section.SERVICE, Section.SCHEMA]
)
def test_installed_items_are_skipped_and_named(section: Section) -> None:
    key = {Section.NATIVE_PLUGINS: "sources_p", Section.SCHEMA: "custom_p"}.get(section, "p")
    text = '{"type":"custom","name":"p","file":"https://h/p.zip"}'
    current = apply(Document(), one(section, key, text), Mode.FULL).document
    alias = "sources_alias" if section is Section.NATIVE_PLUGINS else "alias"
    again = Document({section: {key: "not even JSON", alias: text}})

    applied = apply(current, again, Mode.PARTIAL)

    assert applied.document == current
    assert applied.succeeded
    assert applied.skipped == {section: {key: Skipped.EXISTS, alias: Skipped.EXISTS}}
    assert files_wanted(current, again, Mode.PARTIAL) == ()


@pytest.mark.parametrize(
    ("section", "error"),
    [
        (Section.PORTABLE_PLUGINS, "invalid name p: duplicate"),
        (Section.SERVICE, "service p exist"),
    ],
)
def test_twins_of_one_import_are_refused(section: Section, error: str) -> None:
    applied = apply(Document(), Document({section: {"a": PLUGIN, "b": PLUGIN}}), Mode.FULL)
    assert list(applied.document[section]) == ["p"]
    assert applied.errors == {section: {"b": error}}


def test_schema_twins_go_by_version() -> None:
    schema = {"type": "custom", "name": "p"}
    texts = {v: json.dumps({**schema, "version": v}) for v in ("1", "2", "0")}
    applied = apply(Document(), Document({Section.SCHEMA: texts}), Mode.FULL)
    assert applied.document[Section.SCHEMA] == {"custom_p": texts["2"]}
    assert applied.errors == {
        Section.SCHEMA: {"0": "schema custom.p already registered with a newer version 2"}
    }


def test_uploads_and_scripts_are_replaced() -> None:
    texts = {
        Section.UPLOADS: {"a.txt": '{"name":"a.txt","content":"1"}'},
        Section.SCRIPTS: {"f": '{"id":"f","script":"function f(){}"}'},
    }
    current = Document({section: dict.fromkeys(items, "old") for section, items in texts.items()})
    applied = apply(current, Document(texts), Mode.PARTIAL)
    assert applied.document == Document(texts)


def test_files_are_wanted_once_and_only_by_items_that_stand() -> None:
    imported = Document(
        {
            Section.PORTABLE_PLUGINS: {"p": PLUGIN, "q": '{"name":"q","file":"nowhere"}'},
            Section.SERVICE: {"s": '{"name":"s","file":"https://h/p.zip"}'},
            Section.SCHEMA: {
                "c": '{"type":"custom","name":"c","file":"s3://b/c","soFile":"s3://b/so"}'
            },
        }
    )
    assert files_wanted(Document(), imported, Mode.FULL) == (
        "https://h/p.zip",
        "s3://b/c",
        "s3://b/so",
    )


def test_bad_archive_is_the_items_error() -> None:
    faults = {"https://h/p.zip": FileFault(FileStage.CONTENT, "no zip")}
    imported = one(Section.PORTABLE_PLUGINS, "p", PLUGIN)
    applied = apply(Document(), imported, Mode.FULL, fetched=Fetched(faults))
    assert applied.errors == {Section.PORTABLE_PLUGINS: {"p": "fail to install plugin: no zip"}}
    assert applied.files == ()


def test_texts_too_long_are_refused() -> None:
    imported = Document(
        {
            Section.RULES: {"r": " " * (MAX_TEXT + 1)},
            Section.PORTABLE_PLUGINS: {"p": "x" * (MAX_TEXT + 1)},
        }
    )
    applied = apply(Document(), imported, Mode.FULL)
    assert applied.errors[Section.RULES]["r"] == (
        "the text is 1000001 characters long, more than 1000000"
    )
    assert files_wanted(Document(), imported, Mode.FULL) == ()
