"""The OAuth edge: bodies in JSON or either form encoding, answers as RFC 6749 section 5 says."""

from io import BytesIO
from typing import Annotated, Any, Literal

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response, content_types
from multipart import parse_form_data, parse_options_header
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from ferry import http
from ferry.accounts import Credentials
from ferry.errors import GrantRefused, Malformed
from ferry.grants import CodeGrant, RefreshGrant

_FORMS = {"multipart/form-data", "application/x-www-form-urlencoded"}
_UNKNOWN_GRANT_TYPE = "union_tag_invalid"
_NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}

type Credential = Annotated[str, Field(pattern=r"^[\x20-\x7e]+$", max_length=256)]
"""Printable ASCII, as RFC 6749 appendix A wants every credential."""


class AuthorizeIn(BaseModel):
    """An app's credentials."""

    client_id: Credential
    client_secret: Credential

    @property
    def credentials(self) -> Credentials:
        """The credentials in it."""
        return Credentials(self.client_id, self.client_secret)


class CodeGrantIn(AuthorizeIn):
    """A code to be exchanged for tokens."""

    grant_type: Literal["authorization_code"]
    code: Credential

    @property
    def grant(self) -> CodeGrant:
        """The code."""
        return CodeGrant(self.code)


class RefreshGrantIn(AuthorizeIn):
    """A refresh token to be exchanged for new tokens."""

    grant_type: Literal["refresh_token"]
    refresh_token: Credential

    @property
    def grant(self) -> RefreshGrant:
        """The refresh token."""
        return RefreshGrant(self.refresh_token)


type TokenIn = Annotated[CodeGrantIn | RefreshGrantIn, Field(discriminator="grant_type")]

AUTHORIZE = TypeAdapter(AuthorizeIn)
TOKEN: TypeAdapter[CodeGrantIn | RefreshGrantIn] = TypeAdapter(TokenIn)


def resolver() -> APIGatewayHttpResolver:
    """Return a resolver that refuses with ``{"error": …}``."""
    return http.resolver(authenticated=False, refuse=_refusal)


def request[T](app: APIGatewayHttpResolver, kind: TypeAdapter[T]) -> T:
    """Return what the request's body says.

    Raises:
        GrantRefused: unsupported_grant_type, or invalid_request for anything else amiss.

    """
    try:
        return kind.validate_python(_parameters(app))
    except ValidationError as error:
        types = {problem["type"] for problem in error.errors()}
        unknown = _UNKNOWN_GRANT_TYPE in types
        refusal = GrantRefused("unsupported_grant_type" if unknown else "invalid_request")
        raise refusal from error


def granted(body: dict[str, Any]) -> Response[dict[str, Any]]:
    """Return the answer to a request that is granted."""
    return _answer(200, body)


def _refusal(error: GrantRefused) -> Response[dict[str, Any]]:
    return _answer(error.status, {"error": error.error})


def _answer(status: int, body: dict[str, Any]) -> Response[dict[str, Any]]:
    return Response(status, content_types.APPLICATION_JSON, body, headers={**_NO_STORE})


def _parameters(app: APIGatewayHttpResolver) -> dict[str, Any]:
    """Return the body's parameters; one without a value counts as left out (section 3.2)."""
    content_type = app.current_event.headers.get("content-type", "")
    try:
        if parse_options_header(content_type)[0] in _FORMS:
            parameters = _form(http.body_bytes(app), content_type)
        else:
            parameters = http.json_body(app)
    except (Malformed, ValueError) as error:
        raise GrantRefused("invalid_request") from error
    if not isinstance(parameters, dict):
        raise GrantRefused("invalid_request")
    return {name: value for name, value in parameters.items() if value not in ("", None)}


def _form(body: bytes, content_type: str) -> dict[str, str]:
    request = {"CONTENT_TYPE": content_type, "wsgi.input": BytesIO(body)}
    fields, _ = parse_form_data(request, ignore_errors=False)
    repeated = [name for name in fields if len(fields.getall(name)) > 1]
    if repeated:
        raise ValueError(f"{repeated[0]} stands twice")
    return {name: fields[name] for name in fields}
