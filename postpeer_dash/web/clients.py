"""Which address a request comes from, as far as it can be believed."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_ip(request: HttpRequest) -> str | None:
    """The visitor's address, for limits and the audit; None when there is none (a Unix socket).

    `X-Forwarded-For` is read only behind a proxy of ours (BEHIND_PROXY), and of it only what that proxy itself added:
    the last entry. Everything before it is whatever the visitor wrote there.
    """
    claimed = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY:
        claimed = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip() or claimed
    return _clean(claimed)


def _clean(claimed: str) -> str | None:
    try:
        address = ipaddress.ip_address(claimed.partition("%")[0])
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped or address)


def network_of(address: str | None) -> str:
    """What one visitor can be told apart by: the address, or the /64 of an IPv6 one, since a whole one is one line."""
    if not address:
        return "unknown"
    parsed = ipaddress.ip_address(address)
    if parsed.version == 4:
        return address
    return str(ipaddress.ip_network(f"{parsed}/64", strict=False).network_address)
