"""How a call travels: one session, no redirects, no proxies, a deadline, and a key that goes to one host alone."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.cookiejar import DefaultCookiePolicy
from time import monotonic, sleep
from typing import Any

import requests
import urllib3.exceptions
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase

from postpeer_dash import __version__
from postpeer_dash.postpeer.addresses import quote_id, read_origin
from postpeer_dash.postpeer.deadline import Deadline, TooLateError, WatchedPool, WatchedTlsPool
from postpeer_dash.postpeer.errors import Failure
from postpeer_dash.postpeer.instants import parse_http_date
from postpeer_dash.postpeer.jsontext import read_object
from postpeer_dash.postpeer.types import Timeouts

logger = logging.getLogger("postpeer_dash.postpeer")

MAX_ANSWER_BYTES = 20 * 1024 * 1024
MAX_RETRY_AFTER = 3_600.0
MAX_RETRY_WAIT = 60.0
FIRST_PAUSE = 0.25
SHORTEST_KEY = 12
USER_AGENT = f"PostPeerDash/{__version__}"


@dataclass(frozen=True, slots=True)
class Call:
    """One request. `template` is the documented path, `remote_id` fills its one gap; None in `query` is left out."""

    method: str
    template: str
    remote_id: str | None = None
    query: Mapping[str, str | None] = field(default_factory=dict)
    body: bytes | None = None
    has_key: bool = True

    @property
    def is_write(self) -> bool:
        """Return whether the request asks to change something."""
        return self.method != "GET"

    @property
    def path(self) -> str:
        """Return the path with its id quoted; raise ValueError for an id that can't be one."""
        return self.template if self.remote_id is None else self.template.replace("{id}", quote_id(self.remote_id))

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """Return the query; raise ValueError for an empty value, which a server may read as "of everybody"."""
        chosen = [(name, value) for name, value in self.query.items() if value is not None]
        empty = [name for name, value in chosen if not value.strip()]
        if empty:
            raise ValueError(f"{empty[0]} must not be empty")
        return chosen


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whatever its status. Times are aware UTC, `retry_after` is in seconds."""

    status: int
    body: bytes
    request_id: str = ""
    server_date: datetime | None = None
    retry_after: float | None = None


class KeyAuth(AuthBase):
    """Adds the key to requests to its own scheme, host and port, and keeps it out of every text."""

    def __init__(self, key: str, base_url: str) -> None:
        self._key = key
        self._origin = read_origin(base_url)

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if request.url is not None and self._origin == read_origin(request.url):
            request.headers["x-access-key"] = self._key
        return request

    def __repr__(self) -> str:
        return "<KeyAuth>"

    def redact(self, body: bytes) -> bytes:
        """Take the key out of an answer that repeats it."""
        # A key this short is made up, and a part of ordinary words.
        return body if len(self._key) < SHORTEST_KEY else body.replace(self._key.encode(), b"[key]")


class WatchedAdapter(HTTPAdapter):
    """An adapter whose connections are watched by the deadline."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": WatchedPool, "https": WatchedTlsPool}


class BareSession(requests.Session):
    """A session that takes nothing from outside: no environment, no cookies, no redirects."""

    def __init__(self, ca_bundle: str = "") -> None:
        super().__init__()
        self.trust_env = False
        self.verify = ca_bundle or True
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self.headers["User-Agent"] = USER_AGENT
        self.mount("http://", WatchedAdapter())
        self.mount("https://", WatchedAdapter())

    def get_redirect_target(self, resp: requests.Response) -> None:
        # requests prepares the next request even when it is told not to follow; here there is none.
        return None


class Transport:
    """Sends calls to one PostPeer and reads what comes back."""

    def __init__(self, base_url: str, auth: KeyAuth, timeouts: Timeouts, retries: int, ca_bundle: str = "") -> None:
        self._base_url = base_url
        self._auth = auth
        self._timeouts = timeouts
        self._retries = retries
        self._ca_bundle = ca_bundle
        self._pool = BareSession(ca_bundle)

    def close(self) -> None:
        """Close the connections kept for reading."""
        self._pool.close()

    def send(self, call: Call, deadline: Deadline) -> Answer | Failure:
        """Send a call; a GET is tried again after a cut, 408, 429 or 5xx, as often as `retries` and the time allow.

        A loop of our own rather than urllib3's Retry: that one sleeps without looking at the deadline.
        """
        tries = 0
        while True:
            deadline.start_attempt()
            started = monotonic()
            outcome = self._exchange(call, deadline)
            log_outcome(call.method, call.template, outcome, monotonic() - started)
            wait = pause_before_retry(outcome, tries)
            tries += 1
            if call.is_write or tries > self._retries or wait is None or wait >= deadline.remaining:
                return outcome
            sleep(wait)

    def _exchange(self, call: Call, deadline: Deadline) -> Answer | Failure:
        # A write has a connection of its own: on one kept from earlier, the server's goodbye and our request can
        # cross, and nobody could tell whether it was read.
        session = BareSession(self._ca_bundle) if call.is_write else self._pool
        headers = {"Accept": "application/json"}
        if call.body is not None:
            headers["Content-Type"] = "application/json"
        try:
            with session.request(
                call.method,
                self._base_url + call.path,
                params=call.parameters,
                data=call.body,
                headers=headers,
                auth=self._auth if call.has_key else None,
                timeout=(self._timeouts.connect, self._timeouts.patience(is_write=call.is_write)),
                allow_redirects=False,
                stream=True,
            ) as response:
                answer = read_answer(response)
        except TooLateError:
            return Failure.TOO_LATE
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            # Named, not raised from: these errors carry the request, and the request carries the key.
            return name_failure(error, deadline)
        finally:
            if session is not self._pool:
                session.close()
        if answer is None:
            return Failure.TOO_LARGE
        # Python takes headers that break off for complete ones, so our own cut can look like an empty answer.
        if deadline.has_passed and read_object(answer.body) is None:
            return Failure.DEADLINE
        return Answer(
            status=answer.status,
            body=self._auth.redact(answer.body),
            request_id=self._auth.redact(answer.request_id.encode()).decode(),
            server_date=answer.server_date,
            retry_after=answer.retry_after,
        )


