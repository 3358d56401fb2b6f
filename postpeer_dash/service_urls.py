"""Reading `DATABASE_URL` and `EMAIL_URL`: what they say is done or refused by name, never passed over.

django-environ builds the plain parts; what it hands on as text, or reads in another sense than people write it, is read
here: passwords with `/` and `#` as they are, `smtps` as TLS from the first byte (port 465), options in their own types.
"""

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

SQLITE, POSTGRES = "django.db.backends.sqlite3", "django.db.backends.postgresql"
_SMTP = "django.core.mail.backends.smtp.EmailBackend"
# scheme: backend, its own settings, its usual port.
_MAILERS: dict[str, tuple[str, dict[str, Any], int]] = {
    "smtp": (_SMTP, {}, 25),
    "smtp+tls": (_SMTP, {"EMAIL_USE_TLS": True}, 587),
    "smtps": (_SMTP, {"EMAIL_USE_SSL": True}, 465),
    "smtp+ssl": (_SMTP, {"EMAIL_USE_SSL": True}, 465),
    "consolemail": ("django.core.mail.backends.console.EmailBackend", {}, 0),
    "filemail": ("django.core.mail.backends.filebased.EmailBackend", {}, 0),
    "dummymail": ("django.core.mail.backends.dummy.EmailBackend", {}, 0),
}
_MAIL_FORM = "EMAIL_URL takes an address like smtp+tls://user:password@mail.example.com:587"
_DATABASE_FORM = "DATABASE_URL takes an address like postgres://user:password@host:5432/name"


def read_database_url(url: str) -> dict[str, Any]:
    """Return Django's settings for a database. Raises ImproperlyConfigured, without the password."""
    address, _mark, query = url.partition("?")
    scheme = address.partition(":")[0].lower()
    if scheme not in ("sqlite", "postgres", "postgresql"):
        raise ImproperlyConfigured(f"{_DATABASE_FORM}, or sqlite:///path/to/file.")
    try:
        config: dict[str, Any] = environ.Env.db_url_config(address)
    except (ValueError, ImproperlyConfigured):
        raise ImproperlyConfigured(
            f"{_DATABASE_FORM}. In a password, # ? and / are written %23, %3F and %2F."
        ) from None
    if not config.get("NAME") or (config["ENGINE"] == POSTGRES and not str(config.get("PORT") or "5432").isdigit()):
        raise ImproperlyConfigured(f"{_DATABASE_FORM}.")
    known = _SQLITE_OPTIONS if config["ENGINE"] == SQLITE else _POSTGRES_OPTIONS
    options: dict[str, Any] = {}
    for name, text in parse_qsl(query, keep_blank_values=True):
        if name not in known:
            raise ImproperlyConfigured(f"DATABASE_URL has the option {name!r}; it takes {', '.join(sorted(known))}.")
        value = known[name](name, text)
        if name in _SETTINGS:
            config[_SETTINGS[name]] = value
        else:
            options[name] = value
    if options.get("pool"):
        # A pool and connections that are kept exclude each other.
        if config.get("CONN_MAX_AGE"):
            raise ImproperlyConfigured("DATABASE_URL can’t have both pool and conn_max_age.")
        config["CONN_MAX_AGE"] = 0
        if find_spec("psycopg_pool") is None:
            raise ImproperlyConfigured("DATABASE_URL asks for a pool, and the package psycopg-pool isn’t installed.")
    config["OPTIONS"] = options
    return config


def read_redis_url(url: str) -> str:
    """Return the address of a Redis as it is. Raises ImproperlyConfigured, without the password."""
    form = "REDIS_URL takes an address like redis://:password@host:6379/0"
    try:
        parts = urlsplit(url)
        is_port = parts.port is None or parts.port > 0
    except ValueError:
        raise ImproperlyConfigured(f"{form}.") from None
    if parts.scheme == "unix" and parts.path not in ("", "/"):
        return url
    number = parts.path.strip("/")
    is_place = bool(parts.hostname) and is_port and (not number or (number.isascii() and number.isdigit()))
    if parts.scheme not in ("redis", "rediss") or not is_place or parts.fragment:
        raise ImproperlyConfigured(f"{form}. In a password, # ? and / are written %23, %3F and %2F.")
    return url


