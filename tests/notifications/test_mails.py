from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from postpeer_dash.accounts.models import Account
from postpeer_dash.notifications.mails import sweep_notifications
from postpeer_dash.pins.models import Event, Pin, Status, Submission
from postpeer_dash.pins.publishing.timeline import Kind, record
from postpeer_dash.pins.services import submit_for_review
from postpeer_dash.teams.mail import deliver_mail
from postpeer_dash.teams.models import Mail, Membership, Team, User
from postpeer_dash.worker.models import SingletonJob
from tests.cast import Cast, SignIn
from tests.pins.factories import make_account, make_draft, make_submitted


@pytest.fixture(autouse=True)
def _begun(db: None) -> None:
    """The sweep has run before, on an empty timeline."""
    sweep_notifications()


def mails() -> list[Any]:
    """Return what the next sweep sends."""
    mail.outbox.clear()
    sweep_notifications()
    for key in Mail.objects.filter(sent_at=None).values_list("pk", flat=True):
        deliver_mail(key)
    return mail.outbox


def failed(cast: Cast, text: str = "Board not found.") -> Submission:
    one = make_submitted(cast.team, cast.cora, title="Citrus")
    one.pin.targets.update(status=Status.FAILED, error_kind="platform_failed", error_text=text)
    record(one.pin, Kind.FAILED, submission=one, platform="pinterest", text=text)
    return one


def test_author_is_told_once_what_failed_and_where(cast: Cast) -> None:
    one = failed(cast)
    (letter,) = mails()
    assert letter.to == ["cora@example.com"] and letter.subject == "“Citrus” is not out"
    assert "Board not found." in letter.body
    assert f"http://testserver/t/nordlicht/pins/{one.pin.uuid}/" in letter.body
    assert mails() == []


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("platform_failed", "Pinterest says “No such thing.”"),
        ("refused", "PostPeer says “No such thing.”"),
        ("out_of_credits", "PostPeer says “No such thing.”"),
        ("not_allowed", "PostPeer says “No such thing.”"),
    ],
)
def test_words_are_quoted_as_whose_they_are(cast: Cast, kind: str, words: str) -> None:
    one = failed(cast, "No such thing.")
    one.pin.targets.update(error_kind=kind)
    (letter,) = mails()
    assert letter.body.startswith(words)


def test_verdict_of_our_own_quotes_nobody(cast: Cast) -> None:
    one = failed(cast, "")
    one.pin.targets.update(error_kind="absent", error_text="Connection reset while reading the answer")
    (letter,) = mails()
    assert "says" not in letter.body and "Connection reset" not in letter.body


def test_two_platforms_that_fail_are_one_mail(cast: Cast) -> None:
    one = failed(cast)
    record(one.pin, Kind.FAILED, submission=one, platform="linkedin")
    assert len(mails()) == 1


def test_second_failure_is_another_happening(cast: Cast) -> None:
    one = failed(cast)
    mails()
    one.pin.targets.get().carried.update(is_open=False)
    again = Submission.objects.create(
        pin=one.pin, connection=one.connection, body={}, body_hash="again", state=Submission.State.DONE
    )
    again.carried.create(target=one.pin.targets.get(), is_open=False)
    record(one.pin, Kind.FAILED, submission=again, platform="pinterest")
    assert len(mails()) == 1


def test_what_is_out_again_by_then_is_not_told(cast: Cast) -> None:
    one = failed(cast)
    one.pin.targets.update(status=Status.PUBLISHED)
    assert mails() == []


@pytest.mark.parametrize(("minutes", "number"), [(1, 0), (3, 1)])
def test_unconfirmed_is_told_when_it_stays_so(cast: Cast, minutes: int, number: int) -> None:
    one = make_submitted(cast.team, cast.cora)
    Submission.objects.update(state=Submission.State.UNCONFIRMED)
    record(one.pin, Kind.UNCLEAR, submission=one, text="")
    Event.objects.update(at=timezone.now() - timedelta(minutes=minutes))
    assert len(mails()) == number


