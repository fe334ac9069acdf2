"""The admin command, from its arguments to what it prints, against a deployed stack and locally."""

import json
import os
import time
from collections.abc import Iterator
from types import SimpleNamespace

import boto3
import pytest

from admin.__main__ import main
from admin.target import local_outputs
from ferry.accounts import identity as accounts
from ferry.accounts.account_store import Accounts
from ferry.aws import clients
from ferry.aws.bucket import Files
from ferry.configurations.history import History
from ferry.configurations.pointer_store import Cause, Configs
from ferry.errors import Unauthenticated
from ferry.kuiper.document.document import Document
from ferry.kuiper.document.sections import Section
from ferry.records.registry import Tables
from ferry.tables.schema import Field, FieldType, Schema, Table
from tests.declared import RESOURCES

OWNER = "owner@a.test"


@pytest.fixture
def deployed(stack: SimpleNamespace) -> Iterator[Accounts]:
    """A stack named ferry that has a control table, as CloudFormation tells of it."""
    made = {
        name: {part: RESOURCES[name][part] for part in ("Type", "Properties")}
        for name in ("ControlTable", "ConfigBucket")
    }
    outputs = {name: {"Value": {"Ref": name}} for name in made}
    outputs["UploadBucket"] = outputs["ConfigBucket"]  # no command minds
    body = {"Resources": made, "Outputs": outputs}
    cloudformation = boto3.client("cloudformation")
    cloudformation.create_stack(StackName="ferry", TemplateBody=json.dumps(body))
    (there,) = cloudformation.describe_stacks(StackName="ferry")["Stacks"]
    clients.session.cache_clear()  # a command changes it
    outputs = {output["OutputKey"]: output["OutputValue"] for output in there["Outputs"]}
    yield Accounts(outputs["ControlTable"])
    clients.session.cache_clear()


