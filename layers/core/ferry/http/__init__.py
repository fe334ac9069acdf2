"""The HTTP edge: one resolver for every API function, its authentication and its error bodies."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import msgspec
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response, content_types
from aws_lambda_powertools.event_handler.middlewares import NextMiddleware

from ferry.accounts.account_store import Accounts
from ferry.accounts.identity import Caller, authenticate
from ferry.accounts.request_context import RequestContext
from ferry.accounts.session_store import Sessions
from ferry.accounts.sessions import SignedIn, bearer_session, find_session
from ferry.config import settings
from ferry.errors import (
    MethodNotAllowed,
    NotFound,
    QueryTooLong,
    Rejected,
    TooManyRows,
    TooSoon,
    Unauthenticated,
)
from ferry.http import route_roles, routes, session_cookie
from ferry.http.error_language import asked, in_language
from ferry.tables.typed_values import as_text
from ferry.telemetry import logger

if TYPE_CHECKING:
    from ferry.jobs.job import JobHeader

MOST_ANSWER_BYTES = 6_000_000
"""Lambda's answers have up to 6 MB, headers included; in them, quotes and backslashes are escaped.

https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""

METHODS = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]
_ANY_PATH = "(?s:.*)"
_VERSION = "version"

_MOST_QUERY_BYTES = 8_000
"""API Gateway takes 10,240 bytes of request line and headers together; the rest is for the others.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
"""

_encoder = msgspec.json.Encoder(decimal_format="number", enc_hook=as_text)


class Resolver(APIGatewayHttpResolver):
    """A resolver for a function that serves whatever routes the template gives it."""

    def serve[F: Callable[..., Any]](self, function: F) -> F:
        """Have a function answer every request.

        API Gateway has matched the path already: the function gets the values of its variables by
        name, decoded. `version` is not among them; see `version`.
        """

        @self.route(_ANY_PATH, method=METHODS)
        def serve() -> Any:
            parameters = self.current_event.path_parameters or {}
            return function(**{k: v for k, v in parameters.items() if k != _VERSION})

        return function


def refusal(rejection: Rejected) -> Response[Any]:
    """Return the response to a rejected request."""
    return error(rejection.status, str(rejection), headers_of(rejection))


def headers_of(rejection: Rejected) -> dict[str, str]:
    """Return the headers that go with a rejection, whatever the shape of its body."""
    if isinstance(rejection, Unauthenticated):
        return {"WWW-Authenticate": "Bearer"}
    if isinstance(rejection, MethodNotAllowed):
        return {"Allow": ", ".join(rejection.allowed)}
    if isinstance(rejection, TooSoon):
        return {"Retry-After": str(rejection.retry_after_s)}
    return {}


def resolver(
    *, authenticated: bool = True, refuse: Callable[[Any], Response[Any]] = refusal
) -> Resolver:
    """Return a resolver that speaks this API's error shape: ``{"status":"error","error_msg":…}``.

    Args:
        authenticated: whether each route asks for a token and finds its caller with `caller`.
        refuse: what makes the response to a Rejected, where it is another shape.

    """
    app = Resolver(serializer=lambda body: _encoder.encode(body).decode())
    if authenticated:
        app.use(middlewares=[_check_route, _authenticate])

    @app.exception_handler(Rejected)
    def rejected(rejection: Rejected) -> Response[Any]:
        logger.info("request rejected", kind=type(rejection).__name__, status=rejection.status)
        return in_language(refuse(rejection), asked(app))

    app.exception_handler(Exception)(bug)
    return app


def bug(_: Exception) -> Response[Any]:
    """Return the response to a request that failed by a fault of ours, and log it."""
    logger.exception("request failed")
    return error(HTTPStatus.INTERNAL_SERVER_ERROR, "internal error; try again")


def page_of_rows(body: dict[str, Any]) -> Response[str]:
    """Return the response that shows rows, of which a few can be too long for any response.

    Raises:
        TooManyRows: they are.

    """
    text = _encoder.encode(body)
    size = wrapped_bytes(text)
    if size > MOST_ANSWER_BYTES:
        raise TooManyRows(
            f"limit: the rows come to {size:,} bytes, and an answer can have "
            f"{MOST_ANSWER_BYTES:,}; ask for fewer"
        )
    return Response(200, content_types.APPLICATION_JSON, text.decode())


def wrapped_bytes(text: bytes) -> int:
    """Return the size of an answer's JSON as Lambda takes it: as a JSON string."""
    return len(text) + text.count(b'"') + text.count(b"\\")


def accepted(job: JobHeader, headers: Mapping[str, str] | None = None) -> Response[dict[str, Any]]:
    """Return the public API's answer to an accepted job, exact to the byte, but for `headers`."""
    answer = _accepted("v1", job, {"status": "ok"})
    answer.headers.update(headers or {})
    return answer


def accepted_with_id(job: JobHeader) -> Response[dict[str, Any]]:
    """Return the answer of version 1.5, which has the job's id."""
    return _accepted("v1.5", job, {"status": "ok", "job_id": job.id})


def caller(app: APIGatewayHttpResolver) -> Caller:
    """Return whom the present request comes from."""
    who: Caller = app.context["caller"]
    return who


