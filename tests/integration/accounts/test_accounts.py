import boto3
import pytest

from ferry.accounts import identity as use
from ferry.accounts.account_store import Accounts, App, Token, User
from tests.declared import of_type


@pytest.fixture
def accounts(stack):
    return Accounts(stack.ControlTable)


def test_what_is_added_comes_back(accounts):
    app = App(id="a", name="商店", secret_sha256="f0", created_at=1)
    user = User(id=7, app_id="a", name="n", mail="n@a.test", language="zh-CN", created_at=2)
    token = Token(app_id="a", user_id=7, generation=0, expires_at=9)

    accounts.add_app(app)
    accounts.add_user(user)
    accounts.add_token("e3", token)

    assert accounts.app("a") == app
    assert accounts.user("a", 7) == user
    assert accounts.token("e3") == token


def test_what_is_not_there_is_none(accounts):
    accounts.add_user(User(id=7, app_id="a", name="n", mail="n@a.test", created_at=2))

    assert accounts.app("a") is None
    assert accounts.user("a", 8) is None
    assert accounts.user("b", 7) is None
    assert accounts.token("e3") is None


def test_no_user_id_is_given_twice(accounts):
    assert [accounts.new_user_id() for _ in range(3)] == [1, 2, 3]


def test_a_token_is_dropped_when_it_expires(accounts, stack):
    accounts.add_token("e3", Token(app_id="a", user_id=7, generation=0, expires_at=9))

    ttl = of_type("AWS::DynamoDB::Table")["ControlTable"]["TimeToLiveSpecification"]
    (item,) = boto3.client("dynamodb").scan(TableName=stack.ControlTable)["Items"]
    assert ttl["Enabled"]
    assert item[ttl["AttributeName"]] == {"N": "9"}


def test_no_secret_text_is_stored(accounts, stack):
    credentials = use.create_app("A", now=1, accounts=accounts)
    user = use.create_user(
        credentials.client_id, name="n", mail="n@a.test", language="en", now=1, accounts=accounts
    )
    token = use.issue_token(user, now=1, accounts=accounts)

    stored = str(boto3.client("dynamodb").scan(TableName=stack.ControlTable)["Items"])
    assert credentials.client_secret not in stored
    assert token not in stored
    assert use.sha256(token) in stored
