"""The pages behind mailed links: the form for corrected rows, and why a link does not open.

Whoever opens a link may not be who asked for it, and a browser's language is a guess: each page
says the same in both languages, the likelier one first. It is made without a template engine,
so that the download function starts without one.
"""

import base64
import hashlib
from collections.abc import Mapping
from html import escape
from pathlib import Path
from string import Template
from typing import NamedTuple
from urllib.parse import urlsplit

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

_UPLOAD: _Notice = {
    "en": _PageText(
        "Send the corrected rows back",
        "Choose the failed-rows file that you corrected and saved. Its rows are imported into "
        "“$table” with the options of the first import, and a mail tells how that ended. "
        "Questions? Ask the people who run this service, Ferry; its mails come from $contact.",
    ),
    "zh-CN": _PageText(
        "发回改好的数据",
        "请选择已改好并保存的失败明细文件。其中的数据将按第一次导入的选项导入数据表“$table”，"
        "完成后会发邮件通知您。如有疑问，请联系本服务（Ferry）的管理员；"
        "服务邮件的发件地址是 $contact。",
    ),
}
_RECEIVED: _Notice = {
    "en": _PageText(
        "The file has arrived",
        "Its rows are now imported into “$table”. A mail tells how that ended. You can close this "
        "page.",
    ),
    "zh-CN": _PageText(
        "文件已收到",
        "正在把其中的数据导入数据表“$table”，完成后会发邮件通知您。现在可以关闭这个页面。",
    ),
}
_FILE: dict[Language, str] = {"en": "The corrected file", "zh-CN": "改好的文件"}
_SEND: dict[Language, str] = {"en": "Send the file", "zh-CN": "发送文件"}


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


def upload(language: str, contact: str, *, table: str, url: str, fields: Mapping[str, str]) -> str:
    """Return the HTML page with the form for corrected rows.

    Args:
        language: a tag as in BCP 47, or an Accept-Language header.
        contact: the address that mails come from.
        table: that the rows are imported into.
        url: where the form is sent.
        fields: of the form, before the file: S3 ignores what comes behind it.
            https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTForms.html

    """
    tongue = closest(language)
    hidden = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">\n'
        for name, value in fields.items()
    )
    form = (
        f'\n<form action="{escape(url)}" method="post" enctype="multipart/form-data">\n{hidden}'
        f'<input type="file" name="file" required aria-label="{_FILE[tongue]}">\n'
        f'<button type="submit">{_SEND[tongue]}</button>\n</form>'
    )
    return _page(_UPLOAD, tongue, contact, table=table, form=form)


def received(language: str, contact: str, *, table: str) -> str:
    """Return the HTML page that is shown once the store has the file."""
    return _page(_RECEIVED, closest(language), contact, table=table)


def policy(form_url: str = "") -> str:
    """Return the Content-Security-Policy of a page, which may send its form to one host.

    Browsers apply form-action to redirects as well, and S3 sends them back here.
    """
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    host = urlsplit(form_url)
    forms = f"{host.scheme}://{host.netloc} 'self'" if form_url else "'none'"
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; form-action {forms}; "
        "base-uri 'none'; frame-ancestors 'none'"
    )


def _page(
    notice: _Notice, language: Language, contact: str, *, table: str = "", form: str = ""
) -> str:
    other: Language = "en" if language == "zh-CN" else "zh-CN"

    def shown(text: str) -> str:
        return escape(Template(text).substitute(contact=contact, table=table))

    return _file("page.html").substitute(
        language=language,
        style=_style(),
        title=shown(notice[language].title),
        text=shown(notice[language].text),
        form=form,
        other_language=other,
        other_title=shown(notice[other].title),
        other_text=shown(notice[other].text),
    )


def _style() -> str:
    return f"\n{_file('page.css').template}"


def _file(name: str) -> Template:
    return Template((Path(__file__).parent / "templates" / name).read_text("utf-8"))
