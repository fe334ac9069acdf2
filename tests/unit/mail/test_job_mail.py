import re
import subprocess
import sys
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import Environment, nodes

from ferry.mail.job_mail import TEMPLATES, MailMessage, compose
from ferry.mail.outcome import JobSummary
from ferry.mail.wording import clip, one_line

LANGUAGES = ("en", "zh-CN")
FILE_URL = "https://ferry.example.com/downloads/file.sig?a=1&b=2"
RETURN_URL = "https://ferry.example.com/return/report.sig"
REPORT_URL = "https://ferry.example.com/downloads/report.sig"

JOB = "0199c7a4c00011223344556677889900"
_EXPORT = {"operation": "export", "file_name": "goods-2026.csv"}
_IMPORT = {"operation": "import", "file_name": "goods-mine.csv"}
_COUNTS = {"total": 1234567, "succeeded": 1234000, "failed": 567}
_ALL = {"total": 1234567, "succeeded": 1234567, "failed": 0}
_NONE = {"total": 0, "succeeded": 0, "failed": 0}

OUTCOMES = {
    "export_finished": {**_EXPORT, **_ALL, "result": "finished", "download_url": FILE_URL},
    "export_empty": {**_EXPORT, **_NONE, "result": "finished", "download_url": FILE_URL},
    "export_failed": {**_EXPORT, **_NONE, "result": "failed", "reason": "the table is gone"},
    "export_cancelled": {**_EXPORT, **_NONE, "result": "cancelled"},
    "export_stopped": {**_EXPORT, **_ALL, "result": "cancelled", "resume_until": "2026-11-27"},
    "import_finished": {**_IMPORT, **_ALL, "result": "finished"},
    "import_partial": {**_IMPORT, **_COUNTS, "result": "finished", "report_url": REPORT_URL},
    "import_empty": {**_IMPORT, **_NONE, "result": "finished"},
    "import_rehearsed": {**_IMPORT, **_ALL, "result": "finished", "dry_run": True},
    "import_undone": {**_IMPORT, **_COUNTS, "result": "finished", "replay": "undo"},
    "import_applied": {**_IMPORT, **_COUNTS, "result": "finished", "replay": "apply"},
    "import_failed": {**_IMPORT, **_COUNTS, "result": "failed", "reason": "line 9 is no JSON"},
    "import_cancelled": {**_IMPORT, **_COUNTS, "result": "cancelled"},
    "import_stopped": {**_IMPORT, **_COUNTS, "result": "cancelled", "resume_until": "2026-11-27"},
}


def outcome(case: str, **changes) -> JobSummary:
    facts = {
        "job_id": JOB,
        "table_name": "goods",
        "file_format": "csv",
        "seconds": 72,
        "expires_on": "2026-11-28",
        "days": 7,
    }
    return JobSummary(**(facts | OUTCOMES[case] | changes))


