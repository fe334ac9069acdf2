"""A path answers the same with and without its slash, however API Gateway takes it.

The other tests here run under one reading, which `--reading` chooses.
"""

import json
from io import BytesIO
from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError

from local.gateway import READINGS
from tests.service import Functions, Service

TABLE = {"name": "goods", "schema": {"fields": [{"name": "name", "type": "string"}]}}
TABLES = "/oserve/v1/table"
ONE = f"{TABLES}/1"


@pytest.fixture(params=READINGS)
def reading(request: pytest.FixtureRequest, service: Service) -> str:
    service.reading = READINGS[request.param]
    return request.param


@pytest.fixture(params=["", "/"], ids=["bare", "slash"])
def slash(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def call(service: Service, reading: str):
    """Call as a client does that follows redirects, which only a GET may get."""

    def call(method, path, *args, **options):
        answer = service.call(method, path, *args, **options)
        if answer.status == 308:
            assert (reading, method) == ("empty", "GET")
            assert answer.headers["Location"] == path.replace("/?", "?").removesuffix("/")
            return service.call(method, answer.headers["Location"], *args, **options)
        return answer

    return call


def test_tables_rows_and_jobs(call, slash):
    made = call("POST", TABLES + slash, TABLE)
    table = f"{TABLES}/{made.json()['id']}"
    row = call("POST", f"{table}/record{slash}", {"name": "milk"})
    record = f"{table}/record/{row.json()['id']}"
    export = call("POST", f"{table}/export{slash}", {"file_type": "csv", "mode": "all"})
    job = export.headers["Location"].removesuffix("/")
    upload = call("POST", f"{table}/import/upload{slash}", {"file_name": "goods.csv"})

    assert [made.status, row.status, export.status, upload.status] == [201] * 4
    assert export.body == b'{"status":"ok"}'
    assert call("GET", f"{TABLES}{slash}?limit=1").json()["objects"] == [made.json()]
    assert call("GET", table + slash).json() == made.json()
    assert call("GET", f"{table}/record{slash}").json()["objects"] == [row.json()]
    assert call("GET", record + slash).json() == row.json()
    assert call("GET", job + slash).json()["status"] == "pending"
    assert call("GET", f"{table}/import{slash}").json()["objects"] == []
    assert call("PUT", record + slash, {"name": "eggs"}).json()["name"] == "eggs"
    assert call("PUT", table + slash, {"name": "food"}).json()["name"] == "food"
    for path in (record, job, table):
        assert call("DELETE", path + slash).status == 204


def test_paths_without_a_token(call, slash):
    for prefix in ("", "/oserve"):
        for path in ("/api/oauth2/access_token", "/api/oauth2/hydrogen/openapi/authorize"):
            answer = call("POST", prefix + path + slash, {}, token="")
            assert (answer.status, answer.json()) == (400, {"error": "invalid_request"})
    assert call("GET", f"/openapi.json{slash}", token="").json()["openapi"] == "3.1.0"
    assert call("GET", f"/download/nonsense{slash}", token="").status == 404


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PATCH", TABLES, "GET, POST"),
        ("DELETE", TABLES, "GET, POST"),
        ("POST", ONE, "DELETE, GET, PUT"),
        ("HEAD", ONE, "DELETE, GET, PUT"),
        ("GET", f"{ONE}/export", "POST"),
        ("POST", "/oserve/v1.5/table/1/import", "GET"),
        ("PUT", f"{ONE}/export/abc", "DELETE, GET"),
        ("GET", "/api/oauth2/access_token", "POST"),
        ("OPTIONS", "/openapi.json", "GET"),
    ],
)
def test_a_wrong_method_is_405_and_says_which_there_are(call, slash, method, path, allowed):
    answer = call(method, path + slash, token="")

    assert (answer.status, answer.headers["Allow"]) == (405, allowed)
    assert answer.json()["error_msg"] == f"{method} is not allowed here, but {allowed}"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/oserve/v2/table"),
        ("POST", "/oserve/v1.5/table"),
        ("GET", "/oserve/v1.5/table/1/record"),
        ("DELETE", "/oserve/v1.8/table/1/export/abc"),
        ("POST", "/oserve/v1.8/table/1/import"),
        ("POST", "/oserve/v9/table/1/import/upload"),
        ("GET", "/oserve"),
        ("GET", "/oserve/v1/table/1/nothing"),
        ("GET", "/oserve/v1/table/1/record/2/3"),
    ],
)
def test_an_unknown_path_is_404_whoever_asks(call, slash, method, path):
    answer = call(method, path + slash, token="")

    assert answer.status == 404
    assert answer.json()["error_msg"].startswith(f"there is nothing at {path}")


def test_a_path_of_the_engine_has_no_slash(service, reading):
    if reading == "stripped":
        pytest.skip("no function can tell")
    for method, path in (("GET", "/data/export"), ("POST", "/data/import"), ("GET", "/rules/")):
        answer = service.call(method, path.removesuffix("/") + "/")
        assert (answer.status, answer.body) == (404, b"404 page not found\n")


def test_a_query_that_api_gateway_may_refuse_is_refused_with_the_way_to_go(service):
    where = "%22" * 3_000

    answer = service.call("GET", f"{ONE}/record/?where={where}")

    assert answer.status == 414
    assert answer.json()["error_msg"] == (
        "the URL's query has 9,006 bytes, and may have 8,000; POST a long condition to "
        "/oserve/v1.5/table/1/export/, as `where` in the body"
    )


class Refusing(Functions):
    def invoke(self, **_):
        code = "TooManyRequestsException"
        raise ClientError({"Error": {"Code": code, "Message": ""}}, "Invoke")


class Failing(Functions):
    def invoke(self, **_):
        return {"FunctionError": "Unhandled", "Payload": BytesIO(b'{"errorMessage":"secret"}')}


@pytest.mark.parametrize(("functions", "status"), [(Refusing, 503), (Failing, 500)])
def test_what_a_dispatched_request_cannot_have(service, monkeypatch, functions, status):
    service.reading = READINGS["exact"]
    monkeypatch.setattr("ferry.aws.clients.functions", functions)

    answer = service.call("GET", f"{TABLES}/")

    assert answer.status == status
    assert answer.json()["status"] == "error"
    assert b"secret" not in answer.body


def test_a_dispatched_request_is_the_one_that_its_route_would_bring(service, monkeypatch):
    handed = []

    class Noting(Functions):
        def invoke(self, **given):
            handed.append(SimpleNamespace(**given))
            return super().invoke(**given)

    service.reading = READINGS["exact"]
    monkeypatch.setattr("ferry.aws.clients.functions", Noting)
    service.call("GET", "/oserve/v1.8/table/7/record/abc/?a=1")

    [invoked] = handed
    event = json.loads(invoked.Payload)
    assert invoked.FunctionName == "get_record"
    assert event["routeKey"] == event["requestContext"]["routeKey"]
    assert event["routeKey"] == "GET /oserve/{version}/table/{table_id}/record/{record_id}"
    assert event["pathParameters"] == {"version": "v1.8", "table_id": "7", "record_id": "abc"}
    assert event["rawPath"] == "/oserve/v1.8/table/7/record/abc/"
    assert event["headers"]["authorization"] == f"Bearer {service.token}"
