"""The cookie of a console's session, and what else a page has to send along with it.

The cookie is HttpOnly and SameSite=Strict. Browsers that know no SameSite, and pages of other hosts
of the same site, are kept out by the header X-Ferry-Csrf and by Origin, which a page cannot set.
https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.shared.cookies import Cookie, SameSite

from ferry.accounts.sessions import SESSION_LIFE_S, csrf_matches
from ferry.errors import ForeignPage

_NAME = "ferry_session"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def sent(app: APIGatewayHttpResolver, public_url: str) -> str:
    """Return the value of the session's cookie that came with the request, "" for none."""
    begin = f"{_name(public_url)}="
    found = [each for each in app.current_event.cookies if each.startswith(begin)]
    # Of several, none can be told to be ours.
    return found[0].removeprefix(begin) if len(found) == 1 else ""


def made(text: str, public_url: str, *, life_s: int = SESSION_LIFE_S) -> Cookie:
    """Return the cookie that keeps a session for `life_s` seconds, or with 0 drops it."""
    return Cookie(
        _name(public_url),
        text,
        path="/",
        secure=_secure(public_url),
        http_only=True,
        same_site=SameSite.STRICT_MODE,
        max_age=life_s,
    )


def check_page(app: APIGatewayHttpResolver, text: str, public_url: str) -> None:
    """Refuse a request that changes something unless it is the console's own.

    Raises:
        ForeignPage: a page of another origin sends it, or it lacks the session's csrf.

    """
    if app.current_event.request_context.http.method in _SAFE:
        return
    check_origin(app.current_event.headers, public_url)
    if not csrf_matches(text, app.current_event.headers.get("x-ferry-csrf", "")):
        raise ForeignPage("send the csrf of your session as the header X-Ferry-Csrf")


def check_origin(headers: Mapping[str, str], public_url: str) -> None:
    """Refuse what a page of another origin makes a browser send.

    Raises:
        ForeignPage: Origin is neither the service's address nor the host that was asked.

    """
    origin = headers.get("origin")
    if origin is None:  # no browser's: they send it with whatever is not a GET or HEAD
        return
    # The host that was asked: this machine has several names, and a front may have its own.
    own = {_site(public_url), _site(f"{urlsplit(public_url).scheme}://{headers.get('host', '')}")}
    if _site(origin) not in own:
        raise ForeignPage("pages of other sites may not do this; use the service's own console")


def _name(public_url: str) -> str:
    # With this prefix, neither another host nor plain HTTP can plant a cookie of the name.
    # https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Set-Cookie#cookie_prefixes
    return f"__Host-{_NAME}" if _secure(public_url) else _NAME


def _secure(public_url: str) -> bool:
    return public_url.startswith("https:")


def _site(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", url
    port = {"http": ":80", "https": ":443"}.get(parts.scheme, "")
    return parts.scheme, parts.netloc.lower().removesuffix(port)
