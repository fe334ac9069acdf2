"""Figures come into the documents, and nothing else changes."""

from pathlib import Path

from benchmarks.figures.document import filled

DOCS = Path(__file__).parents[3] / "docs"
SECTIONS = {
    "performance.md": {"machine", "comparison", "ratios", "growth", "slow"},
    "cost.md": {"exports", "imports", "beside"},
}


def test_what_stands_between_the_marks_is_replaced():
    text = "before\n<!-- growth -->\nold\nold\n<!-- /growth -->\nafter\n"

    assert (
        filled(text, {"growth": "new\n", "other": "x"})
        == "before\n<!-- growth -->\nnew\n<!-- /growth -->\nafter\n"
    )


def test_every_section_has_its_marks():
    for name, sections in SECTIONS.items():
        text = (DOCS / name).read_text("utf-8")
        for section in sections:
            assert f"<!-- {section} -->\n" in text
            assert f"<!-- /{section} -->" in text