def test_those_who_may_approve_are_told_but_for_the_one_who_asks(cast: Cast) -> None:
    pin = make_draft(cast.team, cast.adam, title="Please look")
    submit_for_review(pin=pin, actor=cast.adam)
    found = mails()
    assert {letter.to[0] for letter in found} == {"alice@example.com", "bob@example.com"}
    assert all(f"/pins/{pin.uuid}/" in letter.body and "Please look" in letter.subject for letter in found)


def test_handed_in_again_it_is_told_again(cast: Cast) -> None:
    pin = make_draft(cast.team, cast.cora)
    submit_for_review(pin=pin, actor=cast.cora)
    assert len(mails()) == 3
    Pin.objects.update(review="returned")
    submit_for_review(pin=pin, actor=cast.cora)
    assert len(mails()) == 3


def test_managers_are_told_of_an_account_once_each_time_it_breaks(cast: Cast) -> None:
    account = make_account(cast.team, health=Account.Health.RECONNECT_REQUIRED, failure_reason="access_revoked")
    found = mails()
    assert {letter.to[0] for letter in found} == {"alice@example.com", "adam@example.com"}
    assert f"/t/nordlicht/accounts/#account-{account.pk}" in found[0].body
    assert mails() == []
    Account.objects.update(health=Account.Health.ACTIVE)
    mails()
    Account.objects.update(health=Account.Health.RECONNECT_REQUIRED)
    assert len(mails()) == 2


@pytest.mark.parametrize("switch", ["mails_failures", "mails_reviews", "mails_reconnects"])
def test_switched_off_nothing_is_sent(cast: Cast, switch: str) -> None:
    User.objects.update(**{switch: False})
    if switch == "mails_failures":
        failed(cast)
    elif switch == "mails_reviews":
        submit_for_review(pin=make_draft(cast.team, cast.cora), actor=cast.cora)
    else:
        make_account(cast.team, health=Account.Health.RECONNECT_REQUIRED)
    assert mails() == []


def test_who_left_the_team_is_told_nothing(cast: Cast) -> None:
    failed(cast)
    Membership.objects.filter(user=cast.cora).delete()
    assert mails() == []


def test_team_that_is_being_deleted_is_quiet(cast: Cast) -> None:
    failed(cast)
    make_account(cast.team, health=Account.Health.RECONNECT_REQUIRED)
    Team.objects.update(deleting_at=timezone.now())
    assert mails() == []


def test_what_was_there_before_the_first_sweep_is_history(cast: Cast) -> None:
    failed(cast)
    make_account(cast.team, health=Account.Health.RECONNECT_REQUIRED)
    SingletonJob.objects.all().delete()
    assert mails() == []


def test_line_of_a_slow_transaction_is_not_overlooked(cast: Cast) -> None:
    one = failed(cast)
    newer = Event.objects.order_by("-pk").first()
    assert newer is not None
    mails()
    # It got its number first and was seen last.
    late = make_submitted(cast.team, cast.cora, title="Late")
    late.pin.targets.update(status=Status.FAILED)
    Event.objects.filter(pk=newer.pk).update(pin=late.pin, submission=late)
    assert [letter.subject for letter in mails()] == ["“Late” is not out"]
    assert one.pk != late.pk


def test_bookmark_moves_on(cast: Cast) -> None:
    failed(cast)
    Event.objects.update(at=timezone.now() - timedelta(hours=1))
    mails()
    assert SingletonJob.objects.get(name="notifications").position == Event.objects.order_by("-pk")[0].pk


def test_one_worker_at_a_time(cast: Cast) -> None:
    failed(cast)
    held = SingletonJob.take("notifications", seconds=60)
    assert held is not None and mails() == []


def test_everybody_chooses_for_themselves(cast: Cast, as_: SignIn) -> None:
    client = as_("bob")
    assert "A pin waits for my approval" in client.get("/me/notifications/").content.decode()
    client.post("/me/notifications/", {"mails_failures": "on"})
    bob = User.objects.get(pk=cast.bob.pk)
    assert (bob.mails_failures, bob.mails_reconnects, bob.mails_reviews) == (True, False, False)
