"""Web servers on loopback, for tests of what is fetched."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer


@contextmanager
def serving(server: HTTPServer) -> Iterator[None]:
    """Let a server answer while the block lasts."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Page:
    """The answer at a path."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Site:
    """A site on loopback.

    Attributes:
        url: of its root, without a trailing slash.
        asked: the paths asked for, with their queries.

    """

    url: str
    asked: list[str] = field(default_factory=list)
    _pages: dict[str, list[Page]] = field(default_factory=dict)

    @classmethod
    @contextmanager
    def open(cls) -> Iterator[Site]:
        """Serve a site while the block lasts."""

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                page = site.page(self.path)
                self.send_response(page.status)
                for name, value in page.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(page.body)))
                self.end_headers()
                self.wfile.write(page.body)

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.handle_error = lambda *_: None  # who fetches may hang up
        site = cls(f"http://127.0.0.1:{server.server_port}")
        with serving(server):
            yield site

    def put(self, path: str, *pages: Page) -> str:
        """Let a path answer by those pages, one after the other, the last for good; its URL."""
        self._pages[path] = list(pages)
        return self.url + path

    def page(self, path: str) -> Page:
        """Return the page that answers a request for the path."""
        self.asked.append(path)
        pages = self._pages.get(path.partition("?")[0], [Page(status=404)])
        return pages.pop(0) if len(pages) > 1 else pages[0]
