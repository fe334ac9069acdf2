"""Fetching from a real server on loopback, which has to be allowed for it."""

import socket
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from ferry.aws.bucket import Files
from ferry.errors import Unfetchable, Unreachable
from ferry.fetch.fetcher import Fetcher
from ferry.fetch.web import Web
from tests.certificates import self_signed
from tests.site import serving

pytestmark = pytest.mark.enable_socket
ALLOWED = Web(loopback=True, seconds=1)


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.seen.append((self.path, dict(self.headers)))
        path = self.path.partition("?")[0]
        getattr(self, f"_{path[1:]}", self._missing)()

    def _file(self):
        self._answer(200, b"content" * 1000)

    def _missing(self):
        self._answer(404)

    def _busy(self):
        self._answer(503 if len(self.server.seen) < 3 else 200, b"at last")

    def _down(self):
        self._answer(503)

    def _metadata(self):
        self._answer(302, Location="http://169.254.169.254/latest/meta-data/")

    def _once(self):
        self._answer(302, Location="/file")

    def _round(self):
        self._answer(307, Location="/round")

    def _ftp(self):
        self._answer(302, Location="ftp://127.0.0.1/file")

    def _local(self):
        self._answer(302, Location="file:///etc/passwd")

    def _nonsense(self):
        self._answer(302, Location="http://127.0.0.1:port/?signature=secret")

    def _broken(self):
        self._answer(302, Location="http://[::1")

    def _drip(self):
        self.send_response(200)
        self.send_header("Content-Length", "100")
        self.end_headers()
        for _ in range(40):
            self.wfile.write(b"x")
            self.wfile.flush()
            self.server.stopped.wait(0.1)

    def _pausing(self):
        self._two(0.5)

    def _two(self, pause=0.0):
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"x")
        self.wfile.flush()
        self.server.stopped.wait(pause)
        self.wfile.write(b"x")

    def _headers(self):
        self.send_response(200)
        for _ in range(40):
            self.send_header("X-More", "x")
            self.flush_headers()
            self.server.stopped.wait(0.1)

    def _endless(self):
        self.send_response(200)
        self.end_headers()
        for _ in range(40):
            self.wfile.write(b"x")
            self.wfile.flush()
            self.server.stopped.wait(0.1)

    def _hesitant(self):
        self.server.stopped.wait(0.6)
        self._answer(503)

    def _short(self):
        self.send_response(200)
        self.send_header("Content-Length", "100")
        self.end_headers()
        self.wfile.write(b"x")
        self.close_connection = True

    def _answer(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def observed(server):
    server.seen, server.stopped = [], threading.Event()
    server.handle_error = lambda *_: None  # whoever is cut off prints nothing
    with serving(server):
        yield server
        server.stopped.set()


@pytest.fixture
def server():
    yield from observed(ThreadingHTTPServer(("127.0.0.1", 0), Handler))


@pytest.fixture
def address(server):
    return f"http://127.0.0.1:{server.server_port}"


@pytest.fixture
def fetcher(no_pauses):
    return Fetcher(ALLOWED, frozenset(), Files("nobody"), "nowhere")


def read(fetcher, uri, limit=10_000):
    return fetcher.read(uri, limit=limit, on_block=lambda _: None)


def test_a_file_comes_with_no_credentials_of_anybody(fetcher, server, address):
    assert read(fetcher, f"{address}/file?a=b") == b"content" * 1000

    ((path, headers),) = server.seen
    assert path == "/file?a=b"
    assert headers["Host"] == f"127.0.0.1:{server.server_port}"
    assert headers.keys() == {"Host", "User-Agent", "Accept-Encoding"}


def test_loopback_is_refused_unless_it_is_allowed(server, address):
    with pytest.raises(Unfetchable, match=r"ip 127\.0\.0\.1 is in internal network"):
        list(Web().blocks(f"{address}/file"))

    assert server.seen == []


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("missing", "cannot download the file with status: 404 Not Found"),
        ("metadata", r"ip 169\.254\.169\.254 is in internal network"),
        ("round", "stopped after 3 redirects"),
        ("ftp", "unsupported url scheme ftp"),
        ("local", "unsupported url scheme file"),
        ("broken", "invalid uri"),
        ("down", "status: 503"),
        ("short", "the connection broke off"),
        ("drip", "had not come after"),
        ("headers", "had not come after"),
        ("endless", "had not come after"),
        ("hesitant", "had not come after"),
    ],
)
def test_what_cannot_be_had_says_why_and_in_time(fetcher, address, path, reason):
    began = time.monotonic()

    with pytest.raises(Unfetchable, match=reason):
        read(fetcher, f"{address}/{path}")

    assert time.monotonic() - began < 2 * ALLOWED.seconds


def test_a_handshake_that_does_not_end_is_cut():
    began = time.monotonic()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]

        with pytest.raises(Unfetchable, match="had not come after"):
            list(ALLOWED.blocks(f"https://127.0.0.1:{port}/file"))

    assert time.monotonic() - began < 2 * ALLOWED.seconds


