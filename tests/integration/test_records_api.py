import json
from urllib.parse import quote, urlencode

import pytest

from tests.service import new_app

FIELDS = [
    {"name": "name", "type": "string", "constraints": {"required": True}},
    {"name": "price", "type": "number"},
    {"name": "amount", "type": "integer", "default": 5},
    {"name": "tags", "type": "array", "items": {"type": "string"}},
    {"name": "due", "type": "date"},
    {"name": "owner", "type": "pointer"},
]
GOODS = [
    {"name": "ink", "price": 12, "created_at": 100, "tags": ["new", "black"]},
    {"name": "brush", "price": 30.5, "created_at": 200, "due": "2018-09-26T11:22:51+08:00"},
    {"name": "paper", "created_at": 300, "owner": "5baafb9061235656789abcde"},
    {"name": "Inkstone", "price": 260, "created_at": 400, "amount": None},
    {"name": "seal", "price": 12, "created_at": 500},
]
NEWEST_FIRST = ["seal", "Inkstone", "paper", "brush", "ink"]


@pytest.fixture
def records(service):
    """The path of the records of a table that holds the goods."""
    path = f"/oserve/v1/table/{service.create_table('goods', FIELDS, shards=3)}/record/"
    assert service.call("POST", path, GOODS).json()["succeed"] == len(GOODS)
    return path


def listed(service, records, **query):
    if "where" in query:
        query["where"] = json.dumps(query["where"])
    answer = service.call("GET", f"{records}?{urlencode(query)}")
    assert answer.status == 200, answer
    return answer.json()


def names(service, records, **query):
    return [row["name"] for row in listed(service, records, **query)["objects"]]


def path_of(service, records, name):
    (row,) = listed(service, records, where={"name": name})["objects"]
    return f"{records}{row['id']}/"


def test_all_rows_come_newest_first(service, records):
    assert names(service, records) == NEWEST_FIRST
    assert names(service, records, order_by="-created_at") == NEWEST_FIRST
    assert names(service, records, order_by="created_at") == NEWEST_FIRST[::-1]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ({"price": 12}, ["seal", "ink"]),
        ({"price": {"$gt": 12, "$lte": 260}}, ["Inkstone", "brush"]),
        ({"name": {"$icontains": "INK"}}, ["Inkstone", "ink"]),
        ({"name": {"$regex": "^[ps]"}}, ["seal", "paper"]),
        ({"tags": "black"}, ["ink"]),
        ({"owner": "5baafb9061235656789abcde"}, ["paper"]),
        ({"due": "2018-09-26T03:22:51Z"}, ["brush"]),
        ({"price": {"$isnull": True}}, ["paper"]),
        ({"amount": {"$exists": False}}, ["Inkstone"]),
        ({"created_at": {"$gte": 200, "$lt": 400}}, ["paper", "brush"]),
        ({"created_at": 300}, ["paper"]),
        ({"created_at": {"$range": [200, 300]}, "price": {"$gt": 1}}, ["brush"]),
        ({"$or": [{"created_at": 100}, {"created_at": 500}]}, ["seal", "ink"]),
        ({"created_at": {"$gt": 500}}, []),
        ({"created_at": {"$gt": 9, "$lt": 5}}, []),
        ({"created_at": {"$gte": 10**30}}, []),
        ({"created_at": {"$lte": 10**30}}, NEWEST_FIRST),
        ({}, NEWEST_FIRST),
    ],
    ids=str,
)
def test_where_selects(service, records, where, expected):
    page = listed(service, records, where=where)

    assert [row["name"] for row in page["objects"]] == expected
    assert page["meta"]["total_count"] == len(expected)


@pytest.mark.parametrize(
    ("order_by", "expected"),
    [
        ("price", ["paper", "ink", "seal", "brush", "Inkstone"]),
        ("-price", ["Inkstone", "brush", "seal", "ink", "paper"]),
        ("price,-created_at", ["paper", "seal", "ink", "brush", "Inkstone"]),
        ("name", ["Inkstone", "brush", "ink", "paper", "seal"]),
    ],
)
def test_rows_come_in_the_order_asked_for(service, records, order_by, expected):
    assert names(service, records, order_by=order_by) == expected


def test_order_where_and_pages_go_together_and_links_keep_the_rest(service, records):
    query = {"where": {"price": {"$gt": 1}}, "order_by": "-price"}

    page = listed(service, records, **query, limit=2, offset=1)

    assert [row["name"] for row in page["objects"]] == ["brush", "seal"]
    meta = page["meta"]
    kept = f"where={quote(json.dumps(query['where']), safe='').replace('%20', '+')}&order_by=-price"
    assert meta["total_count"] == 4
    assert meta["next"] == f"{records}?{kept}&limit=2&offset=3"
    assert meta["previous"] == f"{records}?{kept}&limit=2&offset=0"
    after = service.call("GET", meta["next"]).json()
    assert [row["name"] for row in after["objects"]] == ["ink"]
    assert after["meta"]["next"] is None


