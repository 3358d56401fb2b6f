"""A GET of an address that somebody typed: only of the public internet, so much of it and so long, and no more.

requests-hardened resolves the name once and connects to what it checked, so that a name which leads elsewhere a moment
later gains nothing. Added to that: the ports of the web alone, no names and passwords, redirects followed by hand and
checked like the first address, no packed answers, a number of bytes, and one clock over all of it.
"""

import ipaddress
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, BinaryIO
from urllib.parse import urljoin, urlsplit

import requests
import urllib3.exceptions
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from requests_hardened.ip_filter import InvalidIPAddress
from requests_hardened.ip_filter_adapter import IPFilterAdapter

from postpeer_dash.postpeer.deadline import Deadline, TooLateError, finish_within
from postpeer_dash.postpeer.transport import BareSession, WatchedAdapter

MAX_REDIRECTS = 3
MAX_URL = 2048
_STEP = 16 * 1024
_CONNECT, _READ = 5.0, 10.0
# All of IPv6 that the internet uses (RFC 4291, 2.4). What lies beside it carries an address of IPv4 (::/96, ::ffff:0:0:0/96)
# or belongs to a network (fec0::/10), and Python calls much of it public.
_WEB = ipaddress.ip_network("2000::/3")
# Public by its number, and a machine inside: what a cloud tells its own machines (Azure's 168.63.129.16).
_CLOUD = frozenset({ipaddress.ip_address("168.63.129.16")})


@dataclass(frozen=True, slots=True)
class Rules:
    """What may be fetched. `allow_loopback` and other ports are for a stand-in on this machine."""

    ports: frozenset[int] = field(default_factory=lambda: frozenset({80, 443}))
    allow_loopback: bool = False


