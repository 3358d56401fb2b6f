from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from requests.exceptions import ConnectTimeout

from postpeer_dash.accounts.models import Account
from postpeer_dash.home.deletion import find_deletions, work_on_deletion
from postpeer_dash.pins.models import Pin, Status, Submission
from postpeer_dash.teams.models import AuditEvent, Membership, Team, User
from postpeer_dash.worker.models import SingletonJob
from tests.cast import Cast, SignIn
from tests.pins.factories import make_account, make_draft, make_submitted
from tests.postpeer.samples import an_integration
from tests.postpeer.wire import Wire

URL = "/t/nordlicht/settings/delete/"
State = Submission.State
DONE = {"success": True, "message": "Disconnected"}


def delete(client: Client, **changed: Any) -> Any:
    return client.post(URL, {"name": "Nordlicht", "accounts": "disconnect", **changed})


def work(cast: Cast) -> bool:
    """Take it up as a worker would, once it is found again; whether the team is gone."""
    SingletonJob.objects.update(until=None)
    work_on_deletion(cast.team.pk)
    return not Team.objects.filter(pk=cast.team.pk).exists()


def test_page_says_what_happens(cast: Cast, as_: SignIn) -> None:
    make_submitted(cast.team, cast.bob, scheduled_for=timezone.now() + timedelta(days=1))
    Pin.objects.get().targets.update(status=Status.SCHEDULED)
    text = as_("alice").get(URL).content.decode()
    assert "One scheduled pin is cancelled at PostPeer." in text and "One account is let go" in text


def test_wrong_name_deletes_nothing(cast: Cast, as_: SignIn) -> None:
    assert delete(as_("alice"), name="Nordlich").status_code == 422
    assert Team.objects.get(pk=cast.team.pk).deleting_at is None


def test_admin_cannot_delete(cast: Cast, as_: SignIn) -> None:
    assert delete(as_("adam")).status_code == 403


def test_team_closes_at_once_and_sends_nothing_more(cast: Cast, as_: SignIn) -> None:
    delete(as_("alice"))
    team = Team.objects.get(pk=cast.team.pk)
    assert team.stopped_at is not None
    assert as_("bob").get("/t/nordlicht/").status_code == 410
    assert as_("alice").get("/").status_code == 200


def test_everything_goes_and_the_audit_stays(cast: Cast, as_: SignIn, postpeer_wire: Wire) -> None:
    account = make_account(cast.team)
    make_draft(cast.team, cast.cora, account=account)
    postpeer_wire.delete(f"/v1/connect/integrations/{account.remote_id}", json=DONE)
    delete(as_("alice"))
    assert work(cast)
    assert not Pin.objects.exists() and not Account.objects.exists() and not SingletonJob.objects.exists()
    assert User.objects.filter(pk=cast.alice.pk).exists() and Membership.objects.count() == 1
    assert set(AuditEvent.objects.values_list("team_name", flat=True)) == {"Nordlicht"}
    assert AuditEvent.objects.filter(action="team.deleted").exists()


def test_kept_account_is_moved_out_of_the_profile(cast: Cast, as_: SignIn, postpeer_wire: Wire) -> None:
    account = make_account(cast.team)
    postpeer_wire.patch(
        f"/v1/connect/integrations/{account.remote_id}",
        json_body={"profileId": None},
        json={"success": True, "integration": an_integration(id=account.remote_id, profileId=None)},
    )
    delete(as_("alice"), accounts="keep")
    assert work(cast)


def test_scheduled_pin_is_cancelled_first(cast: Cast, as_: SignIn) -> None:
    one = make_submitted(cast.team, cast.bob, scheduled_for=timezone.now() + timedelta(days=1))
    Submission.objects.update(state=State.ACCEPTED, remote_id="post-1")
    one.pin.targets.update(status=Status.SCHEDULED)
    delete(as_("alice"))
    assert not work(cast)
    assert Submission.objects.get().wants_cancel


def test_waiting_pin_never_leaves(cast: Cast, as_: SignIn, postpeer_wire: Wire) -> None:
    one = make_submitted(cast.team, cast.bob)
    remote = Account.objects.get().remote_id
    postpeer_wire.delete(f"/v1/connect/integrations/{remote}", json=DONE)
    delete(as_("alice"))
    assert work(cast) and not Submission.objects.filter(pk=one.pk).exists()


def test_unconfirmed_schedule_is_waited_for_a_day(cast: Cast, as_: SignIn, postpeer_wire: Wire) -> None:
    make_submitted(cast.team, cast.bob, scheduled_for=timezone.now() + timedelta(days=9))
    Submission.objects.update(state=State.UNCONFIRMED)
    delete(as_("alice"))
    assert not work(cast)
    remote = Account.objects.get().remote_id
    postpeer_wire.delete(f"/v1/connect/integrations/{remote}", json=DONE)
    Team.objects.update(deleting_at=timezone.now() - timedelta(days=2))
    assert work(cast)


def test_unconfirmed_pin_that_was_published_at_once_is_not_waited_for(
    cast: Cast, as_: SignIn, postpeer_wire: Wire
) -> None:
    make_submitted(cast.team, cast.bob)
    Submission.objects.update(state=State.UNCONFIRMED)
    remote = Account.objects.get().remote_id
    postpeer_wire.delete(f"/v1/connect/integrations/{remote}", json=DONE)
    delete(as_("alice"))
    assert work(cast)


@pytest.mark.parametrize("state", [State.SENDING, State.ACCEPTED])
def test_what_is_under_way_ends_first(cast: Cast, as_: SignIn, state: str) -> None:
    make_submitted(cast.team, cast.bob)
    Submission.objects.update(state=state)
    delete(as_("alice"))
    assert not work(cast)


def test_postpeer_down_means_later(cast: Cast, as_: SignIn, postpeer_wire: Wire) -> None:
    account = make_account(cast.team)
    postpeer_wire.delete(f"/v1/connect/integrations/{account.remote_id}", raises=ConnectTimeout())
    delete(as_("alice"))
    assert not work(cast)
    postpeer_wire.delete(f"/v1/connect/integrations/{account.remote_id}", json=DONE)
    assert work(cast)


def test_another_teams_rows_stay(cast: Cast, as_: SignIn, postpeer_wire: Wire) -> None:
    theirs = make_account(cast.other_team)
    make_draft(cast.other_team, cast.charlie, account=theirs)
    delete(as_("alice"))
    assert work(cast)
    assert Pin.objects.count() == 1 and Account.objects.get() == theirs and postpeer_wire.calls == []


def test_team_that_is_not_being_deleted_is_left_alone(cast: Cast) -> None:
    assert not work(cast)


def test_deletion_under_way_is_left_alone(cast: Cast, as_: SignIn) -> None:
    delete(as_("alice"))
    SingletonJob.take(f"delete:{cast.team.pk}", seconds=60)
    assert find_deletions(9) == []
    SingletonJob.objects.all().delete()
    assert find_deletions(9) == [cast.team.pk]


def test_deletion_that_could_not_end_is_taken_up_again_later(
    cast: Cast, as_: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    delete(as_("alice"))
    monkeypatch.setattr("postpeer_dash.home.deletion._try_to_delete", lambda _team: False)
    assert not work(cast)
    assert find_deletions(9) == []
    SingletonJob.objects.update(until=timezone.now())
    assert find_deletions(9) == [cast.team.pk]
