"""Read settings from the environment; every reader refuses a value it doesn't understand, naming the setting."""

import ipaddress
import os
import re
import secrets
import ssl
from collections.abc import Mapping
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off", ""}
# More of a value than this helps nobody to find it.
_SHOWN = 60
# What `int` takes beside this (1_000, digits of other scripts) was hardly meant.
_WHOLE_NUMBER = re.compile(r"[+-]?[0-9]{1,18}")
_HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*\.?|\[[0-9a-f:.]{2,45}\]", re.IGNORECASE)
_KEY = re.compile(r"[\x21-\x7e]+")


def read_bool(env: Mapping[str, str], name: str, *, default: bool = False) -> bool:
    """Read a yes or no; anything but 1/0, true/false, yes/no, on/off is refused."""
    raw = env.get(name)
    if raw is None:
        return default
    value = raw.strip().lower()
    if value in _TRUE:
        return True
    if value in _FALSE:
        return False
    raise ImproperlyConfigured(f"{name} takes true or false, not {_show(raw)}.")


def _show(raw: str) -> str:
    return repr(raw if len(raw) <= _SHOWN else f"{raw[:_SHOWN]}…")


def read_int(
    env: Mapping[str, str], name: str, *, default: int, min_value: int = 0, max_value: int | None = None
) -> int:
    """Read a whole number within bounds."""
    raw = env.get(name, "").strip()
    if not raw:
        return default
    if not _WHOLE_NUMBER.fullmatch(raw):
        raise ImproperlyConfigured(f"{name} takes a whole number, not {_show(raw)}.")
    value = int(raw)
    if value < min_value or (max_value is not None and value > max_value):
        bound = f"{min_value} or more" if max_value is None else f"{min_value} to {max_value}"
        raise ImproperlyConfigured(f"{name} takes a number of {bound}, not {value}.")
    return value


def read_web_threads(env: Mapping[str, str]) -> int:
    """Read the threads of a web process: with one alone, whatever waits would stop every page."""
    return read_int(env, "WEB_THREADS", default=4, min_value=2, max_value=64)


def read_web_workers(env: Mapping[str, str]) -> int:
    """Read the number of web processes: two keep serving while one of them is busy with Python."""
    return read_int(env, "WEB_WORKERS", default=2, min_value=1, max_value=64)


def read_float(env: Mapping[str, str], name: str, *, default: float, min_value: float = 0.0) -> float:
    """Read a number of at least `min_value`."""
    raw = env.get(name, "").strip()
    if not raw:
        return default
    try:
        value = float(raw)
    except ValueError:
        raise ImproperlyConfigured(f"{name} takes a number, not {_show(raw)}.") from None
    if not min_value <= value < float("inf"):
        raise ImproperlyConfigured(f"{name} takes a number of {min_value} or more, not {_show(raw)}.")
    return value


def read_list(env: Mapping[str, str], name: str, *, default: list[str] | None = None) -> list[str]:
    """Read comma-separated words; blanks are dropped."""
    raw = env.get(name)
    if raw is None:
        return list(default or [])
    return [word.strip() for word in raw.split(",") if word.strip()]


def read_origin(env: Mapping[str, str], name: str, *, default: str) -> str:
    """Read an http(s) address without path, query or user info, such as https://pins.example.com."""
    raw = env.get(name, "").strip() or default
    try:
        parts = urlsplit(raw)
        is_fine = parts.port is None or 0 < parts.port < 65536
        netloc, host = parts.netloc, parts.hostname or ""
    except ValueError:
        raise ImproperlyConfigured(_origin_refusal(name, raw)) from None
    is_plain = parts.path in ("", "/") and not parts.query and not parts.fragment and "@" not in netloc
    if ":" in host:
        host = f"[{host}]"
    if not (is_fine and is_plain and parts.scheme in ("http", "https") and _HOST.fullmatch(host)):
        raise ImproperlyConfigured(_origin_refusal(name, raw))
    return f"{parts.scheme}://{netloc.lower()}"


def _origin_refusal(name: str, raw: str) -> str:
    form = f"{name} takes an address like https://pins.example.com"
    # A password may stand before an @.
    return f"{form}, without a name and a password." if "@" in raw else f"{form}, not {_show(raw)}."


def read_key(env: Mapping[str, str], name: str) -> str:
    """Read a key that travels in a header: letters, digits and signs of ASCII, without blanks. Empty when there is none."""
    raw = env.get(name, "").strip()
    if raw and not _KEY.fullmatch(raw):
        raise ImproperlyConfigured(
            f"{name} takes the key as PostPeer shows it, in one piece. This one holds a blank, or a sign that no key has."
        )
    return raw


