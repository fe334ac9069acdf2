"""Every call that a function makes is one that its role allows. moto itself allows everything."""

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from itertools import chain, repeat
from typing import Any

import pytest

from ferry.config import settings
from tests import service as tests_service
from tests.declared import RESOURCES, evaluated, of_type
from tests.faults import CLIENTS, failing
from tests.integration.attached.orders import CREATION, INDEX, ITEMS, NAME, Orders, make_table
from tests.integration.driver import FIELDS, Driver
from tests.integration.test_parted_uploads import upload_in_parts
from tests.mail_events import bounce
from tests.oauth import Client
from tests.service import Service
from tests.site import Page, Site
from tests.transformed import listed, statements

ACCOUNT = "eu-west-1:123456789012"
NAMES = {
    properties["CodeUri"].removeprefix("functions/"): name
    for name, properties in of_type("AWS::Serverless::Function").items()
}
S3_ACTIONS = {
    "HeadObject": "GetObject",
    "ListObjectsV2": "ListBucket",
    "ListMultipartUploads": "ListBucketMultipartUploads",
    "ListParts": "ListMultipartUploadParts",
    "CreateMultipartUpload": "PutObject",
    "UploadPart": "PutObject",
    "CompleteMultipartUpload": "PutObject",
}
WRITING = {
    "dynamodb:DeleteItem",
    "s3:PutObject",
    "s3:AbortMultipartUpload",
    "s3:DeleteObject",
    "sqs:SendMessage*",
}
CALLING_NOTHING = {"dispatch_request", "get_openapi", "serve_console"}
"""The first calls Lambda alone, which moto does not play; a test of the template holds it."""
CSV = b"name,amount\r\nmilk,1\r\neggs,ten\r\n"
MANY = b"name,amount\r\n" + b"tea,1\r\n" * 20

KEYED = b"id,name\r\n" + b"5%023x,milk\r\n" % 1 + b"5%023x,eggs\r\n" % 1

Call = tuple[str, str, str]
"""A function's folder, an action, and the ARN of what it is done to."""


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch, stack: Any) -> set[Call]:
    """The calls that functions make."""
    made: set[Call] = set()
    running = [""]
    plain = tests_service.handler

    def handler(function: str) -> Any:
        def run(event: Any, context: Any) -> Any:
            running.append(function)
            try:
                return plain(function)(event, context)
            finally:
                running.pop()

        return run

    def note(params: dict[str, Any], model: Any, **_: Any) -> None:
        if running[-1]:
            service = model.service_model.service_name
            made.update((running[-1], *done) for done in _done(service, model.name, params))

    monkeypatch.setattr(tests_service, "handler", handler)
    monkeypatch.setattr("tests.integration.driver.handler", handler)
    for client in CLIENTS:
        client().meta.events.register("before-parameter-build", note)
    return made


@pytest.mark.enable_socket
@pytest.mark.usefixtures("small_steps")
def test_a_role_allows_what_its_function_does_and_no_writing_that_it_never_does(
    calls: set[Call], driver: Driver, stack: Any, site: Site
) -> None:
    _use_everything(driver, site)

    allowed = {folder: list(_allowed(name, stack)) for folder, name in NAMES.items()}
    refused = {call for call in calls if not any(_covers(a, call) for a in allowed[call[0]])}
    # Whatever makes a revision drops those beyond the limit, by the same code as their erasure.
    trimming = set(_where_of(RESOURCES["EraseRevisions"]["Properties"]["PolicyDocument"], stack))
    idle = {
        (folder, *permission)
        for folder, permissions in allowed.items()
        for permission in permissions
        if permission[0] in WRITING
        and not any(
            _covers(permission, call)
            for call in calls
            if call[0] == folder or permission in trimming
        )
    }
    assert {folder for folder, _, _ in calls} == NAMES.keys() - CALLING_NOTHING
    assert refused == set()
    assert sorted(idle) == []


def _allowed(function: str, stack: Any) -> Iterator[tuple[str, str]]:
    return _where_of({"Statement": statements(function)}, stack)


def _where_of(document: dict[str, Any], stack: Any) -> Iterator[tuple[str, str]]:
    region, account = ACCOUNT.split(":")
    known = {**vars(stack), **stack.parameters}
    known |= {"AWS::Partition": "aws", "AWS::Region": region, "AWS::AccountId": account}
    known["AttachedTables"] = _table_arn({"TableName": NAME})
    for statement in document["Statement"]:
        for resource in listed(statement["Resource"]):
            for action in listed(statement["Action"]):
                yield action, _where(resource, known)


