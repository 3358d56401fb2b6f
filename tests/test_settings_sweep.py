"""Every setting of the docs, with values that can't be: its name and what it takes, no traceback, and no secret."""

import os
import re
import runpy
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from tests.installation.processes import ROOT, clean_environ, free_ports, python

PACKAGE = ROOT / "postpeer_dash"
STRONG = "9wYk3vTq7RzLm1XcBn5HdGf8JsAp2QeUoKiWx4ZtVyCb6Nh0Mr"
CANARY = "canary-7d1f"
PRODUCTION = {
    "POSTPEER_DASH_ENV": "production",
    "POSTPEER_API_KEY": "a-key-that-nobody-has",
    "SITE_URL": "https://pins.example.com",
    "SECRET_KEY": STRONG,
}
LIVE = {"POSTPEER_API_KEY": "a-key-that-nobody-has", "SECRET_KEY": STRONG}
NUMBERS = ["ten", "-1", "1.5", "1_000", "9" * 5000]
SWITCHES = ["perhaps", "2", "ja", "true;", "None"]
ORIGINS = [
    "pins.example.com",
    "ftp://pins.example.com",
    "https://pins.example.com:99999",
    "https://pins example.com",
    "https://[::1",
    f"https://ada:{CANARY}@pins.example.com",
    "https://pins.example.com/dash",
    "https://bücher.example",
]
FOLDERS = ["/dev/null", "/dev/null/more", "~/dash", "x" * 5000, "~"]
# Each setting: what has to be there beside it, and values that it doesn't take.
BAD: dict[str, tuple[dict[str, str], list[str]]] = {
    "POSTPEER_API_KEY": (
        {},
        [f"{CANARY} two", f"{CANARY}-schlüssel", f"{CANARY}\nX: y", f"“{CANARY}”", f"{CANARY}\x7f"],
    ),
    "POSTPEER_BASE_URL": (
        LIVE,
        ["postpeer", "ftp://postpeer.test", "https://", f"https://ada:{CANARY}@postpeer.test", "https://[::1"],
    ),
    "POSTPEER_CA_BUNDLE": (LIVE, ["/nowhere.pem", ".", "/dev/null", "README.md", "x" * 5000]),
    "SANDBOX_URL": ({}, ORIGINS),
    "BOARDS_FRESH_SECONDS": ({}, NUMBERS),
    "MEDIA_FOLDER": ({}, FOLDERS),
    "MEDIA_TEAM_GB": ({}, [*NUMBERS, "0"]),
    "MEDIA_FREE_GB": ({}, NUMBERS),
    "MEDIA_KEPT_DAYS": ({}, NUMBERS),
    "PORT": ({}, [*NUMBERS, "0", "65535", "80 80"]),
    "VAR": ({}, FOLDERS),
    "SITE_URL": ({}, ORIGINS),
    "ALLOWED_HOSTS": (
        {},
        ["https://pins.example.com", "pins.example.com/", "two words", "*.example.com", "a.example;b.example"],
    ),
    "BIND": ({}, ["0.0.0.0", "localhost:http", ":", "0.0.0.0:99999", "http://0.0.0.0:80", "unix:dash.sock"]),
    "WEB_WORKERS": ({}, [*NUMBERS, "0", "65"]),
    "WEB_THREADS": ({}, [*NUMBERS, "0", "1", "65"]),
    "WORKER_THREADS": ({}, [*NUMBERS, "0", "65"]),
    "POSTPEER_DASH_ENV": ({}, ["prod", "Production", "true", "1", "production;"]),
    "SECRET_KEY": (PRODUCTION, [CANARY, "a" * 60, f"django-insecure-{STRONG}", STRONG[:49], "ab" * 40]),
    "SECRET_KEY_FALLBACKS": (
        PRODUCTION,
        [CANARY, "a" * 60, f"django-insecure-{STRONG}", f"{STRONG},{CANARY}", f"{CANARY},{STRONG}"],
    ),
    "BEHIND_PROXY": ({}, SWITCHES),
    "SECURE_SSL_REDIRECT": ({}, SWITCHES),
    "HSTS_SECONDS": ({}, NUMBERS),
    "STATIC_ROOT": ({}, [*FOLDERS, "/", ".", "static", str(ROOT), str(PACKAGE)]),
    "DEBUG": ({}, SWITCHES),
    "DATABASE_URL": (
        {},
        [
            "db.sqlite3",
            f"mysql://ada:{CANARY}@host/name",
            f"postgres://ada:{CANARY}@host:port/name",
            f"postgres://ada:{CANARY}@host/",
            f"postgres://ada:{CANARY}@host/name?timeout=5",
            f"postgres://ada:{CANARY}@host/name?pool=perhaps",
        ],
    ),
    "REDIS_URL": (
        {},
        [
            "localhost:6379",
            f"http://:{CANARY}@host:6379",
            f"redis://:{CANARY}@host:port",
            f"redis://:{CANARY}@host:6379/first",
            "redis://",
            f"redis://:{CANARY}#x@host:6379",
        ],
    ),
    "EMAIL_URL": (
        {},
        [
            "mail.example.com",
            f"mail://ada:{CANARY}@mail.example.com",
            f"smtp://ada:{CANARY}@mail.example.com:port",
            f"smtps://ada:{CANARY}@",
            f"smtp://ada:{CANARY}@mail.example.com/inbox",
        ],
    ),
    "DEFAULT_FROM_EMAIL": (
        {},
        ["nobody", "PostPeer Dash", "<>", "a b@example.com", "a@example.com\nBcc: b@example.com"],
    ),
    "TIME_ZONE": ({}, ["CET+1", "Berlin", "Europe/Atlantis", "+02:00", "../etc/passwd"]),
    "LOG_LEVEL": ({}, ["loud", "TRACE", "10", "INFO;", "WARN ING"]),
    "READ_DOT_ENV": ({}, SWITCHES),
    "TIME_SCALE": ({}, ["fast", "0", "-1", "nan", "inf"]),
}
CASES = [(name, value) for name, (_beside, values) in BAD.items() for value in values]