@pytest.mark.parametrize("query", [{}, {"where": {}}, {"order_by": "name"}], ids=str)
def test_pages_together_are_the_whole_list(service, records, query):
    whole = names(service, records, **query)

    pages = [names(service, records, **query, limit=2, offset=offset) for offset in (0, 2, 4, 6)]

    assert [name for page in pages for name in page] == whole


def test_rows_whose_answer_would_be_too_large_are_refused_before_they_are_stored(service):
    fields = [{"name": "name", "type": "string"}, {"name": "text", "type": "string"}]
    fields[1]["default"] = "x" * 6000
    table = service.create_table("wide", fields, shards=1)
    path = f"/oserve/v1/table/{table}/record/"

    refused = service.call("POST", path, [{"name": "a"}] * 1000)

    assert refused.status == 400
    assert "send fewer at a time" in refused.json()["error_msg"]
    assert service.call("GET", path).json()["meta"]["total_count"] == 0
    assert service.call("POST", path, [{"name": "a"}] * 10).status == 201


def test_rows_that_no_answer_can_carry_are_refused(service, records, monkeypatch):
    answer = service.call("GET", f"{records}?limit=5")
    as_lambda_sends_it = json.dumps(answer.body.decode(), ensure_ascii=False)
    size = len(as_lambda_sends_it.encode()) - len('""')

    monkeypatch.setattr("ferry.http.MOST_ANSWER_BYTES", size)
    assert service.call("GET", f"{records}?limit=5").json() == answer.json()
    monkeypatch.setattr("ferry.http.MOST_ANSWER_BYTES", size - 1)
    refused = service.call("GET", f"{records}?limit=5")

    assert refused.status == 400
    message = f"limit: the rows come to {size:,} bytes, and an answer can have {size - 1:,}"
    assert refused.json()["error_msg"] == f"{message}; ask for fewer"
    assert service.call("GET", f"{records}?limit=4").status == 200


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("where=price", "where"),
        ("where=[]", "where"),
        ("where=%22price%22", "where"),
        ('where={"prize":1}', "prize"),
        ('where={"price":{"$near":1}}', "$near"),
        ('where={"price":1,"price":2}', "price"),
        ('where={"name":{"$regex":"("}}', "$regex"),
        ("order_by=tags", "tags is of type array"),
        ("order_by=owner", "owner is of type pointer"),
        ("order_by=prize", "prize"),
        ("order_by=name,,price", "order_by"),
        ("order_by=name&offset=9999&limit=2", "offset"),
        ("limit=1001", "limit"),
        ("limit=0", "limit"),
        ("offset=-1", "offset"),
    ],
)
def test_what_cannot_be_asked_for_is_refused_by_name(service, records, query, named):
    answer = service.call("GET", f"{records}?{query}")

    assert answer.status == 400
    assert named in answer.json()["error_msg"]


def test_a_search_that_takes_too_long_is_refused_in_time(service, records, monkeypatch):
    monkeypatch.setattr(service.context, "get_remaining_time_in_millis", lambda: 2000)

    answer = service.call("GET", f'{records}?where={{"price":12}}')

    assert answer.status == 400
    assert "let where bound created_at" in answer.json()["error_msg"].lower()


def test_one_row_is_shown(service, records):
    shown = service.call("GET", path_of(service, records, "ink"))

    assert shown.status == 200
    assert shown.json() | {"id": "", "updated_at": 0} == {
        "id": "",
        "created_by": 1,
        "created_at": 100,
        "updated_at": 0,
        "name": "ink",
        "price": 12,
        "amount": 5,
        "tags": ["new", "black"],
        "read_perm": ["user:*"],
        "write_perm": ["user:*"],
    }


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize("row_id", ["0" * 24, "x", "g" * 24, "0" * 2000])
def test_a_row_that_is_not_there_is_404(service, records, method, row_id):
    answer = service.call(method, f"{records}{row_id}/", {"name": "a"})

    assert answer.status == 404
    assert answer.json()["error_msg"] == f"record {row_id} does not exist"


def test_a_change_keeps_what_it_does_not_name(service, records):
    path = path_of(service, records, "ink")
    before = service.call("GET", path).json()

    answer = service.call("PUT", path, {"price": 13.25, "tags": None, "unknown": 1, "id": "x"})

    after = service.call("GET", path).json()
    assert answer.status == 200
    assert answer.json() == after
    del before["tags"]
    assert after == before | {"price": 13.25, "updated_at": after["updated_at"]}
    assert after["updated_at"] > before["created_at"]


