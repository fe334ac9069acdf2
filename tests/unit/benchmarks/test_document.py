"""Figures come into the documents, and nothing else changes."""

from pathlib import Path

from benchmarks.figures.cost import Speed
from benchmarks.figures.document import filled, speed
from benchmarks.figures.reckoning import Run

DOCS = Path(__file__).parents[3] / "docs"
SECTIONS = {
    "performance.md": {"machine", "comparison", "ratios", "growth", "slow"},
    "cost.md": {"exports", "imports", "beside"},
    "scale.md": {"scale", "large-exports", "large-imports", "large-others"},
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


def test_the_fewest_and_the_most_rows_tell_the_speed():
    took = [(100, 0.4), (100, 0.9), (100, 0.5), (10_000, 7.0), (1_000_000, 20.5)]
    runs = [Run("export_csv", "ferry", rows, cpu_s, 0, 0) for rows, cpu_s in took]

    assert speed(runs) == Speed(start_s=0.5, us_per_row=20)