@pytest.fixture
def run(deployed: Accounts, capsys: pytest.CaptureFixture[str]):
    """Run a command against the stack; return what it prints, read as JSON."""

    def run(*arguments: str):
        assert main([*arguments, "--stack", "ferry", "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    return run


@pytest.fixture
def refused(deployed: Accounts, capsys: pytest.CaptureFixture[str]):
    """Run a command that must fail; return what it says."""

    def refused(*arguments: str):
        assert main([*arguments, "--stack", "ferry"]) == 1
        said = capsys.readouterr()
        assert said.out == ""
        return said.err.strip()

    return refused


@pytest.fixture
def app(run) -> str:
    """An app with one user."""
    made = run("create-app", "shop")["client_id"]
    run("create-user", made, "--mail", OWNER, "--language", "zh-CN")
    return made


def test_from_nothing_to_a_token_that_serves(run, deployed):
    app = run("create-app", "shop")
    user = run("create-user", app["client_id"], "--mail", OWNER)
    issued = run("issue-token", app["client_id"])

    assert len(app["client_secret"]) == 40
    assert (user["owner"], user["language"], user["name"]) == (True, "en", OWNER)
    assert issued["expires_at"] == pytest.approx(time.time() + 31_535_999, abs=60)
    assert _caller(deployed, issued["access_token"]) == (app["client_id"], user["user_id"])


def test_lists(run, app):
    other = run("create-app", "other")["client_id"]
    second = run("create-user", app, "--mail", "b@a.test", "--name", "B")

    listed = {found["client_id"]: found for found in run("list-apps")}
    assert {found["name"] for found in listed.values()} == {"shop", "other"}
    assert listed[other]["owner_id"] is None
    users = run("list-users", app)
    assert [(user["mail"], user["owner"]) for user in users] == [(OWNER, True), ("b@a.test", False)]
    assert users[1] == second
    assert run("list-users", other) == []


def test_an_app_is_deleted_with_its_users_tokens_and_configuration(run, app, deployed):
    other = run("create-app", "other")["client_id"]
    token = run("issue-token", app)["access_token"]
    bucket = _output("ConfigBucket")
    s3 = boto3.client("s3")
    for owner in (app, other):
        s3.put_object(Bucket=bucket, Key=f"configs/{owner}/revisions/1.json", Body=b"{}")

    assert run("delete-app", app) == {"client_id": app, "name": "shop"}

    assert [found["client_id"] for found in run("list-apps")] == [other]
    assert deployed.users(app) == []
    with pytest.raises(Unauthenticated):
        _caller(deployed, token)
    kept = s3.list_objects_v2(Bucket=bucket)["Contents"]
    assert [found["Key"] for found in kept] == [f"configs/{other}/revisions/1.json"]


def test_an_app_with_tables_is_not_deleted(refused, run, app, deployed):
    table = Table(
        id=1,
        app_id=app,
        name="goods",
        schema=Schema((Field(name="name", type=FieldType.STRING),)),
        created_by=1,
        created_at=1,
        updated_at=1,
    )
    Tables(deployed.table_name).add(table)

    assert "has tables (goods)" in refused("delete-app", app)
    assert [found["client_id"] for found in run("list-apps")] == [app]


def test_an_app_that_is_not_there_is_not_deleted(refused):
    assert refused("delete-app", "nobody") == "app nobody does not exist"


def test_revisions_are_erased_from_one_to_another(run, refused, app, deployed):
    name = _output("ConfigBucket")
    history = History(app, configs=Configs(deployed.table_name), files=Files(name))
    for number in range(4):
        document = Document({Section.STREAMS: {"a": f"secret {number}"}})
        history.change(lambda _, made=document: made, made_at=1, user_id=1, cause=Cause.UPLOAD)

    erased = run("erase-revisions", app, "1", "2")
    assert [found["number"] for found in erased] == [1, 2]
    assert [found["number"] for found in run("erase-revisions", app, "3")] == [3]

    assert "is in force" in refused("erase-revisions", app, "4")
    assert len(list(Files(name).names(f"configs/{app}/revisions/"))) == 1


def test_an_owner_can_be_replaced(run, app):
    second = run("create-user", app, "--mail", "b@a.test", "--owner")
    assert run("issue-token", app)["user_id"] == second["user_id"]

    first = run("list-users", app)[0]["user_id"]
    assert run("set-owner", app, str(first))["owner"] is True
    assert run("issue-token", app)["user_id"] == first


def test_a_new_secret(run, app, deployed):
    before = deployed.app(app).secret_sha256

    rotated = run("rotate-secret", app)

    assert rotated["client_id"] == app
    kept = deployed.app(app)
    assert kept.secret_sha256 == accounts.sha256(rotated["client_secret"]) != before
    assert (kept.name, kept.owner_id) == ("shop", run("list-users", app)[0]["user_id"])


def test_tokens_end_when_they_are_revoked_and_others_serve(run, app, deployed):
    issued = run("issue-token", app)

    revoked = run("revoke-tokens", app, str(issued["user_id"]))

    assert revoked["disabled"] is False
    with pytest.raises(Unauthenticated):
        _caller(deployed, issued["access_token"])
    assert _caller(deployed, run("issue-token", app)["access_token"])


def test_a_disabled_user_gets_no_token_until_enabled(run, refused, app, deployed):
    issued = run("issue-token", app)
    user = str(issued["user_id"])

    assert run("disable-user", app, user)["disabled"] is True
    assert run("revoke-tokens", app, user)["disabled"] is True
    with pytest.raises(Unauthenticated):
        _caller(deployed, issued["access_token"])
    assert refused("issue-token", app, user) == f"user {user} is disabled"
    assert run("enable-user", app, user)["disabled"] is False
    assert _caller(deployed, run("issue-token", app, user)["access_token"])


def test_two_changes_at_once_do_not_undo_each_other(app, deployed, refused, monkeypatch):
    (user,) = deployed.users(app)
    deployed.renew(user, disabled=True)
    monkeypatch.setattr(Accounts, "user", lambda *_: user)

    said = refused("enable-user", app, str(user.id))

    assert said == f"user {user.id} has changed meanwhile; try again"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("list-users nobody", "app nobody does not exist"),
        ("rotate-secret nobody", "app nobody does not exist"),
        ("issue-token nobody", "app nobody does not exist"),
        ("allow-table nobody orders", "app nobody does not exist"),
        ("deny-table nobody orders", "app nobody does not exist"),
        (f"create-user nobody --mail {OWNER}", "app nobody does not exist"),
        ("disable-user nobody 1", "user 1 of app nobody does not exist"),
        ("create-user nobody --mail nowhere", "'nowhere' is no mail address"),
    ],
)
def test_what_does_not_exist_is_named(refused, arguments, said):
    assert refused(*arguments.split()) == said


def test_an_app_has_no_more_users_than_its_owners_could_invite(run, refused, app, monkeypatch):
    monkeypatch.setattr("ferry.accounts.users.MOST_USERS", 1)

    said = refused("create-user", app, "--mail", "b@a.test")

    assert said == "the app has 1 users, and may have no more"
    assert "name: at most 200" in refused("create-user", app, "--mail", OWNER, "--name", "x" * 201)


