"""Attaching a DynamoDB table without a schema: its items are sampled, and tell one."""

import boto3
import pytest

from tests.faults import failing, recording
from tests.integration.attached.orders import NAME

NOW = 1_700_000_000


def order(number: int, **more) -> dict:
    """Return an order of one of two regions."""
    return {
        "customer": {"S": f"c{number % 7}"},
        "number": {"N": str(number)},
        "placed": {"N": str(NOW + number)},
        "region": {"S": ("eu", "us")[number % 2]},
        **more,
    }


def put(*items: dict) -> None:
    for start in range(0, len(items), 25):
        puts = [{"PutRequest": {"Item": item}} for item in items[start : start + 25]]
        boto3.client("dynamodb").batch_write_item(RequestItems={NAME: puts})


def attributes(proposal: dict) -> dict:
    return {each.pop("name"): each for each in proposal["sample"]["attributes"]}


def test_a_proposal_attaches_the_table_when_it_is_sent_back(orders):
    orders.allow()
    put(
        order(1, paid={"BOOL": True}, price={"N": "1.50"}),
        order(2, paid={"BOOL": False}, tags={"SS": ["a", "b"]}, photo={"B": b"\x00\xff"}),
        order(
            3, due={"S": "2024-02-25"}, address={"M": {"street": {"S": "A"}}}, gone={"NULL": True}
        ),
        order(4, lines={"L": [{"N": "1"}]}),
    )

    proposed = orders.propose()
    made = orders.driver.service.call("POST", "/oserve/v1/table/", proposed.json())

    assert (proposed.status, made.status) == (200, 201)
    fields = {each["name"]: each for each in made.json()["schema"]["fields"]}
    assert [*fields][:2] == ["customer", "number"]
    assert fields["number"] == {
        "name": "number",
        "type": "integer",
        "constraints": {"required": True},
    }
    told = {name: (each["type"], each.get("stored")) for name, each in fields.items()}
    assert told == {
        "customer": ("string", None),
        "number": ("integer", None),
        "placed": ("integer", None),
        "region": ("string", None),
        "paid": ("boolean", None),
        "price": ("number", None),
        "tags": ("array", "SS"),
        "photo": ("string", "B"),
        "due": ("date", None),
        "address": ("object", None),
        "gone": ("string", None),
        "lines": ("array", None),
    }
    assert made.json()["attached"]["created_at"] == {"attribute": "placed", "unit": "seconds"}
    orders.table = made.json()["id"]
    before = orders.items
    counts = orders.bring(orders.export(), query="mode=upsert").counts
    assert (counts.total, counts.failed, orders.items) == (4, 0, before)


def test_a_proposal_says_what_it_is_based_on(orders):
    orders.allow()
    put(*map(order, range(4)), order(4, price={"N": "1"}), order(5, price={"S": "free"}))
    orders.put(order(6, price={"N": "12345"}, **{"$ref": {"S": "x"}}))

    proposal = orders.propose().json()

    sample = proposal["sample"]
    assert (sample["items"], sample["whole"], sample["table_items"]) == (7, True, 7)
    assert 0.5 <= sample["read_units"] <= 2
    assert sample["left_out"] == {"$ref": "schema.fields: '$ref' cannot name a field"}
    assert attributes(proposal)["price"] == {
        "type": "integer",
        "types": {"N": 66.7, "S": 33.3},
        "empty": 4,
        "largest": 4,
        "example": 1,
        "why": "most values are N, others are not (1 S): these are exported as they are, and keep "
        "their type",
    }


def test_an_index_is_proposed_when_its_partitions_seem_to_be_known(orders):
    orders.allow()
    put(*map(order, range(8)))
    known = orders.propose().json()
    orders.put(order(9, region={"S": "cn"}))
    unsure = orders.propose().json()

    index = {"name": "by_placed", "partitions": ["eu", "us"]}
    assert known["attached"]["index"] == index
    assert "index" not in unsure["attached"]
    assert unsure["sample"]["index"] == {
        "name": "by_placed",
        "key": "region",
        "partitions": ["cn", "eu", "us"],
        "sure": False,
    }


def test_what_the_request_says_is_kept(orders):
    orders.allow()
    put(*map(order, range(4)))
    creation = {"attribute": "placed", "unit": "milliseconds"}

    attached = orders.propose(created_at=creation).json()["attached"]

    assert attached["created_at"] == creation


def test_an_empty_table_has_its_keys(orders):
    orders.allow()

    proposal = orders.propose().json()

    fields = [(each["name"], each["type"]) for each in proposal["schema"]["fields"]]
    assert fields == [("customer", "string"), ("number", "number")]
    assert proposal["sample"]["items"] == 0


def test_a_large_table_is_sampled_in_parts_and_no_further_than_a_thousand_items(orders):
    orders.allow()
    put(*[order(n, text={"S": "x" * 8000}) for n in range(300)])

    with recording() as calls:
        sample = orders.propose().json()["sample"]

    assert not sample["whole"]
    assert 50 < sample["items"] < 300
    assert sample["read_units"] < 256
    assert 2 < calls.count("Scan") <= 19


def test_tables_that_may_not_be_attached_are_not_read(orders):
    with recording() as calls:
        answer = orders.propose()

    assert answer.status == 400
    assert "the app may not attach" in answer.json()["error_msg"]
    assert "Scan" not in calls


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("ProvisionedThroughputExceededException", "has no read capacity left now"),
        ("AccessDeniedException", "in the parameter AttachedTables"),
    ],
)
def test_what_stops_the_sample_is_said(orders, code, said):
    orders.allow()

    with failing("Scan", code):
        answer = orders.propose()

    assert answer.status == 400
    assert said in answer.json()["error_msg"]


def test_own_tables_need_a_schema(driver):
    answer = driver.service.call("POST", "/oserve/v1/table/", {"name": "goods"})

    assert (answer.status, answer.json()["error_msg"]) == (400, "schema: Field required")