@pytest.mark.parametrize("path", ["headers", "hesitant"])
def test_a_server_that_does_not_begin_is_given_up_soon_and_may_be_asked_again(
    server, address, path
):
    impatient = Web(loopback=True, seconds=60, first_byte_s=0.2)

    with pytest.raises(Unreachable, match=r"no byte of the file had come after 0\.2 s"):
        list(impatient.blocks(f"{address}/{path}"))


def test_a_file_that_has_begun_has_all_the_time_that_a_file_has(server, address):
    impatient = Web(loopback=True, seconds=60, first_byte_s=0.2)

    assert b"".join(impatient.blocks(f"{address}/pausing")) == b"xx"


def test_a_file_that_dribbles_in_holds_nobody_up(server, address):
    wary = Web(loopback=True, seconds=60, slow_s=0.2)

    with pytest.raises(Unfetchable, match=r"it comes too slowly: [0-9] bytes in"):
        list(wary.blocks(f"{address}/drip"))


def test_the_time_that_a_block_is_worked_on_does_not_make_a_server_slow(server, address):
    wary = Web(loopback=True, seconds=60, slow_s=0.2)

    for _ in wary.blocks(f"{address}/two"):
        time.sleep(0.3)


def test_a_redirect_is_followed(fetcher, address):
    assert read(fetcher, f"{address}/once").startswith(b"content")


def test_what_passes_is_tried_again(fetcher, server, address):
    assert read(fetcher, f"{address}/busy") == b"at last"
    assert len(server.seen) == 3


def test_a_file_larger_than_the_limit_is_not_read_on(fetcher, address):
    with pytest.raises(Unfetchable, match="larger than 10 bytes"):
        read(fetcher, f"{address}/file", limit=10)


@pytest.mark.parametrize(
    "uri",
    [
        "http://u:secret@127.0.0.1/",
        "http://[::1/?secret",
        "http://?secret",
        "http://a..b/?secret",
        "http://h:99999/?secret",
        "gopher://x/?secret",
    ],
)
def test_a_uri_that_is_none_is_refused_and_not_quoted(fetcher, uri):
    with pytest.raises(Unfetchable) as refusal:
        read(fetcher, uri)

    assert "secret" not in str(refusal.value)


def test_a_redirect_to_what_is_no_uri_is_not_quoted(fetcher, address):
    with pytest.raises(Unfetchable, match="invalid uri") as refusal:
        read(fetcher, f"{address}/nonsense")

    assert "secret" not in str(refusal.value)


def test_a_host_in_another_script_is_asked_for_in_ascii(monkeypatch, server):
    asked = []
    monkeypatch.setattr(
        "ferry.fetch.web.resolve", lambda host, *_, **__: asked.append(host) or "127.0.0.1"
    )

    body = b"".join(ALLOWED.blocks(f"http://例え.test:{server.server_port}/file"))

    assert body.startswith(b"content")
    assert asked == ["xn--r8jz45g.test"]
    assert server.seen[0][1]["Host"] == f"xn--r8jz45g.test:{server.server_port}"


def test_a_name_that_answers_differently_the_second_time_gains_nothing(monkeypatch, server):
    """The name is asked for once, and the address that was checked is connected to."""
    asked = []
    real = socket.getaddrinfo

    def rebinding(host, port, *rest, **more):
        if host == "rebinding.test":
            asked.append(host)
            first = "127.0.0.1" if len(asked) == 1 else "169.254.169.254"
            return real(first, port, *rest, **more)
        return real(host, port, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)

    body = b"".join(ALLOWED.blocks(f"http://rebinding.test:{server.server_port}/file"))

    assert body.startswith(b"content")
    assert asked == ["rebinding.test"]
    assert server.seen[0][1]["Host"] == f"rebinding.test:{server.server_port}"
    with pytest.raises(Unfetchable, match=r"169\.254\.169\.254"):
        list(ALLOWED.blocks(f"http://rebinding.test:{server.server_port}/file"))


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for files.test, signed by itself."""
    return self_signed(tmp_path_factory.mktemp("tls"), "files.test", "127.0.0.2")


@pytest.fixture
def tls_server(certificate, monkeypatch):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.chain, certificate.key)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    monkeypatch.setattr("ferry.fetch.web.resolve", lambda *_, **__: "127.0.0.1")
    yield from observed(server)


def test_a_certificate_is_verified_for_the_name_not_the_address(certificate, tls_server):
    trusting = Web(ssl_context=ssl.create_default_context(cafile=certificate.chain))
    port = tls_server.server_port

    assert b"".join(trusting.blocks(f"https://files.test:{port}/file")).startswith(b"content")
    with pytest.raises(Unfetchable, match=r"certificate of other\.test"):
        list(trusting.blocks(f"https://other.test:{port}/file"))


def test_a_certificate_that_nobody_vouches_for_is_refused(tls_server):
    with pytest.raises(Unfetchable, match="failed to verify certificate"):
        list(Web().blocks(f"https://files.test:{tls_server.server_port}/file"))


def test_nobody_there_may_pass(fetcher):
    with pytest.raises(Unreachable, match="dial tcp"):
        read(fetcher, "http://127.0.0.1:9/")