def test_dynamodb_tables_are_allowed_and_denied_one_by_one(run, app):
    run("allow-table", app, "orders")
    twice = run("allow-table", app, "orders")
    both = run("allow-table", app, "carts")
    one = run("deny-table", app, "orders")
    none = run("deny-table", app, "carts")

    assert twice == {"client_id": app, "attachable": "orders"}
    assert [both["attachable"], one["attachable"]] == ["carts, orders", "carts"]
    assert none["attachable"] == ""


def test_an_app_without_users_has_nobody_to_get_a_token(run, refused):
    app = run("create-app", "empty")["client_id"]

    assert refused("issue-token", app) == f"app {app} has no user yet: run create-user first"


def test_people_read_lines_and_a_warning(deployed, capsys):
    assert main(["create-app", "shop", "--stack", "ferry"]) == 0

    said = capsys.readouterr()
    secret = said.out.splitlines()[1]
    assert secret.startswith("client_secret  ")
    assert said.err == "Keep it: it is shown this once, only its hash is stored.\n"


def test_people_read_tables(run, app, capsys):
    assert main(["list-users", app, "--stack", "ferry"]) == 0

    head, row = capsys.readouterr().out.splitlines()
    assert head.split() == [
        "user_id", "name", "mail", "language", "owner", "role", "tables", "disabled", "suppressed",
        "created_at",
    ]  # fmt: skip
    assert row.split()[1:7] == [OWNER, OWNER, "zh-CN", "yes", "owner", "no"]
    assert main(["list-users", run("create-app", "x")["client_id"], "--stack", "ferry"]) == 0
    assert capsys.readouterr().out == "none\n"


def test_a_stack_that_is_not_there_or_not_ours_is_named(deployed, capsys):
    boto3.client("cloudformation").create_stack(
        StackName="theirs", TemplateBody='{"Resources": {"T": {"Type": "AWS::SNS::Topic"}}}'
    )

    assert main(["list-apps", "--stack", "nowhere", "--region", "eu-west-1"]) == 1
    assert "there is no stack nowhere" in capsys.readouterr().err
    assert main(["list-apps", "--stack", "theirs"]) == 1
    assert "stack theirs has no output ControlTable" in capsys.readouterr().err


def test_a_profile_tells_region_and_credentials(deployed, tmp_path, monkeypatch, capsys):
    profile = "region=eu-west-3\naws_access_key_id=OPS\naws_secret_access_key=secret"
    (tmp_path / "config").write_text(f"[profile ops]\n{profile}\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.delenv("AWS_DEFAULT_REGION")

    assert main(["list-apps", "--stack", "ferry", "--profile", "ops"]) == 1

    assert "there is no stack ferry in this account and region" in capsys.readouterr().err
    assert clients.dynamodb().meta.region_name == "eu-west-3"
    credentials = clients.session().get_credentials()
    assert credentials is not None
    assert credentials.access_key == "OPS"


def test_without_a_stack_it_is_the_local_service(tmp_path, monkeypatch):
    environment = {"AWS_PROFILE": "mine", "HOME": "/home/me"}
    monkeypatch.setattr(os, "environ", environment)
    facts = {
        "aws_endpoint_url": "http://127.0.0.1:4566",
        "region": "us-east-1",
        "outputs": {"ControlTable": "control"},
    }
    (tmp_path / "stack.json").write_text(json.dumps(facts))

    assert local_outputs(tmp_path) == {"ControlTable": "control"}

    assert environment["AWS_ENDPOINT_URL"] == "http://127.0.0.1:4566"
    assert "AWS_PROFILE" not in environment
    assert environment["HOME"] == "/home/me"


def test_no_local_service_is_a_clear_message(tmp_path, capsys):
    assert main(["list-apps", "--state", str(tmp_path)]) == 1

    assert "run make up" in capsys.readouterr().err


def test_the_commands_are_listed(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])

    listed = capsys.readouterr().out
    assert "rotate-secret" in listed
    assert "revoke-tokens" in listed


def _caller(storage: Accounts, token: str) -> tuple[str, int]:
    caller = accounts.authenticate(f"Bearer {token}", now=int(time.time()), accounts=storage)
    return caller.app_id, caller.user_id


def _output(name):
    (made,) = boto3.client("cloudformation").describe_stacks(StackName="ferry")["Stacks"]
    return next(each["OutputValue"] for each in made["Outputs"] if each["OutputKey"] == name)
