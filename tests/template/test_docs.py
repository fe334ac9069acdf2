"""The documents agree with the code."""

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ferry import errors
from ferry.http.routes import all_routes, of_engine
from local.diagram import PAGE, drawn
from tests.declared import PARAMETERS, ROOT, TEMPLATE, of_type

README = (ROOT / "README.md").read_text("utf-8")
LIST = (ROOT / "docs/functions.md").read_text("utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
API = "".join(path.read_text("utf-8") for path in sorted(ROOT.glob("docs/api*.md")))
OPERATIONS = (ROOT / "docs/operations.md").read_text("utf-8")
RELIABILITY = (ROOT / "docs/reliability.md").read_text("utf-8")
DECISIONS = sorted((ROOT / "docs/decisions").glob("[0-9]*.md"))
INDEX = (ROOT / "docs/decisions/README.md").read_text("utf-8")
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])

TWIN = "v1.8"
"""A version whose routes are those of v1; the API says so once."""

_CODE = [ROOT / "functions", ROOT / "layers/core/ferry"]
_NEVER_ANSWERED = {errors.Rejected, errors.DoesNotFit, errors.MailRefused, errors.Superseded}
_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)

document = pytest.mark.parametrize(
    "path", DOCUMENTS, ids=[str(path.relative_to(ROOT)) for path in DOCUMENTS]
)


def test_every_route_is_a_heading_of_the_api_and_every_such_heading_a_route():
    served = {
        f"{route.method} {_as_users_write_it(route.path.replace('{version}', version))}"
        for route in all_routes()
        for version in route.versions or ("",)
        if version != TWIN
    }

    assert set(re.findall(r"^### `(\w+ /.*)`$", API, re.MULTILINE)) == served


def test_every_function_is_in_the_list_of_functions():
    folders = {
        properties["CodeUri"] for properties in of_type("AWS::Serverless::Function").values()
    }

    assert {
        f"functions/{name}" for name in re.findall(r"^\| `(\w+)` \|", LIST, re.MULTILINE)
    } == folders


def test_every_parameter_and_its_default_are_in_operations():
    table = _rows(OPERATIONS, "Parameters") | _rows(OPERATIONS, "Data that is there already")

    assert set(table) == set(PARAMETERS)
    for name, declared in PARAMETERS.items():
        default = {None: "none", "": "empty"}.get(declared.get("Default"), declared.get("Default"))
        assert table[name] == (f"{default:,}" if isinstance(default, int) else default), name


def test_every_alarm_and_output_is_in_operations():
    assert set(_rows(OPERATIONS, "Alarms")) == set(of_type("AWS::CloudWatch::Alarm"))
    for output in TEMPLATE["Outputs"]:
        assert f"`{output}`" in OPERATIONS, output


def test_every_metric_is_in_operations_and_none_that_is_not_there():
    listed = re.findall(r"`(\w+)`", " ".join(_first_cells(OPERATIONS, "Metrics")))

    assert set(listed) == {"ColdStart", *_metrics()}


def test_every_log_message_is_in_operations():
    logged = {
        match[1]
        for source in _sources()
        for match in re.finditer(r'logger\.\w+\(\s*"([^"]+)"', source.read_text("utf-8"))
    }

    assert set(re.findall(r"`([^`]+)`", " ".join(_first_cells(OPERATIONS, "Logs")))) == logged


def test_every_make_target_is_in_contributing():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z0-9-]+):.*## ", makefile, re.MULTILINE))

    assert set(re.findall(r"^\| `make ([\w-]+)` \|", CONTRIBUTING, re.MULTILINE)) == targets
    for path in DOCUMENTS:
        assert set(re.findall(r"[`\n]make ([a-z0-9-]+)", path.read_text("utf-8"))) <= targets, path


def test_every_refusal_is_in_the_api_with_its_status():
    answered = {
        kind.__name__: str(kind.status)
        for _, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, errors.Rejected) and kind not in _NEVER_ANSWERED
    }
    described = {
        name: status for status, name in re.findall(r"^\| (\d+) \| `(\w+)` \|", API, re.MULTILINE)
    }

    assert described == answered


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_every_decision_is_in_the_index_with_its_title_and_status(path):
    number, title = re.match(r"# (\d+)\. (.+)", path.read_text("utf-8")).groups()

    row = re.search(rf"^\| \[{number}\]\({path.name}\) \| (.+) \| (.+) \|$", INDEX, re.MULTILINE)

    assert row, path.name
    assert row[1] == title
    assert re.fullmatch(r"accepted|(?:partly )?superseded by \[\d+\]\(\d{4}-[\w-]+\.md\)", row[2])


