from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from requests.exceptions import ConnectTimeout

from postpeer_dash.accounts.models import Usage
from postpeer_dash.accounts.postpeer import current_connection
from postpeer_dash.pins.models import Defaults, Status, Submission
from postpeer_dash.teams.models import AuditEvent, Team
from postpeer_dash.worker.life_signs import mark_seen
from tests.cast import Cast, SignIn
from tests.pins.composing import Desk, make_desk
from tests.pins.factories import make_account, make_board, make_submitted
from tests.postpeer.wire import Wire

URL = "/t/nordlicht/settings/"
USAGE = {
    "success": True,
    "totalUsage": 188,
    "usage": [],
    "balance": {
        "monthly": {
            "limit": 500,
            "used": 188,
            "remaining": 312,
            "cycleStart": "2026-11-01T00:00:00.000Z",
            "cycleEnd": "2026-12-01T00:00:00.000Z",
        },
        "purchased": {"total": 0, "used": 0, "remaining": 0},
    },
}


@pytest.fixture
def desk(cast: Cast) -> Desk:
    return make_desk(cast.team)


def fields(desk: Desk, **changed: Any) -> dict[str, Any]:
    filled = {"name": "Nordlicht", "time_zone": "Europe/Berlin", "account": desk.account.pk, "board": desk.board.pk}
    return filled | changed


def test_settings_are_saved_and_written_down(cast: Cast, as_: SignIn, desk: Desk) -> None:
    as_("adam").post(URL, fields(desk, name="Südlicht", time_zone="Asia/Tokyo"))
    team = Team.objects.get(pk=cast.team.pk)
    assert (team.name, team.time_zone, team.slug) == ("Südlicht", "Asia/Tokyo", "nordlicht")
    assert AuditEvent.objects.get(action="team.changed").detail["name"] == ["Nordlicht", "Südlicht"]


def test_saved_without_a_change_leaves_no_line(cast: Cast, as_: SignIn, desk: Desk) -> None:
    as_("adam").post(URL, fields(desk, account="", board=""))
    assert not AuditEvent.objects.filter(action="team.changed").exists()


def test_new_pin_begins_with_the_default(cast: Cast, as_: SignIn, desk: Desk) -> None:
    usual = make_desk(cast.team, display_name="The usual one")
    as_("adam").post(URL, fields(usual))
    form = as_("bob").get(desk.url).context["form"]
    assert (form["account"].value(), form["board"].value()) == (usual.account.pk, usual.board.pk)


def test_board_alone_brings_its_account(cast: Cast, as_: SignIn, desk: Desk) -> None:
    as_("adam").post(URL, fields(desk, account=""))
    assert Defaults.objects.get().account == desk.account


def test_board_of_another_account_is_refused(cast: Cast, as_: SignIn, desk: Desk) -> None:
    other = make_board(make_account(cast.team))
    response = as_("adam").post(URL, fields(desk, board=other.pk))
    assert response.status_code == 422 and not Defaults.objects.filter(board=other).exists()


def test_account_of_another_team_is_refused(cast: Cast, as_: SignIn, desk: Desk) -> None:
    theirs = make_desk(cast.other_team)
    assert as_("adam").post(URL, fields(theirs)).status_code == 422
    assert not Defaults.objects.filter(account=theirs.account).exists()


def test_stopped_team_sends_nothing_and_says_so_on_every_page(cast: Cast, as_: SignIn) -> None:
    mark_seen("a worker")
    as_("adam").post(f"{URL}stop/")
    assert Team.objects.get(pk=cast.team.pk).stopped_at is not None
    assert "Somebody has stopped this team’s sending." in as_("vera").get("/t/nordlicht/").content.decode()
    assert AuditEvent.objects.get(action="sending.stopped").actor == cast.adam


def test_sending_goes_on(cast: Cast, as_: SignIn) -> None:
    as_("adam").post(f"{URL}stop/")
    as_("adam").post(f"{URL}resume/")
    assert Team.objects.get(pk=cast.team.pk).stopped_at is None


def scheduled(cast: Cast, title: str) -> Submission:
    one = make_submitted(cast.team, cast.bob, scheduled_for=timezone.now() + timedelta(days=1), title=title)
    Submission.objects.filter(pk=one.pk).update(state=Submission.State.ACCEPTED, remote_id=f"post-{one.pk}")
    one.pin.targets.update(status=Status.SCHEDULED)
    return one


def test_stop_lists_what_postpeer_has_and_cancels_what_is_chosen(cast: Cast, as_: SignIn) -> None:
    kept, called_back = scheduled(cast, "Kept"), scheduled(cast, "Called back")
    text = as_("adam").get(f"{URL}stop/").content.decode()
    assert "Kept" in text and "Called back" in text
    as_("adam").post(f"{URL}stop/", {"pins": [str(called_back.pin.uuid)]})
    assert Submission.objects.get(pk=called_back.pk).wants_cancel
    assert not Submission.objects.get(pk=kept.pk).wants_cancel


def test_stop_cancels_everything_that_is_scheduled_when_asked_to(cast: Cast, as_: SignIn) -> None:
    scheduled(cast, "First"), scheduled(cast, "Second")
    assert "All 2 of them" in as_("adam").get(f"{URL}stop/").content.decode()
    as_("adam").post(f"{URL}stop/", {"every": "on"})
    assert Submission.objects.filter(wants_cancel=True).count() == 2


def test_pin_of_another_team_is_not_cancelled_by_the_stop(cast: Cast, as_: SignIn) -> None:
    make_account(cast.other_team)
    theirs = make_submitted(cast.other_team, cast.charlie, scheduled_for=timezone.now() + timedelta(days=1))
    as_("adam").post(f"{URL}stop/", {"pins": [str(theirs.pin.uuid)]})
    assert Submission.objects.get(pk=theirs.pk).state == Submission.State.QUEUED


def test_usage_is_asked_for_and_kept_with_its_time(cast: Cast, as_: SignIn, desk: Desk, postpeer_wire: Wire) -> None:
    postpeer_wire.get("/v1/usage", json=USAGE)
    text = as_("adam").post(f"{URL}usage/", follow=True).content.decode()
    assert "312 of 500 left" in text and "188 posts in all" in text
    assert Usage.objects.get().read_at


def test_shell_shows_what_is_left_to_those_who_publish(cast: Cast, as_: SignIn, desk: Desk) -> None:
    Usage.objects.create(connection=current_connection(), limit=500, left=312)
    assert "312 of 500 credits left" in as_("bob").get("/t/nordlicht/").content.decode()
    assert "credits left" not in as_("vera").get("/t/nordlicht/").content.decode()


def test_old_reading_stays_when_postpeer_cannot_be_reached(cast: Cast, as_: SignIn, postpeer_wire: Wire) -> None:
    Usage.objects.create(connection=current_connection(), limit=500, left=312)
    postpeer_wire.get("/v1/usage", raises=ConnectTimeout(), repeat=True)
    text = as_("adam").post(f"{URL}usage/", follow=True).content.decode()
    assert "PostPeer can’t be reached" in text and "312 of 500 left" in text


def test_nothing_asks_postpeer_by_itself(cast: Cast, as_: SignIn, postpeer_wire: Wire) -> None:
    as_("adam").get(URL)
    assert postpeer_wire.calls == []


def test_default_accounts_of_one_name_are_told_apart(cast: Cast, as_: SignIn) -> None:
    for username in ("oak", "linen"):
        make_account(cast.team, display_name="Atelier", username=username)
    page = as_("adam").get(URL).content.decode()
    assert "Atelier (@oak)" in page and "Atelier (@linen)" in page