class Page(HTMLParser):
    """A mail's HTML part as a browser reads it: its tags, links and visible text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, ...]] = []
        self.links: list[str] = []
        self.text = ""
        self._hidden = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, *(name for name, _ in attrs)))
        self.links += [value for name, value in attrs if name == "href"]
        self._hidden = tag in {"style", "title"}

    def handle_endtag(self, _tag):
        self._hidden = False

    def handle_data(self, data):
        self.text += "" if self._hidden else data


def both_parts(mail: MailMessage) -> tuple[str, str]:
    return mail.text, Page(mail.html).text


every_case = pytest.mark.parametrize("case", OUTCOMES)
every_language = pytest.mark.parametrize("language", LANGUAGES)


@every_case
@every_language
def test_every_letter_names_table_file_format_duration_and_job(case, language):
    took = {"en": "1 min 12 s", "zh-CN": "1 分 12 秒"}[language]

    for part in both_parts(compose(outcome(case), language)):
        for fact in ("goods", OUTCOMES[case]["file_name"], "CSV", took, JOB):
            assert fact in part


@every_case
@every_language
def test_no_placeholder_is_left(case, language):
    mail = compose(outcome(case, ignored_columns=("colour",)), language)

    for part in (mail.subject, mail.text, mail.html):
        assert not re.search(r"\{[{%#]|[}%#]\}|None|Undefined|<macro", part)
    assert "\n\n\n" not in mail.text
    assert all(line == line.rstrip() for line in mail.text.split("\n"))


@every_case
def test_each_language_speaks_only_its_own(case):
    chinese = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
    english, native = (compose(outcome(case), language) for language in LANGUAGES)

    assert not chinese.search(english.subject + english.text + english.html)
    assert chinese.search(native.subject)
    for paragraph in native.text.split("\n\n"):
        assert chinese.search(paragraph)
    assert '<html lang="en">' in english.html
    assert '<html lang="zh-CN">' in native.html


@pytest.mark.parametrize(
    ("case", "en", "zh"),
    [
        ("export_finished", ["1,234,567 rows"], ["1,234,567 条"]),
        ("export_empty", ["Rows exported: 0", "No row"], ["导出条数：0", "没有"]),
        ("export_failed", ["went wrong: the table is gone"], ["失败原因：the table is gone"]),
        ("export_cancelled", ["cancelled", "no file"], ["取消", "没有生成可下载的文件"]),
        (
            "export_stopped",
            ["written 1,234,567 rows", "until 2026-11-27", f"jobs resume {JOB} --budget"],
            ["写出 1,234,567 条", "保留到 2026-11-27", f"jobs resume {JOB} --budget"],
        ),
        (
            "import_stopped",
            ["written 1,234,000 rows", "until 2026-11-27", "Do not import the file again"],
            ["写入 1,234,000 条", "保留到 2026-11-27", "不要重新导入"],
        ),
        ("import_finished", ["all 1,234,567 rows", "Failed: 0"], ["1,234,567 条数据已全部导入"]),
        (
            "import_partial",
            ["1,234,000 of 1,234,567 rows", "567 rows failed", "Correct the rows there"],
            ["共有 1,234,567 条", "1,234,000 条已导入", "567 条失败", "再导入一次"],
        ),
        ("import_empty", ["0 of 0"], ["共 0 条，导入 0 条"]),
        (
            "import_rehearsed",
            ["nothing was written", "would go"],
            ["没有写入任何数据", "都可以导入"],
        ),
        (
            "import_undone",
            ["1,234,000 rows of “goods” are as before", "567 rows were changed since"],
            ["1,234,000 条数据已恢复", "567 条数据在导入之后又有改动"],
        ),
        (
            "import_applied",
            ["1,234,000 rows of “goods” are as the dry run", "Kept as they are: 567"],
            ["1,234,000 条数据已按", "保持原样：567"],
        ),
        (
            "import_failed",
            ["went wrong: line 9 is no JSON", "1,234,000 rows had been written", "Failed: 567"],
            ["失败原因：line 9 is no JSON", "已成功写入 1,234,000 条数据", "失败：567"],
        ),
        (
            "import_cancelled",
            ["cancelled", "1,234,000 rows had been written"],
            ["取消", "已成功写入 1,234,000 条数据"],
        ),
    ],
)
def test_each_letter_says_what_happened(case, en, zh):
    for language, expected in (("en", en), ("zh-CN", zh)):
        text = compose(outcome(case), language).text
        assert [words for words in expected if words not in text] == []


def test_what_an_import_did_to_the_table_is_told_and_until_when_it_can_be_undone():
    effects = {"new": 3, "changed": 0, "deleted": 0, "mirrored": 2}
    job = outcome("import_finished", effects=effects, undo_until="2026-12-06")

    told = [compose(job, language).text for language in ("en", "zh-CN")]

    for text, words in zip(
        told,
        [
            ("New rows: 3", "Deleted, not in the file: 2", "until 2026-12-06", f"{JOB}/undo/"),
            ("新增：3", "文件中没有、已删除：2", "2026-12-06", f"{JOB}/undo/"),
        ],
        strict=True,
    ):
        assert [each for each in words if each not in text] == []
    assert "Changed rows" not in told[0]


def test_an_import_that_deletes_does_not_say_that_it_wrote():
    job = outcome("import_finished", effects={"deleted": 5})

    assert "We deleted all" in compose(job, "en").text
    assert "已全部从数据表“goods”中删除" in compose(job, "zh-CN").text


def test_differences_and_kept_rows_have_buttons_of_their_own():
    rehearsed = compose(outcome("import_rehearsed", download_url=FILE_URL), "en").text
    undone = compose(outcome("import_undone", report_url=REPORT_URL), "en").text

    assert f"Download differences: {FILE_URL}" in rehearsed.replace("\n", " ")
    assert f"Download kept rows: {REPORT_URL}" in undone.replace("\n", " ")


@pytest.mark.parametrize(
    ("case", "en", "zh"),
    [
        (
            "export_finished",
            "Your export of goods is ready: 1,234,567 rows",
            "数据表“goods”导出完成：共 1,234,567 条数据",
        ),
        (
            "import_partial",
            "Your import into goods is done: 1,234,000 of 1,234,567 rows, 567 failed",
            "数据表“goods”导入完成：共 1,234,567 条，成功 1,234,000 条，失败 567 条",
        ),
        (
            "import_empty",
            "Your import into goods is done: 0 of 0 rows",
            "数据表“goods”导入完成：共 0 条，成功 0 条",
        ),
        (
            "import_failed",
            "Your import into goods failed: 1,234,000 rows already imported",
            "数据表“goods”导入失败，已写入 1,234,000 条数据",
        ),
    ],
)
def test_the_subject_tells_the_result(case, en, zh):
    assert compose(outcome(case), "en").subject == en
    assert compose(outcome(case), "zh-CN").subject == zh


@pytest.mark.parametrize(
    ("case", "url"),
    [
        ("export_finished", FILE_URL),
        ("export_empty", FILE_URL),
        ("import_partial", REPORT_URL),
    ],
)
@every_language
def test_a_link_is_a_button_and_text_and_tells_its_lifetime(case, url, language):
    lifetime = {
        "en": "7 days, until 2026-11-28 (UTC)",
        "zh-CN": "7 天内有效，将于 2026-11-28（UTC）",
    }

    mail = compose(outcome(case), language)
    page = Page(mail.html)

    assert page.links == [url, url]
    assert url in page.text
    assert f"\n{url}\n" in mail.text
    assert all(lifetime[language] in part for part in both_parts(mail))


@every_language
def test_each_of_two_links_is_a_button_and_text(language):
    mail = compose(outcome("import_partial", return_url=RETURN_URL), language)

    assert Page(mail.html).links == [REPORT_URL, REPORT_URL, RETURN_URL, RETURN_URL]
    assert f"\n{RETURN_URL}\n" in mail.text


FIRST_FAILED = (
    (
        3,
        (
            ("price", 'must be a number, such as 19.5; it is "abc"'),
            ("on", "must be true or false; it is 7"),
        ),
    ),
    (1234, (("", "has no value in any column of the table"),)),
)


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "en",
            [
                "The first reasons:",
                'Line 3: price must be a number, such as 19.5; it is "abc"; on must be true '
                "or false; it is 7",
                "Line 1,234: has no value in any column of the table",
            ],
        ),
        (
            "zh-CN",
            [
                "前几条的失败原因：",
                '第 3 行：price 必须是数字，例如 19.5；现在是 "abc"；on 必须是 true 或 false；'
                "现在是 7",
                "第 1,234 行：在数据表的各列中都没有值",
            ],
        ),
    ],
)
@pytest.mark.parametrize("case", ["import_partial", "import_failed", "import_cancelled"])
def test_the_first_reasons_are_quoted_with_their_lines(case, language, told):
    mail = compose(outcome(case, first_failed=FIRST_FAILED, report_url=REPORT_URL), language)

    page = Page(mail.html)
    assert [line for line in told if line not in mail.text or line not in page.text] == []


@every_language
def test_rows_of_a_workbook_are_called_rows(language):
    mail = compose(
        outcome("import_partial", first_failed=FIRST_FAILED[1:], file_format="xlsx"), language
    )

    assert {"en": "Row 1,234: ", "zh-CN": "第 1,234 行："}[language] in mail.text


@pytest.mark.parametrize(
    ("suffix", "en", "zh"),
    [
        ("csv", "save it as “CSV UTF-8”", "另存为“CSV UTF-8（逗号分隔）”"),
        ("xlsx", "save it as it is", "直接保存即可"),
        ("json", "save it as UTF-8", "以 UTF-8 编码保存"),
        ("jsonl", "save it as UTF-8", "以 UTF-8 编码保存"),
    ],
)
def test_advice_is_of_the_files_format(suffix, en, zh):
    facts = outcome("import_partial", report_type=suffix)

    assert en in compose(facts, "en").text
    assert zh in compose(facts, "zh-CN").text
    assert ("CSV" in compose(facts, "en").text.replace("Format: CSV", "")) is (suffix == "csv")


@pytest.mark.parametrize(
    ("reason", "en", "zh"),
    [
        ("无效的文件: the file is empty", "What went wrong: the file is empty\n", "文件是空的"),
        ("the table is gone", "What went wrong: the table is gone\n", "the table is gone"),
    ],
)
def test_why_a_job_failed_is_told_in_the_readers_language(reason, en, zh):
    facts = outcome("import_failed", reason=reason)

    assert en in compose(facts, "en").text
    assert zh in compose(facts, "zh-CN").text
    assert "无效的文件" not in compose(facts, "en").text + compose(facts, "zh-CN").text


@pytest.mark.parametrize("case", [case for case in OUTCOMES if not case.startswith("export_f")])
def test_a_letter_without_a_link_tells_no_lifetime(case):
    mail = compose(outcome(case, download_url="", report_url=""), "en")

    assert "2026-11-28" not in mail.text + mail.html
    assert "http" not in mail.text


@every_case
def test_nothing_is_loaded_from_elsewhere(case):
    html = compose(outcome(case, download_url="", report_url=""), "en").html

    assert not re.search(r"https?:|src=|url\(|@import|<link|<script|<img", html)


@every_language
def test_ignored_columns_are_named(language):
    for part in both_parts(
        compose(outcome("import_finished", ignored_columns=("a", "b")), language)
    ):
        assert "“a”" in part
        assert "“b”" in part


@every_language
def test_the_sheet_of_a_workbook_is_named(language):
    found = {"sheet": "Stock <b>\n2026", "header_row": 31}

    for part in both_parts(compose(outcome("import_finished", **found), language)):
        assert "Stock" in part
        assert "31" in part
        assert "<b>\n" not in part


@pytest.mark.parametrize("language", LANGUAGES)
def test_columns_of_an_earlier_failed_rows_file_are_named(language):
    detected = {"failed_rows": ["line", "field", "reason"]}

    mail = compose(outcome("import_finished", detected=detected), language)

    assert "line, field, reason" in mail.text


def test_many_ignored_columns_are_counted():
    columns = tuple(f"c{number}" for number in range(1020))

    english, chinese = (
        compose(outcome("import_finished", ignored_columns=columns), language).text
        for language in LANGUAGES
    )

    assert "“c19” and 1,000 more." in english
    assert "“c19”，以及另外 1,000 列。" in chinese
    assert "c20" not in english + chinese


@pytest.mark.parametrize("case", ["import_failed", "import_cancelled"])
def test_an_import_stopped_before_its_first_row_says_so(case):
    english, chinese = (compose(outcome(case, **_NONE), language) for language in LANGUAGES)

    assert "No row was written" in english.text
    assert "没有写入任何数据" in chinese.text
    assert "already imported" not in english.subject
    assert "已写入" not in chinese.subject


@pytest.mark.parametrize("case", ["import_failed", "import_cancelled"])
def test_a_dry_run_that_stopped_early_claims_nothing_was_written(case):
    english, chinese = (compose(outcome(case, dry_run=True), language) for language in LANGUAGES)

    assert "This was a dry run, so nothing was written." in english.text
    assert "Would be imported: 1,234,000" in english.text
    assert "这次是试运行，没有写入任何数据。" in chinese.text
    assert "already imported" not in english.subject
    assert "已写入" not in chinese.subject


def test_a_dry_run_with_failures_sends_its_reader_to_the_original_file():
    rehearsed = outcome("import_rehearsed", **_COUNTS, report_url=REPORT_URL)
    english, chinese = (compose(rehearsed, language).text for language in LANGUAGES)

    assert "1,234,000 of 1,234,567 rows would go into “goods”, and 567 rows would fail" in english
    assert "Correct these rows in your own file" in english
    assert "1,234,000 条可以导入数据表“goods”，567 条无法导入" in chinese
    assert "请先在原文件中改好" in chinese


def test_a_dry_run_of_an_empty_file_is_an_empty_file():
    english, chinese = (compose(outcome("import_empty", dry_run=True), tag) for tag in LANGUAGES)

    assert english.subject == "Dry run into goods is done: 0 of 0 rows"
    assert chinese.subject == "数据表“goods”导入试运行完成：共 0 条，成功 0 条"


@every_language
def test_when_every_row_failed_no_row_is_claimed(language):
    mail = compose(
        outcome("import_partial", total=3, succeeded=0, failed=3, report_url=REPORT_URL), language
    )

    expected = {"en": "No row could be imported\n", "zh-CN": "数据没有导入成功\n"}
    assert mail.text.startswith(expected[language])


def test_a_stopped_import_warns_that_its_report_is_not_the_whole_rest():
    english, chinese = (
        compose(outcome("import_failed", report_url=REPORT_URL), language).text
        for language in LANGUAGES
    )

    assert "nor are rows that had not been read yet" in english
    assert "尚未读取的数据也不在其中" in chinese


def test_one_row_and_one_day_are_singular():
    mail = compose(outcome("export_finished", total=1, succeeded=1, days=1), "en")

    assert mail.subject.endswith(": 1 row")
    assert "for 1 day, until" in mail.text


@pytest.mark.parametrize(
    ("seconds", "en", "zh"),
    [
        (0.2, "less than 1 s", "不到 1 秒"),
        (45, "45 s", "45 秒"),
        (59.7, "1 min", "1 分钟"),
        (72.4, "1 min 12 s", "1 分 12 秒"),
        (3599.8, "1 h", "1 小时"),
        (7384, "2 h 3 min", "2 小时 3 分钟"),
        (90000, "25 h", "25 小时"),
    ],
)
def test_durations_are_human(seconds, en, zh):
    assert f"Took: {en}\n" in compose(outcome("import_finished", seconds=seconds), "en").text
    assert f"用时：{zh}\n" in compose(outcome("import_finished", seconds=seconds), "zh-CN").text


@every_case
@every_language
def test_names_are_escaped(case, language):
    hostile = "<script>alert('x')</script>\"&amp;"

    mail = compose(
        outcome(
            case,
            table_name=hostile,
            file_name=hostile,
            file_format=hostile,
            reason=hostile,
            ignored_columns=(hostile,),
        ),
        language,
    )

    assert "<script" not in mail.html.lower()
    assert hostile in Page(mail.html).text
    assert hostile in mail.text


@pytest.mark.parametrize(
    "name",
    [
        "goods\r\nBcc: everyone@example.com",
        "goods\nBcc: everyone@example.com",
        "goods\rBcc: everyone@example.com",
        "goods\u2028Bcc: everyone@example.com",
        "goods\x85Bcc: everyone@example.com",
        "goods\x00\x0b\x0c\x1cBcc: everyone@example.com",
    ],
)
@every_case
def test_a_name_cannot_add_a_header(case, name):
    mail = compose(outcome(case, table_name=name, file_name=name, reason=name), "en")
    message = EmailMessage()
    message["Subject"] = mail.subject

    assert "goods Bcc: everyone@example.com" in mail.subject
    assert message.keys() == ["Subject"]


# Everything that Python can hold in a text, lone surrogates and control characters among it.
any_text = st.text(st.characters(codec=None), max_size=400) | st.text(
    st.sampled_from("<>&\"'{}%# \r\n\t\u2028\u202e\x00\ud800a数"), max_size=400
)


@settings(deadline=None)
@given(
    case=st.sampled_from(sorted(OUTCOMES)),
    language=st.sampled_from(LANGUAGES),
    names=st.fixed_dictionaries(
        {"table_name": any_text, "file_name": any_text, "file_format": any_text, "reason": any_text}
    ),
    columns=st.lists(any_text, max_size=3),
    counts=st.tuples(*[st.integers(0, 10**12)] * 2),
)
def test_no_name_breaks_a_letter(case, language, names, columns, counts):
    plain = outcome(case, ignored_columns=("x",) * len(columns))
    if plain.total:
        succeeded, failed = counts
        numbers = {"total": succeeded + failed, "succeeded": succeeded, "failed": failed}
    else:
        numbers = {}
    hostile = outcome(case, **names, **numbers, ignored_columns=tuple(columns))

    mail = compose(hostile, language)

    assert_is_a_subject(mail.subject)
    for part in (mail.text, mail.html):
        part.encode()
    assert_only_text_differs(mail, hostile, language)


def assert_is_a_subject(subject: str) -> None:
    assert 0 < len(subject) <= 150
    assert len(subject.splitlines()) == 1
    assert subject == subject.strip()
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]", subject)
    EmailMessage()["Subject"] = subject


def assert_only_text_differs(mail: MailMessage, hostile: JobSummary, language: str) -> None:
    """A mail with any names has the very tags of one with harmless names of the same case."""
    harmless = {
        field: "x" if one_line(getattr(hostile, field)) else ""
        for field in ("table_name", "file_name", "file_format", "reason")
    }
    columns = ("x",) * len(hostile.ignored_columns)
    twin = {field: getattr(hostile, field) for field in hostile.__struct_fields__} | harmless
    twin["ignored_columns"] = columns

    page = Page(mail.html)

    assert page.tags == Page(compose(JobSummary(**twin), language).html).tags
    assert clip(one_line(hostile.table_name), 255) in page.text


@every_language
def test_the_longest_letter_is_not_cut_off_by_mail_readers(language):
    endless = "<" * 1_000_000

    mail = compose(
        outcome(
            "import_failed",
            table_name=endless,
            file_name=endless,
            file_format=endless,
            reason=endless,
            ignored_columns=(endless,) * 10_000,
            report_url=REPORT_URL,
            first_failed=((1, ((endless, endless),) * 5),) * 5,
        ),
        language,
    )

    assert len(mail.html.encode()) < 102_000


def names_in(template: Path) -> set[tuple[str, str]]:
    """Every name a template sets, every macro it has, every key of its dictionaries."""
    tree = Environment(autoescape=True).parse(template.read_text("utf-8"))
    return {
        *(("text", node.name) for node in tree.find_all(nodes.Name) if node.ctx == "store"),
        *(("macro", node.name) for node in tree.find_all(nodes.Macro)),
        *(("key", node.key.value) for node in tree.find_all(nodes.Pair)),
    } - {("key", "export"), ("key", "import")}


def test_languages_have_the_same_templates_with_the_same_names():
    english, chinese = (
        {template.name: names_in(template) for template in (TEMPLATES / language).iterdir()}
        for language in LANGUAGES
    )

    assert english == chinese


def test_every_template_tells_one_of_the_outcomes():
    told = {template.stem for template in (TEMPLATES / "en").iterdir()}
    told -= {"common", "macros", "configuration", "sign_in", "invitation", "terminal_code"}

    assert told == set(OUTCOMES)


@pytest.mark.parametrize("tag", ["zh", "zh_CN", "zh-Hans", "zh-CN", "ZH-cn", "zh-CN,zh;q=0.9"])
def test_every_kind_of_chinese_is_answered_in_chinese(tag):
    assert compose(outcome("import_empty"), tag) == compose(outcome("import_empty"), "zh-CN")


@pytest.mark.parametrize("tag", ["en-US", "", "fr", "zhx", "../zh-CN", "en;q=0.9,zh;q=0.8"])
def test_all_other_languages_are_answered_in_english(tag):
    assert compose(outcome("import_empty"), tag) == compose(outcome("import_empty"), "en")


def test_importing_the_module_does_not_load_the_template_engine():
    code = "import sys, ferry.mail.job_mail; assert 'jinja2' not in sys.modules"
    layer = str(TEMPLATES.parents[2])

    subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": layer}, check=True)


@pytest.mark.parametrize(
    ("succeeded", "told"),
    [
        (0, ("Up to 9 rows may have been", "最多可能还有 9 条")),
        (5, ("Up to 9 more rows may", "此外")),
    ],
)
def test_rows_that_nobody_could_count_are_told(succeeded, told):
    job = outcome("import_failed", succeeded=succeeded, uncounted=9)

    for language, words in zip(("en", "zh-CN"), told, strict=True):
        text = compose(job, language).text
        assert words in text
        assert "safe" not in text
        assert "放心" not in text
