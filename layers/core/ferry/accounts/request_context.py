"""The circumstances of a request that starts a job."""

import msgspec

from ferry.accounts.identity import Caller


class RequestContext(msgspec.Struct, frozen=True):
    """Who asks, when, and by which address.

    Attributes:
        caller: who asks.
        now_ms: Unix milliseconds.
        public_url: where the caller reached the API, without a trailing slash.
        idempotency_key: as the header was sent, None where it was not.

    """

    caller: Caller
    now_ms: int
    public_url: str
    idempotency_key: str | None = None
