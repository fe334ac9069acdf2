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
        language = app.current_event.headers.get("accept-language", "")
        notice = page.expired if isinstance(error, LinkExpired) else page.gone
        text = notice(language, settings().MAIL_FROM)
        headers = {"Cache-Control": "no-store"}
        return Response(error.status, "text/html; charset=utf-8", text, headers=headers)

    app.exception_handler(Exception)(http.bug)
    return app
