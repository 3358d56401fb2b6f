"""The IP address of a request, as far as it can be trusted."""

import ipaddress
from collections.abc import Callable
from contextvars import ContextVar

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

_address: ContextVar[str | None] = ContextVar("address", default=None)


def client_ip(request: HttpRequest) -> str | None:
    """Return the visitor's address, for rate limits and the audit; None when there is none (a Unix socket).

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
    """Return the network that counts as one visitor: the address, or of an IPv6 one its /64, which one line is given."""
    if not address:
        return "unknown"
    parsed = ipaddress.ip_address(address)
    if parsed.version == 4:
        return address
    return str(ipaddress.ip_network(f"{parsed}/64", strict=False).network_address)


def wide_network_of(address: str | None) -> str:
    """Return the network that counts as one neighbourhood: a /24, or of an IPv6 address its /48, as sites are given one.

    Who changes the address within it, or has a few of them, is still the same; the rest of the world isn't.
    """
    if not address:
        return "unknown"
    bits = 24 if ipaddress.ip_address(address).version == 4 else 48
    return str(ipaddress.ip_network(f"{address}/{bits}", strict=False))


def current_ip() -> str | None:
    """Return the address of the visitor whose request is being answered; None outside of requests, as in a worker."""
    return _address.get()


def remember_client_ip(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Hold the visitor's address for the length of the request, for `current_ip`. Middleware."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        token = _address.set(client_ip(request))
        try:
            return get_response(request)
        finally:
            _address.reset(token)

    return middleware
