"""Which PostPeer, and under which key: nothing is sent and nothing is concluded under a strange one."""

from typing import Any

import pytest
from django.utils import timezone

from postpeer_dash.accounts.models import Connection, Profile
from postpeer_dash.accounts.postpeer import current_connection, key_fingerprint
from postpeer_dash.pins.models import Submission
from postpeer_dash.pins.publishing.pause import check_held_connections
from tests.cast import Cast
from tests.pins.factories import again, make_due, make_submitted, work
from tests.postpeer.samples import a_profile, profile_list
from tests.postpeer.wire import Wire

State = Submission.State
NEW_KEY = "another-key-0123456789"
pytestmark = pytest.mark.usefixtures("same_clock")


@pytest.fixture
def submission(cast: Cast) -> Submission:
    made = make_submitted(cast.team, cast.bob)
    Profile.objects.create(team=cast.team, connection=current_connection(), name="Nordlicht", remote_id="prof_1")
    return made


def test_changed_key_holds_sending(submission: Submission, settings: Any, no_wire: None) -> None:
    settings.POSTPEER_API_KEY = NEW_KEY
    assert work(submission).state == State.QUEUED
    assert Connection.objects.get().held_reason == "key_changed"


def test_nothing_is_looked_for_under_a_strange_key(submission: Submission, settings: Any, no_wire: None) -> None:
    make_due(submission, state=State.UNCONFIRMED, sent_at=timezone.now())
    settings.POSTPEER_API_KEY = NEW_KEY
    after = work(submission)
    assert after.state == State.UNCONFIRMED
    assert after.due_at and after.due_at > timezone.now()


def test_nothing_goes_to_another_postpeer(submission: Submission, settings: Any, no_wire: None) -> None:
    settings.POSTPEER_BASE_URL = "https://another.test"
    assert work(submission).state == State.QUEUED


def test_changed_key_is_taken_when_our_profiles_are_there(
    submission: Submission, settings: Any, postpeer_wire: Wire
) -> None:
    settings.POSTPEER_API_KEY = NEW_KEY
    work(submission)
    postpeer_wire.get("/v1/profiles", json=profile_list(a_profile(id="prof_1")))
    check_held_connections()
    connection = Connection.objects.get()
    assert (connection.held_at, connection.key_fingerprint) == (None, key_fingerprint(NEW_KEY))
    assert again(submission).due_at is not None


def test_changed_key_of_somebody_else_is_not_taken(submission: Submission, settings: Any, postpeer_wire: Wire) -> None:
    settings.POSTPEER_API_KEY = NEW_KEY
    work(submission)
    postpeer_wire.get("/v1/profiles", json=profile_list(a_profile(id="prof_of_another_project")))
    check_held_connections()
    assert Connection.objects.get().held_reason == "key_changed"


def test_key_put_back_ends_the_hold(submission: Submission, settings: Any, postpeer_wire: Wire) -> None:
    old, settings.POSTPEER_API_KEY = settings.POSTPEER_API_KEY, NEW_KEY
    work(submission)
    settings.POSTPEER_API_KEY = old
    postpeer_wire.get("/v1/health/auth", json={"ok": True})
    check_held_connections()
    assert Connection.objects.get().held_at is None


def test_known_key_that_is_not_held_costs_no_call(submission: Submission, postpeer_wire: Wire) -> None:
    check_held_connections()
    assert postpeer_wire.calls == []


def test_posts_nobody_knows_still_hold_after_the_key_is_good(submission: Submission, postpeer_wire: Wire) -> None:
    unseen = [{"id": "post_9", "created_at": "", "text": "", "accounts": [], "is_seen": False}]
    Connection.objects.update(held_at=timezone.now(), held_reason="key_rejected", unknown_posts=unseen)
    postpeer_wire.get("/v1/health/auth", json={"ok": True})
    check_held_connections()
    assert Connection.objects.get().held_reason == "unknown_posts"
