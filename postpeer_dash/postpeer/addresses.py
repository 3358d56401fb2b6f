"""Addresses: where PostPeer is, what goes into a path, and which links may be shown."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

DEFAULT_PORTS = {"http": 80, "https": 443}
MAX_URL_LENGTH = 4_096
MAX_HOST_LENGTH = 253
# Controls and blanks, what browsers take for a slash, breaks of lines, and halves of characters, which nobody can store.
_UNSAFE = re.compile(r"[\x00-\x20\x7f-\x9f\\\u2028\u2029\ud800-\udfff]")


def normalise_base_url(value: str) -> str:
    """Return the base URL in one spelling, without a trailing slash or `/v1`.

    Raises ValueError, in a sentence for the person who configured it, for anything but an absolute http or https
    address without user name, query or fragment.
    """
    text = value.strip()
    origin = read_origin(text)
    if origin is None or not text.isascii():
        raise ValueError("The address of PostPeer must start with http:// or https:// and name a host in ASCII.")
    parts = urlsplit(text)
    if parts.username is not None or parts.password is not None:
        raise ValueError("The address of PostPeer must not hold a user name or password.")
    if "?" in text or "#" in text:
        raise ValueError("The address of PostPeer must not hold a query or a fragment.")
    path = parts.path.rstrip("/")
    if path == "/v1" or path.endswith("/v1"):
        path = path.removesuffix("/v1").rstrip("/")
    scheme, host, port = origin
    host = f"[{host}]" if ":" in host else host
    suffix = "" if port == DEFAULT_PORTS[scheme] else f":{port}"
    return f"{scheme}://{host}{suffix}{path}"


def read_origin(url: str) -> tuple[str, str, int] | None:
    """Return scheme, host and port of an absolute http(s) URL, None for anything else."""
    if _UNSAFE.search(url):
        return None
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in DEFAULT_PORTS or not host or len(host) > MAX_HOST_LENGTH:
        return None
    return parts.scheme, host, DEFAULT_PORTS[parts.scheme] if port is None else port


def safe_url(value: object) -> str:
    """Return a link that may be shown and clicked: absolute http or https, without user info; "" otherwise."""
    if not isinstance(value, str):
        return ""
    text = value.strip()
    if len(text) > MAX_URL_LENGTH or read_origin(text) is None or "@" in urlsplit(text).netloc:
        return ""
    return text


def quote_id(value: str) -> str:
    """Return an id as one path segment that can't leave its place.

    Raises ValueError for "", "." and "..": no quoting keeps these from meaning another address.
    """
    if not isinstance(value, str) or value.strip() in {"", ".", ".."}:
        raise ValueError("an id for PostPeer must not be empty or a dot segment")
    return quote(value, safe="")
