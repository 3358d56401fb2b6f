import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from postpeer_dash.teams.invitations import InvitationError, accept, find_invitation, invite, resend, revoke
from postpeer_dash.teams.mail import deliver_mail
from postpeer_dash.teams.models import AuditEvent, Invitation, Mail, Membership, Role, User
from postpeer_dash.teams.services import create_team
from tests.cast import PASSWORD, Cast, SignIn

URL = "/t/nordlicht/members/"
NEW = {"name": "Nia", "password": "lanterns over the canal"}


def offer(cast: Cast, email: str = "nia@example.com", role: str = Role.EDITOR, actor: User | None = None) -> str:
    """Invites; returns the link's path."""
    _row, link = invite(team=cast.team, email=email, role=role, actor=actor or cast.alice)
    return link.removeprefix("http://testserver")


def token_of(path: str) -> str:
    return path.removeprefix("/invitations/").rstrip("/")


def test_link_is_shown_once_without_mail(cast: Cast, as_: SignIn) -> None:
    client = as_("adam")
    response = client.post(f"{URL}invite/", {"email": "Nia@Example.com", "role": "editor"})
    link = re.search(r"http://testserver(/invitations/[\w-]+/)", response.content.decode())
    assert link is not None and "no-store" in response.headers["Cache-Control"]
    assert Invitation.objects.get().email == "nia@example.com"
    assert link.group(1) not in client.get(URL).content.decode()
    assert not Mail.objects.exists()


def test_link_is_stored_as_a_hash_alone(cast: Cast) -> None:
    token = token_of(offer(cast))
    stored = str(list(Invitation.objects.values_list()) + list(AuditEvent.objects.values_list()))
    assert token not in stored and find_invitation(token).email == "nia@example.com"


def test_mail_carries_the_link_and_is_sealed_until_it_is_sent(cast: Cast, settings: Settings) -> None:
    settings.HAS_MAIL = True
    path = offer(cast)
    row = Mail.objects.get()
    assert token_of(path) not in row.sealed_body
    deliver_mail(row.pk)
    (sent,) = mail.outbox
    assert sent.to == ["nia@example.com"] and path in sent.body and "Nordlicht" in sent.subject
    assert Mail.objects.get().sealed_body == ""


def test_invited_person_sets_name_and_password_and_is_in(cast: Cast) -> None:
    client = Client()
    path = offer(cast)
    assert "nia@example.com" in client.get(path).content.decode()
    response = client.post(path, NEW)
    assert response.headers["Location"] == "/t/nordlicht/"
    assert client.get("/t/nordlicht/").status_code == 200
    assert Membership.objects.get(user__email="nia@example.com").role == Role.EDITOR
    assert AuditEvent.objects.get(action="member.joined").subject == "Nia"


def test_address_of_a_new_person_is_the_invitations(cast: Cast) -> None:
    Client().post(offer(cast), {**NEW, "email": "other@example.com", "username": "other@example.com"})
    assert User.objects.filter(email="nia@example.com").exists()
    assert not User.objects.filter(email="other@example.com").exists()


def test_weak_password_is_said_and_the_invitation_stays_good(cast: Cast) -> None:
    path = offer(cast)
    response = Client().post(path, {"name": "Nia", "password": "short"})
    assert response.status_code == 422 and not User.objects.filter(email="nia@example.com").exists()
    assert Client().post(path, NEW).status_code == 302


def test_invitation_works_once(cast: Cast) -> None:
    path = offer(cast)
    Client().post(path, NEW)
    response = Client().post(path, {**NEW, "name": "Second"})
    assert response.status_code == 410 and "was used already" in response.content.decode()


def test_person_with_an_account_is_sent_to_the_sign_in_and_joins(cast: Cast) -> None:
    path = offer(cast, email="charlie@example.com")
    client = Client()
    text = client.get(path).content.decode()
    assert f"/auth/login/?next={path.replace('/', '%2F')}" in text
    response = client.post(f"/auth/login/?next={path}", {"login": "charlie@example.com", "password": PASSWORD})
    assert response.headers["Location"] == path
    assert client.post(path).headers["Location"] == "/t/nordlicht/"
    assert Membership.objects.filter(team=cast.team, user=cast.charlie, role=Role.EDITOR).exists()


def test_opening_the_link_joins_nobody(cast: Cast, as_: SignIn) -> None:
    path = offer(cast, email="charlie@example.com")
    as_("charlie").get(path)
    assert not Membership.objects.filter(team=cast.team, user=cast.charlie).exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_somebody_elses_invitation_is_refused_in_words(cast: Cast, as_: SignIn, method: str) -> None:
    path = offer(cast)
    response = getattr(as_("charlie"), method)(path)
    assert response.status_code == 403 and "for another address" in response.content.decode()
    assert not Membership.objects.filter(team=cast.team, user=cast.charlie).exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"expires_at": timezone.now() - timedelta(seconds=1)}, "has expired"),
        ({"revoked_at": timezone.now()}, "was taken back"),
        ({"accepted_at": timezone.now()}, "was used already"),
    ],
)
def test_invitation_that_is_over_says_so(cast: Cast, change: dict[str, Any], words: str) -> None:
    path = offer(cast)
    Invitation.objects.update(**change)
    response = Client().post(path, NEW)
    assert response.status_code == 410 and words in response.content.decode()
    assert not User.objects.filter(email="nia@example.com").exists()


