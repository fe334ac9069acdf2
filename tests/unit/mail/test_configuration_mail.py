"""The mail about a configuration, word for word."""

import pytest

from ferry.kuiper.apply.draft import Skipped
from ferry.mail.configuration_mail import ConfigOutcome, compose_configuration

JOB = "0199c7a4c00011223344556677889900"
FOOTER = (
    "您发起了这次导入，所以收到 Ferry 自动发送的这封邮件。"
    "如果不是您本人操作，请联系服务管理员，并告知任务编号。"
)
REASON = "configuration unmarshal with error unexpected end of JSON input"
MAILS = {
    "finished": (
        ConfigOutcome(
            job_id=JOB,
            result="finished",
            seconds=3,
            revision=1234,
            applied=1200,
            restart=True,
            changed=("+ rules rule1", "~ streams demo"),
        ),
        "配置已更新到版本 1234：1,200 项生效",
        """配置已生效

导入的文档已替换原有配置，生成版本 1234。您可以随时回到以前的版本。

已通知规则的运行环境在新版本上重启。

变动（+ 新增，- 删除，~ 修改）：

+ rules rule1

~ streams demo

版本：1234
已生效：1,200
失败：0
跳过：0
用时：3 秒
任务编号：0199c7a4c00011223344556677889900
""",
    ),
    "with failures": (
        ConfigOutcome(
            job_id=JOB,
            result="finished",
            seconds=75,
            partial=True,
            revision=2,
            applied=1,
            failed={"rules r1": "Missing rule actions.", "streams s": "stream s\nis not found"},
            skipped={
                "Service s": Skipped.EXISTS.value,
                "rules r2": Skipped.TEMPORARY.value,
            },
        ),
        "配置已更新到版本 2：1 项生效，2 项失败",
        """配置已生效，有 2 项失败

导入的内容已加入原有配置，生成版本 2。您可以随时回到以前的版本。

失败的内容：

rules r1：Missing rule actions.

streams s：stream s is not found

跳过的内容：

Service s：已经安装

rules r2：临时规则，不保存

与之前相比没有变化。

版本：2
已生效：1
失败：2
跳过：2
用时：1 分 15 秒
任务编号：0199c7a4c00011223344556677889900
""",
    ),
    "rehearsed": (
        ConfigOutcome(
            job_id=JOB,
            result="finished",
            seconds=0.2,
            dry_run=True,
            applied=1,
            failed={"streams s": "x"},
            changed=("- rules r",),
        ),
        "配置试导入完成：1 项可以生效，1 项会失败",
        """试导入完成，没有任何变动

失败的内容：

streams s：x

将有的变动（+ 新增，- 删除，~ 修改）：

- rules r

可以生效：1
失败：1
跳过：0
用时：不到 1 秒
任务编号：0199c7a4c00011223344556677889900
""",
    ),
    "failed": (
        ConfigOutcome(job_id=JOB, result="failed", seconds=2, reason=REASON),
        "配置导入失败，原有配置没有任何变动",
        f"""很抱歉，配置没有导入成功

原有配置仍然有效。

失败原因：{REASON}

用时：2 秒
任务编号：0199c7a4c00011223344556677889900
""",
    ),
    "cancelled": (
        ConfigOutcome(job_id=JOB, result="cancelled", seconds=60),
        "配置导入已取消，原有配置没有任何变动",
        """配置导入已取消

原有配置仍然有效。

用时：1 分钟
任务编号：0199c7a4c00011223344556677889900
""",
    ),
}


@pytest.mark.parametrize("case", MAILS)
def test_a_letter_in_chinese_word_for_word(case):
    outcome, subject, text = MAILS[case]

    mail = compose_configuration(outcome, "zh-CN")

    assert mail.subject == subject
    assert mail.text == f"{text}\n--\n{FOOTER}"


@pytest.mark.parametrize("case", MAILS)
def test_both_parts_of_a_letter_say_the_same(case):
    mail = compose_configuration(MAILS[case][0], "zh-CN")

    said = mail.text.partition("\n--\n")[0].splitlines()
    for paragraph in filter(None, (line.partition("：")[0] for line in said)):
        assert paragraph in mail.html


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_every_reason_of_leaving_out_has_words_in_each_language(language):
    skipped = {f"rules {reason.name}": reason.value for reason in Skipped}
    outcome = ConfigOutcome(job_id=JOB, result="finished", seconds=1, revision=1, skipped=skipped)

    text = compose_configuration(outcome, language).text

    assert not any(reason.value in text for reason in Skipped)


@pytest.mark.parametrize(
    ("language", "more"),
    [("zh-CN", "……还有 5 项，可在导入状态中查看。"), ("en", "… and 5 more; the import status")],
)
def test_very_many_failures_are_counted_not_listed(language, more):
    failed = {f"rules r{number}": "Missing rule actions." for number in range(25)}
    outcome = ConfigOutcome(job_id=JOB, result="finished", seconds=1, revision=1, failed=failed)

    text = compose_configuration(outcome, language).text

    assert "rules r19" in text
    assert "rules r20" not in text
    assert more in text


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        ("en", ["In force, but not able to start:", "Not part of a configuration:"]),
        ("zh-CN", ["已生效但无法启动：", "不属于配置的内容："]),
    ],
)
def test_what_cannot_start_and_what_was_ignored_is_named(language: str, lines: list[str]) -> None:
    outcome = ConfigOutcome(
        job_id=JOB,
        result="finished",
        seconds=1,
        revision=1,
        obstacles={"rules r1": "fail to get stream demo, please check if stream is created"},
        ignored=('"version" is no section and was ignored',),
    )

    text = compose_configuration(outcome, language).text

    assert [line for line in lines if line not in text] == []
    assert "fail to get stream demo" in text
    assert '"version" is no section and was ignored' in text
