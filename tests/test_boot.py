"""Production refuses to start where it would be unsafe, and names the setting."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.installation.processes import ROOT, clean_environ

pytestmark = pytest.mark.long

STRONG = "9wYk3vTq7RzLm1XcBn5HdGf8JsAp2QeUoKiWx4ZtVyCb6Nh0Mr"
GOOD = {
    "POSTPEER_DASH_ENV": "production",
    "POSTPEER_API_KEY": "a-key-that-nobody-has",
    "SITE_URL": "https://pins.example.com",
    "SECRET_KEY": STRONG,
}


def start(folder: Path, code: str, **changed: str | None) -> "subprocess.CompletedProcess[str]":
    values = {name: value for name, value in {**GOOD, **changed}.items() if value is not None}
    environ = clean_environ(
        VAR=str(folder), DJANGO_SETTINGS_MODULE="postpeer_dash.settings", PYTHONPATH=str(ROOT), **values
    )
    environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)
    command = [sys.executable, "-W", "ignore", "-c", code]
    return subprocess.run(command, cwd=ROOT, env=environ, text=True, capture_output=True, timeout=60, check=False)


BOOT = "import django; django.setup(); from postpeer_dash.wsgi import application; print('up')"


def test_good_settings_start(tmp_path: Path) -> None:
    done = start(tmp_path, BOOT)
    assert done.stdout == "up\n", done.stderr


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("SECRET_KEY", None),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "a" * 60),
        ("SECRET_KEY", f"django-insecure-{STRONG}"),
        ("DEBUG", "1"),
        ("ALLOWED_HOSTS", "*"),
        ("ALLOWED_HOSTS", "pins.example.com,.example.com"),
        ("ALLOWED_HOSTS", "*.example.com"),
        ("POSTPEER_API_KEY", None),
        ("SITE_URL", None),
    ],
)
def test_production_refuses_and_names_the_setting(tmp_path: Path, setting: str, value: str | None) -> None:
    done = start(tmp_path, BOOT, **{setting: value})
    assert done.returncode != 0
    last = done.stderr.strip().splitlines()[-1]
    assert setting in last
    assert value is None or len(value) < 30 or value not in done.stderr


def test_deployment_checks_are_clean(tmp_path: Path) -> None:
    code = "import sys; from django.core.management import execute_from_command_line as run; run(sys.argv)"
    check = f"import sys; sys.argv = ['manage.py', 'check', '--deploy', '--fail-level', 'WARNING']; {code}"
    done = start(tmp_path, check)
    assert (done.returncode, done.stdout) == (0, "System check identified no issues (0 silenced).\n"), done.stderr


COOKIES = """
import django, json
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("createcachetable")
from django.conf import settings
settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
from django.test import Client
from postpeer_dash.teams.models import User
User.objects.create_user("ada@example.com", "a long enough password")
client = Client(headers={"Host": "pins.example.com"})
plain = client.get("/auth/login/")
page = client.get("/auth/login/", secure=True)
signed = client.post("/auth/login/", {"login": "ada@example.com", "password": "a long enough password"}, secure=True)
print(json.dumps({
    "plain": [plain.status_code, plain.headers.get("Location")],
    "signed": signed.status_code,
    "hsts": page.headers.get("Strict-Transport-Security"),
    "csp": page.headers.get("Content-Security-Policy"),
    "cookies": {name: [bool(m["secure"]), bool(m["httponly"]), m["samesite"]] for name, m in client.cookies.items()},
}))
"""


def test_cookies_and_headers_of_a_https_site(tmp_path: Path) -> None:
    done = start(tmp_path, COOKIES)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout.splitlines()[-1])
    assert said["plain"] == [301, "https://pins.example.com/auth/login/"]
    assert said["hsts"] == "max-age=31536000; includeSubDomains; preload"
    assert "http:" not in said["csp"].replace("https:", "")
    assert said["signed"] == 302
    assert {"dash_session", "dash_csrf"} <= set(said["cookies"])
    assert all(marks == [True, True, "Lax"] for marks in said["cookies"].values()), said["cookies"]


def test_web_refuses_a_database_of_another_secret_key(tmp_path: Path) -> None:
    prepare = "import django; django.setup(); from django.core.management import call_command; call_command('prepare')"
    assert start(tmp_path, prepare).returncode == 0
    assert start(tmp_path, BOOT).stdout == "up\n"
    done = start(tmp_path, BOOT, SECRET_KEY=STRONG[::-1])
    assert done.returncode == 1 and "up" not in done.stdout
    assert done.stderr.startswith("This database belongs to another SECRET_KEY.")
    assert start(tmp_path, BOOT, SECRET_KEY=STRONG[::-1], SECRET_KEY_FALLBACKS=STRONG).stdout == "up\n"
