"""The HTTP edge of mailed links: whoever follows one shows no token and reads pages."""

from aws_lambda_powertools.event_handler import Response

from ferry import http
from ferry.config import settings
from ferry.errors import LinkExpired, Rejected
from ferry.mail import page


def resolver() -> http.Resolver:
    """Return a resolver whose errors are plain pages in the reader's language."""
    app = http.Resolver()

    @app.exception_handler(Rejected)
    def rejected(error: Rejected) -> Response[str]:
        notice = page.expired if isinstance(error, LinkExpired) else page.gone
        return html(notice(language(app), settings().MAIL_FROM), status=error.status)

    app.exception_handler(Exception)(http.bug)
    return app


def language(app: http.Resolver) -> str:
    """Return the Accept-Language header of the present request."""
    return app.current_event.headers.get("accept-language", "")


def html(text: str, *, status: int = 200, form_url: str = "") -> Response[str]:
    """Return a page, which may send a form to one URL. Its own address is a secret."""
    headers = {
        "Cache-Control": "no-store",
        "Content-Security-Policy": page.policy(form_url),
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(status, "text/html; charset=utf-8", text, headers=headers)
