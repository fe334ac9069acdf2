"""Every function handles the event in events/ that bears its name, as AWS would send it."""

import base64
import copy
import json
import time
from urllib.parse import urlsplit

import boto3
import msgspec
import pytest

from ferry.accounts.account_store import Accounts, App, Token, User
from ferry.accounts.grant_store import Code, Grants
from ferry.accounts.identity import sha256
from ferry.accounts.session_store import Session, Sessions
from ferry.accounts.sign_in_codes import Invited, SignInCode, SignInCodes
from ferry.aws.bucket import Files
from ferry.configurations.config_job import ConfigRequest
from ferry.configurations.history import History
from ferry.configurations.pointer_store import Cause, Configs
from ferry.exports.export_job import ExportRequest, ExportResult
from ferry.imports.import_job import ImportOptions, ImportRequest
from ferry.imports.upload_store import PendingUpload, Uploads
from ferry.jobs.job import Counts, MailState, Operation, Status
from ferry.jobs.job_store import Jobs
from ferry.kuiper.apply.mode import Mode
from ferry.kuiper.document.document import Document
from ferry.kuiper.document.sections import Section
from ferry.mail.notices import KINDS
from ferry.records import store as stored
from ferry.records.profile_store import Profiles
from ferry.records.purges import Purge
from ferry.records.reading.windows import Window
from ferry.records.registry import Tables
from ferry.records.store import Records
from ferry.tables.records import Record, derived_id
from ferry.tables.schema import Constraints, Field, FieldType, Schema, Table
from tests.declared import ROOT, routes
from tests.service import Service, handler

EVENTS = {path.stem: json.loads(path.read_text()) for path in (ROOT / "events").glob("*.json")}
FUNCTIONS = sorted(app.parent.name for app in (ROOT / "functions").glob("*/app.py"))

SECRET = "4be1c5d90a7f3e2861b0d49c7a5f8e3d2c1b0a99"
CODE = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b"
TOKEN = "7d3f0b1c9a5e4826bd70e1f2c3a4958607b1d2e3"
SIGN_IN_CODE = "1f2e3d4c5b6a79880716253443526170f1e2d3c4"
SESSION = "5d0c7e1fa2b93846c7d8e9f0a1b2c3d4e5f60718"
LINK_KEY = "a-key-for-the-sample-events-only"
UPLOADED = "019cade3b1c24f5e6d7c8b9aa0b1c2d3"
EXPORT, IMPORT, DONE = (
    "019cade09874a1b2c3d4e5f60718293a",
    "019caddd8b34b7c6d5e4f3a29180716f",
    "019cade3a5b4c0ffee5eedbeefcafe42",
)
TASK = "019cadf1c2d3e4f5061728394a5b6c7d"
STREAM = 'CREATE STREAM demo () WITH (DATASOURCE="users", FORMAT="JSON")'
RULE = '{"id": "rule1","sql": "SELECT * FROM demo","actions": [{"log": {}}]}'
GOODS = Table(
    id=36,
    app_id="shop",
    name="goods",
    schema=Schema(
        (
            Field(name="name", type=FieldType.STRING, constraints=Constraints(required=True)),
            Field(name="amount", type=FieldType.INTEGER),
            Field(name="price", type=FieldType.NUMBER),
        )
    ),
    created_by=7,
    created_at=1_767_225_600,
    updated_at=1_767_225_600,
    shards=4,
)
CREATED = (1_767_225_599, 1_767_225_600, 1_769_903_999, 1_769_904_000)


@pytest.fixture
def run(stack, context):
    """Hand a function its event; the account holds what the events speak of."""
    _seed(stack)

    def run(function):
        return handler(function)(EVENTS[function], context)

    return run


@pytest.fixture
def mailed(stack, context):
    return Service(stack, context).mails


def test_every_function_has_an_event_and_a_test_here():
    assert sorted(EVENTS) == FUNCTIONS
    assert [name for name in FUNCTIONS if f"test_{name}" not in globals()] == []


