"""The import of a configuration through the API function, the queue and the processor."""

import json

import boto3

DEMO = 'CREATE STREAM demo () WITH (DATASOURCE="users", FORMAT="JSON")'
RULE = '{"id": "rule1","sql": "SELECT * FROM demo","actions": [{"log": {}}]}'
DOCUMENT = {"streams": {"demo": DEMO}, "rules": {"rule1": RULE}}
EMPTY = (
    '{"streams":{},"tables":{},"rules":{},"nativePlugins":{},"portablePlugins":{},'
    '"sourceConfig":{},"sinkConfig":{},"connectionConfig":{},"Service":{},"Schema":{}'
)


def test_an_import_is_answered_as_the_engine_answers(engine):
    answer = engine.load(DOCUMENT)

    assert answer.status == 200
    assert answer.body.decode() == f'{{"ErrorMsg":"","ConfigResponse":{EMPTY}}}}}'
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert engine.export()["rules"] == {"rule1": RULE}
    assert engine.status() == json.loads(EMPTY + "}")


def test_version_2_is_spoken_to_whoever_asks_for_it(engine):
    v2 = {"x-ekuiper-version": "2"}

    answer = engine.load({"streams": {"demo": "DROP"}}, headers=v2)

    assert answer.status == 400
    assert answer.body.startswith(b'{"error":1000,"message":"{\\"streams\\":{\\"demo\\":')
    assert answer.body.endswith(b'\\"scripts\\":{}}"}\n')
    assert engine.status(headers=v2)["scripts"] == {}


def test_what_cannot_be_read_changes_nothing(engine):
    engine.load(DOCUMENT)

    answer = engine.load('{"streams":{"a":"b",}}')

    assert answer.status == 400
    assert answer.body == (
        b"configuration unmarshal with error invalid character '}' looking for beginning of "
        b"object key string\n"
    )
    assert engine.export()["rules"] == {"rule1": RULE}
    assert len(engine.revisions()) == 1


def test_a_failed_item_is_named_and_the_others_apply(engine):
    answer = engine.load({"streams": {"demo": DEMO, "bad": "x"}})

    assert answer.status == 400
    assert answer.json()["ErrorMsg"] == "process error"
    assert list(answer.json()["ConfigResponse"]["streams"]) == ["bad"]
    assert engine.export()["streams"] == {"demo": DEMO}
    assert list(engine.status()["streams"]) == ["bad"]


def test_a_dry_run_answers_the_same_and_stores_nothing(engine):
    answer = engine.load({"streams": {"demo": DEMO, "bad": "x"}}, "?dry_run=1")

    assert (answer.status, list(answer.json()["ConfigResponse"]["streams"])) == (400, ["bad"])
    assert engine.revisions() == []
    assert engine.status()["streams"] == {}


def test_a_flag_that_is_neither_on_nor_off_is_refused(engine):
    for query in ("?partial=true", "?stop=yes", "?dry_run=2"):
        assert engine.load(DOCUMENT, query).status == 400
    assert engine.load(DOCUMENT, "?partial=0&stop=&dry_run=0").status == 200


def test_a_body_too_large_for_the_route_is_told_of_the_other_one(engine):
    answer = engine.load({"streams": {"demo": "x" * 4_400_000}})

    assert answer.status == 413
    assert b'"file": "s3://' in answer.body


def test_stop_asks_for_a_restart_and_leaves_a_trace(engine):
    sqs, events = boto3.client("sqs"), boto3.client("events")
    heard = sqs.create_queue(QueueName="heard")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=heard, AttributeNames=["QueueArn"])["Attributes"]
    events.put_rule(Name="all", EventPattern=json.dumps({"source": ["ferry"]}))
    events.put_targets(Rule="all", Targets=[{"Id": "q", "Arn": arn["QueueArn"]}])

    engine.load(DOCUMENT, "?stop=1")

    (message,) = sqs.receive_message(QueueUrl=heard)["Messages"]
    event = json.loads(message["Body"])
    assert event["detail-type"] == "ConfigurationRestartRequested"
    assert (event["detail"]["app_id"], event["detail"]["revision"]) == (engine.app_id, 1)
    history = engine.call("GET", "/data/revisions").json()
    assert history["restart_requested"] == 1
    assert history["revisions"][0]["restart"] is True


def test_an_import_that_takes_too_long_goes_on_as_a_task(engine, monkeypatch):
    monkeypatch.setattr("ferry.configurations.waiting.PATIENCE_S", 0)

    answer = engine.load(DOCUMENT)

    assert answer.status == 202
    task = answer.json()["id"]
    assert engine.task(task)["status"] == "register"
    engine.service.run_jobs()
    shown = engine.task(task)
    assert (shown["status"], json.loads(shown["message"])["ErrorMsg"]) == ("finish", "")


def test_whoever_has_begun_late_is_answered_before_the_function_is_stopped(engine, monkeypatch):
    monkeypatch.setattr(engine.service.context, "get_remaining_time_in_millis", lambda: 4_900)

    answer = engine.load(DOCUMENT)

    assert answer.status == 202
    engine.service.run_jobs()
    assert engine.task(answer.json()["id"])["status"] == "finish"


def test_a_task_that_was_cancelled_changes_nothing(engine):
    task = engine.start(DOCUMENT)

    answer = engine.call("POST", f"/async/task/{task}/cancel")
    engine.service.run_jobs()

    assert (answer.status, answer.body) == (200, b"cancel success")
    assert engine.task(task)["status"] == "cancel"
    assert engine.revisions() == []


def test_a_task_that_nobody_knows_is_a_bad_request(engine):
    for method, path in (("GET", "/async/task/x"), ("POST", "/async/task/x/cancel")):
        answer = engine.call(method, path)
        assert (answer.status, answer.body) == (400, b"async task: x not found\n")


def test_the_callers_user_gets_a_mail(engine):
    engine.load(DOCUMENT)
    engine.load({"streams": {"bad": "x"}}, "?partial=1")
    engine.load("{")
    engine.service.run_jobs()

    first, second, third = engine.service.mails()
    assert first.subject == "Your configuration is at revision 1: 2 items applied"
    assert "+ rules rule1" in first.html
    assert second.subject == "Your configuration is at revision 2: 0 items applied, 1 failed"
    assert "streams bad: Invalid stream statement: x" in second.html
    assert third.subject == "Your configuration import failed; nothing was changed"
