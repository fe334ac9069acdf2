"""Two people edit one row: ETag, If-Match, and a 409 with the row as it is now."""

import pytest

from ferry.records import row_store

FIELDS = [
    {"name": "name", "type": "string"},
    {"name": "price", "type": "number"},
    {"name": "amount", "type": "integer"},
    {"name": "more", "type": "object"},
]
TEA = {"name": "tea", "price": 12.5, "more": {"b": 1, "a": [2]}, "updated_at": 5}


@pytest.fixture
def path(service):
    records = f"/oserve/v1/table/{service.create_table('goods', FIELDS)}/record/"
    return f"{records}{service.call('POST', records, TEA).json()['id']}/"


def etag(service, path):
    answer = service.call("GET", path)
    assert answer.status == 200
    return answer.headers["ETag"]


def put(service, path, change, if_match):
    return service.call("PUT", path, change, headers={"If-Match": if_match})


def assert_refused(service, path, answer):
    """Refused, with the row and the ETag that a GET shows."""
    now = service.call("GET", path)
    assert answer.status == 409
    assert answer.json() == {
        "status": "error",
        "error_msg": f"record {now.json()['id']} has been changed since you read it; "
        "`record` is what it is now, and `etag` is its ETag",
        "record": now.json(),
        "etag": now.headers["ETag"],
    }


@pytest.fixture
def meanwhile(monkeypatch):
    """Have something done once, between the reading and the writing of the next change."""

    def arrange(act):
        commit, todo = row_store.commit, [act]

        def commit_late(actions):
            if todo:
                assert todo.pop()().status < 300
            return commit(actions)

        monkeypatch.setattr(row_store, "commit", commit_late)

    return arrange


def test_a_rows_etag_is_strong_and_stays_until_a_value_changes(service, path):
    before = etag(service, path)

    assert before.startswith('"')
    assert etag(service, path) == before
    service.call("PUT", path, {"name": "tea", "updated_at": 5})
    assert etag(service, path) == before
    service.call("PUT", path, {"amount": 1, "updated_at": 5})
    assert etag(service, path) != before


def test_the_second_of_two_edits_is_refused_and_may_then_overwrite(service, path):
    read = etag(service, path)
    assert put(service, path, {"price": 1}, read).status == 200

    refused = put(service, path, {"price": 2}, read)

    assert refused.json()["record"]["price"] == 1
    assert_refused(service, path, refused)
    assert put(service, path, {"price": 2}, refused.json()["etag"]).json()["price"] == 2


def test_a_row_that_was_edited_is_not_deleted(service, path):
    read = etag(service, path)
    service.call("PUT", path, {"price": 1})

    refused = service.call("DELETE", path, headers={"If-Match": read})

    assert_refused(service, path, refused)
    answer = service.call("DELETE", path, headers={"If-Match": refused.json()["etag"]})
    assert answer.status == 204
    assert put(service, path, {"price": 1}, read).status == 404


@pytest.mark.parametrize("column", ["name", "amount"], ids=["with a value", "without"])
@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_an_edit_within_the_same_moment_is_seen(service, path, meanwhile, method, column):
    read = etag(service, path)
    other = {"name": "green tea", "amount": 7}[column]
    meanwhile(lambda: service.call("PUT", path, {column: other, "updated_at": 5}))

    answer = service.call(method, path, {"price": 2}, headers={"If-Match": read})

    assert answer.json()["record"][column] == other
    assert_refused(service, path, answer)


def test_without_if_match_edits_of_different_columns_both_hold(service, path, meanwhile):
    meanwhile(lambda: service.call("PUT", path, {"amount": 7}))

    assert service.call("PUT", path, {"price": 2}).status == 200

    shown = service.call("GET", path).json()
    assert (shown["price"], shown["amount"]) == (2, 7)


@pytest.mark.parametrize(
    ("if_match", "status"),
    [
        ("{etag}", 200),
        ('"x, y" ,\t{etag}', 200),
        ("*", 200),
        ("W/{etag}", 409),
        ('"x"', 409),
        ("", 409),
        ("x", 400),
        ('"x', 400),
        ('*, "x"', 400),
    ],
)
def test_if_match_is_read_as_rfc_9110_has_it(service, path, if_match, status):
    read = etag(service, path)

    assert put(service, path, {"price": 2}, if_match.format(etag=read)).status == status


@pytest.mark.parametrize("changed", [1, 300])
def test_wide_rows_are_changed_on_condition(service, meanwhile, changed):
    fields = [{"name": f"f{n}", "type": "string"} for n in range(300)]
    records = f"/oserve/v1/table/{service.create_table('wide', fields)}/record/"
    path = f"{records}{service.call('POST', records, {'f299': 'a'}).json()['id']}/"
    change = {f"f{299 - n}": "b" for n in range(changed)}
    read = etag(service, path)
    meanwhile(lambda: service.call("PUT", path, {"f299": "c"}))

    refused = put(service, path, change, read)

    assert_refused(service, path, refused)
    assert put(service, path, change, refused.json()["etag"]).json()["f299"] == "b"
