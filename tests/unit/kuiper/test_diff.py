from hypothesis import given

from ferry.kuiper.diff import ChangeKind, as_data, as_text, changes
from ferry.kuiper.document.document import Document
from ferry.kuiper.document.sections import Section
from tests.unit.kuiper.strategies import documents

BEFORE = Document(
    {
        Section.STREAMS: {"gone": "CREATE 1", "kept": "CREATE 2", "new": "CREATE\nold"},
        Section.SOURCE_CONFIG: {"mqtt": '{"a":{"x":1},"b":{}}', "odd": "no JSON"},
    }
)
AFTER = Document(
    {
        Section.STREAMS: {"kept": "CREATE 2", "new": "CREATE\nnew"},
        Section.RULES: {"r": "{}"},
        Section.SOURCE_CONFIG: {"mqtt": '{"a":{"x":2},"c":{}}'},
    }
)


def test_text_names_section_and_item() -> None:
    assert as_text(changes(BEFORE, AFTER)) == (
        "streams\n"
        "  - gone\n"
        "  ~ new\n"
        "      - CREATE\n"
        "      - old\n"
        "      + CREATE\n"
        "      + new\n"
        "rules\n"
        "  + r\n"
        "sourceConfig\n"
        "  ~ mqtt.a\n"
        '      - {"x":1}\n'
        '      + {"x":2}\n'
        "  - mqtt.b\n"
        "  + mqtt.c\n"
        "  - odd.?\n"
    )


def test_data_names_section_and_item() -> None:
    data = as_data(changes(BEFORE, AFTER))
    assert data["rules"] == {"r": {"change": "added", "after": "{}"}}
    assert data["streams"]["gone"] == {"change": "removed", "before": "CREATE 1"}
    assert data["sourceConfig"]["mqtt.a"] == {
        "change": "changed",
        "before": '{"x":1}',
        "after": '{"x":2}',
    }


@given(documents, documents)
def test_changes_undo_each_other(one: Document, other: Document) -> None:
    assert changes(one, one) == []
    forth, back = changes(one, other), changes(other, one)
    assert [(c.section, c.item, c.before) for c in forth] == [
        (c.section, c.item, c.after) for c in back
    ]
    opposite = {ChangeKind.ADDED: ChangeKind.REMOVED, ChangeKind.REMOVED: ChangeKind.ADDED}
    assert [opposite.get(c.kind, c.kind) for c in forth] == [c.kind for c in back]
    assert as_text(forth).count("\n") >= len(forth)
