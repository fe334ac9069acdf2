"""Nothing that a caller sends is an error of the server, and nothing so accepted fails its worker.

Each route gets a share of the hostile pieces, so that each piece is sent; `--exhaustive` sends
every piece to every route, which takes a quarter of an hour.
"""

from itertools import cycle, islice
from string import Formatter

import pytest

from tests.declared import routes
from tests.security import hostile
from tests.service import Service

FORM = {"content-type": "multipart/form-data; boundary=x"}
VERSIONS = {"export": "v1.5", "import": "v1"}
SHARE = 6


@pytest.fixture
def known(service):
    """What the variables of paths may be."""
    table = service.create_table("goods", [{"name": "name", "type": "string"}])
    path = f"/oserve/v1/table/{table}"
    job = service.upload(f"{path}/import/", "a.csv", b"name\nmilk\n").headers["X-Job-Id"]
    row = service.call("POST", f"{path}/record/", {"name": "eggs"}).json()["id"]
    return {
        "table_id": str(table), "job_id": job, "record_id": row, "version": "v1", "name": "x",
        "number": "1", "type": "mqtt", "rule_id": "r", "task_id": job, "token": "x",
    }  # fmt: skip


def _served():
    """The routes that take a caller's own words; `DispatchRequest` is under all other paths."""
    return [(method, path) for method, path, _ in routes() if path != "$default"]


def _filled(path, known):
    parts = path.split("/")
    version = VERSIONS.get(parts[5] if len(parts) > 5 else "", "v1")
    names = {name: known.get(name, "x") for _, name, _, _ in Formatter().parse(path) if name}
    return path.format(**{**names, "version": version})


def _shares(pieces, exhaustive):
    """Return, for each route in turn, the pieces that it gets."""
    if exhaustive:
        return cycle([pieces])
    deal = cycle(pieces)
    return (list(islice(deal, SHARE)) for _ in iter(int, 1))


def _send(service, method, path, body=None, **options):
    try:
        answer = service.call(method, path, body, **options)
    except AssertionError as refused:
        if "API Gateway refuses it" in str(refused):
            return
        raise
    assert answer.status < 500, (method, path, body, options)


@pytest.fixture
def exhaustive(request):
    return request.config.getoption("--exhaustive")


def test_paths(engine, known, exhaustive):
    shares = _shares(hostile.IDS, exhaustive)
    for method, path in _served():
        for variable in [name for _, name, _, _ in Formatter().parse(path) if name]:
            for odd in next(shares):
                for token in (None, ""):
                    odd_path = _filled(path, {**known, variable: odd})
                    _send(engine.service, method, odd_path, token=token)


def test_a_link_of_any_text_is_no_link(service):
    for odd in hostile.IDS:
        answer = service.call("GET", f"/download/{odd}", token="")
        assert answer.status in {404, 410}, odd


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "PATCH", "OPTIONS", "HEAD"])
def test_paths_that_lead_nowhere(service: Service, method):
    for prefix in ("/", "/data/", "/rules/", "/oserve/v1/", "/oserve/%00/table/"):
        for odd in hostile.IDS[:: 1 if method == "GET" else 4]:
            _send(service, method, prefix + odd)


def test_queries(engine, known, exhaustive):
    shares = _shares(hostile.QUERIES, exhaustive)
    for method, path in _served():
        for query in next(shares):
            _send(engine.service, method, f"{_filled(path, known)}?{query}")


def test_headers(engine, known):
    odd = cycle(hostile.HEADERS)
    for method, path in _served():
        for headers in islice(odd, 3):
            _send(engine.service, method, _filled(path, known), headers=headers)


def test_bodies(engine, known, exhaustive):
    service, written = engine.service, {"POST", "PUT"}
    shares, forms = _shares(hostile.BODIES, exhaustive), _shares(hostile.FORMS, exhaustive)
    for method, path in _served():
        if method in written:
            for body in next(shares):
                _send(service, method, _filled(path, known), body)
            for body in next(forms):
                _send(service, method, _filled(path, known), body, headers=FORM)
    service.run_jobs()  # which asserts that no worker sends its message back


def test_what_takes_files_takes_every_form(engine, known):
    service = engine.service
    for path in ("/oserve/{version}/table/{table_id}/import", "/config/uploads"):
        for body in hostile.FORMS:
            _send(service, "POST", _filled(path, known), body, headers=FORM)
    for path in ("/api/oauth2/access_token", "/api/oauth2/hydrogen/openapi/authorize"):
        for body in (*hostile.FORMS, *hostile.BODIES):
            _send(service, "POST", path, body, headers=FORM)
            _send(service, "POST", path, body)
    for body in (body for body in hostile.BODIES if b'"file":' in body or b'"content":' in body):
        _send(service, "POST", "/data/import", body)
        _send(service, "POST", "/config/uploads", body)
    service.run_jobs()
