"""The addresses that files may be fetched from."""

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from ferry.errors import Unfetchable, Unreachable

type Address = IPv4Address | IPv6Address

# RFC 6052 and RFC 8215: the last four bytes are an IPv4 address somewhere else.
_NAT64 = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
_METADATA = frozenset({ip_address("169.254.169.254"), ip_address("fd00:ec2::254")})
"""Of EC2 and ECS; the second one lies in a private network that may be allowed otherwise."""


def resolve(host: str, port: int, *, private_networks: bool = False, loopback: bool = False) -> str:
    """Return an address of `host` that may be connected to.

    Args:
        host: a name, or an address in any spelling.
        port: where to.
        private_networks: private addresses are allowed too.
        loopback: so are those of this machine. Link-local addresses, metadata services and what is
            nobody's never are.

    Raises:
        Unfetchable: one of its addresses may not be connected to.
        Unreachable: it has none.

    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as fault:
        raise Unreachable(f"lookup {host}: no such host") from fault
    addresses = [str(entry[4][0]) for entry in found]
    # One forbidden address refuses the host: which one is used must not depend on their order.
    for address in addresses:
        target = ip_address(address.partition("%")[0])
        if not is_allowed(target, private_networks=private_networks, loopback=loopback):
            raise Unfetchable(f"dial tcp {host}: ip {address} is in internal network")
    return addresses[0]


def is_allowed(address: Address, *, private_networks: bool, loopback: bool) -> bool:
    """Return whether an address may be connected to; embedded IPv4 addresses are checked too."""
    target = _embedded(address)
    # Before the option for private networks: no option opens the metadata service.
    if target in _METADATA or target.is_link_local or target.is_multicast:
        return False
    if target.is_unspecified or target == IPv4Address("255.255.255.255"):
        return False
    if target.is_loopback:
        return loopback
    # Deprecated (RFC 3879), still routed in some networks; Python counts it as global.
    site_local = isinstance(target, IPv6Address) and target.is_site_local
    if private_networks and (target.is_private or site_local):
        return True
    return target.is_global and not target.is_reserved and not site_local


def _embedded(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 one stands for, or the address itself."""
    if isinstance(address, IPv4Address):
        return address
    if any(address in network for network in _NAT64):
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    teredo = address.teredo[1] if address.teredo else None
    return address.ipv4_mapped or address.sixtofour or teredo or address
