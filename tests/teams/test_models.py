"""People, teams and invitations by themselves: names, small addresses, and the moment an offer ends."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError

from postpeer_dash.teams.models import AuditEvent, Invitation, Mail, Membership, Notice, SetupToken, Team, User
from tests.cast import Cast

AT = datetime(2026, 11, 24, 13, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "said", "short"),
    [("Ada Lovelace", "Ada Lovelace", "Ada"), ("Ada", "Ada", "Ada"), ("", "ada@example.com", "ada@example.com")],
)
def test_person_is_called_by_name_or_address(name: str, said: str, short: str) -> None:
    person = User(email="ada@example.com", name=name)
    assert (str(person), person.get_full_name(), person.get_short_name()) == (said, said, short)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (Membership(user=User(name="Ada"), team=Team(name="Harbour"), role="admin"), "Ada in Harbour: admin"),
        (Invitation(email="ada@example.com", team_id=3, role="viewer"), "ada@example.com to 3: viewer"),
        (Mail(to="ada@example.com", subject="Hello"), "ada@example.com: Hello"),
        (Notice(key="failed:17", user_id=3), "failed:17 to 3"),
        (
            AuditEvent(at=AT, actor_name="Ada", action="member.left", subject="Bob"),
            "2026-11-24 13:05 Ada member.left Bob",
        ),
        (SetupToken(created_at=AT), "made 2026-11-24 13:05"),
    ],
)
def test_row_says_what_it_is(row: object, said: str) -> None:
    assert str(row) == said


@pytest.mark.parametrize(
    ("accepted", "revoked", "is_pending"), [(None, None, True), (AT, None, False), (None, AT, False), (AT, AT, False)]
)
def test_offer_is_pending_until_it_is_answered(
    accepted: datetime | None, revoked: datetime | None, is_pending: bool
) -> None:
    assert Invitation(accepted_at=accepted, revoked_at=revoked).is_pending is is_pending


@pytest.mark.parametrize(("seconds", "is_expired"), [(-1, False), (0, True), (1, True)])
def test_offer_ends_at_its_second(seconds: int, is_expired: bool) -> None:
    with time_machine.travel(AT, tick=False) as clock:
        offer = Invitation()
        clock.shift(timedelta(days=7, seconds=seconds))
        assert offer.is_expired is is_expired


@pytest.mark.parametrize("email", ["", None])
def test_person_needs_an_address(email: str | None) -> None:
    with pytest.raises(ValueError, match="e-mail"):
        User.objects.create_user(email)  # type: ignore[arg-type]


def test_person_without_a_password_cannot_sign_in(db: None) -> None:
    person = User.objects.create_user(" Ada@Example.com ")
    assert person.email == "ada@example.com"
    assert not person.has_usable_password()
    assert User.objects.get_by_natural_key("ADA@example.com") == person


def test_address_in_other_letters_is_the_same_one(cast: Cast) -> None:
    with pytest.raises(IntegrityError):
        User.objects.create(email="BOB@example.com")


def test_person_is_in_a_team_once(cast: Cast) -> None:
    with pytest.raises(IntegrityError):
        Membership.objects.create(team=cast.team, user=cast.bob, role="viewer")


def test_one_offer_to_an_address_is_pending_at_a_time(cast: Cast) -> None:
    fields = {"team": cast.team, "email": "nia@example.com", "role": "viewer"}
    Invitation.objects.create(token_hash="a", revoked_at=AT, **fields)
    Invitation.objects.create(token_hash="b", **fields)
    with pytest.raises(IntegrityError):
        Invitation.objects.create(token_hash="c", **fields)
