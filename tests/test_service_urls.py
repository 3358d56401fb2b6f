"""What DATABASE_URL and EMAIL_URL say is done or refused by name; a password is in no message."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from postpeer_dash.service_urls import POSTGRES, read_database_url, read_email_url

SECRET = "s3cr3t"


def refusal(read: Callable[[str], object], url: str) -> str:
    with pytest.raises(ImproperlyConfigured) as refused:
        read(url)
    assert SECRET not in str(refused.value)
    return str(refused.value)


@pytest.mark.parametrize(
    ("password", "meant"),
    [("pass/w#ord", "pass/w#ord"), ("a@b:c?d", "a@b:c?d"), ("p%40ss", "p@ss"), ("100%", "100%"), ("", "")],
)
def test_password_of_a_mail_server_may_hold_any_sign(password: str, meant: str) -> None:
    read = read_email_url(f"smtp+tls://user@shop.example:{password}@mail.shop.example:587")
    assert (read["EMAIL_HOST_USER"], read["EMAIL_HOST_PASSWORD"]) == ("user@shop.example", meant)
    assert (read["EMAIL_HOST"], read["EMAIL_PORT"]) == ("mail.shop.example", 587)


@pytest.mark.parametrize(
    ("url", "port", "tls", "ssl"),
    [
        ("smtp://mail.example.com", 25, False, False),
        ("smtp+tls://u:p@mail.example.com", 587, True, False),
        ("smtps://u:p@mail.example.com", 465, False, True),
        ("smtps://u:p@mail.example.com:465", 465, False, True),
        ("smtp+ssl://u:p@mail.example.com:4650/", 4650, False, True),
        ("SMTPS://u:p@mail.example.com", 465, False, True),
    ],
)
def test_scheme_says_when_tls_begins(url: str, port: int, *, tls: bool, ssl: bool) -> None:
    read = read_email_url(url)
    assert (read["EMAIL_PORT"], read.get("EMAIL_USE_TLS", False), read.get("EMAIL_USE_SSL", False)) == (port, tls, ssl)


def test_mail_can_be_kept_in_a_folder() -> None:
    assert read_email_url("filemail:///var/mails")["EMAIL_FILE_PATH"] == "/var/mails"


@pytest.mark.parametrize(
    "url",
    [
        f"smtp+tls://u:{SECRET}@mail.example.com:port",
        f"smtp+tls://u:{SECRET}@",
        f"smtp+tls://u:{SECRET}@mail.example.com/folder",
        f"smtp+tls://u:{SECRET}@mail.example.com?timeout=5",
        f"smpt://u:{SECRET}@mail.example.com",
        f"u:{SECRET}@smtp.example.com",
        f"smtp+tls://u:{SECRET}@[::1",
    ],
)
def test_address_of_no_mail_server_is_refused_with_what_it_takes(url: str) -> None:
    assert refusal(read_email_url, url).startswith("EMAIL_URL takes an address like smtp+tls://")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("conn_max_age=0", {"CONN_MAX_AGE": 0}),
        ("conn_health_checks=false", {"CONN_HEALTH_CHECKS": False}),
        ("disable_server_side_cursors=true", {"DISABLE_SERVER_SIDE_CURSORS": True}),
        ("pool=true", {"CONN_MAX_AGE": 0, "OPTIONS": {"pool": True}}),
        ("connect_timeout=3&application_name=dash", {"OPTIONS": {"connect_timeout": 3, "application_name": "dash"}}),
        ("sslmode=require", {"OPTIONS": {"sslmode": "require"}}),
    ],
)
def test_options_of_postgres_come_in_their_own_types(query: str, expected: dict[str, Any]) -> None:
    pytest.importorskip("psycopg_pool")
    read = read_database_url(f"postgres://u:p@db.example.com:5433/dash?{query}")
    assert expected.items() <= read.items()
    assert (read["ENGINE"], read["HOST"], int(read["PORT"])) == (POSTGRES, "db.example.com", 5433)


def test_sqlite_waits_as_long_as_it_is_told() -> None:
    assert read_database_url("sqlite:////tmp/dash.sqlite3?timeout=60")["OPTIONS"] == {"timeout": 60}


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("pool=perhaps", "pool"),
        ("conn_max_age=soon", "conn_max_age"),
        ("connect_timeout=-1", "connect_timeout"),
        ("sslmode=on", "sslmode"),
        ("sslrootcert=/nowhere/ca.pem", "sslrootcert"),
        ("application_name=", "application_name"),
        ("charset=utf8", "charset"),
        ("pool=true&conn_max_age=60", "conn_max_age"),
    ],
)
def test_option_that_means_nothing_is_refused_by_its_name(query: str, named: str) -> None:
    said = refusal(read_database_url, f"postgres://u:{SECRET}@db/dash?{query}")
    assert named in said and "DATABASE_URL" in said


@pytest.mark.parametrize(
    "url",
    [
        f"mysql://u:{SECRET}@db/dash",
        f"postgres://u:{SECRET}@db",
        f"postgres://u:{SECRET}@db:port/dash",
        f"postgres://u:{SECRET}/x@db/dash",
        "sqlite:dash.sqlite3?pool=true",
        "dash",
        "",
    ],
)
def test_address_of_no_database_is_refused_with_what_it_takes(url: str) -> None:
    assert "DATABASE_URL" in refusal(read_database_url, url)
