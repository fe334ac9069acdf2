"""The client against the service: its page's examples, and a file's way to the store and back."""

import io
import re
from pathlib import Path
from typing import Any

import pytest

from ferry_client import Client, Retries
from ferry_client.types import Table
from tests.declared import ROOT
from tests.engine import Engine
from tests.over_http import URL, OverHttp
from tests.service import Service

PAGE = (ROOT / "docs" / "client.md").read_text("utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
GOODS = b"sku,price\r\na,1\r\nb,2.5\r\n"


@pytest.fixture
def client(service: Service) -> Client:
    return Client(URL, service.token, retries=Retries(attempts=1), through=OverHttp(service))


@pytest.fixture
def goods(client: Client) -> Table:
    fields: Any = [{"name": "sku", "type": "string"}, {"name": "price", "type": "number"}]
    return client.create_table({"name": "goods", "schema": {"fields": fields}})


def test_the_pages_examples_run(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
):
    monkeypatch.chdir(tmp_path)
    Path("goods.csv").write_bytes(GOODS)
    Path("bad.csv").write_bytes(b"sku,price\r\nc,much\r\n")
    # The page's client is made without what only a test passes.
    service = engine.service
    through = OverHttp(service)
    monkeypatch.setattr("httpx._client.HTTPTransport", lambda **_: through)
    names: dict[str, Any] = {"token": service.token}

    for example in EXAMPLES:
        exec(example.replace("https://ferry.example", URL), names)

    assert "{'total': 2, 'succeeded': 2, 'failed': 0}" in capsys.readouterr().out
    assert b"must be a number" in Path("bad-failed.csv").read_bytes()
    assert Path("goods.jsonl.gz").read_bytes()[:2] == b"\x1f\x8b"


def test_a_file_comes_back_through_the_store(client: Client, goods: Table, tmp_path: Path):
    job = client.start_import(goods["id"], io.BytesIO(GOODS), name="goods.csv", to_store=True)
    assert job.wait()["counts"] == {"total": 2, "succeeded": 2, "failed": 0}

    export = client.start_export(
        goods["id"], {"file_type": "csv", "mode": "all", "include_keys": ["sku", "price"]}
    )
    export.wait()
    size = export.download(tmp_path / "out.csv")

    came = (tmp_path / "out.csv").read_bytes().removeprefix(b"\xef\xbb\xbf")
    assert sorted(came.splitlines()) == sorted(GOODS.splitlines())
    assert size == export.show()["progress"]["bytes"]
    assert client.find_job(export.id).show() == export.show()
    assert [each["job_id"] for each in client.jobs(goods["id"], "export")] == [export.id]


def test_a_preview_makes_a_table(client: Client):
    told = client.preview(io.BytesIO(GOODS), name="goods.csv")

    made = client.create_table({"name": "made", "schema": told["schema"]})  # type: ignore[typeddict-item]

    assert [(f["name"], f["type"]) for f in made["schema"]["fields"]][-2:] == [
        ("sku", "string"),
        ("price", "number"),
    ]
