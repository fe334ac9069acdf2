"""Documents of engines: read, compared, and shown without secrets."""

import json
from pathlib import Path

import pytest

from ferry_cli.engines.differences import differences, lines, wanted_items
from ferry_cli.engines.documents import read, read_variables, same, write
from ferry_cli.engines.references import References
from ferry_cli.exits import Stop

STREAM = "CREATE STREAM demo () WITH ()"


def references(**environment: str) -> References:
    return References(environment, {"site": "north"})


def test_a_folder_is_one_document(tmp_path: Path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "streams.json").write_text(json.dumps({"streams": {"demo": STREAM}}))
    (tmp_path / "deep" / "rules.yaml").write_text(
        "rules:\n  r1:\n    sql: SELECT * FROM demo\n    actions: [{log: {}}]\n    on: 2026-11-29\n"
    )
    (tmp_path / "README.md").write_text("not a document")

    found = read(tmp_path, references())

    assert found["streams"] == {"demo": STREAM}
    assert json.loads(found["rules"]["r1"]) == {
        "sql": "SELECT * FROM demo",
        "actions": [{"log": {}}],
        "on": "2026-11-29",
    }


@pytest.mark.parametrize(
    "text",
    ['{"streams": {"demo": "b"}}', "[1]", '{"streams": []}', "{", '{"rules": {"r": "${env:NO}"}}'],
)
def test_what_is_wrong_in_a_file_is_said(tmp_path: Path, text: str):
    (tmp_path / "a.json").write_text('{"streams": {"demo": "a"}}')
    (tmp_path / "b.json").write_text(text)

    with pytest.raises(Stop):
        read(tmp_path, references())


@pytest.mark.parametrize("secret", ["hunter2", 'with "quotes"\nand more'])
def test_references_are_resolved_within_json_and_hidden_again(tmp_path: Path, secret: str):
    item = {"server": "tcp://${var:site}", "password": "${env:MQTT}"}
    (tmp_path / "a.json").write_text(json.dumps({"sinkConfig": {"mqtt": item}}))
    known = references(MQTT=secret)

    text = read(tmp_path, known)["sinkConfig"]["mqtt"]

    assert json.loads(text) == {"server": "tcp://north", "password": secret}
    assert json.loads(known.hidden(text)) == {"server": "tcp://north", "password": "${env:MQTT}"}


def test_a_secret_may_lie_in_a_file(tmp_path: Path):
    (tmp_path / "key").write_text("5ecret\n")

    assert references().resolved(f"${{file:{tmp_path}/key}}") == "5ecret"


def test_differences_are_by_item_and_without_secrets():
    has = {
        "streams": {"demo": STREAM, "old": STREAM},
        "sinkConfig": {"mqtt": '{"password": "former", "qos": 0}', "same": '{"a":1,"b":2}'},
    }
    known = references(MQTT="hunter2")
    wanted = {
        "streams": {"demo": STREAM, "new": STREAM},
        "sinkConfig": {
            "mqtt": json.dumps({"password": known.resolved("${env:MQTT}"), "qos": 1}),
            "same": '{"b": 2, "a": 1}',
        },
    }

    found = differences(has, wanted, full=False)
    text = "\n".join(lines(found, known))

    assert [(each.kind, each.section, each.name) for each in found] == [
        ("change", "sinkConfig", "mqtt"),
        ("add", "streams", "new"),
    ]
    assert "former" not in text
    assert "hunter2" not in text
    assert "${env:MQTT}" in text
    assert wanted_items(found)["streams"] == {"new": STREAM}
    assert [each.name for each in differences(has, wanted, full=True)][-1] == "old"


@pytest.mark.parametrize(
    ("first", "second", "alike"),
    [
        ("a ", "a", True),
        ('{"a":1}', '{ "a": 1 }', True),
        ('{"a":1}', '{"a":2}', False),
        (None, "", False),
    ],
)
def test_items_are_the_same_where_they_mean_the_same(
    first: str | None, second: str | None, alike: bool
):
    assert same(first, second) == alike


def test_what_was_written_is_read_again(tmp_path: Path):
    document = {"streams": {"demo": STREAM}, "rules": {"r1": '{"id": "r1"}'}, "tables": {}}

    written = write(tmp_path / "out", document)

    assert [file.name for file in written] == ["rules.json", "streams.json"]
    assert read(tmp_path / "out", references()) == {k: v for k, v in document.items() if v}


def test_a_secret_of_secrets_manager_is_fetched_once_and_hidden():
    asked: list[str] = []

    def fetch(name: str) -> str:
        asked.append(name)
        return '{"user": "u1", "password": "hunter2", "port": 1}'

    known = References({}, fetch=fetch)
    arn = "arn:aws:secretsmanager:eu-west-1:1:secret:mqtt-AbCdEf"
    text = (
        "${secretsmanager:mqtt:password} ${secretsmanager:mqtt:port} "
        + f"${{secretsmanager:{arn}:user}}"
    )

    resolved = known.resolved(text)

    assert (resolved, asked) == ("hunter2 1 u1", ["mqtt", arn])
    assert "hunter2" not in known.hidden(f"refused: {resolved}")
    with pytest.raises(Stop):
        known.resolved("${secretsmanager:mqtt:absent}")


def test_a_secret_is_read_by_the_aws_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    command = tmp_path / "aws"
    command.write_text(
        '#!/bin/sh\ncase "$*" in *--secret-id=mqtt*SecretString*json*) echo \'"s\\u00e9cret"\';;'
        " *) echo no such secret >&2; exit 254;; esac\n"
    )
    command.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")

    assert References({}).resolved("${secretsmanager:mqtt}") == "sécret"
    with pytest.raises(Stop, match="no such secret"):
        References({}).resolved("${secretsmanager:other}")


def test_a_secret_that_begins_like_another_is_hidden_whole():
    known = references(SHORT="abc", LONG="abcdef")
    known.resolved("${env:SHORT} ${env:LONG}")

    assert known.hidden("abcdef, abc") == "${env:LONG}, ${env:SHORT}"


@pytest.mark.parametrize("text", ["site: north\nport: 1883\n", '{"site": "north", "port": 1883}'])
def test_an_environments_variables_lie_in_a_file(tmp_path: Path, text: str):
    (tmp_path / "north.yaml").write_text(text)

    assert read_variables(tmp_path / "north.yaml") == {"site": "north", "port": "1883"}
    (tmp_path / "north.yaml").write_text("site: [north]")
    with pytest.raises(Stop):
        read_variables(tmp_path / "north.yaml")