@pytest.mark.parametrize(
    "name",
    [name for name, event in EVENTS.items() if event.get("routeKey", "$default") != "$default"],
)
def test_a_request_comes_by_a_route_of_its_function(name):
    event = EVENTS[name]
    http, parameters = event["requestContext"]["http"], event.get("pathParameters", {})
    method, _, route = event["routeKey"].partition(" ")

    assert (method, route, name) in routes()
    assert event["requestContext"]["routeKey"] == event["routeKey"]
    assert event["rawPath"] == http["path"]
    assert event["rawPath"].removesuffix("/") == route.format(**parameters)
    assert method == http["method"]


def test_authorize_app(run, stack):
    answer = run("authorize_app")

    granted = json.loads(answer["body"])
    code = Grants(stack.ControlTable).take_code(sha256(granted["code"]), app_id="shop", now=0)
    assert (answer["statusCode"], granted["expires_in"]) == (200, 600)
    assert code.user_id == 7


def test_issue_token(run, stack):
    answer = run("issue_token")

    granted = json.loads(answer["body"])
    assert answer["statusCode"] == 200
    assert Accounts(stack.ControlTable).token(sha256(granted["access_token"])).user_id == 7
    assert Grants(stack.ControlTable).refresh_token(sha256(granted["refresh_token"])).user_id == 7


def test_request_sign_in(run, stack):
    answer = run("request_sign_in")

    host = "https://ferry.test"
    assert (answer["statusCode"], answer["body"]) == (202, '{"status":"ok"}')
    assert _queued_bodies(stack.NoticeQueue) == [{"link_for": "li@example.com", "public_url": host}]


def test_keep_session(run, stack):
    invited = (Invited("shop", 7, revocations=0),)
    code = SignInCode(users=invited, expires_at=int(time.time()) + 600)
    SignInCodes(stack.ControlTable).add(sha256(SIGN_IN_CODE), code)

    answer = run("keep_session")

    assert answer["statusCode"] == 201
    assert answer["cookies"][0].startswith("__Host-ferry_session=shop.7.")
    assert len(Sessions(stack.ControlTable).of_user("shop", 7)) == 1


def test_list_sessions(run, stack):
    _signed_in(stack)

    answer = run("list_sessions")

    (session,) = json.loads(answer["body"])["sessions"]
    assert (answer["statusCode"], session["current"]) == (200, True)


def test_end_session(run, stack):
    _signed_in(stack)

    assert run("end_session")["statusCode"] == 204
    assert Sessions(stack.ControlTable).of_user("shop", 7) == []


def test_list_users(run, stack):
    _signed_in(stack)

    (user,) = json.loads(run("list_users")["body"])["users"]
    assert (user["user_id"], user["role"]) == (7, "owner")


def test_save_user(run, stack):
    _signed_in(stack)

    answer = run("save_user")

    made = json.loads(answer["body"])
    user = Accounts(stack.ControlTable).user("shop", made["user_id"])
    assert (answer["statusCode"], user.mail, user.role) == (201, "wang@example.com", "reader")
    assert user.access.on("36") == "editor"
    (asked,) = _queued_bodies(stack.NoticeQueue)
    assert (asked["app_id"], asked["user_id"]) == ("shop", user.id)


def test_remove_user(run, stack):
    _signed_in(stack)
    accounts = Accounts(stack.ControlTable)
    accounts.add_user(User(id=8, app_id="shop", name="w", mail="w@shop.test", created_at=0))

    assert run("remove_user")["statusCode"] == 204
    assert accounts.user("shop", 8) is None


def _signed_in(stack):
    now = int(time.time())
    session = Session(
        app_id="shop",
        user_id=7,
        revocations=0,
        agent="Firefox",
        created_at=now,
        used_at=now,
        expires_at=now + 600,
    )
    Sessions(stack.ControlTable).add(sha256(SESSION), session)


def test_serve_console(run):
    answer = run("serve_console")

    assert answer["statusCode"] in {200, 503}  # a checkout has no built console
    assert answer["headers"]["Content-Type"] == "text/html; charset=utf-8"


def test_get_openapi(run):
    answer = run("get_openapi")

    assert answer["statusCode"] == 200
    assert json.loads(answer["body"])["openapi"] == "3.1.0"