def _covers(permission: tuple[str, str], call: Call) -> bool:
    _, action, arn = call
    return fnmatchcase(action, permission[0]) and fnmatchcase(arn, permission[1])


def _erase_revisions(call: Any) -> None:
    """Let each function that changes the configuration drop revisions with their outcomes."""
    upload = {"name": "a.json", "content": "{}"}
    changes = [
        lambda: call("POST", "/config/uploads", upload),
        lambda: call("DELETE", "/config/uploads/a.json"),
        lambda: call("POST", "/data/rollback", {"revision": 0}),
        lambda: call("POST", "/data/import", {"content": json.dumps({"rules": {"z": ""}})}),
    ]
    for number, change in enumerate(changes):
        for name in ("x", "y"):
            text = json.dumps({"rules": {f"{name}{number}": ""}})
            call("POST", "/data/import?partial=1", {"content": text})
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("REVISIONS_PER_APP", "1")
            settings.cache_clear()
            change()
        settings.cache_clear()
    newest = call("GET", "/data/revisions").json()["current"]
    call("POST", "/data/import?partial=1", {"content": json.dumps({"rules": {"q": ""}})})
    call("POST", "/data/import?partial=1", {"content": json.dumps({"rules": {"r": ""}})})
    call("DELETE", f"/data/revisions/{newest + 1}")


def _use_the_console(service: Service) -> None:
    made = service.call("POST", "/console/users/", {"email": "new@a.test"}).json()
    service.call("PUT", f"/console/users/{made['user_id']}/role/", {"role": "reader"})
    service.call("POST", "/console/session/link/", {"email": "new@a.test"}, token="")
    service.run_jobs()
    sessions = []
    for mail in service.mails():
        code = re.search(r"code=(\w+)", mail.html)
        assert code
        answer = service.call("POST", "/console/session/", {"code": code[1]}, token="")
        cookie = answer.cookies[0].partition(";")[0]
        sessions.append({"cookie": cookie, "x-ferry-csrf": answer.json()["csrf"]})
    first, last = sessions
    service.call("GET", "/console/session/", token="", headers=first)
    listed = service.call("GET", "/console/sessions/", token="", headers=first).json()["sessions"]
    (other,) = [session["id"] for session in listed if not session["current"]]
    service.call("DELETE", f"/console/sessions/{other}/", token="", headers=first)
    service.call("DELETE", "/console/session/", token="", headers=first)
    assert service.call("GET", "/console/session/", token="", headers=last).status == 401
    service.call("GET", "/console/users/")
    assert service.call("DELETE", f"/console/users/{made['user_id']}/").status == 204


