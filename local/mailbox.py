"""Mails the service has sent, as the engine kept them."""

import json
import urllib.request
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True)
class Mail:
    """One sent mail, both of its parts."""

    id: str
    sender: str
    to: list[str]
    subject: str
    text: str
    html: str
    sent_at: float

    @property
    def sent(self) -> datetime:
        """When it was sent, on this machine's clock."""
        return datetime.fromtimestamp(self.sent_at, UTC).astimezone()

    def public(self) -> dict[str, Any]:
        """The mail for programs."""
        return asdict(self)


def mails(engine_url: str) -> list[Mail]:
    """Every mail sent since the engine started, newest first.

    Raises:
        OSError: the engine does not answer.

    """
    url = f"{engine_url}/_ministack/ses/messages"
    with urllib.request.urlopen(url, timeout=10) as response:  # noqa: S310 - the engine's address
        accounts = json.load(response)["messages"]
    found = [_mail(message) for messages in accounts.values() for message in messages]
    found.reverse()
    return sorted(found, key=lambda mail: -mail.sent_at)


def _mail(message: dict[str, Any]) -> Mail:
    return Mail(
        id=message["MessageId"].partition("@")[0],
        sender=message["Source"],
        to=message["To"],
        subject=message["Subject"] or "",
        text=message["BodyText"] or "",
        html=message["BodyHtml"] or "",
        sent_at=message["Timestamp"],
    )