def test_create_table(run, stack):
    answer = run("create_table")

    created = json.loads(answer["body"])
    assert answer["statusCode"] == 201
    assert created["name"] == "cities"
    assert [table.name for table in Tables(stack.ControlTable).of_app("shop")] == [
        "cities",
        "goods",
    ]
    assert Tables(stack.ControlTable).get("shop", created["id"]).schema.names == (
        "name",
        "population",
        "tags",
        "place",
    )


def test_list_tables(run):
    answer = run("list_tables")

    listed = json.loads(answer["body"])
    assert answer["statusCode"] == 200
    assert [table["name"] for table in listed["objects"]] == ["goods"]
    assert listed["meta"] == {
        "limit": 10,
        "next": None,
        "offset": 0,
        "previous": None,
        "total_count": 1,
    }


def test_get_table(run):
    answer = run("get_table")

    assert answer["statusCode"] == 200
    assert json.loads(answer["body"])["id"] == 36


def test_update_table(run, stack):
    answer = run("update_table")

    changed = Tables(stack.ControlTable).get("shop", 36)
    assert answer["statusCode"] == 200
    assert json.loads(answer["body"])["name"] == changed.name == "wares"
    assert (changed.row_read_perm, changed.schema) == (("user:7",), GOODS.schema)


def test_delete_table(run, stack):
    answer = run("delete_table")

    assert answer["statusCode"] == 204
    assert Tables(stack.ControlTable).of_app("shop") == []
    assert _queued(stack.PurgeQueue) == ["36"]


def test_purge_table(run, stack):
    purge = Purge(table=GOODS, deleted_at=int(time.time()), due_at=int(time.time()))
    Tables(stack.ControlTable).delete(GOODS, purge)

    answer = run("purge_table")

    assert answer == {"batchItemFailures": []}
    assert _rows(stack) == []


def test_create_records(run, stack):
    before = {record.id for record in _rows(stack)}

    answer = run("create_records")

    outcome = json.loads(answer["body"])
    new = [record for record in _rows(stack) if record.id not in before]
    assert answer["statusCode"] == 201
    assert (outcome["total_count"], outcome["succeed"]) == (3, 1)
    assert ["success" in result for result in outcome["operation_result"]] == [True, False, False]
    assert [record.columns["name"] for record in new] == ["牛奶, 1 L"]
    assert new[0].created_by == 7


def test_list_records(run):
    answer = run("list_records")

    listed = json.loads(answer["body"])
    assert answer["statusCode"] == 200
    assert [row["created_at"] for row in listed["objects"]] == [CREATED[2], CREATED[1]]
    assert listed["meta"]["total_count"] == 4
    assert listed["meta"]["next"] == "/oserve/v1/table/36/record/?limit=2&offset=3"


def test_get_record(run):
    answer = run("get_record")

    assert answer["statusCode"] == 200
    assert json.loads(answer["body"])["created_at"] == CREATED[0]


def test_update_record(run, stack):
    answer = run("update_record")

    shown = json.loads(answer["body"])
    (changed,) = [record for record in _rows(stack) if record.id == shown["id"]]
    assert answer["statusCode"] == 200
    assert (changed.fields["name"], str(changed.fields["price"])) == ("milk, 1 L", "1.19")
    assert changed.created_at == CREATED[0] < changed.updated_at


def test_delete_record(run, stack):
    answer = run("delete_record")

    assert answer["statusCode"] == 204
    assert [record.created_at for record in _rows(stack)] == list(CREATED[1:])


def test_create_export(run, stack):
    answer = run("create_export")

    job = _stored(stack, answer["headers"]["X-Job-Id"])
    assert (answer["statusCode"], answer["body"]) == (201, '{"status":"ok"}')
    assert answer["headers"]["Location"] == f"/oserve/v1/table/36/export/{job.id}/"
    assert job.request == ExportRequest(file_type="csv", start=CREATED[1], end=CREATED[3])
    assert (job.user_id, job.rows_total) == (7, 2)
    assert _queued(stack.ExportQueue) == [job.id]


