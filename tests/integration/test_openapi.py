"""The service answers as its OpenAPI document says."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from openapi.document import TARGET
from tests.engine import Engine
from tests.oauth import AUTHORIZE, TOKEN, Client
from tests.service import Answer, Service

DOCUMENT: dict[str, Any] = json.loads(TARGET.read_text("utf-8"))
FIELDS = [
    {"name": "name", "type": "string", "constraints": {"required": True}},
    {"name": "amount", "type": "integer", "default": 5},
]
ROUTES = [
    (method.upper(), path) for path in DOCUMENT["paths"] for method in DOCUMENT["paths"][path]
]
_DOCUMENT_ID = "urn:openapi"
_REGISTRY = Registry().with_resource(_DOCUMENT_ID, DRAFT202012.create_resource(DOCUMENT))


@pytest.mark.parametrize("path", ["/openapi.json", "/openapi.json/"])
def test_it_is_served_to_anybody(service: Service, path: str):
    answer = service.call("GET", path, token="")

    assert (answer.status, answer.json()) == (200, DOCUMENT)
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_a_call_needs_a_token_where_the_document_says_so(service: Service, method: str, path: str):
    needs = DOCUMENT["paths"][path][method.lower()].get("security") != []

    answer = service.call(method, path.replace("{", "").replace("}", ""), {}, token="")

    assert (answer.status == 401) == needs


def test_tables_and_records_answer_as_documented(service: Service):
    table = {"name": "goods", "schema": {"fields": FIELDS}}
    made = _checked(service, "POST", "/oserve/v1/table/", table).json()["id"]
    assert _checked(service, "POST", "/oserve/v1/table/", table).status == 400
    assert _checked(service, "GET", "/oserve/v1/table/").status == 200
    one, records = f"/oserve/v1/table/{made}/", f"/oserve/v1/table/{made}/record/"
    assert _checked(service, "GET", one).status == 200
    assert _checked(service, "GET", "/oserve/v1/table/999/").status == 404
    assert _checked(service, "POST", records, {"name": "a"}).status == 201
    assert _checked(service, "POST", records, [{"name": "b"}, {"amount": 1}]).status == 201
    assert _checked(service, "POST", records, {}).status == 400
    assert _checked(service, "GET", f"{records}?limit=1").status == 200
    assert _checked(service, "GET", f"{records}?limit=0").status == 400
    assert _checked(service, "PUT", one, {"name": "wares"}).status == 200
    assert _checked(service, "PUT", one, {"name": "1"}).status == 400


def test_single_rows_answer_as_documented(service: Service):
    records = f"/oserve/v1/table/{service.create_table('goods', FIELDS)}/record/"
    row = _checked(service, "POST", records, {"name": "a"}).json()
    path = f"{records}{row['id']}/"

    assert _checked(service, "GET", path).status == 200
    assert _checked(service, "PUT", path, {"amount": None}).status == 200
    assert _checked(service, "PUT", path, {"amount": "1"}).status == 400
    for method in ("PUT", "DELETE"):
        for if_match, status in (('"x"', 409), ("x", 400)):
            headers = {"if-match": if_match}
            assert _checked(service, method, path, {}, headers=headers).status == status
    assert service.call("DELETE", path).status == 204
    for method in ("GET", "PUT", "DELETE"):
        assert _checked(service, method, path, {}).status == 404


def test_jobs_answer_as_documented(service: Service):
    made = service.create_table("goods", FIELDS)
    job = f"/oserve/v1/table/{made}/"
    csv = b"name,amount\r\na,1\r\nb,many\r\n"

    imported = _conforms("POST", f"{job}import/", service.upload(f"{job}import/", "a.csv", csv))
    exported = _checked(service, "POST", f"{job}export/", {"file_type": "csv", "mode": "all"})
    again = _checked(service, "POST", f"{job}export/", {"file_type": "csv", "mode": "all"})
    assert (imported.status, exported.status, again.status) == (201, 201, 400)
    for accepted in (imported, exported):
        _checked(service, "GET", accepted.headers["Location"])
    service.run_jobs()
    for accepted in (imported, exported):
        found = _checked(service, "GET", accepted.headers["Location"])
        assert found.json()["status"] == "finish"
        service.call("DELETE", accepted.headers["Location"])
        assert _checked(service, "GET", accepted.headers["Location"]).status == 404
    refused = service.upload(f"{job}import/", "a.txt", csv)
    assert _conforms("POST", f"{job}import/", refused).status == 400


def test_version_15_answers_as_documented(service: Service):
    made = service.create_table("goods", FIELDS)
    exports = f"/oserve/v1.5/table/{made}/export/"
    body = {"file_type": "xlsx", "mode": "part", "where": {"amount": 1}}

    assert _checked(service, "POST", exports, body | {"where": "{}"}).status == 400
    assert _checked(service, "POST", exports, body).status == 201
    assert _checked(service, "GET", exports).json()["meta"]["total_count"] == 1
    assert _checked(service, "GET", f"{exports}?limit=0").status == 400
    assert _checked(service, "GET", f"/oserve/v1/table/{made}/import/").json()["objects"] == []


STREAM = 'CREATE STREAM demo () WITH (DATASOURCE="users")'
DOCUMENT_BODY = {
    "content": json.dumps({"streams": {"demo": STREAM}, "sinkConfig": {"mqtt": '{"a":{}}'}})
}
CONFIGURATIONS = [
    ("POST", "/data/import", DOCUMENT_BODY, 200),
    ("POST", "/data/import", {"content": "{"}, 400),
    ("POST", "/ruleset/import", DOCUMENT_BODY, 200),
    ("POST", "/ruleset/import", {}, 400),
    ("POST", "/v2/data/import", {"content": "streams: {}"}, 200),
    ("POST", "/v2/data/import", {"content": "["}, 400),
    ("POST", "/async/data/import", DOCUMENT_BODY, 200),
    ("POST", "/async/data/import", {}, 400),
    ("GET", "/async/task", None, 200),
    ("GET", "/async/task?limit=0", None, 400),
    ("GET", "/async/task/x", None, 400),
    ("POST", "/async/task/x/cancel", None, 400),
    ("GET", "/data/import/status", None, 200),
    ("GET", "/data/export", None, 200),
    ("POST", "/data/export", ["r"], 200),
    ("GET", "/v2/data/export", None, 200),
    ("POST", "/ruleset/export", {}, 200),
    ("GET", "/data/revisions", None, 200),
    ("GET", "/data/revisions/1", None, 200),
    ("GET", "/data/revisions/99", None, 404),
    ("GET", "/data/revisions/x", None, 400),
    ("GET", "/data/diff", None, 200),
    ("GET", "/data/diff?from=x", None, 400),
    ("GET", "/data/diff?from=99", None, 404),
    ("POST", "/data/rollback", {"revision": 1}, 200),
    ("POST", "/data/rollback", {}, 400),
    ("POST", "/data/rollback", {"revision": 99}, 404),
    ("POST", "/config/uploads", {"name": "a.txt", "content": "x"}, 201),
    ("POST", "/config/uploads", {}, 400),
    ("GET", "/config/uploads", None, 200),
    ("DELETE", "/config/uploads/a.txt", None, 200),
    ("DELETE", "/config/uploads/a.txt", None, 400),
    ("DELETE", "/data/revisions/1", None, 200),
    ("DELETE", "/data/revisions/99", None, 404),
    ("DELETE", "/data/revisions/x", None, 400),
    ("GET", "/streams", None, 200),
    ("GET", "/tables", None, 200),
    ("GET", "/rules", None, 200),
    ("GET", "/rules/r", None, 404),
    ("GET", "/rules/a%20b", None, 400),
    ("GET", "/metadata/sinks/yaml/mqtt", None, 200),
    ("GET", "/metadata/sources/yaml/mqtt", None, 404),
    ("GET", "/metadata/connections/yaml/mqtt", None, 404),
]


def test_configurations_answer_in_the_documented_media_types(engine: Engine):
    for method, path, body, status in CONFIGURATIONS:
        answer = engine.call(method, path, body)
        assert (answer.status, method, path) == (status, method, path)
        _sent_as_documented(method, path, answer)
        refused = engine.call(method, path, body, token="")
        assert refused.status == 401
        _sent_as_documented(method, path, refused)

    shown = engine.call("GET", "/data/diff", headers={"accept": "application/json"})
    _sent_as_documented("GET", "/data/diff", shown)


def test_every_configuration_route_is_asked():
    asked = {_operation(method, path) for method, path, _, _ in CONFIGURATIONS}

    assert asked == {
        f"/paths/{path.replace('/', '~1')}/{method.lower()}"
        for method, path in ROUTES
        if DOCUMENT["paths"][path][method.lower()]["tags"] == ["configurations"]
    }


def _sent_as_documented(method: str, path: str, answer: Answer) -> None:
    place = _resolved(f"{_operation(method, path)}/responses/{answer.status}")
    documented = _REGISTRY.resolver(_DOCUMENT_ID).lookup(f"#{place}/content").contents
    assert answer.headers["Content-Type"].partition(";")[0] in documented


def test_the_oauth_flow_answers_as_documented(service: Service, stack):
    client = Client.create(service, stack)

    code = _conforms("POST", AUTHORIZE, client.post(AUTHORIZE, client.body)).json()["code"]
    assert _conforms("POST", TOKEN, client.exchange(code)).status == 200
    assert _conforms("POST", TOKEN, client.exchange(code)).status == 400


def _checked(
    service: Service,
    method: str,
    path: str,
    body: Any = None,
    *,
    headers: dict[str, str] | None = None,
) -> Answer:
    return _conforms(method, path, service.call(method, path, body, headers=headers))


def _conforms(method: str, path: str, answer: Answer) -> Answer:
    """Check that the document knows the answer's status and the shape of its body."""
    place = _resolved(f"{_operation(method, path)}/responses/{answer.status}")
    schema = {"$ref": f"{_DOCUMENT_ID}#{place}/content/application~1json/schema"}
    Draft202012Validator(schema, registry=_REGISTRY).validate(answer.json())
    return answer


def _operation(method: str, path: str) -> str:
    """The JSON pointer to what the document says of the route that serves the path."""
    parts = path.partition("?")[0].split("/")
    for known in DOCUMENT["paths"]:
        pattern = known.split("/")
        if len(pattern) == len(parts) and all(
            said == part or said.startswith("{") for said, part in zip(pattern, parts, strict=True)
        ):
            return f"/paths/{known.replace('/', '~1')}/{method.lower()}"
    raise AssertionError(f"{path} is not in the document")


def _resolved(pointer: str) -> str:
    found = _REGISTRY.resolver(_DOCUMENT_ID).lookup(f"#{pointer}").contents
    return found["$ref"].removeprefix("#") if "$ref" in found else pointer
