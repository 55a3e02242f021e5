"""Addresses that webhooks may reach, so that no client makes the service ask its own network (SSRF).

Public addresses are reached by https alone, hosts that the operator allows also otherwise. The address is checked where
the connection is made, so that a name cannot change its address in between.
"""

import asyncio
import ipaddress
import re
import socket
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import httpcore
import httpx

from shared.errors import ValidationFailed

MAX_URL = 2_000
"""Characters of a webhook's URL."""
_HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+")
"""A name, in ASCII as httpx encodes it, or an address."""
_PORTS = {"https": 443, "http": 80}


class AddressRefused(Exception):
    """The host of a webhook has an address that webhooks may not reach."""


@dataclass(frozen=True, slots=True)
class Guard:
    """Rules for the URLs of webhooks. `hosts` are allowed by http and at any address: `name` or `name:port`."""

    hosts: Collection[str] = ()

    def check(self, url: str) -> None:
        """Raise ValidationFailed for a URL that webhooks may not reach, as far as its text tells."""
        where: dict[str, object] = {"field": "webhook_url"}
        try:
            parsed = httpx.URL(url)
        except httpx.InvalidURL:
            parsed = httpx.URL("")
        named = _HOST.fullmatch(parsed.raw_host.decode()) and 0 < (parsed.port or 1) < 2**16
        if len(url) > MAX_URL or parsed.scheme not in _PORTS or not named or parsed.userinfo:
            raise ValidationFailed("webhook_url: must be an https:// URL without a user", details=where)
        if self.allows(parsed.host, parsed.port or _PORTS[parsed.scheme]):
            return
        if parsed.scheme != "https":
            raise ValidationFailed("webhook_url: must begin with https://", details=where)
        try:
            address = ipaddress.ip_address(parsed.host)
        except ValueError:
            return
        if not is_public(address):
            raise ValidationFailed("webhook_url: must have a public address", details=where)

    def allows(self, host: str, port: int) -> bool:
        """Report whether the operator allows a host."""
        return host in self.hosts or f"{host}:{port}" in self.hosts


def is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Report whether an address belongs to the public internet, also one inside an IPv6 address."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo and address.teredo[1])
        if inner:
            return is_public(inner)
        if address in _NAT64:
            return is_public(ipaddress.IPv4Address(address.packed[-4:]))
    return address.is_global and not address.is_multicast


_NAT64 = ipaddress.ip_network("64:ff9b::/96")
"""IPv6 addresses in which gateways read an IPv4 address (RFC 6052)."""


class GuardedNetwork(httpcore.AsyncNetworkBackend):
    """Connections to checked addresses only."""

    def __init__(self, guard: Guard) -> None:
        self._guard, self._network = guard, httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to an address of `host` that webhooks may reach. Raises AddressRefused."""
        address = host if self._guard.allows(host, port) else await _public_address(host, port)
        return await self._network.connect_tcp(address, port, timeout, local_address, socket_options)


async def _public_address(host: str, port: int) -> str:
    """Return an address of a host; raise AddressRefused unless all of them are public."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise httpcore.ConnectError(str(error)) from error
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses or not all(is_public(ipaddress.ip_address(one.partition("%")[0])) for one in addresses):
        raise AddressRefused(host)
    return addresses[0]