def _use_everything(driver: Driver, site: Site) -> None:
    """Go through all that the service does, mishaps included."""
    service, path = driver.service, "/oserve/v1/table/"
    client = Client.create(service, service.stack)
    client.refresh(client.tokens()["refresh_token"])
    code = client.code()
    client.exchange(code)
    client.exchange(code)  # which comes back, and ends the tokens that it led to
    _use_the_console(service)
    table = service.create_table("goods", FIELDS)
    service.call("GET", path)
    service.call("GET", f"{path}{table}/")
    service.call("POST", f"{path}{table}/record/", [{"name": f"row {n}"} for n in range(9)])
    service.call("GET", f"{path}{table}/record/")
    service.call("PUT", path)
    _change_tables_and_rows(driver, path)
    job_id = driver.start_export(table)
    service.run_jobs()
    service.call("GET", f"{path}{table}/export/{job_id}/")
    service.call("GET", f"/oserve/v1.5/table/{table}/export/")
    service.call("GET", "/oserve/v1/job/?started_by=anyone")
    for link in driver.mails()[0].links:
        service.download(link)
    _use_options_and_failed_rows(driver, f"{path}{table}/")

    for operation in ("UploadPart", "CompleteMultipartUpload"):
        job_id = driver.start_import(table, CSV)
        message = driver.take(job_id)
        with failing(operation, times=1):
            assert not driver.deliver(job_id, message)
        assert driver.deliver(job_id, message)
    service.run_jobs()

    job_id = driver.start_fetched(table, site.put("/goods.csv", Page(CSV)))
    message = driver.take(job_id)
    with failing("UploadPart", times=1):
        assert not driver.deliver(job_id, message)
    assert driver.deliver(job_id, message)
    service.run_jobs()

    for content, options in (
        (CSV, {}),
        (b"x", {}),
        (KEYED, {"id_as_key": 1, "conflict": "upsert"}),
    ):
        body = {"file_name": "goods.csv", **options}
        form = service.call("POST", f"{path}{table}/import/upload/", body).json()
        service.put(form, content)
        if options:
            service.call("POST", f"{path}{table}/import/", {"file_key": form["file_key"]})
        service.run_jobs()
        job_id = form["file_key"].split("/")[3]
        assert service.call("DELETE", f"{path}{table}/import/{job_id}/").status == 204

    upload_in_parts(driver, table, CSV)
    service.run_jobs()

    stopped = {
        "export": driver.start_export(table, "jsonl", budget_units=1),
        "import": driver.start_import(table, MANY, query="budget_units=1"),
    }
    service.run_jobs()
    for operation, job_id in stopped.items():
        resumed = f"{path}{table}/{operation}/{job_id}/resume/"
        assert service.call("POST", resumed, {"budget": 1}).status == 202
    service.run_jobs()
    driver.wait(61)
    cancelled = driver.start_export(table)
    message = driver.take(cancelled)
    with failing("UploadPart", times=1):
        assert not driver.deliver(cancelled, message)
    service.call("DELETE", f"{path}{table}/export/{cancelled}/")
    assert driver.deliver(cancelled, message)
    driver.wait(61)

    with failing("SendMessage"):
        lost = [driver.start_import(table, CSV), driver.start_export(table)]
    driver.wait(61)
    driver.sweep()
    with failing("SendEmail", times=1):
        notices = [message for job_id in lost for message in _ended(driver, job_id)]
        assert service.deliver("NoticeQueue", notices) != []
    for job_id in lost:
        driver.recover(job_id)
    for job_id in (*lost, driver.start_import(table, CSV)):
        operation = driver.job(job_id).operation
        assert service.call("DELETE", f"{path}{table}/{operation}/{job_id}/").status < 300
    service.deliver_mail_event(bounce(lost[0], "owner@a.test"))
    _share_an_export(driver)
    _use_attached_table(driver)
    _use_configurations(driver)
    form = service.call("POST", f"{path}{table}/import/upload/", {"file_name": "goods.csv"}).json()
    assert service.put(form, CSV) < 300
    sent = service.call("POST", f"{path}{table}/import/", {"file_key": form["file_key"]})
    assert sent.status == 201, sent
    service.run_jobs()
    late = service.call("POST", f"{path}{table}/import/upload/", {"file_name": "a.csv"}).json()
    driver.wait(2)  # jobs that end in the second of the deletion are left for half an hour
    assert service.call("DELETE", f"{path}{table}/").status == 204
    service.run_jobs()
    assert service.put(late, CSV) < 300  # which nobody waits for
    service.run_jobs()
    driver.wait(1801)  # jobs that have ended since are erased half an hour later
    driver.sweep()
    service.run_jobs()


def _share_an_export(driver: Driver) -> None:
    """Export a table whose file several workers write."""
    table = driver.table([{"name": f"row {n}", "amount": n} for n in range(26)])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPORT_SEGMENT_MB", "1")
        patch.setattr("ferry.exports.export_cuts._ROW_BYTES", 1 << 20)
        settings.cache_clear()
        driver.start_export(table)
        driver.service.run_jobs()
    settings.cache_clear()


def _use_options_and_failed_rows(driver: Driver, table: str) -> None:
    """Preview a file, save how it is read, cancel an import, and send failed rows back."""
    service = driver.service
    for question in ("preview", "estimate"):
        assert service.upload(f"{table}import/{question}/", "goods.csv", CSV).status == 200
    everything = {"file_type": "csv", "mode": "all"}
    estimate = f"{table}export/estimate/".replace("/v1/", "/v1.5/")
    assert service.call("POST", estimate, everything).status == 200
    profile = f"{table}profile/daily/"
    assert service.call("PUT", profile, {"delimiter": ","}).status < 300
    assert service.call("GET", f"{table}profile/").status == 200
    assert service.call("DELETE", profile).status < 300
    cancelled = service.upload(f"{table}import/", "goods.csv", CSV).headers["Location"]
    assert service.call("POST", f"{cancelled}cancel/").status < 300
    written = service.upload(f"{table}import/?keep_before=1", "goods.csv", CSV)
    service.run_jobs()
    assert service.call("POST", f"{written.headers['Location']}undo/").status == 201
    service.run_jobs()
    for mail in driver.mails():
        for link in mail.upload_links:
            assert service.call("GET", link, token="").status == 200


