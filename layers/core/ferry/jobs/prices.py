"""AWS's prices by region, from `prices.toml`."""

from functools import cache
from importlib.resources import files

import msgspec

_USUAL = "us-east-1"


class Prices(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Prices in US dollars, each of one; `as_of` is the month in which they were looked up."""

    as_of: str
    read_unit: float
    write_unit: float
    lambda_gb_second: float
    lambda_call: float
    s3_put: float
    s3_get: float
    s3_gb_month: float
    sqs_call: float
    api_call: float
    ses_mail: float


def prices_of(region: str) -> tuple[str, Prices]:
    """Return the region's prices, else those of us-east-1, and which region's they are."""
    known = _known()
    found = region if region in known else _USUAL
    return found, known[found]


@cache
def _known() -> dict[str, Prices]:
    text = files("ferry.jobs").joinpath("prices.toml").read_bytes()
    return msgspec.toml.decode(text, type=dict[str, Prices])