def test_create_import(run, stack):
    answer = run("create_import")

    job = _stored(stack, answer["headers"]["X-Job-Id"])
    assert (answer["statusCode"], answer["body"]) == (201, '{"status":"ok"}')
    assert (job.request.file_name, job.result.ignored_columns) == ("goods.csv", ("colour",))
    content = b"".join(Files(stack.UploadBucket).blocks(job.request.file_key))
    assert content.startswith(b"name,amount,price,colour\r\nmilk,12,1.09,white\r\n")
    assert _queued(stack.ImportQueue) == [job.id]


def test_estimate_export(run, stack):
    answer = run("estimate_export")

    told = json.loads(answer["body"])
    assert (answer["statusCode"], told["rows"], told["exact"]) == (200, 2, True)
    assert not _queued(stack.ExportQueue)


def test_estimate_import(run, stack):
    answer = run("estimate_import")

    told = json.loads(answer["body"])
    assert (answer["statusCode"], told["rows"], told["exact"]) == (200, 3, True)
    assert not _queued(stack.ImportQueue)


def test_preview_import(run, stack):
    answer = run("preview_import")

    told = json.loads(answer["body"])
    assert answer["statusCode"] == 200
    assert told["rows"][0] == {"name": "milk", "amount": 12, "price": 1.09}
    assert told["changes"][-1] == {"field": "colour", "added": "string"}
    assert not _queued(stack.ImportQueue)


def test_save_profile(run, stack):
    answer = run("save_profile")

    (saved,) = Profiles(stack.ControlTable, 36).latest()
    assert answer["statusCode"] == 201
    assert (saved.name, saved.version, saved.created_by) == ("german", 1, 7)
    assert saved.options == {"columns": {"Artikel": "name"}, "decimal": ","}


def test_list_profiles(run, stack):
    Profiles(stack.ControlTable, 36).add("german", {"decimal": ","}, user_id=7, now=1)

    answer = run("list_profiles")

    shown = {"name": "german", "version": 1, "options": {"decimal": ","}}
    assert json.loads(answer["body"])["objects"] == [{**shown, "created_by": 7, "created_at": 1}]


def test_delete_profile(run, stack):
    Profiles(stack.ControlTable, 36).add("german", {"decimal": ","}, user_id=7, now=1)

    assert run("delete_profile")["statusCode"] == 204
    assert Profiles(stack.ControlTable, 36).latest() == []


def test_continue_upload(run):
    answer = run("continue_upload")

    assert (answer["statusCode"], "not that of an upload" in answer["body"]) == (400, True)


def test_create_upload(run, stack):
    answer = run("create_upload")

    form = json.loads(answer["body"])
    job_id = answer["headers"]["X-Job-Id"]
    assert answer["statusCode"] == 201
    assert form["file_key"] == f"incoming/shop/36/{job_id}/goods.csv.gz"
    assert form["fields"]["key"] == form["file_key"]
    assert (stack.UploadBucket in form["upload_url"], form["expires_in"]) == (True, 3540)
    upload = Uploads(stack.ControlTable).find(form["file_key"], now=0)
    assert upload is not None
    assert upload.options == ImportOptions(id_as_key=True, conflict="upsert")


def test_start_uploaded_import(run, stack):
    answer = run("start_uploaded_import")

    job = _stored(stack, UPLOADED)
    assert answer == {"batchItemFailures": []}
    assert (job.request.file_name, job.request.dry_run) == ("goods 2026.csv", True)
    assert _queued(stack.ImportQueue) == [UPLOADED]


def test_replay_import(run, stack):
    answer = run("replay_import")

    assert answer["statusCode"] in {400, 404}, answer


def test_get_job(run):
    answer = run("get_job")

    shown = json.loads(answer["body"])
    assert answer["statusCode"] == 200
    assert (shown["job_id"], shown["status"]) == (DONE, "finish")
    assert shown["download_url"].startswith("https://ferry.test/download/")


def test_list_app_jobs(run):
    answer = run("list_app_jobs")

    listed = json.loads(answer["body"])
    assert answer["statusCode"] == 200
    assert {job["status"] for job in listed["objects"]} == {"pending"}
    assert {job["table_id"] for job in listed["objects"]} == {36}
    assert listed["meta"] == {"limit": 10, "next": None}


