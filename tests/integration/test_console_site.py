"""The console's files: how they are kept, packed and guarded, whatever the path."""

import gzip
import shutil

import pytest

from ferry.http import console_site
from functions.serve_console import app as function

SCRIPT = b"console.log('" + b"ferry " * 200 + b"')"


@pytest.fixture
def site(tmp_path, monkeypatch, service):
    """The built console, in place of the function's own folder."""
    (tmp_path / "site" / "assets").mkdir(parents=True)
    (tmp_path / "secret.txt").write_text("hidden words")
    (tmp_path / "site" / "index.html").write_text("<!doctype html><title>Ferry</title>")
    (tmp_path / "site" / "assets" / "main-1a2b.js").write_bytes(SCRIPT)
    (tmp_path / "site" / "assets" / "font.woff2").write_bytes(b"\0\1\2")
    monkeypatch.setattr(function, "__file__", str(tmp_path / "app.py"))
    _forget()
    yield tmp_path / "site"
    _forget()


def _forget():
    console_site._files.cache_clear()
    console_site._read.cache_clear()


def get(service, path, **headers):
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return service.call("GET", path, token="", headers=sent)


def test_the_page_is_asked_for_anew_each_time_and_runs_nothing_foreign(service, site):
    got = get(service, "/console/")

    assert (got.status, got.body) == (200, (site / "index.html").read_bytes())
    assert got.headers["Content-Type"] == "text/html; charset=utf-8"
    assert got.headers["Cache-Control"] == "no-cache"
    policy = dict(part.split(" ", 1) for part in got.headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["connect-src"].split()[0] == "'self'"
    assert "unsafe" not in got.headers["Content-Security-Policy"]
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert got.headers["Referrer-Policy"] == "no-referrer"


def test_an_asset_is_kept_for_good_and_packed_for_whoever_takes_that(service, site):
    plain = get(service, "/console/assets/main-1a2b.js")
    packed = get(service, "/console/assets/main-1a2b.js", accept_encoding="br, GZIP;q=0.8")
    unwanted = get(service, "/console/assets/main-1a2b.js", accept_encoding="gzip;q=0")

    assert plain.body == unwanted.body == gzip.decompress(packed.body) == SCRIPT
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert plain.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert plain.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert plain.headers["Vary"] == "Accept-Encoding"
    font = get(service, "/console/assets/font.woff2", accept_encoding="gzip")
    assert (font.body, font.headers["Content-Type"]) == (b"\0\1\2", "font/woff2")


def test_what_the_build_has_packed_is_sent(service, site):
    (site / "assets" / "main-1a2b.js.gz").write_bytes(gzip.compress(SCRIPT, 9))

    packed = get(service, "/console/assets/main-1a2b.js", accept_encoding="gzip")

    assert gzip.decompress(packed.body) == SCRIPT
    assert get(service, "/console/assets/main-1a2b.js.gz").status == 404


def test_a_file_that_has_not_changed_is_not_sent_again(service, site):
    etag = get(service, "/console/").headers["ETag"]

    again = get(service, "/console/", if_none_match=f'"x", {etag}')

    assert (again.status, again.body, again.headers["ETag"]) == (304, b"", etag)


def test_no_path_leads_out_of_the_folder(service, site):
    for path in (
        "/console/secret.txt",
        "/console/../secret.txt",
        "/console/..%2fsecret.txt",
        "/console/%2e%2e%2fsecret.txt",
        "/console/assets/..%2f..%2fsecret.txt",
        "/console/assets",
        "/console/assets/",
        "/console/assets%2fmain-1a2b.js%00",
        "/console/nothing.js",
        f"/console/{site.parent / 'secret.txt'}",
    ):
        got = get(service, path)
        assert got.status == 404, path
        assert b"hidden words" not in got.body


def test_the_path_without_its_slash_leads_to_the_page(service, site):
    got = get(service, "/console")

    assert (got.status, got.headers["Location"]) == (302, "/console/index.html")
    assert get(service, got.headers["Location"]).status == 200


def test_without_a_build_a_page_says_so(service, site):
    shutil.rmtree(site)
    _forget()

    got = get(service, "/console/")

    assert got.status == 503
    assert b"make build" in got.body
    assert get(service, "/console/assets/main-1a2b.js").status == 404


@pytest.mark.parametrize("reading", ["exact", "empty", "stripped"])
def test_the_page_is_there_however_a_slash_is_read(service, site, reading, monkeypatch):
    from local.gateway import READINGS

    monkeypatch.setattr(type(service), "reading", READINGS[reading])
    got = get(service, "/console/")
    if got.status == 302:
        got = get(service, got.headers["Location"])

    assert got.status == 200
    assert b"<title>Ferry</title>" in got.body
