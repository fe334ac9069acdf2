"""The console's files, as Vite builds them: one page, and assets whose names tell their contents.

Paths lead to a folder of the function: what is served are the names that a listing of it finds, so
that no path leads out of it.
"""

import gzip
import hashlib
import mimetypes
from collections.abc import Iterable, Mapping
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

import msgspec
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response

_PAGE = "index.html"
_ASSETS = "assets/"
_PACKED = ".gz"
_TEXT = ("text/", "application/json", "application/javascript", "image/svg+xml")
_KINDS = {".js": "text/javascript", ".mjs": "text/javascript", ".woff2": "font/woff2"}
"""Media types that the machine's own list may have otherwise, or not at all."""

_NOT_BUILT = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Ferry: the console is not built</title>
<p>The console is not part of this build. Build it and start again: <code>make build</code> for the
cloud, <code>make up</code> on this machine. The API works without it.</p>
<p lang="zh-CN">这个版本没有包含控制台。请构建后重新启动：云端用 <code>make build</code>，本机用
<code>make up</code>。API 不受影响。</p>
</html>
"""


class _SiteFile(msgspec.Struct, frozen=True):
    """A file of the site, and its bytes packed by gzip; "" where packing does not pay."""

    content_type: str
    content: bytes
    packed: bytes
    etag: str


def served(
    app: APIGatewayHttpResolver, name: str, folder: Path, hosts: Iterable[str]
) -> Response[Any]:
    """Return a file of the console.

    Args:
        app: the resolver.
        name: the file below the console's path; "" for the path itself.
        folder: where the files were built to.
        hosts: origins besides its own that the page sends files to and reads results from.

    """
    event = app.current_event
    path = event.request_context.http.path
    if not name and not path.endswith("/"):
        # Not to the path with a slash: API Gateway may take that for this one. A browser keeps the
        # fragment.
        return _answer(HTTPStatus.FOUND, "", {"Location": f"{path}/{_PAGE}"})
    files = _files(folder)
    if _PAGE not in files:
        status = HTTPStatus.NOT_FOUND if name not in {"", _PAGE} else HTTPStatus.SERVICE_UNAVAILABLE
        return _page(_NOT_BUILT, status, hosts)
    found = _read(folder, name or _PAGE) if (name or _PAGE) in files else None
    if found is None:
        return _page("there is no such file", HTTPStatus.NOT_FOUND, hosts, kind="text/plain")
    headers = _headers(found.content_type, hosts) | {
        "Cache-Control": "public, max-age=31536000, immutable"
        if name.startswith(_ASSETS)
        else "no-cache",
        "ETag": found.etag,
        "Vary": "Accept-Encoding",
    }
    if found.etag in _listed(event.headers, "if-none-match"):
        return _answer(HTTPStatus.NOT_MODIFIED, "", headers)
    if found.packed and "gzip" in _codings(event.headers):
        return _answer(HTTPStatus.OK, found.packed, headers | {"Content-Encoding": "gzip"})
    return _answer(HTTPStatus.OK, found.content, headers)


def policy(hosts: Iterable[str]) -> str:
    """Return the Content-Security-Policy: nothing inline, nothing foreign, but the buckets."""
    connect = " ".join(["'self'", *hosts])
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        f"connect-src {connect}; font-src 'self'; manifest-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )


def _headers(content_type: str, hosts: Iterable[str]) -> dict[str, str]:
    text = "; charset=utf-8" if content_type.startswith(_TEXT) else ""
    return {
        "Content-Type": content_type + text,
        "Content-Security-Policy": policy(hosts),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }


def _page(text: str, status: int, hosts: Iterable[str], kind: str = "text/html") -> Response[Any]:
    return _answer(status, text, _headers(kind, hosts) | {"Cache-Control": "no-store"})


def _answer(status: int, content: str | bytes, headers: Mapping[str, str]) -> Response[Any]:
    # Bytes are sent in base64, as Lambda wants them.
    return Response(status, body=content, headers=dict(headers))


def _listed(headers: Mapping[str, str], name: str) -> list[str]:
    return [each.strip() for each in headers.get(name, "").split(",")]


def _codings(headers: Mapping[str, str]) -> set[str]:
    """Return the codings that a client takes (RFC 9110, 12.5.3)."""
    found = (each.partition(";") for each in _listed(headers, "accept-encoding"))
    return {
        name.strip().lower()
        for name, _, weight in found
        if weight.replace(" ", "").lower() not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    }


@cache
def _files(folder: Path) -> frozenset[str]:
    """Return the names of the files, with slashes; a function's folder does not change."""
    found = (path for path in folder.rglob("*") if path.is_file() and path.suffix != _PACKED)
    return frozenset(path.relative_to(folder).as_posix() for path in found)


@cache
def _read(folder: Path, name: str) -> _SiteFile:
    """Return a file of `_files`, packed beforehand by the build or here."""
    path = folder / name
    content = path.read_bytes()
    kind = _KINDS.get(path.suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    beside = path.with_name(path.name + _PACKED)
    packed = b""
    if beside.exists():
        packed = beside.read_bytes()
    elif kind.startswith(_TEXT):
        packed = gzip.compress(content, mtime=0)
    # Weak: it is the same whether or not the bytes are packed.
    etag = f'W/"{hashlib.sha256(content).hexdigest()[:24]}"'
    return _SiteFile(kind, content, packed if len(packed) < len(content) else b"", etag)
