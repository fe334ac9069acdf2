"""The commands of the API's documentation, run as they stand there.

Only what is a reader's own is put in their place: the address, the token, ids, names and codes.
"""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import pytest

from local.visitor import Visitor, create_table, whole
from tests.declared import ROOT
from tests.workbooks import sheets

_BLOCK = re.compile(r"```sh\n(curl .*?)```\n(.*?)(?=```sh|\Z)", re.DOTALL)
_STATUS = re.compile(r"`(2\d\d)`")
_ADDRESS = "http://127.0.0.1:8080"
_TELL_STATUS = "-w '%{stderr}%{http_code}'"


class Example(NamedTuple):
    """A command of a document and what is promised of it.

    Attributes:
        status: of the answer, "2.." where the document names none.

    """

    where: str
    command: str
    status: str


def _examples() -> list[Example]:
    found = []
    for name in ("api", "api-export", "api-import", "api-records"):
        text = (ROOT / "docs" / f"{name}.md").read_text("utf-8")
        for number, (command, promise) in enumerate(_BLOCK.findall(text), start=1):
            status = _STATUS.search(promise.split("\n### ")[0])
            found.append(Example(f"{name}-{number}", command, status[1] if status else "2.."))
    return found


EXAMPLES = _examples()
DEFINITION = re.compile(r"-d '(\{\s*\"name\": \"goods\",\s*\"schema\".*\})'", re.DOTALL)


class Reader:
    """Someone who runs the commands, with a table of the documented kind that has one row."""

    def __init__(self, facts: dict[str, Any], visitor: Visitor, folder: Path) -> None:
        self._facts = facts
        self._visitor, self._client = visitor, visitor.client
        self._folder = folder
        given = next(filter(None, (DEFINITION.search(example.command) for example in EXAMPLES)))
        self._definition = json.loads(given[1])
        self._table = create_table(self._client, {**self._definition, "name": _new_name()})
        result = self._client.insert(self._table, [{"name": "Jasmine tea", "desc": ["新品"]}])
        self._row_id = result["operation_result"][0]["success"]["id"]
        self._file = folder / "goods.csv"
        self._file.write_text("name,amount\r\n砚台,19\r\n", "utf-8")
        articles = "Artikelnummer;Lager;Preis\n00123;A;1,50\n"
        (folder / "artikel.csv").write_text(articles, "utf-8")
        (folder / "waren.csv").write_text("name;amount\nTinte;19\n", "utf-8")
        (folder / "unicode.txt.csv").write_text("name\tamount\n砚台\t19\n", "utf-16")
        (folder / "goods.xlsx").write_bytes(_workbook())

    def run(self, command: str) -> tuple[str, str]:
        """Run a command; return the status of the answer and what the command printed."""
        ran = subprocess.run(
            ["bash", "-ec", self._mine(command).replace("curl ", f"curl -sS {_TELL_STATUS} ")],
            cwd=self._folder,
            env={"TOKEN": self._facts["token"], "PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
            check=True,
        )
        return ran.stderr, ran.stdout

    def _mine(self, command: str) -> str:
        table = self._articles() if "artikel.csv" in command else self._table
        for pattern, own in (
            (_ADDRESS, lambda: self._facts["api_url"]),
            (r"/table/1/import/\?match=sku", self._matching),
            ('(?<=name: ")artikel(?=")', _new_name),
            ("/table/1/", lambda: f"/table/{table}/"),
            (r"\$JOB(?=/apply/)", lambda: self._import("dry_run")),
            (r"\$JOB(?=/undo/)", lambda: self._import("keep_before")),
            ("6b0208f8a1adaf8191c5af27", lambda: self._row_id),
            ('(?<=If-Match: )"[0-9a-f]{32}"', self._etag),
            ('(?<="name": ")(?:goods|wares)(?=")', _new_name),
            (r"(?<=client_id\W{4})[0-9a-f]{20}", lambda: self._facts["client_id"]),
            (r"(?<=client_id=)[0-9a-f]{20}", lambda: self._facts["client_id"]),
            (r"(?<=client_secret\W{4})[0-9a-f]{40}", lambda: self._facts["client_secret"]),
            (r"(?<=client_secret=)[0-9a-f]{40}", lambda: self._facts["client_secret"]),
            (r"(?<=code=)[0-9a-f]{40}", self._code),
            ("https://files.example.com", lambda: self._facts["api_url"]),
            ("incoming/…/goods.csv.gz", lambda: self._visitor.upload(self._table, self._file)[1]),
            (r"/oserve/v1\.5/\S+/export/[0-9a-f]{32}/", self._export),
        ):
            command = re.sub(pattern, lambda _, own=own: own(), command)
        return command

    def _articles(self) -> int:
        """Make a table for the documents' German file."""
        fields = [{"name": "sku", "type": "string"}, {"name": "price", "type": "number"}]
        return create_table(self._client, {"name": _new_name(), "schema": {"fields": fields}})

    def _matching(self) -> str:
        index = {"name": "names", "fields": ["name"]}
        definition = {**self._definition, "name": _new_name(), "indexes": [index]}
        return f"/table/{create_table(self._client, definition)}/import/?match=name"

    def _import(self, option: str) -> str:
        job = self._client.start_import(self._table, self._file, options={option: True})
        job.wait()
        return job.id

    def _etag(self) -> str:
        row = f"/oserve/v1/table/{self._table}/record/{self._row_id}/"
        etag: str = self._client.transport.call("GET", row).headers["ETag"]
        return etag

    def _export(self) -> str:
        return self._client.start_export(self._table, whole("csv")).path

    def _code(self) -> str:
        client = {name: self._facts[name] for name in ("client_id", "client_secret")}
        path = "/api/oauth2/hydrogen/openapi/authorize/"
        code: str = self._client.transport.call("POST", path, json=client).json()["code"]
        return code


def _workbook() -> bytes:
    rows = [["Our goods"], [], ["name", "amount"], ["砚台", 19]]
    return sheets({"Read me": [["Send this to us"]], "Data": rows})


def _new_name() -> str:
    return f"docs_{uuid4().hex[:8]}"


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.where)
def test_a_documented_command_is_answered_as_documented(
    example: Example, facts: dict[str, Any], visitor: Visitor, tmp_path: Path
):
    if "jq " in example.command and not shutil.which("jq"):
        pytest.skip("the command needs jq")
    status, printed = Reader(facts, visitor, tmp_path).run(example.command)

    # Of several requests the document promises how the last one is answered.
    assert re.fullmatch(rf"(?:2\d\d)*(?:{example.status})", status), printed
