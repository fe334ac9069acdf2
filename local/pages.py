"""The front's own pages: the index and the mailbox. Every value is escaped by the templates."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from local.mailbox import mails

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "pages"),
    autoescape=True,
    undefined=StrictUndefined,
)
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:;"
    " base-uri 'self'; form-action 'none'; frame-ancestors 'none'"
)
"""The Content-Security-Policy of every page: none has a script or loads anything."""


@dataclass(frozen=True)
class Page:
    """A whole answer of the front's own."""

    status: int
    content_type: str
    body: bytes


def index(facts: Mapping[str, Any]) -> Page:
    """The start page: addresses, and commands to paste."""
    return _html("index.html", facts=facts)


def mailbox(path: str, engine_url: str) -> Page:
    """The page of the mailbox at `path`, which begins with /mailbox."""
    found = mails(engine_url)
    name = path.removeprefix("/mailbox").strip("/")
    if name == "messages.json":
        return _json({"messages": [mail.public() for mail in found]})
    if not name:
        return _html("mailbox.html", mails=found)
    chosen = next((mail for mail in found if mail.id == name), None)
    if chosen is None:
        return _html("missing.html", HTTPStatus.NOT_FOUND, path=path)
    return _html("mail.html", mail=chosen, framed=f'<base target="_blank">{chosen.html}')


def _html(template: str, status: int = HTTPStatus.OK, **values: Any) -> Page:
    text = _TEMPLATES.get_template(template).render(values)
    return Page(status, "text/html; charset=utf-8", text.encode())


def _json(value: Any) -> Page:
    text = json.dumps(value, ensure_ascii=False, indent=2)
    return Page(HTTPStatus.OK, "application/json; charset=utf-8", text.encode())
