"""Archives of plugins and services: fetched, checked, kept, or the reason why not."""

import hashlib
import io
import json
import stat
import zipfile

import boto3
import pytest

from ferry.config import settings
from tests.site import Page


def archive(**members):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in (members or {"x.so": b"library"}).items():
            file.writestr(name, content)
    return packed.getvalue()


def of_kind(kind):
    """Return an archive whose second member is of a kind that Unix knows."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        for name, content in PORTABLE.items():
            file.writestr(name, content)
        member = zipfile.ZipInfo("lib/x.so")
        member.external_attr = (kind | 0o777) << 16
        file.writestr(member, "/etc/passwd")
    return packed.getvalue()


PORTABLE = {"p.json": b'{"executable":"p.py","functions":["revert"]}', "p.py": b""}


def plugin(uri):
    return {"portablePlugins": {"p": json.dumps({"name": "p", "file": uri})}}


def test_an_archive_is_kept_by_its_hash(engine):
    content = archive(**PORTABLE)
    engine.store("p.zip", content)

    answer = engine.load(plugin("file:///p.zip"))

    assert answer.status == 200
    assert engine.kept() == [hashlib.sha256(content).hexdigest()]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"no zip", "zip: not a valid zip file"),
        (archive(**{"../x.so": b""}), "zip: illegal file path ../x.so"),
        (archive(**{"/etc/x.so": b""}), "zip: illegal file path /etc/x.so"),
        (archive(**{"x.so": bytes(300_000_000)}), "300,000,000 bytes unpacked are too many"),
        (of_kind(stat.S_IFLNK), "zip: lib/x.so is a symbolic link"),
        (of_kind(stat.S_IFBLK), "zip: lib/x.so is neither a file nor a folder"),
    ],
    ids=["no zip", "outside", "absolute", "bomb", "symbolic link", "device"],
)
def test_a_bad_archive_is_its_items_error(engine, content, reason):
    engine.store("p.zip", content)

    answer = engine.load(plugin("file:///p.zip"))

    error = answer.json()["ConfigResponse"]["portablePlugins"]["p"]
    assert error.startswith("fail to install plugin: ")
    assert reason in error
    assert engine.kept() == []


def test_an_archive_of_something_else_is_its_items_error(engine):
    engine.store("p.zip", archive(**{"readme.txt": b""}))

    answer = engine.load(plugin("file:///p.zip"))

    reason = "fail to install plugin: invalid zip file: p.json is missing"
    assert answer.json()["ConfigResponse"]["portablePlugins"] == {"p": reason}
    assert engine.export()["portablePlugins"] == {}


@pytest.mark.parametrize(
    ("uri", "reason"),
    [
        ("http://169.254.169.254/x.zip", "is in internal network"),
        ("http://127.0.0.1/x.zip", "is in internal network"),
        ("s3://somebody-elses/x.zip", "the bucket somebody-elses is not one"),
        ("file:///nowhere.zip", "stat /nowhere.zip: no such file or directory"),
    ],
)
@pytest.mark.enable_socket
def test_a_file_that_cannot_be_had_is_its_items_error(engine, uri, reason):
    answer = engine.load(plugin(uri))

    error = answer.json()["ConfigResponse"]["portablePlugins"]["p"]
    assert error.startswith(f"fail to download file {uri}: ")
    assert reason in error
    assert engine.status()["portablePlugins"] == {"p": error}


@pytest.mark.enable_socket
def test_loopback_is_refused_in_lambda_whatever_is_allowed(engine, site, monkeypatch):
    monkeypatch.setenv("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9001")
    settings.cache_clear()
    uri = site.put("/x.zip", Page(b"{}"))

    upload = engine.call("POST", "/config/uploads", {"name": "x.json", "file": uri})
    for answer in (upload, engine.load_file(uri), engine.load(plugin(uri))):
        assert b"is in internal network" in answer.body
    assert site.asked == []


def test_a_document_from_an_allowed_bucket(engine, monkeypatch):
    boto3.client("s3").create_bucket(
        Bucket="ours", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    boto3.client("s3").put_object(Bucket="ours", Key="a/b.json", Body=b'{"streams":{}}')
    assert b"the bucket ours is not one" in engine.load_file("s3://ours/a/b.json").body

    monkeypatch.setenv("FETCH_BUCKETS", "arn:aws:s3:::theirs,arn:aws:s3:::ours")
    settings.cache_clear()

    assert engine.load_file("s3://ours/a/b.json").status == 200
    assert b"s3://ours/c: no such object" in engine.load_file("s3://ours/c").body


def test_a_document_behind_a_uri_may_have_50_mb(engine):
    engine.store("big.json", b" " * 52_428_801)

    answer = engine.load_file("file:///big.json")

    assert (answer.status, answer.body) == (
        400,
        b"Fail to read file: the file is larger than 52,428,800 bytes\n",
    )


SQL = "SELECT revert(a), getTemperature(a) FROM demo"
RULE = json.dumps({"sql": SQL, "actions": [{"zmq": {}}]})
ITEMS = {
    "streams": {"demo": 'CREATE STREAM demo () WITH (DATASOURCE="users")'},
    "portablePlugins": {"p": json.dumps({"name": "p", "file": "file:///p.zip"})},
    "Service": {"s": json.dumps({"name": "s", "file": "file:///s.zip"})},
}


def exported_with(engine, rule_id):
    exported = engine.call("POST", "/data/export", [rule_id]).json()
    return {section: list(exported[section]) for section in ("portablePlugins", "Service")}


def test_a_rule_goes_with_what_the_archives_in_force_provide(engine):
    """Through partial imports, uploads and rollbacks: each revision knows its own archives."""
    engine.store("p.zip", archive(**PORTABLE))
    service = {"interfaces": {"i": {"schemaFile": "x.proto"}}}
    engine.store(
        "s.zip",
        archive(
            **{
                "s.json": json.dumps(service).encode(),
                "schemas/x.proto": b"service X {\n  rpc getTemperature (A) returns (B);\n}",
            }
        ),
    )
    everything = {"portablePlugins": ["p"], "Service": ["s"]}

    assert engine.load({**ITEMS, "rules": {"r": RULE}}).status == 200
    assert exported_with(engine, "r") == everything
    engine.load({"rules": {"r2": RULE}}, "?partial=1")
    engine.call("POST", "/config/uploads", {"name": "a.txt", "content": "x"})
    assert exported_with(engine, "r2") == everything
    engine.store(
        "p.zip", archive(**{**PORTABLE, "p.json": PORTABLE["p.json"].replace(b"rev", b"")})
    )
    engine.load({**ITEMS, "rules": {"r": RULE}})
    assert exported_with(engine, "r") == {"portablePlugins": [], "Service": ["s"]}
    engine.call("POST", "/data/rollback", {"revision": 2})
    assert exported_with(engine, "r") == everything
    engine.call("POST", "/data/rollback", {"revision": 0})
    assert exported_with(engine, "r") == {"portablePlugins": [], "Service": []}
