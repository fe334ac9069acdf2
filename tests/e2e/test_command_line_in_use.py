"""Commands that people begin with, as their users run them, over real HTTP."""

import json
import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3
import pytest

from local.visitor import Visitor
from tests.unit.cli.terminal import Terminal

_KEYS = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}


@pytest.fixture
def terminal(stack: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.chdir(tmp_path)
    around = {"FERRY_URL": stack["api_url"], "FERRY_TOKEN": stack["token"], "COLUMNS": "80"}
    return Terminal(tmp_path, None, around)


def test_a_person_signs_in_by_the_code_that_is_mailed(terminal: Terminal, owner: Visitor):
    url = terminal.environment["FERRY_URL"]
    terminal.environment = {}
    seen = len(owner.mails(url))

    def typed() -> bytes:
        found = re.search(r">(\w{40})<", owner.next_mail(url, seen)["html"])
        assert found
        return found[1].encode() + b"\n"

    login = f"ferry login --url {url} --mail {owner.mail_address}"
    signed_in = terminal.run(login, typed, interactive=True)

    assert signed_in.code == 0, signed_in.err
    assert terminal.run("ferry tables list --json").code == 0
    assert terminal.run("ferry logout").code == 0
    assert terminal.run("ferry tables list").code == 4


def test_a_service_that_is_in_order_is_found_so(terminal: Terminal):
    told = terminal.run("ferry doctor --json")

    assert told.code == 0, told.err
    found = json.loads(told.out)
    assert found["token"]["found"].startswith("serves")
    assert {"service", "clock"} <= {name for name, each in found.items() if each["ok"]}


def test_a_file_is_seen_before_it_is_imported(terminal: Terminal):
    Path("preise.csv").write_text("sku;preis\nA-1;5,5\nA-2;19\n")

    told = terminal.run("ferry preview preise.csv")

    assert told.code == 0, told.err
    assert "decimal=," in told.err
    assert re.search(r"preis +preis +number +0 +5,5", told.out)


def test_a_dynamodb_table_is_attached_as_its_items_suggest(
    terminal: Terminal, stack: dict[str, Any]
):
    name = f"wines-{uuid4().hex[:8]}"
    at = {"endpoint_url": stack["aws_endpoint_url"], "region_name": stack["region"], **_KEYS}
    wines = boto3.resource("dynamodb", **at).create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "sku", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "sku", "KeyType": "HASH"}],
    )
    wines.put_item(Item={"sku": "A-1", "year": 2019, "tags": {"red"}})
    allow = f"ferry admin allow-table {stack['client_id']} {name} --state {stack['state']}"
    assert terminal.run(allow).code == 0

    attached = terminal.run(f"ferry tables attach cellar {name} --yes --rate 500")

    assert attached.code == 0, attached.err
    out = terminal.run("ferry export cellar -o - --format jsonl --columns sku,year,tags")
    assert json.loads(out.out) == {"sku": "A-1", "year": 2019, "tags": ["red"]}
    assert terminal.run("ferry tables delete cellar --yes").code == 0
