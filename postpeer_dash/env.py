"""Read settings from the environment; every reader refuses a value it doesn't understand, naming the setting."""

import ipaddress
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off", ""}


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
    raise ImproperlyConfigured(f"{name} takes true or false, not {raw!r}.")


def read_int(
    env: Mapping[str, str], name: str, *, default: int, min_value: int = 0, max_value: int | None = None
) -> int:
    """Read a whole number within bounds."""
    raw = env.get(name, "").strip()
    if not raw:
        return default
    try:
        value = int(raw)
    except ValueError:
        raise ImproperlyConfigured(f"{name} takes a whole number, not {raw!r}.") from None
    if value < min_value or (max_value is not None and value > max_value):
        bound = f"{min_value} or more" if max_value is None else f"{min_value} to {max_value}"
        raise ImproperlyConfigured(f"{name} takes a number of {bound}, not {value}.")
    return value


def read_web_threads(env: Mapping[str, str]) -> int:
    """Read the threads of a web process: with one alone, whatever waits would stop every page."""
    return read_int(env, "WEB_THREADS", default=4, min_value=2, max_value=64)


def read_float(env: Mapping[str, str], name: str, *, default: float, min_value: float = 0.0) -> float:
    """Read a number of at least `min_value`."""
    raw = env.get(name, "").strip()
    if not raw:
        return default
    try:
        value = float(raw)
    except ValueError:
        raise ImproperlyConfigured(f"{name} takes a number, not {raw!r}.") from None
    if not min_value <= value < float("inf"):
        raise ImproperlyConfigured(f"{name} takes a number of {min_value} or more, not {raw!r}.")
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
    parts = urlsplit(raw)
    try:
        port_is_fine = parts.port is None or 0 < parts.port < 65536
    except ValueError:
        port_is_fine = False
    plain = parts.path in ("", "/") and not parts.query and not parts.fragment and "@" not in parts.netloc
    if parts.scheme not in ("http", "https") or not parts.hostname or not plain or not port_is_fine:
        raise ImproperlyConfigured(f"{name} takes an address like https://pins.example.com, not {raw!r}.")
    return f"{parts.scheme}://{parts.netloc.lower()}"


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
