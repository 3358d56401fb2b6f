"""Two machines under two good keys: the database keeps one, and the other machine is told."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from postpeer_dash.accounts.models import Connection, Profile
from postpeer_dash.accounts.other_key import OtherKeyError, explain_refusal, require_same_key
from postpeer_dash.accounts.postpeer import current_connection, key_fingerprint
from postpeer_dash.installation.management.commands import up
from postpeer_dash.installation.start_error import StartError
from postpeer_dash.pins.models import Submission
from postpeer_dash.pins.publishing.jobs import HELD_CONNECTIONS
from postpeer_dash.pins.publishing.pause import check_held_connections
from postpeer_dash.worker.life_signs import mark_seen, process_name
from postpeer_dash.worker.management.commands.worker import refuse_what_is_not_ours
from postpeer_dash.worker.models import Worker
from postpeer_dash.worker.running import End, run_row
from tests.cast import Cast
from tests.pins.factories import again, make_submitted, work
from tests.postpeer.samples import a_profile, profile_list
from tests.postpeer.wire import Wire

NEW_KEY = "another-key-0123456789"
pytestmark = pytest.mark.usefixtures("same_clock")


@pytest.fixture
def submission(cast: Cast, settings: Any) -> Submission:
    """Return a queued pin of a team that has accounts, under the known key."""
    made = make_submitted(cast.team, cast.bob)
    Profile.objects.create(team=cast.team, connection=current_connection(), name="Nordlicht", remote_id="prof_1")
    return made


@pytest.fixture
def good_keys(postpeer_wire: Wire) -> Wire:
    """Both keys are good: our profile is there under either."""
    postpeer_wire.get("/v1/profiles", json=profile_list(a_profile(id="prof_1")), repeat=True, optional=True)
    return postpeer_wire


def known() -> str:
    return Connection.objects.get().key_fingerprint


def test_key_is_not_taken_from_a_machine_that_works_under_it(submission: Submission, settings: Any) -> None:
    old = settings.POSTPEER_API_KEY
    mark_seen("machine-one-17")
    settings.POSTPEER_API_KEY = NEW_KEY
    due_at = submission.due_at
    with pytest.raises(OtherKeyError):
        check_held_connections()
    work(submission)
    connection = Connection.objects.get()
    assert (connection.key_fingerprint, connection.held_reason) == (key_fingerprint(old), "")
    # Nor is its work put off.
    assert again(submission).due_at == due_at


@pytest.mark.parametrize("start", [refuse_what_is_not_ours, up._require_same_key])
def test_second_machine_is_told_at_its_start(submission: Submission, settings: Any, start: Any) -> None:
    mark_seen("machine-one-17")
    start()
    settings.POSTPEER_API_KEY = NEW_KEY
    with pytest.raises(
        (CommandError, StartError), match="another POSTPEER_API_KEY, and a worker on machine-one works"
    ) as told:
        start()
    assert NEW_KEY not in str(told.value)


def test_worker_whose_key_was_replaced_meanwhile_ends_and_leaves_everything_to_others(
    submission: Submission, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    connection = current_connection()
    connection.replaced_keys, connection.key_fingerprint = [connection.key_fingerprint], key_fingerprint(NEW_KEY)
    connection.save()
    end = End()
    [row] = HELD_CONNECTIONS.find(1, ())
    run_row(HELD_CONNECTIONS, row, end)
    assert end.is_near and "was replaced by another one" in end.failure
    assert "Traceback" not in caplog.text
    assert Connection.objects.get().held_at is None


def test_new_key_is_taken_once_nobody_works_under_the_old_one(
    submission: Submission, settings: Any, good_keys: Wire
) -> None:
    mark_seen("machine-one-17")
    Worker.objects.update(seen_at=timezone.now() - timedelta(seconds=3600))
    settings.POSTPEER_API_KEY = NEW_KEY
    require_same_key()
    check_held_connections()
    assert known() == key_fingerprint(NEW_KEY)


def test_two_good_keys_never_take_turns(submission: Submission, settings: Any, good_keys: Wire) -> None:
    old = settings.POSTPEER_API_KEY
    for _round in range(3):
        for key in (NEW_KEY, old):
            settings.POSTPEER_API_KEY = key
            with suppress(OtherKeyError):
                check_held_connections()
            assert known() == key_fingerprint(NEW_KEY)
            assert Connection.objects.get().held_reason == ""
    with pytest.raises(OtherKeyError, match=r"was replaced by another one, .* prepare --take-postpeer-key"):
        require_same_key()


def test_key_comes_back_by_a_persons_decision(
    submission: Submission, settings: Any, good_keys: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, settings.POSTPEER_API_KEY = settings.POSTPEER_API_KEY, NEW_KEY
    check_held_connections()
    settings.POSTPEER_API_KEY = old
    monkeypatch.setattr("postpeer_dash.installation.management.commands.prepare.prepare_data", lambda **given: None)
    call_command("prepare", "--take-postpeer-key")
    require_same_key()
    check_held_connections()
    assert known() == key_fingerprint(old)
    settings.POSTPEER_API_KEY = NEW_KEY
    with pytest.raises(OtherKeyError):
        require_same_key()


def test_worker_of_this_machine_that_was_killed_keeps_no_key(submission: Submission, settings: Any) -> None:
    # No process has so high a number.
    mark_seen(f"{process_name().rpartition('-')[0]}-99999999")
    old, settings.POSTPEER_API_KEY = settings.POSTPEER_API_KEY, NEW_KEY
    assert explain_refusal(Connection.objects.get()) == ""
    settings.POSTPEER_API_KEY = old
    mark_seen(process_name())
    settings.POSTPEER_API_KEY = NEW_KEY
    assert "works under that one" in explain_refusal(Connection.objects.get())


def test_two_machines_that_start_at_once_agree(submission: Submission, settings: Any, good_keys: Wire) -> None:
    from postpeer_dash.pins.publishing import pause

    settings.POSTPEER_API_KEY = NEW_KEY
    connection = current_connection()
    Connection.objects.update(key_fingerprint=key_fingerprint("a third key"))
    assert not pause._take_key(connection)
    assert known() == key_fingerprint("a third key")
