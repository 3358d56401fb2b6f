"""What the console says at the start."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from postpeer_dash.installation.greeting import greet_live, greet_sandbox
from postpeer_dash.pins.models import Pin
from postpeer_dash.pins.moved_hours import moved_pins
from tests.cast import Cast
from tests.installation.processes import ROOT, clean_environ
from tests.pins.factories import make_draft


def test_address_without_a_key_is_said_to_be_unused(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("POSTPEER_BASE_URL", raising=False)
    assert "POSTPEER_BASE_URL" not in greet_sandbox()
    monkeypatch.setenv("POSTPEER_BASE_URL", "https://postpeer.example")
    assert greet_sandbox().splitlines()[-1].startswith("POSTPEER_BASE_URL is set, and isn't used")


def test_live_names_the_postpeer_it_publishes_through(cast: Cast) -> None:
    assert f"It publishes through  {settings.POSTPEER_BASE_URL}\n" in greet_live() + "\n"


def test_console_names_the_rules_of_time_zones(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    name = "2026f, from the package tzdata" if settings.ZONE_DATA.folder is None else settings.ZONE_DATA.name
    assert name in greet_live() and name in greet_sandbox()
    with caplog.at_level("INFO"):
        call_command("prepare")
    assert f"rules of time zones: {name}" in caplog.text


def test_start_after_a_change_of_rules_asks_about_pins_at_once(cast: Cast) -> None:
    at = timezone.now() + timedelta(days=90)
    pin = make_draft(cast.team, cast.bob, scheduled_for=at)
    Pin.objects.update(wall_clock="2020-01-01T09:00", zone_release="2019a")
    call_command("prepare")
    assert list(moved_pins(cast.team)) == [pin]


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("HTTPS://Postpeer.Example/v1/", "https://postpeer.example"),
        ("https://postpeer.example:443/base//", "https://postpeer.example/base"),
        ("", "https://api.postpeer.dev"),
    ],
)
def test_address_is_kept_in_its_one_form(tmp_path: Path, given: str, shown: str) -> None:
    environ = clean_environ(VAR=str(tmp_path), POSTPEER_API_KEY="a-key", POSTPEER_BASE_URL=given)
    code = "from postpeer_dash import settings; print(settings.POSTPEER_BASE_URL)"
    command = [sys.executable, "-W", "ignore", "-c", code]
    done = subprocess.run(command, cwd=ROOT, env=environ, text=True, capture_output=True, timeout=60, check=True)
    assert done.stdout.strip() == shown
