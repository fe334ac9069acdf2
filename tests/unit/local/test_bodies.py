"""Where a request's body ends, as the local server reads it."""

import io
from email.message import Message

import pytest

from local.bodies import Unreadable, read_body


@pytest.mark.parametrize(
    "fields",
    [
        [("Content-Length", "5"), ("Content-Length", "6")],
        [("Content-Length", "5"), ("Transfer-Encoding", "chunked")],
        [("Content-Length", "-1")],
        [("Content-Length", "5, 5")],
        [("Transfer-Encoding", "gzip")],
    ],
)
def test_a_body_whose_end_is_unclear_is_refused(fields):
    headers = Message()
    for name, value in fields:
        headers[name] = value

    with pytest.raises(Unreadable):
        read_body(io.BytesIO(b"abcdef"), headers)
