"""The code's folders, and the limits on work at import."""

import ast
import re
import subprocess
import sys

import pytest

from tests.declared import ROOT

LAYER = ROOT / "layers" / "core"
APPS = sorted((ROOT / "functions").glob("*/app.py"))
MODULES = sorted((LAYER / "ferry").rglob("*.py"))
CODE = ("layers/core", "functions", "local", "cloud", "admin", "openapi", "benchmarks")
CHECKED = [
    path
    for folder in CODE
    for path in sorted((ROOT / folder).rglob("*.py"))
    if "# noqa" in path.read_text()
]
WRITTEN = [
    path
    for folder in (*CODE, "cli/ferry_client", "cli/ferry_cli")
    for path in sorted((ROOT / folder).rglob("*.py"))
]
DRAWERS = {"utils", "util", "helpers", "helper", "common", "misc", "shared", "manager"}
WRITERS = {"create_export", "estimate_export", "process_export"}
READERS = {
    "create_import",
    "create_upload",
    "estimate_import",
    "preview_import",
    "process_import",
    "start_uploaded_import",
}
CONFIGURATIONS = {
    "add_upload",
    "cancel_task",
    "delete_revision",
    "delete_upload",
    "diff_revisions",
    "dispatch_request",
    "export_configuration",
    "get_import_status",
    "get_task",
    "import_configuration",
    "list_items",
    "list_revisions",
    "list_tasks",
    "list_uploads",
    "process_config",
    "roll_back_configuration",
}
NEEDED_BY = {
    # Never at a cold start: loaded by the first mail, condition with $regex, import of rows.
    "jinja2": set(),
    "re2": set(),
    "pycurl": set(),
    "ferry.imports.row_texts": set(),
    # What we do without: resources and transfers, a batch's processing, the SDK of the Tracer.
    "boto3": set(),
    "aws_lambda_powertools.utilities.batch": set(),
    "aws_xray_sdk": set(),
    "openpyxl": set(),
    "pyarrow": set(),
    "arro3": set(),
    "ferry.files.parquet.reading": set(),
    # Bodies that people write by hand get messages that name every problem.
    "pydantic": {"create_export", "create_table", "estimate_export", "update_table"},
    # Bodies that are forms.
    "multipart": {
        "add_upload",
        "authorize_app",
        "create_import",
        "create_upload",
        "estimate_import",
        "issue_token",
        "preview_import",
        "show_upload_page",
        "start_uploaded_import",
    },
    # Links to files; a job is looked up in the module that shows it with its links.
    "itsdangerous": {
        "cancel_job",
        "delete_job",
        "download_file",
        "get_job",
        "list_app_jobs",
        "list_jobs",
        "replay_import",
        "resume_export",
        "resume_import",
        "send_notice",
        "show_upload_page",
    },
    "ferry.mail": {"download_file", "record_mail_event", "send_notice", "show_upload_page"},
    # Answers and requests in YAML.
    "yaml": {"export_configuration", "process_config"},
    "ferry.kuiper.sql": {"export_configuration", "process_config"},
    "ferry.configurations": CONFIGURATIONS | {"send_notice"},
    # Files of rows. A file, or its name, is checked before its import is accepted.
    "ferry.files.formats": WRITERS | READERS,
    # Loaded by the first workbook, or file to be compressed.
    "ferry.files.xlsx.sheet_writer": set(),
    "ferry.files.xlsx.workbook": set(),
    "isal": set(),
}
"""Modules that cost time to import, and the functions that have to."""


@pytest.mark.parametrize("app", APPS, ids=lambda app: app.parent.name)
def test_a_handler_is_thin(app):
    source = app.read_text()

    assert len(source.splitlines()) <= 60
    assert not [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Try)]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(LAYER)))
def test_a_module_is_short_and_named_for_a_thing(module):
    assert len(module.read_text().splitlines()) <= 300
    assert not DRAWERS & set(module.relative_to(LAYER).with_suffix("").parts)


@pytest.mark.parametrize("path", CHECKED, ids=lambda path: str(path.relative_to(ROOT)))
def test_an_exception_to_a_check_says_why(path):
    exceptions = [line for line in path.read_text().splitlines() if "# noqa" in line]

    assert [line for line in exceptions if not re.search(r"# noqa: [A-Z0-9]+ - \w", line)] == []


def test_a_docstring_names_a_thing_and_not_what_it_does():
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in WRITTEN
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if re.match(r'\s*"""(?:Returns?|Yields?) what(?:ever)?\b', line)
    ]

    assert found == []


def test_importing_anything_needs_no_environment_and_makes_no_client():
    names = [".".join(m.relative_to(LAYER).with_suffix("").parts) for m in MODULES]
    names += [".".join(app.relative_to(ROOT).with_suffix("").parts) for app in APPS]

    loaded = _loaded_after(
        "import botocore.session, importlib, socket",
        "botocore.session.Session.create_client = socket.socket.connect = None",
        *(f"importlib.import_module({name.removesuffix('.__init__')!r})" for name in names),
    )

    assert {name.removesuffix(".__init__") for name in names} <= loaded


@pytest.mark.parametrize("app", APPS, ids=lambda app: app.parent.name)
def test_a_cold_start_does_not_wait_for_what_it_does_not_need(app):
    folder = app.parent.name

    loaded = _loaded_after(f"import functions.{folder}.app")

    assert NEEDED_BY.keys() & loaded == {
        module for module, functions in NEEDED_BY.items() if folder in functions
    }


def _loaded_after(*statements):
    paths = [str(LAYER), str(ROOT)]
    program = "\n".join(
        ["import sys", f"sys.path[:0] = {paths!r}", *statements, "print(*sys.modules)"]
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", program], env={}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())