def _change_tables_and_rows(driver: Driver, path: str) -> None:
    service = driver.service
    indexes = [{"fields": ["name"]}]
    table = f"{path}{service.create_table('wares', FIELDS, indexes=indexes)}/"
    row, _ = (service.call("POST", f"{table}record/", {"name": n}).json()["id"] for n in "ac")
    service.call("GET", f"{table}record/?order_by=name")
    for method in ("GET", "PUT", "DELETE"):
        assert service.call(method, f"{table}record/{row}/", {"name": "b"}).status < 300
    service.call("PUT", table, {"name": "goods_2"})
    service.call("PUT", table, {"indexes": [{"fields": ["amount"]}]})
    service.call("DELETE", table)
    service.context.get_remaining_time_in_millis = lambda: 0
    assert service.deliver("PurgeQueue", service.messages("PurgeQueue")) == []
    service.context.get_remaining_time_in_millis = lambda: 900_000
    service.run_jobs()
    driver.wait(3600)
    driver.sweep()
    service.run_jobs()


def _use_attached_table(driver: Driver) -> None:
    make_table()
    orders = Orders(driver).attach(**CREATION, **INDEX)
    orders.put(*ITEMS)
    assert orders.propose().status == 200
    lines = "customer,number,price\r\nli,10,1\r\nzo,1,1\r\n"
    for query in ("", "conflict=upsert", "dry_run=1", "mode=delete", "mode=mirror&most_deleted=9"):
        orders.bring(lines.encode(), query=query)
    job = orders.bring(lines.encode(), query="mode=upsert&keep_before=1")
    assert orders.call("POST", f"import/{job.id}/undo/").status == 201
    driver.service.run_jobs()
    orders.export("json")
    orders.export(mode="part", start=1)
    table = f"/oserve/v1/table/{orders.table}/"
    sent = driver.service.upload(f"{table}import/estimate/", "o.csv", lines.encode())
    estimate = f"{table}export/estimate/".replace("/v1/", "/v1.5/")
    asked = driver.service.call("POST", estimate, {"file_type": "csv", "mode": "all"})
    assert (sent.status, asked.status) == (200, 200)
    orders.call("DELETE")


def _use_configurations(driver: Driver) -> None:
    """Import, look, change and go back; an import runs while its caller waits."""
    call = driver.service.call
    assert call("GET", "/async/task").status == 200
    plugin = _plugin()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "ferry.configurations.waiting.sleep", lambda _: driver.service.drain("ConfigQueue")
        )
        form = driver.service.upload("/config/uploads", "p.zip", plugin, part="uploadFile")
        assert form.status == 201
        item = json.dumps({"name": "p", "file": "file:///p.zip"})
        content = json.dumps({"portablePlugins": {"p": item}})
        patch.setattr("ferry.configurations.waiting.PATIENCE_S", 0)
        call("POST", "/data/import?stop=1", {"content": content})
        messages = driver.service.messages("ConfigQueue")
        with failing("UploadPart", times=1):
            assert driver.service.deliver("ConfigQueue", messages) != []
        assert driver.service.deliver("ConfigQueue", messages) == []
        patch.undo()
        patch.setattr(
            "ferry.configurations.waiting.sleep", lambda _: driver.service.drain("ConfigQueue")
        )
        upload = {"name": "big", "content": "x" * 4_500_000}
        driver.service.upload(
            "/config/uploads",
            "big.json",
            json.dumps({"uploads": {"big": json.dumps(upload)}}).encode(),
            part="uploadFile",
        )
        call("POST", "/data/import", {"file": "file:///big.json"})
        call("POST", "/data/import?dry_run=1", {"content": content})
        task = call("POST", "/async/data/import", {"content": "{}"}).json()["id"]
        with failing("SendMessage"):
            call("POST", "/async/data/import", {"content": "{}"})
        for path in (f"/async/task/{task}", "/data/import/status", "/data/export", "/streams"):
            call("GET", path)
        for path in ("", "/1", "/2"):
            call("GET", f"/data/revisions{path}")
        call("GET", "/data/diff")
        call("POST", f"/async/task/{task}/cancel")
        call("POST", "/data/rollback", {"revision": 1})
        assert call("DELETE", "/data/revisions/1").status == 200
        call("POST", "/config/uploads", {"name": "a.json", "content": "{}"})
        call("GET", "/config/uploads")
        call("DELETE", "/config/uploads/a.json")
        _erase_revisions(call)
    driver.wait(100)
    driver.sweep()
    driver.service.run_jobs()


def _plugin() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("p.json", "{}")
    return packed.getvalue()


def _ended(driver: Driver, job_id: str) -> list[Any]:
    time_left = chain([0, 0], repeat(900_000))
    driver.service.context.get_remaining_time_in_millis = lambda: next(time_left)
    while not driver.job(job_id).ended:
        assert driver.deliver(job_id, driver.take(job_id))
    return driver.service.messages("NoticeQueue")