PUBLIC = Rules()


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address answered.

    received: bytes that were taken, from the one at `start` on; length: of all of it, as the answer says, None if it
    doesn't. is_secure: every step of the way was HTTPS.
    """

    url: str
    status: int
    mime_type: str
    length: int | None
    start: int
    received: int
    is_whole: bool
    is_moved: bool
    is_secure: bool


class _GuardedAdapter(IPFilterAdapter, WatchedAdapter):  # type: ignore[misc]
    """Connects to what was checked, watched by the deadline."""

    deadline: Deadline

    def build_connection_pool_key_attributes(self, *args: Any, **kwargs: Any) -> Any:
        # A name look-up can't be interrupted, and happens in here: the clock holds for it as well.
        look_up = super().build_connection_pool_key_attributes
        host, pool = finish_within(self.deadline.remaining, lambda: look_up(*args, **kwargs))
        address = ipaddress.ip_address(str(host["host"]).strip("[]"))
        is_public = address.is_global and address not in _CLOUD and (address.version == 4 or address in _WEB)
        if not is_public and not (self._allow_loopback and address.is_loopback):
            raise InvalidIPAddress(address)
        return host, pool


class _Session(BareSession):
    def __init__(self, rules: Rules, deadline: Deadline) -> None:
        super().__init__()
        for scheme in ("http", "https"):
            adapter = _GuardedAdapter(  # type: ignore[call-arg]
                is_https_proto=scheme == "https", allow_loopback=rules.allow_loopback
            )
            adapter.deadline = deadline
            self.mount(f"{scheme}://", adapter)


def fetch(
    url: str, into: BinaryIO, *, max_bytes: int, seconds: float, first_byte: int = 0, rules: Rules = PUBLIC
) -> Fetched:
    """Write the first `max_bytes` of what an address leads to into a stream, in `seconds` at most.

    first_byte: asks for the part from there on, as far as the server gives parts. Raises ValidationError with a sentence
    for people for whatever keeps it from being fetched; an answer of any status is none of that.
    """
    try:
        with Deadline(seconds) as deadline, _Session(rules, deadline) as session:
            fetched = _follow(session, url, into, max_bytes, first_byte, rules, deadline)
        if deadline.has_passed:
            raise _refusal("slow")
        return fetched
    except TooLateError:
        raise _refusal("slow") from None
    except InvalidIPAddress:
        raise _refusal("inside") from None
    except (requests.exceptions.SSLError, urllib3.exceptions.SSLError):
        raise _refusal("tls") from None
    except (requests.Timeout, urllib3.exceptions.TimeoutError, TimeoutError):
        raise _refusal("slow") from None
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError):
        raise _refusal("slow" if deadline.has_passed else "unreachable") from None


def _follow(
    session: requests.Session,
    url: str,
    into: BinaryIO,
    max_bytes: int,
    first_byte: int,
    rules: Rules,
    deadline: Deadline,
) -> Fetched:
    hops = [url]
    while len(hops) <= MAX_REDIRECTS + 1:
        check_url(hops[-1], rules)
        deadline.start_attempt()
        headers = {"Accept-Encoding": "identity", "Accept": "image/*,video/*;q=0.9,*/*;q=0.1"}
        if first_byte or max_bytes:
            headers["Range"] = f"bytes={first_byte}-{first_byte + max_bytes - 1}"
        with session.get(
            hops[-1], headers=headers, stream=True, allow_redirects=False, timeout=(_CONNECT, _READ)
        ) as answer:
            target = answer.headers.get("Location", "") if answer.is_redirect else ""
            if not target:
                return _read(answer, hops, into, max_bytes, deadline)
            hops.append(_follow_to(hops[-1], target))
    raise _refusal("redirects")


def _follow_to(url: str, target: str) -> str:
    """Return where a redirect leads (RFC 9110, 10.2.2); many servers write letters and blanks of a name as they are."""
    with suppress(UnicodeError):
        target = target.encode("latin-1").decode()
    return requests.utils.requote_uri(urljoin(url, target.strip()))


def _read(answer: requests.Response, hops: list[str], into: BinaryIO, max_bytes: int, deadline: Deadline) -> Fetched:
    if answer.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
        # It was asked not to pack it: what comes out could be of any size.
        raise _refusal("packed")
    received = 0
    for data in _pieces(answer):
        if deadline.has_passed:
            raise _refusal("slow")
        data = data[: max_bytes - received]
        into.write(data)
        received += len(data)
        if received >= max_bytes:
            break
    start, length = _read_range(answer)
    # A part that doesn't say of how much may be any part.
    is_to_end = length is None and answer.status_code != 206 and received < max_bytes
    return Fetched(
        url=hops[-1],
        status=answer.status_code,
        mime_type=answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()[:100],
        length=length,
        start=start,
        received=received,
        is_whole=start == 0 and (received == length or is_to_end),
        is_moved=len(hops) > 1,
        is_secure=all(hop.startswith("https:") for hop in hops),
    )


def _pieces(answer: requests.Response) -> Iterator[bytes]:
    while data := answer.raw.read(_STEP, decode_content=False):
        yield data


def _read_range(answer: requests.Response) -> tuple[int, int | None]:
    """Return where what came begins, and how long all of it is, as the server says (RFC 9110, 8.6 and 14.4)."""
    if answer.status_code != 206:
        return 0, _read_count(answer.headers.get("Content-Length", ""))
    part, _slash, length = answer.headers.get("Content-Range", "").partition("/")
    begin = part.lower().removeprefix("bytes").strip().partition("-")[0]
    return _read_count(begin) or 0, _read_count(length.strip())


def _read_count(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def check_url(url: str, rules: Rules = PUBLIC) -> None:
    """Refuse an address by how it is written, before any name is looked up. Raises ValidationError."""
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        host = parts.hostname or ""
    except ValueError:
        raise _refusal("address") from None
    if (
        parts.scheme not in ("http", "https")
        or not host
        or len(url) > MAX_URL
        or any(sign <= " " or sign == "\\" for sign in url)
    ):
        raise _refusal("address")
    if parts.username is not None or parts.password is not None:
        raise _refusal("password")
    if port not in rules.ports:
        raise _refusal("port")


def _refusal(code: str) -> ValidationError:
    sentences = {
        "address": _("This is no address of a picture or video on the web."),
        "password": _("This address has a name or a password in it. Give one that is open to everybody."),
        "port": _("This address names a port that the web doesn’t use. Pinterest won’t fetch it."),
        "inside": _("This address leads to a machine inside of a network. Pinterest can’t reach it."),
        "redirects": _("This address leads on and on. Give the one where it ends."),
        "packed": _("What this address leads to is packed in a way that can’t be read here."),
        "slow": _("This address answers too slowly. Pinterest may give up on it, too."),
        "tls": _("The connection to this address isn’t safe: its certificate isn’t good."),
        "unreachable": _("This address can’t be reached."),
    }
    return ValidationError(sentences[code], code=code)
