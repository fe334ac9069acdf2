"""The mail with a link to sign in to the console by, or to accept an invitation."""

from typing import Any

from ferry.accounts.account_store import User
from ferry.accounts.mail_addresses import Addresses
from ferry.accounts.sign_in import LINK_LIFE_S, issue_code
from ferry.accounts.sign_in_codes import SignInCodes
from ferry.aws.mailer import Mailer
from ferry.aws.queues import LinkRequest
from ferry.mail.job_mail import MailMessage, lay_out, paragraphs, words
from ferry.translations.languages import closest


def mail_link(
    request: LinkRequest,
    *,
    now: int,
    mailer: Mailer,
    addresses: Addresses,
    codes: SignInCodes,
) -> bool:
    """Mail a link to an address if it is a user's; return whether it was.

    Raises:
        MailRefused: SES refuses.
        Exception: SES could not be asked.

    """
    address = request.link_for
    issued = issue_code(address, now=now, life_s=LINK_LIFE_S, addresses=addresses, codes=codes)
    if issued is None or issued[1].suppressed:
        return False
    code, user = issued
    mail = compose_link(user, f"{request.public_url}/console/#/sign-in?code={code}")
    # No tag: what comes back of it is no job's.
    mailer.send(user.mail, subject=mail.subject, text=mail.text, html=mail.html, tags={})
    return True


def compose_link(user: User, url: str) -> MailMessage:
    """Write the mail with a link to sign in by, in the user's language."""
    tongue = closest(user.language)
    case = words(f"{tongue}/sign_in.jinja", {"minutes": LINK_LIFE_S // 60})
    sheet: dict[str, Any] = {
        "language": tongue,
        "tone": "quiet",
        "headline": case["headline"],
        "story": paragraphs(case["story"]),
        "links": [(case["label"], url)],
        "colon": case["colon"],
        "lifetime": case["lifetime"],
        "facts": [],
        "footer": case["footer"],
    }
    return lay_out(case["subject"], sheet)
