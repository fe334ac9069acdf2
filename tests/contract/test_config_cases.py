"""The cases of docs/contract/configurations.md that need no I/O: `config/NNN.json`, by number.

Each file names the kind of its cases; a kind is a function below. Where `note` says that config.md
A wins, the case is what this project does.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ferry.configurations.yaml_text import read_yaml
from ferry.errors import InvalidItem, InvalidStatement, Malformed
from ferry.kuiper.apply.application import apply
from ferry.kuiper.apply.draft import Fetched
from ferry.kuiper.apply.mode import Mode
from ferry.kuiper.document.decoding import decode
from ferry.kuiper.document.document import Document
from ferry.kuiper.document.sections import Section, Wire
from ferry.kuiper.envelope import read_flag, read_source
from ferry.kuiper.export.ruleset import encode_ruleset, import_summary, ruleset_of
from ferry.kuiper.export.selection import select_rules
from ferry.kuiper.export.structured import from_structured
from ferry.kuiper.items.installable import FileFault, FileStage
from ferry.kuiper.responses import error_body, import_body, status_body
from ferry.kuiper.rules.rule import read_rule
from ferry.kuiper.sql.ddl.create import parse_source
from ferry.kuiper.sql.query.select import parse_select

type Case = dict[str, Any]

FILES = sorted(Path(__file__).with_name("config").glob("*.json"))


def statement(case: Case) -> None:
    if "error" in case:
        with pytest.raises(InvalidStatement) as refused:
            parse_source(case["text"])
        assert str(refused.value) == case["error"]
        return
    source = parse_source(case["text"])
    assert source.name == case.get("name", source.name)
    assert source.kind == case.get("kind", source.kind)
    assert source.options == case.get("options", source.options)


def select(case: Case) -> None:
    if "error" in case:
        with pytest.raises(InvalidStatement) as refused:
            parse_select(case["text"])
        assert str(refused.value) == case["error"]
        return
    parsed = parse_select(case["text"])
    assert list(parsed.sources) == case["sources"]
    assert list(parsed.functions) == case.get("functions", [])


def rule(case: Case) -> None:
    if "error" in case:
        with pytest.raises(InvalidItem) as refused:
            read_rule(case["key"], case["text"])
        assert str(refused.value) == case["error"]
        return
    assert read_rule(case["key"], case["text"]).id == case["key"]


def envelope(case: Case) -> None:
    wire = Wire(case.get("wire", "2"))
    if "error" in case:
        with pytest.raises(Malformed) as refused:
            read_source(case["body"].encode(), wire)
        assert str(refused.value) == case["error"]
        return
    assert read_source(case["body"].encode(), wire).file == case["file"]


def flag(case: Case) -> None:
    if "error" in case:
        with pytest.raises(Malformed) as refused:
            read_flag("partial", case["value"])
        assert str(refused.value) == case["error"]
        return
    assert read_flag("partial", case["value"]) is case["set"]


def content(case: Case) -> None:
    text = read_source(case["body"].encode()).content if "body" in case else case["content"]
    if "error" in case:
        for each in (text, text.encode()):
            with pytest.raises(Malformed) as refused:
                decode(each)
            assert str(refused.value) == case["error"]
        for wire, body in case.get("bodies", {}).items():
            assert error_body(case["error"], Wire(wire)).decode() == body
        return
    assert decode(text) == document(case["document"])


def yaml(case: Case) -> None:
    if "error" in case:
        with pytest.raises(Malformed) as refused:
            from_structured(read_yaml(case["text"]))
        assert str(refused.value) == case["error"]
        return
    found, ignored = from_structured(read_yaml(case["text"]))
    assert {key: json.loads(text) for key, text in found[Section.RULES].items()} == case["rules"]
    assert ignored == ()


def imports(case: Case) -> None:
    current = Document()
    for step in case["steps"]:
        current = import_step(current, step)


def ruleset(case: Case) -> None:
    if "error" in case:
        with pytest.raises(Malformed) as refused:
            decode(case["content"])
        assert str(refused.value) == case["error"]
        return
    body = compact(case["document"])
    imported = ruleset_of(decode(body))
    applied = apply(Document(), imported, Mode.PARTIAL)
    assert import_summary(imported, applied) == case["summary"]
    assert encode_ruleset(applied.document) == body


KINDS: dict[str, Callable[[Case], None]] = {
    "statement": statement,
    "select": select,
    "rule": rule,
    "envelope": envelope,
    "flag": flag,
    "content": content,
    "yaml": yaml,
    "import": imports,
    "ruleset": ruleset,
}


def cases() -> list[Any]:
    return [
        pytest.param(KINDS[file["kind"]], case, id=f"{file['case']}-{number}")
        for file in (json.loads(path.read_text()) for path in FILES)
        for number, case in enumerate(file["cases"])
    ]


@pytest.mark.parametrize(("check", "case"), cases())
def test_case(check: Callable[[Case], None], case: Case) -> None:
    check(case)


def import_step(current: Document, step: Case) -> Document:
    faults = {
        uri: FileFault(FileStage.DOWNLOAD, reason)
        for uri, reason in step.get("file_faults", {}).items()
    }
    applied = apply(
        current,
        document(step["document"]),
        Mode(step["mode"]),
        wire=Wire(step.get("wire", "1.10")),
        fetched=Fetched(faults),
    )
    assert applied.errors == step["errors"]
    skipped = {s: {k: why.value for k, why in keys.items()} for s, keys in applied.skipped.items()}
    assert skipped == step.get("skipped", {})
    for section, items in step.get("keeps", {}).items():
        assert items.items() <= dict(applied.document[Section(section)]).items()
    for section, keys in step.get("lacks", {}).items():
        assert not applied.document[Section(section)].keys() & set(keys)
    for wire, body in step.get("bodies", {}).items():
        assert import_body(applied.errors, Wire(wire)).decode() == body
    for wire, body in step.get("statuses", {}).items():
        assert status_body(applied.errors, Wire(wire)).decode() == body
    for wire, body in step.get("exported", {}).items():
        assert applied.document.encoded(Wire(wire)).decode() == body
    if wanted := step.get("selected"):
        selected = select_rules(applied.document, wanted["ids"])
        assert selected.encoded(Wire(wanted["wire"])).decode() == wanted["body"]
    return applied.document


def document(sections: dict[str, dict[str, str]]) -> Document:
    return Document({Section(name): items for name, items in sections.items()})


def compact(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