def read_answer(response: requests.Response) -> Answer | None:
    """Read a whole answer, None when it is larger than MAX_ANSWER_BYTES; raises requests' errors."""
    pieces = bytearray()
    for piece in response.iter_content(64 * 1024):
        pieces += piece
        if len(pieces) > MAX_ANSWER_BYTES:
            return None
    server_date = parse_http_date(response.headers.get("Date"))
    return Answer(
        status=response.status_code,
        body=bytes(pieces),
        request_id=clean_header(response.headers.get("x-request-id", "")),
        server_date=server_date,
        retry_after=read_retry_after(response.headers.get("Retry-After"), server_date),
    )


def clean_header(value: str) -> str:
    """Return a header's value as it may stand in a log or on a page: printable ASCII, at most 200 characters."""
    return re.sub(r"[^\x20-\x7e]", "", value)[:200].strip()


def read_retry_after(value: str | None, server_date: datetime | None) -> float | None:
    """Return the seconds a `Retry-After` header asks for (RFC 9110, 10.2.3), at most an hour; None when unreadable.

    A date is measured against the server's own clock where it tells it.
    """
    text = (value or "").strip()
    if re.fullmatch(r"[0-9]{1,10}", text):
        return min(float(text), MAX_RETRY_AFTER)
    until = parse_http_date(text)
    if until is None:
        return None
    return min(max(0.0, (until - (server_date or datetime.now(UTC))).total_seconds()), MAX_RETRY_AFTER)


def pause_before_retry(outcome: Answer | Failure, tries: int) -> float | None:
    """Return the seconds to wait before a GET is tried again, None when trying again is no use."""
    pause = FIRST_PAUSE * 2.0**tries
    if isinstance(outcome, Failure):
        return None if outcome in {Failure.TOO_LATE, Failure.DEADLINE, Failure.TOO_LARGE} else pause
    if outcome.status in {408, 429} or outcome.status >= 500:
        if outcome.retry_after is None:
            return pause
        return outcome.retry_after if outcome.retry_after <= MAX_RETRY_WAIT else None
    return None


def name_failure(error: Exception, deadline: Deadline) -> Failure:
    """Say how a call ended without an answer; only a connection that never stood counts as never sent."""
    if isinstance(error, (requests.exceptions.SSLError, urllib3.exceptions.SSLError)):
        return Failure.TLS
    if not deadline.has_connected:
        unsent = _name_unsent(error)
        if unsent is not None:
            return unsent
    if deadline.has_passed:
        return Failure.DEADLINE
    if isinstance(error, (requests.exceptions.Timeout, urllib3.exceptions.TimeoutError)):
        return Failure.NO_ANSWER
    if isinstance(error, (requests.exceptions.ContentDecodingError, urllib3.exceptions.DecodeError)):
        return Failure.UNREADABLE
    cause = error.args[0] if error.args else None
    if isinstance(cause, urllib3.exceptions.ReadTimeoutError):
        return Failure.NO_ANSWER
    return Failure.CUT


def _name_unsent(error: Exception) -> Failure | None:
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return Failure.CONNECT_TIMEOUT
    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, urllib3.exceptions.MaxRetryError) else cause
    if isinstance(reason, urllib3.exceptions.NameResolutionError):
        return Failure.UNRESOLVED
    if isinstance(reason, urllib3.exceptions.NewConnectionError):
        return Failure.UNREACHABLE
    return None


def log_outcome(method: str, template: str, outcome: Answer | Failure, seconds: float) -> None:
    """Write one line for one request: never a key, an id, a query or a body."""
    milliseconds = round(seconds * 1_000)
    if isinstance(outcome, Failure):
        logger.warning("%s %s %s %d ms", method, template, outcome.name, milliseconds)
        return
    level = logging.INFO if outcome.status < 400 else logging.WARNING
    logger.log(
        level, "%s %s %d request=%s %d ms", method, template, outcome.status, outcome.request_id or "-", milliseconds
    )
