"""Draw how Ferry grows: `python -m benchmarks.figures.picture FIGURES PICTURE`."""

import json
import sys
from pathlib import Path
from statistics import median

import matplotlib as mpl
from matplotlib import pyplot

_MOST_MEMORY = 110
"""MB that are aimed at."""

_LOOKS = {"svg.hashsalt": "ferry", "svg.fonttype": "none", "font.size": 10}
_STYLES = {
    "export_csv": ("#1b6ca8", "o-"),
    "export_jsonl": ("#1b6ca8", "s--"),
    "import_csv": ("#c2571a", "o-"),
    "import_jsonl": ("#c2571a", "s--"),
}


def draw(figures: Path, picture: Path) -> None:
    """Draw the processor time of a row and the peak memory over the number of rows."""
    runs = json.loads(figures.read_bytes())["runs"]
    mpl.rcParams.update(_LOOKS)
    drawing, (left, right) = pyplot.subplots(1, 2, figsize=(10, 4), layout="constrained")
    for case, (colour, style) in _STYLES.items():
        sizes = sorted({run["rows"] for run in runs if run["case"] == case})
        taken = [[r for r in runs if (r["case"], r["rows"]) == (case, size)] for size in sizes]
        cost = [median(run["cpu_s"] / run["rows"] for run in some) * 1e6 for some in taken]
        memory = [median(run["peak_rss_mb"] for run in some) for some in taken]
        name = case.replace("_", " ")
        left.loglog(sizes, cost, style, color=colour, label=name)
        right.semilogx(sizes, memory, style, color=colour, label=name)
    left.set(xlabel="rows", ylabel="µs a row", title="CPU of the whole process")
    right.set(xlabel="rows", ylabel="MB", title="Peak memory")
    right.set_ylim(0, _MOST_MEMORY * 1.2)
    right.axhline(_MOST_MEMORY, color="#999999", linewidth=1, linestyle=":")
    for axes in (left, right):
        axes.grid(visible=True, which="major", color="#dddddd")
        axes.legend(frameon=False)
    drawing.savefig(picture, metadata={"Date": None})


if __name__ == "__main__":
    draw(Path(sys.argv[1]), Path(sys.argv[2]))
