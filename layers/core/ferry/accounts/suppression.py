"""Addresses that no more mails go to. Pure."""

import msgspec


class Suppression(msgspec.Struct, frozen=True):
    """Why a user is sent no mails: one has come back for good, or the user has complained.

    Attributes:
        address: that the mail went to; another one may be written to.
        reason: what came back.
        at: Unix seconds.

    """

    address: str
    reason: str
    at: int
