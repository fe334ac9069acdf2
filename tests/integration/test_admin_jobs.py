"""The admin command's view of jobs, local and deployed alike."""

import json
from pathlib import Path

import pytest

from admin.__main__ import main
from ferry.jobs.job_store import Jobs
from tests.service import Service


@pytest.fixture
def admin(service: Service, tmp_path: Path, monkeypatch, capsys: pytest.CaptureFixture[str]):
    """Run a command against the service; return its facts and its note."""
    outputs = {"ControlTable": service.stack.ControlTable}
    monkeypatch.setattr("admin.__main__.local_outputs", lambda _: outputs)

    def run(*arguments: str, code: int = 0):
        capsys.readouterr()  # what functions have printed by now
        assert main([*arguments, "--json"]) == code
        said = capsys.readouterr()
        return (json.loads(said.out) if said.out else None), said.err

    return run


def _start(service: Service) -> str:
    table = service.create_table("goods", [{"name": "name", "type": "string"}])
    answer = service.upload(f"/oserve/v1/table/{table}/import/", "a.csv", b"name\nApple\n")
    assert answer.status == 201
    return answer.headers["X-Job-Id"]


def test_it_lists_open_jobs_and_tells_the_life_of_one(service, admin):
    job_id = _start(service)

    listed, _ = admin("jobs", "--open")
    facts, life = admin("job", job_id)

    assert [row["job"] for row in listed] == [job_id]
    assert listed[0]["status"] == "pending"
    assert (facts["operation"], facts["status"]) == ("import", "pending")
    assert "accepted from user" in life
    assert "its message is sent again" in life


def test_it_tells_how_a_job_ended_and_of_its_mail(service, admin):
    job_id = _start(service)
    service.drain("ImportQueue")

    facts, life = admin("job", job_id)
    assert (facts["status"], facts["succeeded"]) == ("finished", 1)
    assert "finished" in life
    assert "a mail is due" in life

    service.drain("NoticeQueue")
    _, life = admin("job", job_id)
    assert "the mail was sent" in life
    assert admin("jobs", "--open")[0] == []
    assert Jobs(service.stack.ControlTable).get_header(job_id).ended


def test_unknown_jobs_and_lists_of_ended_ones_are_refused(admin):
    assert "does not exist" in admin("job", "0" * 32, code=1)[1]
    assert "add --open" in admin("jobs", code=1)[1]
