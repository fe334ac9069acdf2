"""The pages that a download link shows when there is nothing to download.

Whoever opens a link may not be who asked for it, and a browser's language is a guess: each page
says the same in both languages, the likelier one first. It is made without a template engine,
so that the download function starts without one.
"""

from html import escape
from pathlib import Path
from string import Template
from typing import NamedTuple

from ferry.mail.languages import Language, closest


class _PageText(NamedTuple):
    title: str
    text: str


type _Notice = dict[Language, _PageText]

_EXPIRED: _Notice = {
    "en": _PageText(
        "This link has expired",
        "To keep your data safe, download links only work for a limited time. "
        "Please run the export or import again, and a new link will be mailed to you.",
    ),
    "zh-CN": _PageText(
        "这个链接已过期",
        "为了保护您的数据，下载链接只在一段时间内有效。"
        "请重新导出或导入一次，新的链接会发送到您的邮箱。",
    ),
}
_GONE: _Notice = {
    "en": _PageText(
        "There is no file behind this link",
        "The file may have been deleted, or part of the link got lost on its way. Please open it "
        "once more from the mail. If that does not help, run the export or import again.",
    ),
    "zh-CN": _PageText(
        "找不到这个文件",
        "文件可能已被删除，也可能链接不完整。"
        "请回到邮件中再点一次链接；如果还是打不开，请重新导出或导入一次。",
    ),
}


def expired(language: str) -> str:
    """Return the HTML page for a link that is past its lifetime."""
    return _page(_EXPIRED, closest(language))


def gone(language: str) -> str:
    """Return the HTML page for a link that is unknown or revoked, or whose file is deleted."""
    return _page(_GONE, closest(language))


def _page(notice: _Notice, language: Language) -> str:
    other: Language = "en" if language == "zh-CN" else "zh-CN"
    return _frame().substitute(
        language=language,
        title=escape(notice[language].title),
        text=escape(notice[language].text),
        other_language=other,
        other_title=escape(notice[other].title),
        other_text=escape(notice[other].text),
    )


def _frame() -> Template:
    return Template((Path(__file__).parent / "templates" / "page.html").read_text("utf-8"))