def documented() -> set[str]:
    """Return the settings of the docs' tables."""
    rows = re.findall(r"^\| (`[^|]+) \|", (ROOT / "docs" / "configuration.md").read_text(), re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`([A-Z_]+)`", row)}


def read_by_the_code() -> Iterator[str]:
    """Return the variables that the code reads, wherever it does."""
    for path in PACKAGE.rglob("*.py"):
        text = path.read_text()
        yield from re.findall(r"(?:\bENV|environ|\benv)(?:\.get\(|\[)\s*\"([A-Z_]+)\"", text)
        yield from re.findall(r"\bread_\w+\(\s*(?:ENV|os\.environ|env),\s*\"([A-Z_]+)\"", text)


def test_what_the_code_reads_is_what_the_docs_explain_and_what_is_tried_here() -> None:
    assert set(read_by_the_code()) - {"DJANGO_SETTINGS_MODULE"} == documented()
    assert set(BAD) == documented()
    assert min(len(values) for _beside, values in BAD.values()) >= 5


def load(monkeypatch: pytest.MonkeyPatch, folder: Path, **settings: str) -> dict[str, Any]:
    """Return the settings as they come out of this environment."""
    environ = {"READ_DOT_ENV": "false", "VAR": str(folder), "HOME": str(folder), **settings}
    monkeypatch.setattr(os, "environ", environ)
    return runpy.run_path(str(PACKAGE / "settings.py"))


@pytest.mark.parametrize(("name", "value"), CASES, ids=[f"{name}-{value[:30]}" for name, value in CASES])
def test_value_that_cannot_be_is_refused_by_its_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, value: str
) -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        load(monkeypatch, tmp_path, **{**BAD[name][0], name: value})
    words = str(refused.value)
    assert name in words
    assert "\n" not in words and len(words) < 400
    assert re.search(r"\b(takes|needs|has the option|can.t be used|can.t be written to|can.t hold)\b", words)
    assert CANARY not in words and STRONG[:20] not in words


@pytest.mark.parametrize("environ", [{}, LIVE, PRODUCTION])
def test_good_values_are_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, environ: dict[str, str]) -> None:
    good = {
        "ALLOWED_HOSTS": "pins.example.com,[::1],localhost",
        "BIND": "unix:/run/dash.sock",
        "STATIC_ROOT": str(tmp_path / "static"),
        "REDIS_URL": "rediss://:pass@host:6379/1",
        "DEFAULT_FROM_EMAIL": "Dash <dash@example.com>",
        "SANDBOX_URL": "http://[::1]:9001/",
        "SECRET_KEY_FALLBACKS": f"{STRONG[::-1]}, {STRONG}",
        "POSTPEER_CA_BUNDLE": "",
    }
    found = load(monkeypatch, tmp_path, **environ, **good)
    assert found["ALLOWED_HOSTS"] == ["pins.example.com", "[::1]", "localhost"]
    assert found["BIND"] == "unix:/run/dash.sock"


@pytest.mark.parametrize(
    ("command", "settings"),
    [
        (["manage.py", "up"], {"WEB_THREADS": "1"}),
        (["-m", "gunicorn", "-c", "python:postpeer_dash.gunicorn", "postpeer_dash.wsgi"], {"BIND": "nowhere"}),
        (["-m", "gunicorn", "-c", "python:postpeer_dash.gunicorn", "postpeer_dash.wsgi"], {"TIME_ZONE": "Berlin"}),
    ],
)
def test_no_traceback_leaves_a_process(tmp_path: Path, command: list[str], settings: dict[str, str]) -> None:
    environ = clean_environ(VAR=str(tmp_path), PORT=str(free_ports()), **settings)
    done = subprocess.run(python(*command), cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60)
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert next(iter(settings)) in done.stderr
