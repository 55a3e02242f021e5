"""Addresses that webhooks may reach."""

import ipaddress

import httpcore
import pytest

from services.jobs.webhook_guard import AddressRefused, Guard, GuardedNetwork, is_public
from shared.errors import ValidationFailed

PRIVATE = [
    *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1"),
    *("255.255.255.255", "::1", "::", "fe80::1", "fd00::1", "ff02::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1"),
    *("64:ff9b::a00:1", "2002:a00:1::", "2001:0:4136:e378:8000:63bf:f5ff:fffe"),
]


@pytest.mark.parametrize("address", PRIVATE)
def test_private_address_is_refused_also_inside_ipv6(address):
    assert not is_public(ipaddress.ip_address(address))
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(ValidationFailed):
        Guard().check(f"https://{host}/hook")


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"])
def test_public_address_is_taken(address):
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        *("http://example.com/hook", "ftp://example.com", "https://", "https:///hook", "//example.com", "hook", ""),
        *("https://user:secret@example.com/", "https://exa mple.com:99999/", f"https://example.com/{'a' * 2_000}"),
    ],
)
def test_url_that_is_no_https_url_is_refused(url):
    with pytest.raises(ValidationFailed) as refused:
        Guard().check(url)
    assert refused.value.details == {"field": "webhook_url"}


def test_https_url_is_taken():
    Guard().check("https://hooks.example.com:8443/veena?a=b")


def test_allowed_host_is_reached_by_http_at_its_port_alone():
    guard = Guard(("hooks.internal", "10.0.0.7:8080"))
    for url in ("http://hooks.internal/", "http://hooks.internal:99/", "http://10.0.0.7:8080/a"):
        guard.check(url)
    for url in ("http://10.0.0.7/", "http://hooks.internal.example.com/"):
        with pytest.raises(ValidationFailed):
            guard.check(url)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "2130706433", "0x7f.1", "::1"])
async def test_name_with_a_private_address_is_refused_where_the_connection_is_made(host):
    with pytest.raises((AddressRefused, httpcore.ConnectError)):
        await GuardedNetwork(Guard()).connect_tcp(host, 443, timeout=1)
    Guard(("localhost",)).check("http://localhost/")
