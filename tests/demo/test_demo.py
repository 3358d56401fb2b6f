"""The demo against a real sandbox, in its own process."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.request import urlopen

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from postpeer_dash.accounts.models import Account, Connection
from postpeer_dash.accounts.postpeer import worker_client
from postpeer_dash.demo.cast import people
from postpeer_dash.demo.services import fill_demo
from postpeer_dash.pins.models import Event, Pin, Status, Submission, Target
from postpeer_dash.pins.publishing.payload import is_same_body
from postpeer_dash.teams.audit_log import ACTION_LABELS
from postpeer_dash.teams.members import last_membership
from postpeer_dash.teams.models import AuditEvent, Role, Team, User
from tests.sandbox_process import SandboxProcess

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    with SandboxProcess(tmp_path_factory.mktemp("sandbox")) as process:
        yield process


@pytest.fixture
def demo(sandbox: SandboxProcess, settings: Any) -> SandboxProcess:
    settings.SANDBOX = True
    settings.POSTPEER_BASE_URL = sandbox.base_url
    settings.POSTPEER_API_KEY = sandbox.key
    sandbox.control("reset", {})
    assert fill_demo()
    return sandbox


def test_everybody_can_sign_in_with_the_printed_password(demo: SandboxProcess) -> None:
    for person in people():
        assert Client().login(email=person.email, password=person.password)
        assert User.objects.get(email=person.email).memberships.filter(role=person.role).exists()
    assert {person.role for person in people()} == set(Role.values)


def test_owner_has_two_teams(demo: SandboxProcess) -> None:
    assert Team.objects.filter(members__email=people()[0].email).count() == 2


def test_owner_comes_to_the_team_that_has_the_story(demo: SandboxProcess) -> None:
    for person in people():
        membership = last_membership(User.objects.get(email=person.email))
        assert membership is not None and membership.team.name == "Atelier Nordlicht"


def test_planned_pins_keep_the_clock_that_was_meant(demo: SandboxProcess) -> None:
    planned = Pin.objects.exclude(scheduled_for=None)
    assert planned.filter(time_zone="America/New_York", wall_clock__endswith="T10:00").exists()
    assert not planned.filter(wall_clock="").exists() and not planned.filter(zone_release="").exists()


def test_first_minute_looks_lived_in(demo: SandboxProcess) -> None:
    team = Team.objects.get(name="Atelier Nordlicht")
    for member in team.memberships.all():
        first = Pin.objects.filter(team=team, author=member.user).order_by("created_at").first()
        assert first is None or member.created_at < first.created_at
        assert member.seen_at is not None and member.created_at < member.seen_at <= timezone.now()


def test_audit_tells_what_came_before_the_first_sign_in(demo: SandboxProcess) -> None:
    team = Team.objects.get(name="Atelier Nordlicht")
    lines = AuditEvent.objects.filter(team=team)
    assert set(lines.values_list("action", flat=True)) <= set(ACTION_LABELS)
    assert lines.filter(action="member.joined").count() == 4 and lines.filter(action="account.connected").count() == 3
    assert lines.filter(action="pin.publish_pressed", actor__email="mira@nordlicht.example").exists()
    assert lines.order_by("at").first() == lines.get(action="team.created")


def test_every_final_status_is_there(demo: SandboxProcess) -> None:
    there = set(Pin.objects.values_list("status", flat=True))
    assert there >= {"draft", "scheduled", "published", "failed", "partial", "unconfirmed", "cancelled"}
    assert Pin.objects.count() >= 55


def test_every_pin_sent_has_a_timeline(demo: SandboxProcess) -> None:
    for pin in Pin.objects.exclude(status=Status.DRAFT):
        assert Event.objects.filter(pin=pin).count() >= 4, pin.title


def test_postpeer_knows_what_the_dashboard_shows(demo: SandboxProcess) -> None:
    client = worker_client()
    for one in Submission.objects.exclude(remote_id="")[:60:7]:
        post = client.get_post(one.remote_id)
        assert is_same_body(post.raw_request_body or {}, one.body)
        theirs = {entry.platform: (entry.status, entry.url) for entry in post.platforms}
        for target in one.targets.exclude(status=Status.CANCELLED):
            assert theirs[target.platform] == (target.status, target.url)


def test_scheduled_pins_are_scheduled_at_postpeer(demo: SandboxProcess) -> None:
    client = worker_client()
    for one in Submission.objects.filter(pin__status=Status.SCHEDULED):
        assert client.get_post(one.remote_id).status == "scheduled"
        assert one.scheduled_for and one.scheduled_for > timezone.now()


def test_links_of_published_pins_open_something(demo: SandboxProcess) -> None:
    for target in Target.objects.exclude(url="").order_by("?")[:3]:
        with urlopen(target.url, timeout=5) as answer:
            assert answer.status == 200


def test_pictures_of_pins_are_served(demo: SandboxProcess) -> None:
    for url in set(Pin.objects.exclude(media_url__contains="-moved").values_list("media_url", flat=True)):
        with urlopen(url, timeout=5) as answer:
            assert answer.headers["Content-Type"] == "image/jpeg"


def test_boards_and_health_agree(demo: SandboxProcess) -> None:
    client = worker_client()
    theirs = {row.id: row for row in client.list_integrations()}
    for account in Account.objects.all():
        assert theirs[account.remote_id].auth_status == account.health
        if account.platform == "pinterest" and account.health == Account.Health.ACTIVE:
            boards = {board.id for board in client.list_boards(account.remote_id)}
            assert boards == set(account.boards.values_list("remote_id", flat=True))


def test_second_run_changes_nothing(demo: SandboxProcess) -> None:
    Pin.objects.filter(status=Status.DRAFT).delete()
    before = Pin.objects.count()
    assert not fill_demo()
    assert Pin.objects.count() == before


def test_emptied_sandbox_gets_its_rows_back(demo: SandboxProcess) -> None:
    demo.control("reset", {})
    fill_demo()
    one = Submission.objects.exclude(remote_id="").first()
    assert one is not None
    assert worker_client().get_post(one.remote_id).post_id == one.remote_id


def test_demo_follows_the_sandbox_to_another_port(demo: SandboxProcess) -> None:
    old = "http://localhost:1"
    Connection.objects.update(base_url=old)
    Pin.objects.update(media_url=f"{old}/pictures/sea.jpg")
    Target.objects.filter(status=Status.PUBLISHED).update(url=f"{old}/pin/1")
    assert not fill_demo()
    assert Connection.objects.get().base_url == demo.base_url
    assert set(Pin.objects.values_list("media_url", flat=True)) == {f"{demo.base_url}/pictures/sea.jpg"}
    assert not Target.objects.filter(url__startswith=old).exists()


def test_pages_of_the_demo_answer(demo: SandboxProcess) -> None:
    client = Client()
    client.force_login(User.objects.get(email=people()[0].email))
    for page in ("", "pins/", "pins/?view=table"):
        assert client.get(f"/t/atelier-nordlicht/{page}").status_code == 200
    by_status = {pin.status: pin for pin in Pin.objects.filter(team__slug="atelier-nordlicht")}
    for pin in by_status.values():
        assert client.get(f"/t/atelier-nordlicht/pins/{pin.uuid}/").status_code == 200, pin.title


def test_demo_is_refused_beside_a_real_postpeer(settings: Any) -> None:
    settings.SANDBOX = False
    with pytest.raises(CommandError, match="belongs to the sandbox"):
        call_command("demo")
    assert not User.objects.exists()


def test_sandbox_that_is_not_there_is_said(settings: Any) -> None:
    settings.SANDBOX = True
    settings.POSTPEER_BASE_URL = "http://localhost:1"
    with pytest.raises(CommandError, match="couldn't be filled"):
        call_command("demo")


def test_demo_stays_out_of_an_installation_in_use(settings: Any) -> None:
    settings.SANDBOX = True
    User.objects.create_user("somebody@example.com")
    assert not fill_demo()
    assert not Pin.objects.exists()


def test_story_has_no_address_that_exists(demo: SandboxProcess) -> None:
    for body in Submission.objects.values_list("body", flat=True):
        text = json.dumps(body)
        assert "https://" not in text.replace("https://nordlicht.example", ""), text[:80]
