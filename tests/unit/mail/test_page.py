import base64
import hashlib
import re
import subprocess
import sys
from html.parser import HTMLParser

import pytest

from ferry.mail import page
from ferry.mail.job_mail import TEMPLATES

CONTACT = "Ferry <ferry@example.com>"
TITLES = {
    page.expired: {"en": "This link has expired", "zh-CN": "这个链接已过期"},
    page.gone: {"en": "There is no file behind this link", "zh-CN": "找不到这个文件"},
}


@pytest.mark.parametrize("notice", TITLES)
@pytest.mark.parametrize(
    ("asked", "first", "second"),
    [("en", "en", "zh-CN"), ("zh_CN", "zh-CN", "en"), ("fr-FR,zh;q=0.5", "en", "zh-CN")],
)
def test_a_page_speaks_both_languages_the_likelier_first(notice, asked, first, second):
    html = notice(asked, CONTACT)

    assert f'<html lang="{first}">' in html
    assert f"<title>{TITLES[notice][first]}</title>" in html
    assert f"<h1>{TITLES[notice][first]}</h1>" in html
    assert f'<section lang="{second}">\n<h2>{TITLES[notice][second]}</h2>' in html


@pytest.mark.parametrize("notice", TITLES)
@pytest.mark.parametrize("language", ["en", "zh-CN", "<script>"])
def test_a_page_is_whole_and_loads_nothing(notice, language):
    html = notice(language, CONTACT)
    open_tags = []

    class Balance(HTMLParser):
        def handle_starttag(self, tag, _attrs):
            open_tags.extend([tag] if tag != "meta" else [])

        def handle_endtag(self, tag):
            assert open_tags.pop() == tag

    Balance().feed(html)

    assert open_tags == []
    assert html.startswith("<!DOCTYPE html>")
    assert not re.search(r"\$|https?:|src=|<script|<Error", html)


@pytest.mark.parametrize("notice", TITLES)
def test_a_page_names_the_service_and_whom_to_ask(notice):
    html = notice("en", CONTACT)

    assert html.count("Ferry &lt;ferry@example.com&gt;") == 2
    assert "the import and export service" in html
    assert "导入导出服务 Ferry" in html


@pytest.mark.parametrize("notice", TITLES)
def test_no_page_advises_to_import_again(notice):
    """Rows that were imported would be there twice."""
    html = notice("en", CONTACT)

    assert not re.search(r"import again|or import|import it again|重新导出或导入|重新导入", html)


def test_pages_load_neither_the_template_engine_nor_msgspec():
    code = (
        "import sys; from ferry.mail.page import expired; expired('en', 'a@b.c');"
        "assert not {'jinja2', 'msgspec'} & set(sys.modules)"
    )
    layer = str(TEMPLATES.parents[2])

    subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": layer}, check=True)


class Form(HTMLParser):
    """A page's form: where it goes, and its inputs in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.form: dict[str, str] = {}
        self.inputs: list[tuple[str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if tag == "form":
            self.form = found
        if tag == "input":
            self.inputs.append((found["name"], found.get("value", "")))


URL = "https://uploads.s3.eu-west-1.amazonaws.com/"


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_the_form_sends_its_fields_before_the_file_to_the_store(language):
    fields = {"key": 'incoming/"<x>&/${filename}', "policy": "abc"}

    html = page.upload(language, CONTACT, table="<goods>", url=URL, fields=fields)

    found = Form(html)
    assert found.form == {"action": URL, "method": "post", "enctype": "multipart/form-data"}
    assert found.inputs == [*fields.items(), ("file", "")]
    assert "&lt;goods&gt;" in html
    assert "<goods>" not in html
    assert {"Send the corrected rows back", "发回改好的数据"} <= set(re.findall(r">([^<]+)<", html))


def test_a_page_may_send_its_form_to_one_host_and_load_nothing():
    policy = page.policy(URL)

    assert "default-src 'none'" in policy
    assert "form-action https://uploads.s3.eu-west-1.amazonaws.com 'self';" in policy
    assert "form-action 'none'" in page.policy()


def test_the_style_of_a_page_is_the_one_that_its_policy_allows():
    (style,) = re.findall(r"<style>(.*?)</style>", page.gone("en", CONTACT), re.DOTALL)

    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in page.policy()


def test_whoever_has_sent_the_file_is_told_what_comes_next():
    html = page.received("en", CONTACT, table="goods")

    assert "The file has arrived" in html
    assert "文件已收到" in html
    assert "<form" not in html