def identify(app: APIGatewayHttpResolver, *, now: int) -> None:
    """Find out whom the present request comes from: by its token, or by its session.

    Raises:
        Unauthenticated: it shows neither a token nor a session that serves at `now`, Unix seconds.
        ForeignPage: it has a cookie and would change something, and is not the console's own.
        RoleTooLow: the caller's role does not allow it.
        NotFound: the caller has no role on the table.

    """
    accounts = Accounts(settings().CONTROL_TABLE)
    authorization = app.current_event.headers.get("authorization", "")
    text = session_text(app)
    if text:
        kept = Sessions(settings().CONTROL_TABLE)
        signed_in = find_session(text, now=now, accounts=accounts, sessions=kept)
        if not authorization:  # no page can have a browser send that header to another site
            session_cookie.check_page(app, text, public_url(app))
        app.context["signed_in"], who = signed_in, signed_in.caller
    else:
        who = authenticate(authorization, now=now, accounts=accounts)
    event = app.current_event
    route_roles.admit(who, event.request_context.route_key, event.path_parameters or {})
    app.context["caller"] = who


def session_text(app: APIGatewayHttpResolver) -> str:
    """Return the session that the request shows, by header or cookie; "" for none."""
    shown = app.current_event.headers.get("authorization", "")
    return bearer_session(shown) if shown else session_cookie.sent(app, public_url(app))


def signed_in(app: APIGatewayHttpResolver) -> SignedIn | None:
    """Return the session that the present request comes by; None where it shows a token."""
    found: SignedIn | None = app.context.get("signed_in")
    return found


def version(app: APIGatewayHttpResolver) -> str:
    """Return the version of the API that the path names."""
    return app.current_event.path_parameters[_VERSION]


def segments(app: APIGatewayHttpResolver) -> list[str]:
    """Return the segments of the route's path as the template writes it: variables in braces."""
    key: str = app.current_event.request_context.route_key
    return key.split("/")[1:]


def operation(app: APIGatewayHttpResolver) -> str:
    """Return the kind of jobs that the route is about, export or import."""
    return segments(app)[4]


def query(app: APIGatewayHttpResolver, instead: str) -> dict[str, str]:
    """Return the parameters in the URL.

    Args:
        app: the resolver.
        instead: what to do where a URL cannot hold them.

    Raises:
        QueryTooLong: with a little more, API Gateway would have refused the request by itself.

    """
    event = app.current_event
    size = len(event.raw_query_string.encode())
    if size > _MOST_QUERY_BYTES:
        raise QueryTooLong(
            f"the URL's query has {size:,} bytes, and may have {_MOST_QUERY_BYTES:,}; {instead}"
        )
    return event.query_string_parameters or {}


def path_number(text: str, what: str) -> int:
    """Return a number that stands in the path.

    Raises:
        NotFound: it is none, so nothing can be there.

    """
    # isdigit alone would accept superscripts, and int() numbers that no table or user can have.
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise NotFound(f"{what} {text} does not exist")
    return int(text)


def request_context(app: APIGatewayHttpResolver) -> RequestContext:
    """Return who asks for a job, and when."""
    key = app.current_event.headers.get("idempotency-key")
    return RequestContext(caller(app), time.time_ns() // 1_000_000, public_url(app), key)


def if_match(app: APIGatewayHttpResolver) -> str | None:
    """Return the header If-Match, None where it is not sent."""
    return app.current_event.headers.get("if-match")


def time_left(app: APIGatewayHttpResolver) -> Callable[[], float]:
    """Return a function that returns the seconds left to answer."""
    return lambda: app.lambda_context.get_remaining_time_in_millis() / 1000


def public_url(app: APIGatewayHttpResolver) -> str:
    """Return the URL of this API as the caller sees it, without a trailing slash."""
    domain = app.current_event.request_context.domain_name
    return settings().PUBLIC_URL or f"https://{domain}"


def _accepted(version: str, job: JobHeader, body: dict[str, Any]) -> Response[dict[str, Any]]:
    path = f"/oserve/{version}/table/{job.table_id}/{job.operation}/{job.id}/"
    headers = {"Location": path, "X-Job-Id": job.id}
    return Response(201, content_types.APPLICATION_JSON, body, headers=headers)


def error(status: int, message: str, headers: Mapping[str, str] | None = None) -> Response[Any]:
    """Return an error in this API's shape."""
    body = {"status": "error", "error_msg": message}
    return Response(status, content_types.APPLICATION_JSON, body, headers=headers)


def _check_route(app: APIGatewayHttpResolver, next_middleware: NextMiddleware) -> Response[Any]:
    """Answer as `$default` would where the template's route serves more than the API.

    So it does with a version that does not have the route; and perhaps with `/a/`, for whose last
    segment API Gateway may take the variable of `/a/{name}` (docs/decisions/0100).
    """
    event = app.current_event
    match = routes.find(event.request_context.http.method, event.request_context.http.path)
    if match.route.key == event.request_context.route_key:
        return next_middleware(app)
    target = event.request_context.http.path.removesuffix("/")
    if event.raw_query_string:
        target += f"?{event.raw_query_string}"
    # 308 keeps method and body: with 301 a client may repeat a POST as a GET (RFC 9110, 15.4).
    return Response(HTTPStatus.PERMANENT_REDIRECT, body="", headers={"Location": target})


def _authenticate(app: APIGatewayHttpResolver, next_middleware: NextMiddleware) -> Response[Any]:
    identify(app, now=int(time.time()))
    return next_middleware(app)