def test_list_jobs(run):
    answer = run("list_jobs")

    listed = json.loads(answer["body"])
    assert answer["statusCode"] == 200
    assert [job["job_id"] for job in listed["objects"]] == [EXPORT]
    assert listed["meta"] == {
        "limit": 1,
        "next": None,
        "offset": 1,
        "previous": "/oserve/v1.5/table/36/export/?limit=1&offset=0",
        "total_count": 2,
    }


def test_delete_job(run, stack):
    answer = run("delete_job")

    assert (answer["statusCode"], answer["body"]) == (204, "")
    assert _stored(stack, DONE).deleted
    assert not Files(stack.ResultsBucket).exists(f"exports/{DONE}/goods.csv")


def test_cancel_job(run, stack):
    answer = run("cancel_job")

    assert answer["statusCode"] == 409
    assert not _stored(stack, DONE).deleted


def test_resume_export(run, stack):
    answer = run("resume_export")

    assert answer["statusCode"] == 409
    assert "nothing left to do" in answer["body"]
    assert _queued(stack.ExportQueue) == []


def test_resume_import(run, stack):
    answer = run("resume_import")

    assert answer["statusCode"] in {404, 409}, answer
    assert _queued(stack.ImportQueue) == []


def test_show_upload_page(run, stack):
    answer = run("show_upload_page")

    assert answer["statusCode"] == 200
    assert f'value="incoming/corrected/{IMPORT}/' in answer["body"]


def test_download_file(run, stack):
    answer = run("download_file")

    assert answer["statusCode"] == 302
    assert stack.ResultsBucket in answer["headers"]["Location"]
    path = urlsplit(answer["headers"]["Location"]).path
    assert path.endswith(f"exports/{DONE}/goods.csv")


def test_dispatch_request(run):
    answer = run("dispatch_request")

    assert answer == run("get_table")
    assert answer["statusCode"] == 200


def test_process_export(run, stack):
    answer = run("process_export")

    job = _stored(stack, EXPORT)
    assert answer == {"batchItemFailures": []}
    assert (job.status, job.counts) == (Status.FINISHED, Counts(total=4, succeeded=4))
    lines = b"".join(Files(stack.ResultsBucket).blocks(job.result.result_key)).splitlines()
    assert len(lines) == 5
    assert _queued(stack.NoticeQueue) == [EXPORT]


def test_process_import(run, stack):
    answer = run("process_import")

    job = _stored(stack, IMPORT)
    assert answer == {"batchItemFailures": []}
    assert (job.status, job.counts) == (Status.FINISHED, Counts(total=3, succeeded=2, failed=1))
    assert {"milk", "bread, rye"} <= {record.columns["name"] for record in _rows(stack)}
    assert b"eggs" in b"".join(Files(stack.ResultsBucket).blocks(job.result.report_key))
    assert _queued(stack.NoticeQueue) == [IMPORT]


def test_send_notice(run, stack, mailed):
    answer = run("send_notice")

    (mail,) = mailed()
    assert answer == {"batchItemFailures": []}
    assert mail.to == ["owner@shop.test"]
    assert "goods" in mail.subject
    assert _stored(stack, DONE).mail is MailState.SENT


def test_record_mail_event(run, stack):
    answer = run("record_mail_event")

    assert answer == {"batchItemFailures": []}
    assert _stored(stack, DONE).mail_status == "bounced"


def test_sweep_jobs(run, stack):
    answer = run("sweep_jobs")

    assert answer is None
    assert _queued(stack.ExportQueue) == [EXPORT]
    assert _queued(stack.ImportQueue) == [IMPORT]
    assert _queued(stack.ConfigQueue) == [TASK]
    assert _queued(stack.NoticeQueue) == [DONE]


def test_import_configuration(run, stack, context, monkeypatch):
    monkeypatch.setattr("ferry.configurations.waiting.sleep", lambda _: _deliver(stack, context))

    answer = run("import_configuration")

    assert answer["statusCode"] == 200
    assert json.loads(answer["body"])["ErrorMsg"] == ""
    assert _configuration(stack).revision == 2