@pytest.mark.parametrize(("what", "most"), [("import", 20), ("export", 15)])
def test_the_files_of_a_job_are_named_in_reading_order_and_are_few(what, most):
    page = PAGE.read_text("utf-8")
    part = page[page.index(f"**An {what} ") :].split("\n\n")[1]
    named = re.findall(r"^\d+\. .*?`([\w/]+\.py)`", part, re.MULTILINE)

    assert 10 < len(named) <= most
    for path in named:
        assert any((folder / path).exists() for folder in (ROOT, ROOT / "layers/core/ferry")), path


def test_the_diagram_of_the_layers_is_that_of_the_import_contracts():
    page = PAGE.read_text("utf-8")

    assert drawn(page) == page


def test_the_readme_is_short():
    assert len(README.splitlines()) <= 150


@document
def test_every_relative_link_leads_somewhere(path: Path):
    for target in _LINK.findall(_FENCE.sub("", path.read_text("utf-8"))):
        if target.startswith(("http://", "https://", "mailto:")):
            continue
        name, _, anchor = target.partition("#")
        there = (path.parent / name).resolve() if name else path
        assert there.exists(), target
        assert not anchor or anchor in _anchors(there), target


@document
def test_code_blocks_are_closed(path: Path):
    assert len(re.findall(r"^```", path.read_text("utf-8"), re.MULTILINE)) % 2 == 0


def test_every_point_of_reliability_names_tests_that_are_there():
    points = re.findall(r"^\| (\w+) \| [^|]+ \| (.+) \|$", RELIABILITY, re.MULTILINE)
    held = {point: re.findall(r"\[`(test_\w+)`\]\(([^)]+)\)", tests) for point, tests in points}

    wanted = [*"abcdefghijk", *map(str, range(1, 11)), *"ABCDE"]
    assert [point for point in wanted if not held.get(point)] == []
    for name, path in (test for tests in held.values() for test in tests):
        source = (ROOT / "docs" / path).resolve().read_text("utf-8")
        assert re.search(rf"^def {name}\(", source, re.MULTILINE), name


def test_decisions_are_numbered_dated_and_complete():
    numbers = [int(path.name[:4]) for path in DECISIONS]
    assert len(set(numbers)) == len(numbers)
    # Work that goes on side by side takes its numbers from tens of its own, from 0 or 1 on.
    assert [n for n in numbers if n % 10 > 1 and n - 1 not in numbers] == []
    for path in DECISIONS:
        text = path.read_text("utf-8")
        assert text.startswith(f"# {int(path.name[:4])}. "), path
        assert re.search(r"^20\d\d-\d\d-\d\d$", text, re.MULTILINE), path
        assert re.findall(r"^## (.+)$", text, re.MULTILINE) == [
            "What", "Why", "Considered", "Effect",
        ], path  # fmt: skip


def _as_users_write_it(path: str) -> str:
    written = re.sub(r"{(\w+)}", r":\1", path)
    return written if of_engine(path) else f"{written}/"


def _section(text: str, title: str) -> str:
    found = re.search(rf"^## {title}$(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, title
    return found[1]


def _first_cells(text: str, title: str) -> list[str]:
    """The first cell of each row of the section's tables, but for their heads."""
    rows = re.findall(r"^\| (.*?) \|", _section(text, title), re.MULTILINE)
    return [cell for cell in rows if cell.startswith("`") and cell != "`message`"]


def _rows(text: str, title: str) -> dict[str, str]:
    """The second cell of each row of the section's tables by the name in the first."""
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \|", _section(text, title), re.MULTILINE)
    return dict(rows)


def _anchors(path: Path) -> set[str]:
    """The anchors GitHub gives to the headings of a document."""
    headings = _HEADING.findall(_FENCE.sub("", path.read_text("utf-8")))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _sources() -> Iterator[Path]:
    for folder in _CODE:
        yield from folder.rglob("*.py")


def _metrics() -> set[str]:
    """Every name that the code gives a metric."""
    found: set[str] = set()
    for source in _sources():
        for node in ast.walk(ast.parse(source.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "emit":
                found.add(ast.literal_eval(node.args[0]))
            if not (isinstance(node, ast.Call) and ast.unparse(node.func) == "metrics.add_metric"):
                continue
            given = {keyword.arg: keyword.value for keyword in node.keywords}
            assert ast.literal_eval(given["unit"]) == "Count", source
            names = given["name"]
            choices = [names.body, names.orelse] if isinstance(names, ast.IfExp) else [names]
            found |= {ast.literal_eval(choice) for choice in choices}
    return found