def _done(service: str, operation: str, params: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the actions that an API call asks for, and on what."""
    if operation == "TransactWriteItems":
        for write in params["TransactItems"]:
            ((kind, put),) = write.items()
            yield f"dynamodb:{kind}Item", _ON["dynamodb"](put)
    elif operation.startswith("Batch"):
        for name in params["RequestItems"]:
            yield f"dynamodb:{operation}", _ON["dynamodb"]({"TableName": name})
    elif service == "s3":
        yield from _done_in_s3(operation, params)
    elif operation == "SendEmail":  # https://github.com/medplum/medplum/pull/10102
        for what in (params["FromEmailAddress"], f"set/{params['ConfigurationSetName']}"):
            kind = "configuration-" if what.startswith("set/") else "identity/"
            yield "ses:SendEmail", f"arn:aws:ses:{ACCOUNT}:{kind}{what}"
    else:
        action = S3_ACTIONS.get(operation, operation)
        yield f"{service.removesuffix('v2')}:{action}", _ON[service](params)


def _done_in_s3(operation: str, params: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if operation == "DeleteObjects":  # asks for the permission on each object
        keys = [each["Key"] for each in params["Delete"]["Objects"]]
        yield from (("s3:DeleteObject", f"arn:aws:s3:::{params['Bucket']}/{key}") for key in keys)
    elif operation == "ListObjectsV2":
        yield "s3:ListBucket", f"arn:aws:s3:::{params['Bucket']}"
    else:
        yield f"s3:{S3_ACTIONS.get(operation, operation)}", _ON["s3"](params)


def _table_arn(params: dict[str, Any]) -> str:
    index = f"/index/{params['IndexName']}" if "IndexName" in params else ""
    return f"arn:aws:dynamodb:{ACCOUNT}:table/{params['TableName']}{index}"


_ON: dict[str, Callable[[dict[str, Any]], str]] = {
    "dynamodb": _table_arn,
    "s3": lambda params: "/".join(["arn:aws:s3:::" + params["Bucket"], *_key(params)]),
    "sqs": lambda params: f"arn:aws:sqs:{ACCOUNT}:{_queue_name(params['QueueUrl'])}",
    "sts": lambda params: params["RoleArn"],
    "secretsmanager": lambda params: params["SecretId"],
    "events": lambda _: f"arn:aws:events:{ACCOUNT}:event-bus/default",
}


_ARNS = {
    "AWS::Serverless::Function": f"arn:aws:lambda:{ACCOUNT}:function:{{}}",
    "AWS::IAM::Role": f"arn:aws:iam::{ACCOUNT.partition(':')[2]}:role/{{}}",
}


def _key(params: dict[str, Any]) -> list[str]:
    return [params["Key"]] if "Key" in params else []


def _queue_name(url: str) -> str:
    return url.rpartition("/")[2]


def _where(resource: Any, known: dict[str, str]) -> str:
    """Return a statement's resource; a parameter lists no bucket, and one table."""
    match resource:
        case {"Fn::Split": [_, {"Fn::Sub": [text, {"Buckets": _}]}]}:
            return text.replace("${Buckets}", known["FetchBuckets"])
        case {"Fn::Split": [_, {"Fn::Sub": [text, {"Tables": _}]}]}:
            return text.replace("${Tables}", known["AttachedTables"])
    return _resolved(resource, known)


def _resolved(value: Any, known: dict[str, str]) -> str:
    """Return the text that CloudFormation makes of a policy's resource."""
    match value:
        case {"Ref": _} | {"Fn::If": _}:
            return evaluated(value, known)
        case {"Fn::GetAtt": [name, attribute]}:
            return _attribute(name, attribute, known)
        case {"Fn::Select": [place, {"Fn::Split": [separator, text]}]}:
            return _resolved(text, known).split(separator)[int(place)]
        case {"Fn::Sub": [text, own]}:
            return _filled(text, known | {name: _resolved(v, known) for name, v in own.items()})
        case {"Fn::Sub": text}:
            return _filled(text, known)
    raise AssertionError(f"what does CloudFormation make of {value}?")


def _attribute(name: str, attribute: str, known: dict[str, str]) -> str:
    match attribute:
        case "Arn":
            return _ARNS[RESOURCES[name]["Type"]].format(known.get(name, name))
        case "QueueName":
            return _queue_name(known[name])
    return _resolved(RESOURCES[name]["Properties"][attribute], known)


def _filled(text: str, known: dict[str, str]) -> str:
    def fill(found: re.Match[str]) -> str:
        name, _, attribute = found[1].partition(".")
        return _attribute(name, attribute, known) if attribute else known[name]

    return re.sub(r"\$\{([\w.:]+)\}", fill, text)
