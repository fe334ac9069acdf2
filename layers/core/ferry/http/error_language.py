"""The language of errors, for callers who name one: of an answer, and of jobs that are shown."""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import APIGatewayHttpResolver

from ferry.errors import INVALID_FILE
from ferry.translations.catalogue import translated
from ferry.translations.languages import Language, closest

_TEXT = "error_msg"


def asked(app: APIGatewayHttpResolver) -> Language:
    """Return the language that the present request asks for: English, where it names none."""
    return closest(app.current_event.headers.get("accept-language", ""))


def in_language(response: Response[Any], language: Language) -> Response[Any]:
    """Return the response, which is an error, with its text in that language.

    What programs look for stays: the beginning ``无效的文件``, and the texts of other shapes.
    """
    if isinstance(response.body, dict):
        response.body = _told(response.body, language)
    return response


def job_in_language(job: dict[str, Any], language: Language) -> dict[str, Any]:
    """Return the job object with its errors, and those of its failed rows, in that language."""
    told = _told(job, language)
    told["mail"] = _told(job["mail"], language)
    if "first_failed" in job:
        told["first_failed"] = [
            {**row, "errors": [_fault(fault, language) for fault in row["errors"]]}
            for row in job["first_failed"]
        ]
    return told


def _fault(fault: dict[str, str], language: Language) -> dict[str, str]:
    return {**fault, "reason": translated(fault["reason"], language)}


def _told(body: dict[str, Any], language: Language) -> dict[str, Any]:
    text = body.get(_TEXT)
    if not isinstance(text, str):
        return dict(body)
    prefix = INVALID_FILE if text.startswith(INVALID_FILE) else ""
    return {**body, _TEXT: prefix + translated(text.removeprefix(prefix), language)}
