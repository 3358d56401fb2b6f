"""Who is at the other end of the request that is being answered, for what is written down deep inside a service."""

from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponseBase

from postpeer_dash.web.clients import client_ip

_address: ContextVar[str | None] = ContextVar("address", default=None)


def current_ip() -> str | None:
    """The address of the visitor whose request is being answered; None outside of requests, as in a worker."""
    return _address.get()


def remember_visitor(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Middleware: keeps the visitor's address for the length of the request."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        token = _address.set(client_ip(request))
        try:
            return get_response(request)
        finally:
            _address.reset(token)

    return middleware
