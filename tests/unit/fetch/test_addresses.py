import socket

import pytest

from ferry.errors import Unfetchable, Unreachable
from ferry.fetch.addresses import resolve

pytestmark = pytest.mark.enable_socket

INTERNAL = [
    "127.0.0.1", "127.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1",
    "169.254.169.254", "169.254.1.1", "224.0.0.1", "239.1.1.1", "255.255.255.255", "240.0.0.1",
    "192.0.2.1", "198.18.0.1", "2130706433", "0x7f000001", "0177.0.0.1",
    "fec0::1", "feff::1",
    "::1", "::", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::a00:1", "2002:7f00:1::", "2001:0:4136:e378:8000:63bf:80ff:fffe",
]  # fmt: skip
LOOPBACK = ["127.0.0.1", "127.8.9.10", "localhost", "::1", "::ffff:127.0.0.1"]
NEVER = ["169.254.169.254", "169.254.100.1", "fe80::1", "fd00:ec2::254", "::ffff:169.254.169.254",
         "64:ff9b::a9fe:a9fe", "0.0.0.0", "::", "224.0.0.1", "255.255.255.255"]  # fmt: skip


def answering(monkeypatch, *addresses):
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, 443)) for each in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)


@pytest.mark.parametrize("address", INTERNAL)
def test_an_internal_address_is_refused_however_it_is_spelled(address):
    with pytest.raises(Unfetchable, match="is in internal network"):
        resolve(address, 80)


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700::1111", "64:ff9b::101:101"])
def test_an_address_of_the_internet_is_allowed(address):
    assert resolve(address, 443) == address


@pytest.mark.parametrize("address", ["10.0.0.1", "192.168.0.9", "fd12::1"])
def test_private_networks_can_be_allowed(address):
    assert resolve(address, 80, private_networks=True) == address


@pytest.mark.parametrize("address", LOOPBACK)
def test_loopback_is_no_private_network(address):
    with pytest.raises(Unfetchable, match="is in internal network"):
        resolve(address, 9001, private_networks=True)


@pytest.mark.parametrize("address", LOOPBACK)
def test_loopback_can_be_allowed(address):
    assert resolve(address, 80, loopback=True)


def test_loopback_alone_allows_no_private_network():
    with pytest.raises(Unfetchable):
        resolve("10.0.0.1", 80, loopback=True)


@pytest.mark.parametrize("address", NEVER)
def test_metadata_and_what_is_nobodys_is_never_allowed(address):
    with pytest.raises(Unfetchable):
        resolve(address, 80, private_networks=True, loopback=True)


def test_one_internal_address_among_others_is_enough(monkeypatch):
    answering(monkeypatch, "1.1.1.1", "10.0.0.1")

    with pytest.raises(Unfetchable, match=r"10\.0\.0\.1"):
        resolve("example.com", 443)


def test_a_name_that_nobody_knows_may_be_known_later(monkeypatch):
    def unknown(*_, **__):
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", unknown)

    with pytest.raises(Unreachable, match=r"lookup nowhere\.example: no such host"):
        resolve("nowhere.example", 443)
