"""The HTTP edge of the configuration routes: requests and answers as the rule engine has them.

Plain texts or JSON by wire format, 405 without a body, `404 page not found`.
Source: contract configurations#http.
"""

import re
import time
from collections.abc import Collection, Mapping
from email.utils import formatdate
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import msgspec
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, CORSConfig, Response
from aws_lambda_powertools.event_handler.middlewares import NextMiddleware

from ferry import http
from ferry.accounts.identity import Caller
from ferry.config import settings
from ferry.configurations.config_job import ConfigOptions, Form
from ferry.errors import ForeignPage, Malformed, NotFound, Rejected
from ferry.http.ranges import part_of
from ferry.kuiper.apply.mode import Mode
from ferry.kuiper.document.sections import Wire
from ferry.kuiper.envelope import read_flag
from ferry.kuiper.excerpts import excerpt
from ferry.kuiper.responses import UNDEFINED, error_body
from ferry.telemetry import logger

SHARED_APP = "default"
"""The app of whoever shows no token where none is asked for."""

_PREFLIGHT = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "POST, GET, PUT, DELETE, HEAD",
    "Access-Control-Allow-Headers": (
        "Accept, Accept-Language, Content-Type, Content-Language, Origin, Authorization,"
        " X-Ekuiper-Version"
    ),
}
_NOT_FOUND = 1002
_YAML = "/v2/data/import"
_IMPORT_OPTIONS = ("partial", "stop", "dry_run", "sha256")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_LONGEST_NAME = 64
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_TEXT = "text/plain; charset=utf-8"
JSON = "application/json"

DIRECT_BYTES = 4_400_000
"""Bytes that a function can answer by itself: Lambda takes 6 MB, base64 included."""


class _AnyOrigin(CORSConfig):
    """Pages of any origin may read the answers: a token is never sent but on purpose.

    Not where no token is asked for: any page open in the browser could then read everything.
    """

    def to_dict(self, origin: str | None) -> dict[str, str]:
        return {"Access-Control-Allow-Origin": "*"} if origin and not _is_open() else {}


def resolver() -> http.Resolver:
    """Return a resolver that speaks the engine's error shape and knows its caller."""
    app = http.Resolver(cors=_AnyOrigin())
    app.use(middlewares=[_check_path, _authenticate])

    @app.exception_handler(Rejected)
    def rejected(error: Rejected) -> Response[Any]:
        logger.info("request rejected", kind=type(error).__name__, status=error.status)
        return _refusal(app, error)

    @app.exception_handler(Exception)
    def bug(_: Exception) -> Response[Any]:
        logger.exception("request failed")
        message = "internal error; try again"
        return text(HTTPStatus.INTERNAL_SERVER_ERROR, error_body(message, wire(app)))

    return app


def wire(app: APIGatewayHttpResolver) -> Wire:
    """Return the wire format that the request asks for, or else the service's own."""
    asked = app.current_event.headers.get("x-ekuiper-version", "").strip()
    return Wire.V2 if asked == Wire.V2.value else Wire(settings().EKUIPER_WIRE)


def flag(app: APIGatewayHttpResolver, name: str) -> bool:
    """Return whether a query parameter is set to 1; its first value counts.

    Raises:
        Malformed: it is neither 1 nor off.

    """
    return read_flag(name, parameter(app, name).partition(",")[0])


def import_options(app: APIGatewayHttpResolver) -> ConfigOptions:
    """Read the import's options from the query string.

    Raises:
        Malformed: an option has no value that it may have, or is not known; the engine would
            ignore it, and wipe everything (decision 191).

    """
    path = app.current_event.path
    _refuse_unknown(app, _IMPORT_OPTIONS if path.endswith("data/import") and path != _YAML else ())
    if path == _YAML:
        return ConfigOptions(form=Form.STRUCTURED, mode=Mode.PARTIAL, wire=Wire.V2)
    if path == "/ruleset/import":
        return ConfigOptions(form=Form.RULESET, mode=Mode.PARTIAL, wire=wire(app))
    partial, stop, dry_run = (flag(app, name) for name in ("partial", "stop", "dry_run"))
    return ConfigOptions(
        mode=Mode.PARTIAL if partial else Mode.FULL,
        wire=wire(app),
        stop=stop and not partial,  # as the engine (contract configurations#imports)
        dry_run=dry_run,
        sha256=_sum(app),
    )


def _sum(app: APIGatewayHttpResolver) -> str:
    given = parameter(app, "sha256")
    if given and not _SHA256.fullmatch(given):
        raise Malformed("sha256: must be 64 hex digits, in lower case")
    return given


def _refuse_unknown(app: APIGatewayHttpResolver, options: Collection[str]) -> None:
    given = app.current_event.query_string_parameters or {}
    for name in given:
        if name not in options:
            known = f"options are {', '.join(options)}" if options else "it takes none"
            raise Malformed(f"unknown option {excerpt(name, _LONGEST_NAME)}: {known}")


