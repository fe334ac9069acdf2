"""The OAuth edge: bodies in JSON or either form encoding, answers as RFC 6749 section 5 says."""

from io import BytesIO
from typing import Annotated, Any

import msgspec
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response, content_types
from multipart import parse_form_data, parse_options_header

from ferry import http
from ferry.accounts.grants import CodeGrant, RefreshGrant
from ferry.accounts.identity import Credentials
from ferry.errors import GrantRefused, Malformed
from ferry.http import request_body

_FORMS = {"multipart/form-data", "application/x-www-form-urlencoded"}
_CODE, _REFRESH_TOKEN = "authorization_code", "refresh_token"
_NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}

# Python's $ alone would let a newline follow.
type Credential = Annotated[str, msgspec.Meta(pattern=r"^[\x20-\x7e]+(?!\n)$", max_length=256)]
"""Printable ASCII, as RFC 6749 appendix A wants every credential."""


class AuthorizeIn(msgspec.Struct, frozen=True, kw_only=True):
    """An app's credentials."""

    client_id: Credential
    client_secret: Credential

    @property
    def credentials(self) -> Credentials:
        """The credentials in it."""
        return Credentials(self.client_id, self.client_secret)


class CodeGrantIn(AuthorizeIn, frozen=True, kw_only=True, tag_field="grant_type", tag=_CODE):
    """A code to be exchanged for tokens."""

    code: Credential

    @property
    def grant(self) -> CodeGrant:
        """The code."""
        return CodeGrant(self.code)


class RefreshGrantIn(
    AuthorizeIn, frozen=True, kw_only=True, tag_field="grant_type", tag=_REFRESH_TOKEN
):
    """A refresh token to be exchanged for new tokens."""

    refresh_token: Credential

    @property
    def grant(self) -> RefreshGrant:
        """The refresh token."""
        return RefreshGrant(self.refresh_token)


type TokenIn = CodeGrantIn | RefreshGrantIn


def resolver() -> http.Resolver:
    """Return a resolver that refuses with ``{"error": …}``."""
    return http.resolver(authenticated=False, refuse=_refusal)


def authorize_request(app: APIGatewayHttpResolver) -> AuthorizeIn:
    """Parse the body of a request for a code.

    Raises:
        GrantRefused: invalid_request.

    """
    asked: AuthorizeIn = _converted(_parameters(app), AuthorizeIn)
    return asked


def token_request(app: APIGatewayHttpResolver) -> TokenIn:
    """Parse the body of a request for tokens.

    Raises:
        GrantRefused: unsupported_grant_type, or invalid_request for anything else amiss.

    """
    parameters = _parameters(app)
    if parameters.get("grant_type", _CODE) not in (_CODE, _REFRESH_TOKEN):
        raise GrantRefused("unsupported_grant_type")
    asked: TokenIn = _converted(parameters, TokenIn)
    return asked


def granted(body: dict[str, Any]) -> Response[dict[str, Any]]:
    """Return the answer to a request that is granted."""
    return _answer(200, body)


def _refusal(error: GrantRefused) -> Response[dict[str, Any]]:
    return _answer(error.status, {"error": error.error})


def _answer(status: int, body: dict[str, Any]) -> Response[dict[str, Any]]:
    return Response(status, content_types.APPLICATION_JSON, body, headers={**_NO_STORE})


def _converted(parameters: dict[str, Any], kind: Any) -> Any:
    try:
        return msgspec.convert(parameters, kind)
    except (msgspec.ValidationError, UnicodeError) as error:  # JSON may spell half a character
        raise GrantRefused("invalid_request") from error


def _parameters(app: APIGatewayHttpResolver) -> dict[str, Any]:
    """Return the body's parameters; one without a value counts as left out (section 3.2)."""
    content_type = app.current_event.headers.get("content-type", "")
    try:
        if parse_options_header(content_type)[0] in _FORMS:
            parameters = _form(request_body.body_bytes(app), content_type)
        else:
            parameters = request_body.json_body(app)
    except (Malformed, ValueError, LookupError) as error:  # a part may name any charset
        raise GrantRefused("invalid_request") from error
    if not isinstance(parameters, dict):
        raise GrantRefused("invalid_request")
    return {name: value for name, value in parameters.items() if value not in ("", None)}


def _form(body: bytes, content_type: str) -> dict[str, str]:
    request = {"CONTENT_TYPE": content_type, "wsgi.input": BytesIO(body)}
    fields, _ = parse_form_data(request, ignore_errors=False)
    repeated = [name for name in fields if len(fields.getall(name)) > 1]
    if repeated:
        raise ValueError(f"{repeated[0]} is a duplicate")
    return {name: fields[name] for name in fields}
