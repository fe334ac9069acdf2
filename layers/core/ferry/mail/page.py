"""The pages that a download link shows when there is nothing to download.

Whoever opens a link may not be who asked for it, and a browser's language is a guess: each page
says the same in both languages, the likelier one first. It is made without a template engine,
so that the download function starts without one.
"""

from html import escape
from pathlib import Path
from string import Template
from typing import NamedTuple

from ferry.translations.languages import Language, closest


class _PageText(NamedTuple):
    title: str
    text: str


type _Notice = dict[Language, _PageText]

_EXPIRED: _Notice = {
    "en": _PageText(
        "This link has expired",
        "Links in the mails of Ferry, the import and export service, work for a limited time, to "
        "keep your data safe. If this was an exported file, export again, and a new link is mailed "
        "to you. If it was the failed rows of an import, they are deleted by now; the rows that "
        "were imported are in the table, so send only rows that are missing there. "
        "Questions? Ask the people who run this service; its mails come from $contact.",
    ),
    "zh-CN": _PageText(
        "这个链接已过期",
        "这是导入导出服务 Ferry。为了保护您的数据，邮件中的链接只在一段时间内有效。"
        "如果这是导出的文件，请重新导出，新的链接会发送到您的邮箱。"
        "如果这是导入失败的行，文件现已删除；已导入的行都在数据表中，请只补发表中缺少的行。"
        "如有疑问，请联系本服务的管理员；服务邮件的发件地址是 $contact。",
    ),
}
_GONE: _Notice = {
    "en": _PageText(
        "There is no file behind this link",
        "Ferry, the import and export service, has no file here: it was deleted, or part of the "
        "link got lost on its way. Open the link once more from the mail, or copy all of it. "
        "An exported file that was deleted can be exported again. "
        "Questions? Ask the people who run this service; its mails come from $contact.",
    ),
    "zh-CN": _PageText(
        "找不到这个文件",
        "这是导入导出服务 Ferry。这里没有文件：可能已被删除，也可能链接不完整。"
        "请回到邮件中再点一次链接，或复制完整的链接。已删除的导出文件可以重新导出。"
        "如有疑问，请联系本服务的管理员；服务邮件的发件地址是 $contact。",
    ),
}


def expired(language: str, contact: str) -> str:
    """Return the HTML page for a link that is past its lifetime.

    Args:
        language: a tag as in BCP 47, or an Accept-Language header.
        contact: the address that mails come from.

    """
    return _page(_EXPIRED, closest(language), contact)


def gone(language: str, contact: str) -> str:
    """Return the HTML page for a link that is unknown or revoked, or whose file is deleted."""
    return _page(_GONE, closest(language), contact)


def _page(notice: _Notice, language: Language, contact: str) -> str:
    other: Language = "en" if language == "zh-CN" else "zh-CN"

    def shown(text: str) -> str:
        return escape(Template(text).substitute(contact=contact))

    return _frame().substitute(
        language=language,
        title=escape(notice[language].title),
        text=shown(notice[language].text),
        other_language=other,
        other_title=escape(notice[other].title),
        other_text=shown(notice[other].text),
    )


def _frame() -> Template:
    return Template((Path(__file__).parent / "templates" / "page.html").read_text("utf-8"))