def read_email_url(url: str) -> dict[str, Any]:
    """Return Django's settings for sending mail. Raises ImproperlyConfigured, without the password."""
    scheme, separator, rest = url.partition("://")
    if not separator or scheme.lower() not in _MAILERS:
        raise ImproperlyConfigured(f"{_MAIL_FORM}. It begins with one of {', '.join(_MAILERS)}.")
    backend, own, port = _MAILERS[scheme.lower()]
    if not port:
        folder = unquote(rest.partition("/")[2])
        return {"EMAIL_BACKEND": backend, **({"EMAIL_FILE_PATH": f"/{folder}"} if scheme.lower() == "filemail" else {})}
    # The host holds none of these signs, so a password may have all of them as they are.
    userinfo, _at, place = rest.rpartition("@")
    try:
        # A closing slash and options stand behind the host.
        parts = urlsplit(f"//{place}")
        found, host = parts.port, parts.hostname
    except ValueError:
        raise ImproperlyConfigured(f"{_MAIL_FORM}. What stands behind the last @ is no host and port.") from None
    if not host or parts.path not in ("", "/") or parts.fragment or parts.query:
        raise ImproperlyConfigured(f"{_MAIL_FORM}. What stands behind the last @ is no host and port.")
    user, _colon, password = userinfo.partition(":")
    return {
        "EMAIL_BACKEND": backend,
        "EMAIL_HOST": host,
        "EMAIL_PORT": found or port,
        "EMAIL_HOST_USER": unquote(user),
        "EMAIL_HOST_PASSWORD": unquote(password),
        **own,
    }


def _take_text(name: str, text: str) -> str:
    if not text:
        raise ImproperlyConfigured(f"The option {name} of DATABASE_URL has no value.")
    return text


def _take_number(name: str, text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise ImproperlyConfigured(f"The option {name} of DATABASE_URL takes seconds, not {text!r}.")
    return int(text)


def _take_bool(name: str, text: str) -> bool:
    value = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}
    if text.lower() not in value:
        raise ImproperlyConfigured(f"The option {name} of DATABASE_URL takes true or false, not {text!r}.")
    return value[text.lower()]


def _take_file(name: str, text: str) -> str:
    if not Path(text).is_file():
        raise ImproperlyConfigured(f"The option {name} of DATABASE_URL takes a file, and {text} isn’t one.")
    return text


def _take_ssl_mode(name: str, text: str) -> str:
    modes = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
    if text not in modes:
        raise ImproperlyConfigured(f"The option {name} of DATABASE_URL takes one of {', '.join(modes)}, not {text!r}.")
    return text


_Take = Callable[[str, str], Any]
# What is a setting of Django's beside OPTIONS.
_SETTINGS = {
    "conn_max_age": "CONN_MAX_AGE",
    "conn_health_checks": "CONN_HEALTH_CHECKS",
    "disable_server_side_cursors": "DISABLE_SERVER_SIDE_CURSORS",
}
_SQLITE_OPTIONS: dict[str, _Take] = {"timeout": _take_number, "conn_max_age": _take_number}
_POSTGRES_OPTIONS: dict[str, _Take] = {
    "conn_max_age": _take_number,
    "conn_health_checks": _take_bool,
    "disable_server_side_cursors": _take_bool,
    "pool": _take_bool,
    "connect_timeout": _take_number,
    "application_name": _take_text,
    "options": _take_text,
    "target_session_attrs": _take_text,
    "sslmode": _take_ssl_mode,
    "sslrootcert": _take_file,
    "sslcert": _take_file,
    "sslkey": _take_file,
}
