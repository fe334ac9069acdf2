"""Bodies of requests: bytes, and JSON that is checked."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import msgspec
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver

from ferry.errors import Malformed
from ferry.tables.values import InvalidValue, parse_json

if TYPE_CHECKING:
    from pydantic import BaseModel

_encoder = msgspec.json.Encoder(decimal_format="number")


def body_bytes(app: APIGatewayHttpResolver) -> bytes:
    """Return the request's body, empty where there is none."""
    event = app.current_event
    if event.is_base64_encoded:
        return base64.b64decode(event.body or "")
    return (event.body or "").encode()


def json_body(app: APIGatewayHttpResolver) -> Any:
    """Return the request's JSON, its numbers exact.

    Raises:
        Malformed: it is no JSON in UTF-8.

    """
    try:
        return parse_json(body_bytes(app).decode())
    except UnicodeDecodeError as error:
        raise Malformed(f"the body must be UTF-8; byte {error.start} is not") from error
    except InvalidValue as error:
        raise Malformed(f"the body {error}") from error


def json_of_text(app: APIGatewayHttpResolver) -> Any:
    """Return the request's JSON, whose names and values can be stored and answered as text.

    Raises:
        Malformed: it is no JSON in UTF-8, or spells half a character.

    """
    value = json_body(app)
    try:
        _encoder.encode(value)
    except UnicodeEncodeError as error:
        raise Malformed("the body has half a character, such as \\ud800 alone") from error
    return value


def json_object[M: BaseModel](app: APIGatewayHttpResolver, model: type[M]) -> M:
    """Return the request's JSON object as a `model`.

    Raises:
        Malformed: it is no JSON, or not as the model wants it.

    """
    from pydantic import ValidationError  # only functions with a model pay for its import

    value = json_of_text(app)
    try:
        return model.model_validate(value)
    except ValidationError as error:
        problems = [
            f"{'.'.join(map(str, problem['loc'])) or 'body'}: {problem['msg']}"
            for problem in error.errors(include_url=False, include_input=False)
        ]
        raise Malformed("; ".join(problems)) from error
