"""Errors are in the language that the caller asks for."""

import pytest

from tests.service import Service

GONE = "/oserve/v1/table/9/"


@pytest.mark.parametrize(
    ("accepted", "text"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "数据表 9 不存在"),
        ("en", "table 9 does not exist"),
        ("", "table 9 does not exist"),
    ],
)
def test_an_error_is_in_the_language_that_is_asked_for(service: Service, accepted, text):
    headers = {"accept-language": accepted} if accepted else {}

    assert service.call("GET", GONE, headers=headers).json()["error_msg"] == text


def test_the_beginning_that_programs_look_for_stays(service: Service):
    table = service.create_table("goods", [{"name": "name", "type": "string"}])

    answer = service.upload(
        f"/oserve/v1/table/{table}/import/",
        "goods.csv",
        b"\n\n",
        more_headers={"accept-language": "zh-CN"},
    )

    assert answer.json()["error_msg"] == "无效的文件: 文件中只有空行"


def test_a_jobs_texts_are_in_the_language_of_whoever_reads_them(service: Service):
    table = service.create_table("goods", [{"name": "stock", "type": "integer"}])
    service.upload(f"/oserve/v1/table/{table}/import/", "goods.csv", b"stock\nmany\n")
    service.run_jobs()

    def reasons(path: str, accepted: str) -> list[str]:
        body = service.call("GET", path, headers={"accept-language": accepted}).json()
        (job,) = body.get("objects", [body])
        return [fault["reason"] for row in job["first_failed"] for fault in row["errors"]]

    jobs = f"/oserve/v1/table/{table}/import/"
    job = service.call("GET", jobs).json()["objects"][0]["job_id"]
    for path in (jobs, f"{jobs}{job}/", "/oserve/v1/job/"):
        assert reasons(path, "zh") == ['必须是只含数字的整数，例如 42；现在是 "many"']
        assert reasons(path, "en-GB") == [
            'must be a whole number written in digits alone, such as 42; it is "many"'
        ]