def test_a_default_is_not_taken_by_a_change(service, records):
    path = path_of(service, records, "Inkstone")

    assert "amount" not in service.call("PUT", path, {"price": 1}).json()
    assert service.call("PUT", path, {"amount": 7}).json()["amount"] == 7
    assert "amount" not in service.call("PUT", path, {"amount": None}).json()


def test_a_row_moves_in_the_list_with_its_creation_time(service, records):
    path = path_of(service, records, "ink")

    answer = service.call("PUT", path, {"created_at": 450, "updated_at": 7, "created_by": 9})

    shown = answer.json()
    assert (shown["created_at"], shown["updated_at"], shown["created_by"]) == (450, 7, 9)
    assert names(service, records) == ["seal", "ink", "Inkstone", "paper", "brush"]
    assert names(service, records, where={"created_at": {"$gt": 400}}) == ["seal", "ink"]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"price": "1"}, "price"),
        ({"name": None}, "name"),
        ({"created_at": 1519538564000}, "created_at"),
        ({"name": "x" * 410_000}, "bytes"),
        ([{"price": 1}], "object"),
        ("price", "object"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_change_that_breaks_a_rule_is_refused_and_nothing_changes(
    service, records, change, named
):
    path = path_of(service, records, "ink")
    before = service.call("GET", path).json()

    answer = service.call("PUT", path, change)

    assert answer.status == 400
    assert named in answer.json()["error_msg"]
    assert service.call("GET", path).json() == before


def test_a_row_with_more_columns_than_an_update_can_name_is_changed_whole(service):
    fields = [{"name": f"f{n}", "type": "string"} for n in range(300)]
    records = f"/oserve/v1/table/{service.create_table('wide', fields)}/record/"
    row = service.call("POST", records, {"f0": "a", "created_at": 5}).json()
    change = {f"f{n}": "b" for n in range(300)}

    service.call("PUT", f"{records}{row['id']}/", change)

    shown = service.call("GET", f"{records}{row['id']}/").json()
    assert shown | change == shown
    assert shown["created_at"] == 5


def test_a_deleted_row_is_gone(service, records):
    path = path_of(service, records, "ink")

    answer = service.call("DELETE", path)

    assert (answer.status, answer.body) == (204, b"")
    assert service.call("DELETE", path).status == 404
    assert service.call("PUT", path, {"price": 1}).status == 404
    assert "ink" not in names(service, records)


def test_a_row_that_is_deleted_while_it_is_changed_stays_deleted(service, records, monkeypatch):
    path = path_of(service, records, "ink")
    _meanwhile(monkeypatch, lambda: service.call("DELETE", path))

    assert service.call("PUT", path, {"price": 1}).status == 404
    assert "ink" not in names(service, records)


def test_two_changes_of_different_columns_both_hold(service, records, monkeypatch):
    path = path_of(service, records, "ink")
    _meanwhile(monkeypatch, lambda: service.call("PUT", path, {"amount": 77}))

    service.call("PUT", path, {"price": 1})

    shown = service.call("GET", path).json()
    assert (shown["price"], shown["amount"]) == (1, 77)


def test_rows_of_another_app_are_out_of_reach(service, records):
    other = new_app(service.stack, "B", "other@b.test")
    path = path_of(service, records, "ink")

    for method in ("GET", "PUT", "DELETE"):
        assert service.call(method, path, {}, token=other).status == 404
    assert service.call("GET", path).status == 200


@pytest.mark.parametrize("slash", ["", "/"])
def test_v1_8_serves_the_same(service, records, slash):
    eight = records.replace("/v1/", "/v1.8/").rstrip("/") + slash
    row = service.call("POST", eight, {"name": "cup"}).json()
    path = f"{eight.rstrip('/')}/{row['id']}{slash}"

    listed = service.call("GET", f"{eight}?limit=1").json()
    assert listed["objects"][0]["name"] == "cup"
    assert listed["meta"]["next"] == f"{eight}?limit=1&offset=1"
    assert service.call("GET", path).status == 200
    assert service.call("PUT", path, {"price": 1}).status == 200
    assert service.call("POST", path, {}).status == 405
    assert service.call("DELETE", path).status == 204


def _meanwhile(monkeypatch, act):
    """Do `act` once, between the reading and the writing of the next change."""
    from ferry.records import row_store as rows

    commit, acted = rows.commit, []

    def commit_late(actions):
        if not acted:
            acted.append(True)
            assert act().status < 300
        return commit(actions)

    monkeypatch.setattr(rows, "commit", commit_late)
