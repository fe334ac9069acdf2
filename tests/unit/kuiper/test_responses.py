import json

from ferry.kuiper.document.sections import Section, Wire
from ferry.kuiper.responses import (
    error_body,
    failed_task_message,
    import_body,
    import_result,
    status_body,
    task_message,
)

ERRORS = {Section.RULES: {"r": 'a "b" <c>'}, Section.SCRIPTS: {"f": "bad"}}


def test_v2_errors_carry_the_response_as_text() -> None:
    body = import_body(ERRORS, Wire.V2)
    assert body.endswith(b"\n")
    envelope = json.loads(body)
    assert envelope["error"] == 1000
    assert json.loads(envelope["message"])["rules"] == ERRORS[Section.RULES]
    # escaped as HTML inside, not once more outside
    assert b"\\\\u003cc\\\\u003e" in body


def test_seed_errors_name_later_sections_only_when_they_failed() -> None:
    response = json.loads(import_body(ERRORS, Wire.SEED))
    assert response["ErrorMsg"] == "process error"
    assert list(response["ConfigResponse"])[-2:] == ["Schema", "scripts"]
    assert "scripts" not in json.loads(import_body({}, Wire.SEED))["ConfigResponse"]


def test_status_never_shows_later_sections_in_the_seed_format() -> None:
    assert "scripts" not in json.loads(status_body(ERRORS, Wire.SEED))
    assert json.loads(status_body(ERRORS, Wire.V2))["scripts"] == {"f": "bad"}


def test_other_errors_end_in_a_newline() -> None:
    assert error_body("Invalid body: x", Wire.SEED) == b"Invalid body: x\n"
    assert error_body('a "b"', Wire.V2) == b'{"error":1000,"message":"a \\"b\\""}\n'
    assert error_body("none", Wire.V2, code=1002) == b'{"error":1002,"message":"none"}\n'


def test_task_messages() -> None:
    assert task_message({}, Wire.V2) == import_result({}, Wire.V2).decode()
    assert task_message(ERRORS, Wire.V2).startswith(
        'err:process error, response:{"ErrorMsg":"process error","ConfigResponse":{"streams":{}'
    )
    assert failed_task_message("no") == "err:no, response:null"
