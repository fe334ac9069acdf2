"""The mail with a link to sign in by, a terminal's code, or an invitation."""

from typing import Any

from ferry.accounts.account_store import Accounts, User
from ferry.accounts.mail_addresses import Addresses
from ferry.accounts.sign_in import INVITATION_LIFE_S, LINK_LIFE_S, issue_code
from ferry.accounts.sign_in_codes import SignInCodes
from ferry.aws.mailer import Mailer
from ferry.aws.queues import LinkRequest
from ferry.mail.job_mail import MailMessage, lay_out, paragraphs, words
from ferry.mail.mail_quota import MailQuota
from ferry.translations.languages import Language, closest


def mail_link(
    request: LinkRequest,
    *,
    now: int,
    mailer: Mailer,
    quota: MailQuota,
) -> bool:
    """Mail a link to an address if it is a user's; return whether it was mailed.

    Whoever asks gets the same answer in any case. Links beyond the app's `quota` are not mailed,
    however many sources ask; invitations are counted where they are accepted.

    Raises:
        MailRefused: SES refuses.
        Exception: SES could not be asked.

    """
    table_name = quota.table_name
    if request.app_id:
        found = Accounts(table_name).user(request.app_id, request.user_id)
        users, life_s = [found] if found else [], INVITATION_LIFE_S
    else:
        users, life_s = Addresses(table_name).users_of(request.link_for), LINK_LIFE_S
    codes, challenge = SignInCodes(table_name), request.challenge
    issued = issue_code(users, now=now, life_s=life_s, codes=codes, challenge=challenge)
    if issued is None or issued[1].suppressed:
        return False
    code, user = issued
    if not request.app_id and not quota.take_link(user.app_id, now=now):
        return False
    if challenge:
        mail = compose_code(user, code, request.public_url)
    else:
        url = f"{request.public_url}/console/#/sign-in?code={code}"
        mail = compose_link(user, url, invitation=bool(request.app_id))
    # No tag: what comes back of it is no job's.
    mailer.send(user.mail, subject=mail.subject, text=mail.text, html=mail.html, tags={})
    return True


def compose_link(user: User, url: str, *, invitation: bool) -> MailMessage:
    """Write the mail with a link to sign in by, or an invitation, in the user's language."""
    tongue = closest(user.language)
    values = {"minutes": LINK_LIFE_S // 60, "days": INVITATION_LIFE_S // 86_400}
    case = words(f"{tongue}/{'invitation' if invitation else 'sign_in'}.jinja", values)
    return _laid_out(tongue, case, links=[(case["label"], url)], lifetime=case["lifetime"])


def compose_code(user: User, code: str, public_url: str) -> MailMessage:
    """Write the mail with a code to sign in by in a terminal; it has no link to click."""
    tongue = closest(user.language)
    case = words(f"{tongue}/terminal_code.jinja", {"minutes": LINK_LIFE_S // 60})
    return _laid_out(tongue, case, facts=[(case["label"], code), (case["service"], public_url)])


def _laid_out(tongue: Language, case: dict[str, Any], **parts: Any) -> MailMessage:
    sheet: dict[str, Any] = {
        "language": tongue,
        "tone": "quiet",
        "headline": case["headline"],
        "story": paragraphs(case["story"]),
        "colon": case["colon"],
        "footer": case["footer"],
        "links": [],
        "lifetime": "",
        "facts": [],
    }
    return lay_out(case["subject"], sheet | parts)
