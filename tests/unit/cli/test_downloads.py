"""A broken connection costs no byte, and no wrong byte is kept."""

import hashlib
import io
from pathlib import Path

import httpx
import pytest

from ferry_client import Damaged, FileChanged, Refused, Unreachable
from tests.unit.cli.site import STORE, URL, Site, broken, stored

CONTENT = bytes(range(256)) * 40
MD5 = hashlib.md5(CONTENT).hexdigest()
PARTS = f"{'0' * 32}-7"
LINK = f"{URL}/download/abc"


def moved(_request: httpx.Request) -> httpx.Response:
    return httpx.Response(302, headers={"Location": f"{STORE}/goods.csv?signature=1"})


@pytest.mark.parametrize("etag", [MD5, PARTS])
@pytest.mark.parametrize("behind", [0, 1, 5_000, len(CONTENT) - 1])
def test_a_download_goes_on_where_it_broke(tmp_path: Path, behind: int, etag: str):
    site = Site([moved, broken(CONTENT, etag, behind), moved, stored(CONTENT, etag)])
    seen: list[tuple[int, int | None]] = []

    size = site.client().download(LINK, tmp_path / "out.csv", lambda *so: seen.append(so))

    assert (size, (tmp_path / "out.csv").read_bytes()) == (len(CONTENT), CONTENT)
    assert site.asked[3].headers.get("Range") == (f"bytes={behind}-" if behind else None)
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]
    assert all("Authorization" not in request.headers for request in site.asked)


def test_a_download_that_another_run_began_is_gone_on_with(tmp_path: Path):
    (tmp_path / f"out.csv.{MD5}.part").write_bytes(CONTENT[:700])
    site = Site([moved, stored(CONTENT, MD5)])

    site.client().download(LINK, tmp_path / "out.csv")

    assert (tmp_path / "out.csv").read_bytes() == CONTENT
    assert site.asked[1].headers["Range"] == "bytes=700-"


@pytest.mark.parametrize("left", [b"other bytes", CONTENT + b"more"])
def test_the_beginning_of_another_file_is_not_gone_on_with(tmp_path: Path, left: bytes):
    etag = "another" if left == b"other bytes" else MD5
    (tmp_path / f"out.csv.{etag}.part").write_bytes(left)
    site = Site([moved, stored(CONTENT, MD5), moved, stored(CONTENT, MD5)])

    site.client().download(LINK, tmp_path / "out.csv")

    assert (tmp_path / "out.csv").read_bytes() == CONTENT
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]


def test_wrong_bytes_are_not_kept(tmp_path: Path):
    site = Site([moved, stored(CONTENT[:-1] + b"\0", MD5)])

    with pytest.raises(Damaged):
        site.client().download(LINK, tmp_path / "out.csv")

    assert not list(tmp_path.iterdir())


def test_an_etag_of_an_encrypted_object_is_no_checksum(tmp_path: Path):
    kms = {"ETag": f'"{"0" * 32}"', "x-amz-server-side-encryption": "aws:kms"}
    site = Site([moved, httpx.Response(200, content=CONTENT, headers=kms)])

    assert site.client().download(LINK, tmp_path / "out.csv") == len(CONTENT)


def test_what_came_is_kept_when_the_network_stays_away(tmp_path: Path):
    site = Site([moved, broken(CONTENT, MD5, 100), *[httpx.ConnectError("down")] * 4])

    with pytest.raises(Unreachable, match="down"):
        site.client().download(LINK, tmp_path / "out.csv")

    (left,) = tmp_path.iterdir()
    assert (left.name, left.read_bytes()) == (f"out.csv.{MD5}.part", CONTENT[:100])


def test_a_link_past_its_time_is_a_refusal(tmp_path: Path):
    site = Site([httpx.Response(410, text="<html>")])

    with pytest.raises(Refused) as refusal:
        site.client().download(LINK, tmp_path / "out.csv")

    assert (refusal.value.status, list(tmp_path.iterdir())) == (410, [])


def test_an_empty_file_arrives(tmp_path: Path):
    site = Site([moved, httpx.Response(200, content=b"")])

    assert site.client().download(LINK, tmp_path / "out.csv") == 0
    assert (tmp_path / "out.csv").read_bytes() == b""


def test_a_pipe_gets_each_byte_once():
    site = Site([moved, broken(CONTENT, PARTS, 5_000), moved, stored(CONTENT, PARTS)])
    pipe = io.BytesIO()

    assert site.client().copy(LINK, pipe) == len(CONTENT)
    assert pipe.getvalue() == CONTENT


def test_a_pipe_is_not_given_the_rest_of_another_file():
    other = stored(CONTENT, "another")
    site = Site([moved, broken(CONTENT, PARTS, 5_000), moved, other])

    with pytest.raises(FileChanged):
        site.client().copy(LINK, io.BytesIO())
