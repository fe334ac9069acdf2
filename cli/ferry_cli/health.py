"""What is checked between this machine and the service."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ferry_cli import VERSION
from ferry_cli.accounts import Account
from ferry_cli.wording import t
from ferry_cli.world import World

if TYPE_CHECKING:
    import httpx

    from ferry_client import Client, FerryError

_CLOCK_S = 300
"""AWS refuses signatures that are five minutes older or younger than its own clock."""

_LOOPBACK = {"127.0.0.1", "::1", "localhost"}
_BUCKETS = re.compile(r"connect-src 'self'([^;]*+)")


@dataclass(frozen=True)
class Finding:
    """What a check found; with advice it is not in order."""

    told: str
    advice: str = ""

    @property
    def good(self) -> bool:
        """Whether it is in order."""
        return not self.advice

    @property
    def shown(self) -> str:
        """The finding for people."""
        return self.told if self.good else f"✗ {self.told}\n  → {self.advice}"

    @property
    def as_json(self) -> dict[str, Any]:
        """The finding for programs."""
        return {"ok": self.good, "found": self.told, "advice": self.advice}


def examine(world: World, account: Account) -> dict[str, Finding]:
    """Return the findings by the name of their check; without a service there is no other."""
    from ferry_client import Client, FerryError, Retries

    once, token = Retries(attempts=1), account.token
    with Client(account.url, token, through=world.through, retries=once, timeout=10) as client:
        try:
            answer = client.transport.call("GET", "/openapi.json")
            version = answer.json()["info"]["version"]
        except FerryError as error:
            return {"service": _away(account.url, error)}
        except (ValueError, LookupError, TypeError):
            told = t("what answers at {url} is no Ferry").format(url=account.url)
            return {"service": Finding(told, t("Check the address: ferry login --url …"))}
        return {
            "service": Finding(f"Ferry {version}; ferry {VERSION}"),
            "clock": _clock(answer.headers.get("Date", "")),
            "token": _token(client),
            "uploads_from_pages": _uploads(client, account.url),
        }


def _away(url: str, error: "FerryError") -> Finding:
    if urlsplit(url).hostname in _LOOPBACK:
        return Finding(str(error), t("On this machine: make up. Elsewhere: ferry login --url …"))
    return Finding(str(error), t("Check the address, the network, a VPN, HTTPS_PROXY"))


def _clock(date: str) -> Finding:
    """Compare the clocks; HTTP tells whole seconds (RFC 9110, 6.6.1)."""
    from datetime import UTC, datetime
    from email.utils import parsedate_to_datetime

    if not date:
        return Finding(t("not told by the service"))
    away = (datetime.now(UTC) - parsedate_to_datetime(date)).total_seconds()
    if abs(away) <= _CLOCK_S:
        return Finding(t("right"))
    told = t("{n} s away from the service's; signed links will fail").format(n=int(abs(away)))
    return Finding(told, t("Set this machine's clock, such as by NTP"))


def _token(client: "Client") -> Finding:
    from ferry_client import FerryError

    try:
        return Finding(t("serves; tables: {n}").format(n=len(client.tables())))
    except FerryError as error:
        return Finding(getattr(error, "message", str(error)), t("Sign in: ferry login"))


def _uploads(client: "Client", url: str) -> Finding:
    """Ask the buckets, as a browser does for the console, whether its pages may upload (CORS)."""
    from ferry_client import FerryError

    try:
        page = client.transport.call("GET", "/console/")
    except FerryError:
        return Finding(t("there is no console"))
    found = _BUCKETS.search(page.headers.get("Content-Security-Policy", ""))
    buckets = found[1].split() if found else []
    if not buckets or any(_allowed(client, bucket, url) for bucket in buckets):
        return Finding(t("allowed"))
    return Finding(
        t("the upload bucket does not let pages of {url} upload").format(url=url),
        t("Deploy with UploadOrigins={url}, or allow PUT in your bucket's CORS rules").format(
            url=url
        ),
    )


def _allowed(client: "Client", bucket: str, url: str) -> bool:
    """Send the preflight of an upload (https://fetch.spec.whatwg.org/#cors-preflight-fetch)."""
    from ferry_client import FerryError

    split = urlsplit(url)
    asked = {
        "Origin": f"{split.scheme}://{split.netloc}",
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "x-amz-checksum-sha256",
    }
    try:
        answer: httpx.Response = client.transport.send(
            "OPTIONS", f"{bucket}/incoming/x", lambda: {"headers": asked}
        )
    except FerryError:
        return False
    return "Access-Control-Allow-Origin" in answer.headers
