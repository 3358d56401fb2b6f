"""The configured PostPeer: its row, and clients for it."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings

from postpeer_dash.accounts.models import Connection
from postpeer_dash.postpeer import NoTurn
from postpeer_dash.web.key_fingerprints import key_fingerprint
from postpeer_dash.web.thread_shares import Kind, NoTurnError, thread_shares

if TYPE_CHECKING:
    from postpeer_dash.postpeer import Client

_PROBE_DEADLINE = 300.0
# A film of 2 GB on a line of 10 Mbit/s.
_UPLOAD_DEADLINE = 1800.0

__all__ = [
    "base_url",
    "current_connection",
    "key_fingerprint",
    "page_client",
    "page_turn",
    "probe_client",
    "worker_client",
]


def current_connection() -> Connection:
    """Return the row of the configured PostPeer, made when it is first asked for."""
    connection, _made = Connection.objects.get_or_create(
        base_url=base_url(), defaults={"key_fingerprint": key_fingerprint(settings.POSTPEER_API_KEY)}
    )
    return connection


def base_url() -> str:
    """Return the configured address in its one form."""
    return _normalised(settings.POSTPEER_BASE_URL)


# Every query of accounts asks for it.
@lru_cache(maxsize=8)
def _normalised(url: str) -> str:
    from postpeer_dash.postpeer import normalise_base_url

    return normalise_base_url(url)


def page_client() -> "Client":
    """Return a client for a request that a person waits for: short deadlines, for files too, one repeat of a GET.

    Entering it raises NoTurn, a PostPeerError, while as many of this process's threads as may be wait for PostPeer.
    """
    return _client(
        deadline=settings.POSTPEER_PAGE_DEADLINE, retries=1, turn=page_turn(), upload=settings.POSTPEER_PAGE_UPLOAD
    )


@contextmanager
def page_turn() -> Iterator[None]:
    """Hold one of the turns that pages waiting for PostPeer have. Raises NoTurn when none is free."""
    try:
        with thread_shares().hold(Kind.POSTPEER):
            yield
    except NoTurnError as error:
        raise NoTurn(str(error), is_write=False) from error


def worker_client() -> "Client":
    """Return a client for a worker: the long deadline, GETs repeated."""
    return _client(deadline=settings.POSTPEER_WORKER_DEADLINE, retries=2)


def probe_client() -> "Client":
    """Return a client that waits far longer than anybody else would, to see how long PostPeer takes."""
    return _client(deadline=_PROBE_DEADLINE, read=_PROBE_DEADLINE, retries=2)


def _client(
    *,
    deadline: float,
    retries: int,
    read: float = 0,
    turn: AbstractContextManager[None] | None = None,
    upload: float = _UPLOAD_DEADLINE,
) -> "Client":
    # Imported late: the web process serves most pages without ever speaking to PostPeer.
    from postpeer_dash.postpeer import Client, Timeouts

    return Client(
        base_url=settings.POSTPEER_BASE_URL,
        api_key=settings.POSTPEER_API_KEY,
        # PostPeer publishes inside the request, and a write that was cut off leaves doubt: it has all of the time.
        timeouts=Timeouts(
            connect=settings.POSTPEER_CONNECT_TIMEOUT,
            read=read or settings.POSTPEER_READ_TIMEOUT,
            write=deadline,
            deadline=deadline,
            upload=upload,
        ),
        retries=retries,
        ca_bundle=settings.POSTPEER_CA_BUNDLE,
        turn=turn,
    )