def parameter(app: APIGatewayHttpResolver, name: str) -> str:
    """Return a query parameter, "" where it is missing."""
    return (app.current_event.query_string_parameters or {}).get(name, "")


def text(status: int, body: bytes | str, **headers: Any) -> Response[Any]:
    """Return an answer in plain text, as Go's `http.Error` sends its errors."""
    sent = {"X-Content-Type-Options": "nosniff"} if status >= HTTPStatus.BAD_REQUEST else {}
    written = body.decode() if isinstance(body, bytes) else body
    return Response(status, _TEXT, written, headers=sent | headers)


def json(body: Any) -> Response[Any]:
    """Return an answer in JSON; bytes are JSON already."""
    written = body if isinstance(body, bytes) else msgspec.json.encode(body)
    size = http.wrapped_bytes(written)
    if size > http.MOST_ANSWER_BYTES:
        raise Malformed(f"the answer has {size:,} bytes, more than Lambda can send")
    return Response(HTTPStatus.OK, JSON, written.decode())


def elsewhere(url: str) -> Response[Any]:
    """Send the caller to where a file is for a short time."""
    return text(HTTPStatus.FOUND, "", Location=url, **{"Cache-Control": "no-store"})


def attachment(app: APIGatewayHttpResolver, content: bytes) -> Response[Any]:
    """Return a file, or the part of it that the request's Range asks for (case 84)."""
    headers: dict[str, Any] = {
        "Content-Disposition": "Attachment",
        "Accept-Ranges": "bytes",
        "Last-Modified": formatdate(usegmt=True),
    }
    part = part_of(content, app.current_event.headers.get("range", ""))
    if part is None:
        headers["Content-Range"] = f"bytes */{len(content)}"
        return text(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, "", **headers)
    status = HTTPStatus.OK
    if part.partial:
        status = HTTPStatus.PARTIAL_CONTENT
        last = part.start + len(part.content) - 1
        headers["Content-Range"] = f"bytes {part.start}-{last}/{part.total}"
    return Response(status, "application/octet-stream", part.content, headers=headers)


def refuse(app: APIGatewayHttpResolver, methods: Collection[str]) -> Response[Any]:
    """Return the answer to a request that no route takes (case 88).

    A browser that asks beforehand whether a page may send a request is told so.

    Args:
        app: the resolver.
        methods: that the request's path has.

    """
    headers = app.current_event.headers
    asks = app.current_event.request_context.http.method == "OPTIONS" and "origin" in headers
    if asks and methods and "access-control-request-method" in headers and not _is_open():
        return Response(HTTPStatus.OK, body="", headers=dict(_PREFLIGHT))
    if methods:
        return Response(HTTPStatus.METHOD_NOT_ALLOWED, body="")
    return text(HTTPStatus.NOT_FOUND, "404 page not found\n")


def _refusal(app: APIGatewayHttpResolver, error: Rejected) -> Response[Any]:
    code = _NOT_FOUND if isinstance(error, NotFound) else UNDEFINED
    return text(error.status, error_body(str(error), wire(app), code), **http.headers_of(error))


def _check_path(app: APIGatewayHttpResolver, next_middleware: NextMiddleware) -> Response[Any]:
    """Refuse a path that ends in a slash: API Gateway may take it for the one without."""
    # The engine's router answers 404 to such a path; API Gateway may not even show the slash.
    if app.current_event.path.endswith("/"):
        return refuse(app, ())
    return next_middleware(app)


def _authenticate(app: APIGatewayHttpResolver, next_middleware: NextMiddleware) -> Response[Any]:
    shows = app.current_event.headers.get("authorization") or http.session_text(app)
    if not _is_open() or shows:
        http.identify(app, now=int(time.time()))
    else:
        _check_page(app.current_event.headers)
        app.context["caller"] = Caller(SHARED_APP, 0)
    return next_middleware(app)


def _check_page(headers: Mapping[str, str]) -> None:
    """Refuse what a page of another site makes a browser on this machine send.

    A browser sends a POST of a plain form to any address, and names the page's site in Origin; a
    site whose name was made to lead to loopback stands in Host.
    https://fetch.spec.whatwg.org/#origin-header
    """
    sites = [f"//{headers.get('host', '')}"]
    if "origin" in headers:
        sites.append(headers["origin"])
    if any(_host(site) not in _LOOPBACK for site in sites):
        raise ForeignPage("without a token, only this machine's own pages and programs are served")


def _host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def _is_open() -> bool:
    """Whether tokens are not required: only on a service that this machine alone can reach."""
    config = settings()
    return config.CONFIG_AUTH == "none" and _host(config.PUBLIC_URL) in _LOOPBACK