@pytest.mark.parametrize("token", ["nothing", "x" * 2000, "%00", "ü"])
def test_made_up_link_leads_nowhere(cast: Cast, token: str) -> None:
    assert Client().get(f"/invitations/{token}/").status_code == 404


def test_taken_between_two_looks_it_is_taken_once(cast: Cast) -> None:
    row = find_invitation(token_of(offer(cast, email="charlie@example.com")))
    accept(invitation=row, user=cast.charlie)
    with pytest.raises(InvitationError, match="invite_used"):
        accept(invitation=row, user=cast.charlie)


def test_sending_again_makes_the_old_link_worthless(cast: Cast) -> None:
    old = offer(cast)
    new = resend(invitation=Invitation.objects.get(), actor=cast.alice).removeprefix("http://testserver")
    assert Client().get(old).status_code == 404 and Client().get(new).status_code == 200


def test_sending_again_renews_an_expired_one(cast: Cast, as_: SignIn) -> None:
    offer(cast)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(days=1))
    assert "Expired" in as_("adam").get(URL).content.decode()
    as_("adam").post(f"{URL}invitations/{Invitation.objects.get().pk}/resend/")
    assert not Invitation.objects.get().is_expired


def test_inviting_again_changes_the_role_and_the_link(cast: Cast) -> None:
    old = offer(cast)
    offer(cast, role=Role.VIEWER)
    assert Invitation.objects.get().role == Role.VIEWER and Client().get(old).status_code == 404


def test_taken_back_it_is_no_longer_listed(cast: Cast, as_: SignIn) -> None:
    path = offer(cast)
    assert "nia@example.com" in as_("adam").get(URL).content.decode()
    response = as_("adam").post(f"{URL}invitations/{Invitation.objects.get().pk}/revoke/", follow=True)
    assert "is taken back" in response.content.decode()
    assert Client().get(path).status_code == 410


def test_admin_cannot_invite_an_owner(cast: Cast, as_: SignIn) -> None:
    assert as_("adam").post(f"{URL}invite/", {"email": "n@example.com", "role": "owner"}).status_code == 422
    with pytest.raises(PermissionDenied):
        offer(cast, role=Role.OWNER, actor=cast.adam)


def test_admin_cannot_send_or_take_back_an_owners_invitation(cast: Cast) -> None:
    offer(cast, role=Role.OWNER)
    for act in (resend, revoke):
        with pytest.raises(PermissionDenied):
            act(invitation=Invitation.objects.get(), actor=cast.adam)


def test_member_is_not_invited_again(cast: Cast, as_: SignIn) -> None:
    response = as_("adam").post(f"{URL}invite/", {"email": "BOB@example.com", "role": "viewer"})
    assert response.status_code == 422 and "is in the team already" in response.content.decode()


@pytest.mark.parametrize("act", ["resend", "revoke"])
def test_another_teams_invitation_is_not_found(cast: Cast, as_: SignIn, act: str) -> None:
    invite(team=cast.other_team, email="x@example.com", role=Role.VIEWER, actor=cast.charlie)
    assert as_("alice").post(f"{URL}invitations/{Invitation.objects.get().pk}/{act}/").status_code == 404


def test_team_sends_so_many_an_hour(cast: Cast) -> None:
    for number in range(30):
        offer(cast, email=f"n{number}@example.com")
    with pytest.raises(InvitationError, match="invite_too_many"):
        offer(cast, email="one-more@example.com")


def test_one_address_sends_so_many_an_hour_whoever_asks(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("postpeer_dash.teams.invitations.current_ip", lambda: "192.0.2.1")
    teams = [(cast.team, cast.alice), (cast.other_team, cast.charlie)]
    teams.append((create_team(name="Third", owner=cast.bob), cast.bob))
    for team, actor in teams[:2]:
        for number in range(30):
            invite(team=team, email=f"n{number}@example.com", role="viewer", actor=actor)
    with pytest.raises(InvitationError, match="invite_too_many"):
        invite(team=teams[2][0], email="one-more@example.com", role="viewer", actor=cast.bob)


def test_hostile_name_of_a_team_makes_no_other_header(cast: Cast, settings: Settings) -> None:
    settings.HAS_MAIL = True
    cast.team.name = "A\r\nBcc: evil@example.com"
    cast.team.save(update_fields=["name"])
    offer(cast)
    deliver_mail(Mail.objects.get().pk)
    assert mail.outbox[0].subject == "Join A Bcc: evil@example.com on PostPeer Dash" and mail.outbox[0].bcc == []