def test_process_config(run, stack):
    answer = run("process_config")

    job = _stored(stack, TASK)
    assert answer == {"batchItemFailures": []}
    assert (job.status, job.result.config.revision) == (Status.FINISHED, 2)
    assert job.counts == Counts(total=2, succeeded=1, failed=1)
    assert _queued(stack.NoticeQueue) == [TASK]


def test_get_task(run):
    answer = run("get_task")

    assert answer["statusCode"] == 200
    assert json.loads(answer["body"])["status"] == "register"


def test_list_tasks(run):
    answer = run("list_tasks")

    assert answer["statusCode"] == 200
    listed = json.loads(answer["body"])["tasks"]
    assert [(task["id"], task["status"]) for task in listed] == [(TASK, "register")]


def test_cancel_task(run, context):
    assert run("cancel_task")["body"] == "cancel success"

    run("process_config")

    assert json.loads(run("get_task")["body"])["status"] == "cancel"


def test_get_import_status(run):
    run("process_config")

    shown = json.loads(run("get_import_status")["body"])

    assert (len(shown), list(shown["tables"])) == (12, ["bad"])


def test_export_configuration(run):
    answer = run("export_configuration")

    shown = json.loads(base64.b64decode(answer["body"]))
    assert answer["statusCode"] == 200
    assert (shown["streams"], list(shown["rules"])) == ({"demo": STREAM}, ["rule1"])


def test_list_revisions(run):
    assert json.loads(run("list_revisions")["body"])["current"] == 1


def test_delete_revision(run, stack):
    _configuration_changes(stack)

    answer = run("delete_revision")

    assert (answer["statusCode"], json.loads(answer["body"])["number"]) == (200, 1)
    assert not list(Files(stack.ConfigBucket).names("configs/shop/revisions/000000001"))


def test_diff_revisions(run):
    found = json.loads(run("diff_revisions")["body"])

    assert found["streams"]["demo"] == {"change": "added", "after": STREAM}


def test_roll_back_configuration(run, stack):
    answer = run("roll_back_configuration")

    assert (answer["statusCode"], json.loads(answer["body"])["of"]) == (200, 1)
    assert _configuration(stack).revision == 2


def test_add_upload(run, stack):
    answer = run("add_upload")

    assert (answer["statusCode"], answer["body"]) == (201, "/tmp/a.json")
    assert Files(stack.ConfigBucket).exists("configs/shop/uploads/tmp/a.json")


def test_list_uploads(run):
    assert json.loads(run("list_uploads")["body"]) == ["/old.json"]


def test_delete_upload(run):
    assert run("delete_upload")["body"] == "ok"

    assert json.loads(run("list_uploads")["body"]) == []


def test_list_items(run):
    assert run("list_items")["body"] == RULE


def _configuration_changes(stack):
    history = History("shop", configs=Configs(stack.ControlTable), files=Files(stack.ConfigBucket))
    history.change(lambda _: Document(), made_at=0, user_id=7, cause=Cause.IMPORT)


def _configuration(stack):
    return Configs(stack.ControlTable).pointer("shop")


def _deliver(stack, context):
    """Run the one import that waits."""
    (job_id,) = _queued(stack.ConfigQueue)
    event = copy.deepcopy(EVENTS["process_config"])
    event["Records"][0]["body"] = json.dumps({"job_id": job_id})
    handler("process_config")(event, context)


def _seed_configuration(stack):
    files = Files(stack.ConfigBucket)
    history = History("shop", configs=Configs(stack.ControlTable), files=files)
    document = Document({Section.STREAMS: {"demo": STREAM}, Section.RULES: {"rule1": RULE}})
    history.change(lambda _: document, made_at=0, user_id=7, cause=Cause.IMPORT)
    files.put("configs/shop/uploads/old.json", b"{}")
    body = {"content": json.dumps({"streams": {"demo": STREAM}, "tables": {"bad": "x"}})}
    Files(stack.UploadBucket).put(f"configs/{TASK}", json.dumps(body).encode())
    request = ConfigRequest(body_key=f"configs/{TASK}", mode=Mode.PARTIAL)
    job = _job(TASK, Operation.CONFIGURATION, request)
    Jobs(stack.ControlTable).add(msgspec.structs.replace(job, table_id=0, table_name=""))


