"""Bodies that answer an import, in both wire formats (contract configurations#principles)."""

from collections.abc import Iterable

from ferry.kuiper.document.document import Texts, encode_texts
from ferry.kuiper.document.sections import Section, Wire
from ferry.kuiper.gojson.go_writer import write_message

UNDEFINED = 1000
"""The engine's code of every error that has none of its own."""

_SUCCESS = ""
_PROCESS_ERROR = "process error"


def import_body(errors: Texts, wire: Wire) -> bytes:
    """Return the body of an import's answer: with status 200 if `errors` is empty, else 400.

    Cases 1, 2, 4. In the 1.10 format errors of `uploads` and `scripts` are appended to the ten
    sections; the engine of that version could not have any, and to hide them would be a lie.
    """
    if errors and wire is Wire.V2:
        return error_body(_config_response(errors, wire).decode(), wire)
    return import_result(errors, wire)


def import_result(errors: Texts, wire: Wire) -> bytes:
    """Return `{"ErrorMsg","ConfigResponse"}`, which asynchronous tasks have in either format."""
    message = write_message(_PROCESS_ERROR if errors else _SUCCESS)
    response = _config_response(errors, wire)
    return b'{"ErrorMsg":%b,"ConfigResponse":%b}' % (message, response)


def error_body(message: str, wire: Wire, code: int = UNDEFINED) -> bytes:
    r"""Return the body of any other error, which ends in a newline (cases 3, 15-23).

    >>> error_body("unexpected EOF", Wire.V2)
    b'{"error":1000,"message":"unexpected EOF"}\n'
    """
    if wire is Wire.SEED:
        return f"{message}\n".encode()
    return b'{"error":%d,"message":%b}\n' % (code, write_message(message))


def status_body(errors: Texts, wire: Wire) -> bytes:
    """Return the body of GET /data/import/status: errors alone, never installed items."""
    return encode_texts(errors, wire.sections)


def task_message(errors: Texts, wire: Wire) -> str:
    """Return the message of an asynchronous import's task that ran to its end.

    Source: contract configurations#tasks.
    """
    result = import_result(errors, wire).decode()
    return f"err:{_PROCESS_ERROR}, response:{result}" if errors else result


def failed_task_message(message: str) -> str:
    """Return the message of an asynchronous import's task that applied nothing."""
    return f"err:{message}, response:null"


def _config_response(errors: Texts, wire: Wire) -> bytes:
    shown: Iterable[Section] = (s for s in Section if s in wire.sections or errors.get(s))
    return encode_texts(errors, shown)
