"""A way from Docker's containers to the engine, which listens on loopback alone.

Docker Desktop leads host.docker.internal to the host's loopback; Docker on Linux leads it to the
bridge's own address, where nobody listens. The relay does, and only there: machines around this one
reach neither.
"""

import argparse
import asyncio
import fcntl
import socket
import struct
import sys
from contextlib import suppress

from local.daemons import Daemon
from local.instance import LOOPBACK, Instance, environment

_BRIDGE = "docker0"
_SIOCGIFADDR = 0x8915
"""Linux's ioctl for the address of an interface: netdevice(7)."""
_BLOCK_BYTES = 64 * 1024


def daemon(instance: Instance) -> Daemon:
    """The relay of `instance`, running or not."""
    return Daemon("relay", instance.state)


def start(instance: Instance) -> None:
    """Start the relay where Docker has a bridge on this machine and none runs."""
    address = _bridge_address()
    found = daemon(instance)
    identity = f"{address} {instance.engine_port}"
    if not address or found.runs_as(identity):
        return
    found.stop()
    ports = [str(instance.engine_port), str(instance.engine_port)]
    found.start([sys.executable, "-m", "local.relay", address, *ports], environment(), identity)


def _bridge_address() -> str:
    if _BRIDGE not in {name for _, name in socket.if_nameindex()} or sys.platform != "linux":
        return ""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        request = struct.pack("256s", _BRIDGE.encode())
        try:
            answer = fcntl.ioctl(probe, _SIOCGIFADDR, request)
        except OSError:  # it has no address
            return ""
    return socket.inet_ntoa(answer[20:24])


async def serve(host: str, port: int, target: int) -> None:
    """Pass on what comes to `host`:`port` to the `target` port of loopback, and back."""

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, back = await asyncio.open_connection(LOOPBACK, target)
        except OSError:
            writer.close()
            return
        await asyncio.gather(_pass_on(reader, back), _pass_on(there, writer))

    server = await asyncio.start_server(relay, host, port)
    async with server:
        await server.serve_forever()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while block := await reader.read(_BLOCK_BYTES):
            writer.write(block)
            await writer.drain()
    writer.close()


def main() -> None:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("host")
    parser.add_argument("port", type=int)
    parser.add_argument("target", type=int)
    given = parser.parse_args()
    asyncio.run(serve(given.host, given.port, given.target))


if __name__ == "__main__":
    main()