def _seed(stack):
    _seed_configuration(stack)
    boto3.client("secretsmanager").put_secret_value(
        SecretId=stack.LinkSecret, SecretString=LINK_KEY
    )
    accounts = Accounts(stack.ControlTable)
    accounts.add_app(
        App(id="shop", name="Shop", secret_sha256=sha256(SECRET), owner_id=7, created_at=0)
    )
    accounts.add_user(User(id=7, app_id="shop", name="o", mail="owner@shop.test", created_at=0))
    accounts.add_token(
        sha256(TOKEN), Token(app_id="shop", user_id=7, generation=0, expires_at=4_000_000_000)
    )
    Grants(stack.ControlTable).add_code(
        sha256(CODE), Code(app_id="shop", user_id=7, expires_at=4_000_000_000)
    )
    Tables(stack.ControlTable).add(GOODS)
    Records(stack.RecordsTable).put(stored.item(GOODS, _record(second)) for second in CREATED)
    uploaded = "name,amount,price,colour\r\nmilk,12,1.09,white\r\n"
    uploaded += '"bread, rye",3,2.50,brown\r\neggs,ten,0.35,\r\n'
    Files(stack.UploadBucket).put(f"direct/{IMPORT}", uploaded.encode())
    Files(stack.ResultsBucket).put(f"exports/{DONE}/goods.csv", b"\xef\xbb\xbfid\r\n")
    upload = PendingUpload(
        job_id=UPLOADED,
        app_id="shop",
        user_id=7,
        table_id=36,
        file_name="goods 2026.csv",
        file_key=f"incoming/shop/36/{UPLOADED}/goods 2026.csv",
        options=ImportOptions(dry_run=True),
        public_url="https://ferry.test",
        expires_at=4_000_000_000,
    )
    Uploads(stack.ControlTable).add(upload)
    Files(stack.UploadBucket).put(upload.file_key, uploaded.encode())
    for job in _jobs():
        Jobs(stack.ControlTable).add(job)


def _record(second):
    return Record(
        id=derived_id(second, "seed"),
        created_by=7,
        created_at=second,
        updated_at=second,
        read_perm=["user:*"],
        write_perm=["user:*"],
        written_at=second * 1000,
        fields={"name": f"row of {second}"},
    )


def _jobs():
    yield _job(EXPORT, Operation.EXPORT, ExportRequest(file_type="csv"))
    yield _job(
        IMPORT,
        Operation.IMPORT,
        ImportRequest(file_type="csv", file_name="goods.csv", file_key=f"direct/{IMPORT}"),
    )
    yield _job(
        DONE,
        Operation.EXPORT,
        ExportRequest(file_type="csv"),
        status=Status.FINISHED,
        counts=Counts(total=4, succeeded=4),
        result=ExportResult(file_name="goods.csv", result_key=f"exports/{DONE}/goods.csv"),
        ended_at=int(time.time()),
        mail=MailState.DUE,
    )


def _job(job_id, operation, request, **more):
    accepted_ms = time.time_ns() // 1_000_000 - 300_000
    kind = KINDS[operation]
    return kind.job(
        id=job_id,
        operation=operation,
        app_id="shop",
        user_id=7,
        table_id=GOODS.id,
        table_name=GOODS.name,
        request=request,
        public_url="https://ferry.test",
        accepted_at=accepted_ms,
        updated_at=accepted_ms // 1000,
        due_at=accepted_ms // 1000 + 60,
        **{"result": kind.result(), **more},
    )


def _stored(stack, job_id):
    jobs = Jobs(stack.ControlTable)
    return jobs.get(job_id, KINDS[jobs.get_header(job_id).operation])


def _rows(stack):
    return list(Records(stack.RecordsTable).stream(GOODS, Window()))


def _queued(url):
    got = boto3.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10)
    return [body["job_id"] for body in _bodies(got)]


def _queued_bodies(url):
    return _bodies(boto3.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10))


def _bodies(received):
    return [json.loads(message["Body"]) for message in received.get("Messages", [])]