def read_hosts(env: Mapping[str, str], name: str, *, default: list[str]) -> list[str]:
    """Read host names as Django's ALLOWED_HOSTS has them: `*`, or a name that a dot may stand before."""
    if env.get(name) is None:
        return default
    hosts = read_list(env, name)
    for host in hosts:
        if host != "*" and not _HOST.fullmatch(host.removeprefix(".")):
            raise ImproperlyConfigured(
                f"{name} takes host names like pins.example.com, separated by commas, not {_show(host)}."
            )
    return hosts


def read_bind(env: Mapping[str, str], name: str, *, default: str) -> str:
    """Read what a server listens on: a host and a port, or `unix:` and a path."""
    raw = env.get(name, "").strip()
    if not raw:
        return default
    host, _colon, port = raw.rpartition(":")
    is_socket = raw.startswith("unix:/")
    is_port = port.isascii() and port.isdigit() and 0 < int(port[:9]) < 65536
    if not is_socket and not (is_port and (not host or _HOST.fullmatch(host))):
        raise ImproperlyConfigured(f"{name} takes a host and a port like 0.0.0.0:8000, not {_show(raw)}.")
    return raw


def read_folder(env: Mapping[str, str], name: str, *, default: Path, base: Path, is_made_later: bool = False) -> Path:
    """Read the path of a folder, which may not exist yet. A relative one begins at `base`.

    is_made_later: whoever makes it says by itself what is in the way.
    """
    raw = env.get(name, "").strip()
    if not raw:
        return default
    path = base / raw
    try:
        blocking = next((place for place in (path, *path.parents) if place.exists()), path)
        is_fine = (blocking.is_dir() or is_made_later) and not raw.startswith("~")
    except (OSError, ValueError):
        is_fine = False
    if not is_fine:
        raise ImproperlyConfigured(f"{name} takes a folder, written in full, and {_show(raw)} can’t be one.")
    return path


def read_static_root(env: Mapping[str, str], *, default: Path, base: Path, data: Path) -> Path:
    """Read where collected static files go: a folder of its own, since everything in it is deleted first."""
    path = read_folder(env, "STATIC_ROOT", default=default, base=base)
    place = path.resolve()
    others = (base, base / "static", base / "templates", base / "postpeer_dash", data)
    if any(other.is_relative_to(place) for other in map(Path.resolve, others)) or place == (base / "static").resolve():
        raise ImproperlyConfigured(
            f"STATIC_ROOT takes a folder of its own: whatever else is in it is deleted, and {place} holds more than that."
        )
    return path


def read_ca_bundle(env: Mapping[str, str], name: str) -> str:
    """Read the path of a file of certificates. Empty when there is none."""
    raw = env.get(name, "").strip()
    if raw:
        try:
            ssl.create_default_context(cafile=raw)
        except (OSError, ValueError):
            raise ImproperlyConfigured(
                f"{name} takes a file of certificates (PEM), and {_show(raw)} isn't one."
            ) from None
    return raw


def read_sender(env: Mapping[str, str], name: str, *, default: str) -> str:
    """Read a mail address, alone or as `Name <address>`."""
    raw = env.get(name, "").strip()
    if not raw:
        return default
    try:
        if "\n" in raw or "\r" in raw:
            raise ValidationError("")
        validate_email(parseaddr(raw)[1])
    except ValidationError:
        raise ImproperlyConfigured(f"{name} takes an address like Dash <dash@example.com>, not {_show(raw)}.") from None
    return raw


def is_weak_secret(secret: str) -> bool:
    """Return whether a secret could be guessed: short, of few signs, or one that Django makes up for a tutorial."""
    return len(secret) < 50 or len(set(secret)) < 5 or secret.startswith("django-insecure-")


def is_loopback(host: str) -> bool:
    """Return whether a host name or address can only mean this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def read_or_make_secret(folder: Path, name: str) -> str:
    """Return the secret in a file that only its owner may read (mode 600), making both the first time.

    Two processes that start at once agree: the file is created exclusively, and the loser reads the winner's. Raises
    ImproperlyConfigured when the folder can't be written to or the file holds something else.
    """
    try:
        return _read_or_make_secret(folder, name)
    except OSError as error:
        raise ImproperlyConfigured(
            f"The data folder {folder} can't be written to: {error.strerror}. Choose another one with VAR."
        ) from None


def _read_or_make_secret(folder: Path, name: str) -> str:
    path = folder / name
    try:
        return _read_secret(path)
    except FileNotFoundError:
        pass
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = secrets.token_urlsafe(48)
    temporary = folder / f".{name}.{os.getpid()}"
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as handle:
        handle.write(made)
    try:
        # A hard link appears whole or not at all, and never replaces a file that is there.
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        temporary.unlink()
    return _read_secret(path)


def _read_secret(path: Path) -> str:
    text = path.read_text().strip()
    if len(text) < 32:
        raise ImproperlyConfigured(f"{path} should hold a secret of 32 characters or more. Delete it to have one made.")
    return text
