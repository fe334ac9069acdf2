"""The language of an error, for callers who name one."""

from typing import Any

from aws_lambda_powertools.event_handler import Response

from ferry.errors import INVALID_FILE
from ferry.translations.catalogue import translated
from ferry.translations.languages import closest

_TEXT = "error_msg"


def in_language(response: Response[Any], accepted: str) -> Response[Any]:
    """Return the response with its error's text in the language that is asked for.

    What programs look for stays: the beginning ``无效的文件``, and the texts of other shapes.

    Args:
        response: of an error.
        accepted: the Accept-Language header, "" for none: English.

    """
    language, body = closest(accepted), response.body
    if language != "en" and isinstance(body, dict) and isinstance(body.get(_TEXT), str):
        text: str = body[_TEXT]
        prefix = INVALID_FILE if text.startswith(INVALID_FILE) else ""
        response.body = {**body, _TEXT: prefix + translated(text.removeprefix(prefix), language)}
    return response
