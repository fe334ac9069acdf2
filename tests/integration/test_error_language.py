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
