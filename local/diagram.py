"""Draw the layers of the package, as pyproject.toml has them for import-linter, into docs/."""

import re
import tomllib
from collections.abc import Iterator

from local.instance import ROOT

PAGE = ROOT / "docs" / "architecture.md"
_BLOCK = re.compile(r"(<!-- layers -->\n).*?(<!-- /layers -->)", re.DOTALL)


def diagram() -> str:
    """Return the Mermaid diagram: a row for each layer, an arrow from each to the next below."""
    config = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    contracts = config["tool"]["importlinter"]["contracts"]
    [layers] = [contract["layers"] for contract in contracts if contract["type"] == "layers"]
    return "\n".join(["```mermaid", "flowchart TB", *_lines(layers), "```", ""])


def drawn(page: str) -> str:
    """Return the page with the diagram as the layers are now."""
    return _BLOCK.sub(lambda found: f"{found[1]}{diagram()}{found[2]}", page)


def _lines(layers: list[str]) -> Iterator[str]:
    for number, layer in enumerate(layers):
        names = " · ".join(name.strip().removeprefix("ferry.") for name in layer.split("|"))
        yield f'    layer{number}["{names}"]'
    yield f"    {' --> '.join(f'layer{number}' for number in range(len(layers)))}"


if __name__ == "__main__":
    PAGE.write_text(drawn(PAGE.read_text("utf-8")), "utf-8")
