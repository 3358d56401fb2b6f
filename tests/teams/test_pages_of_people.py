"""The pages of people and members where something is wrong, late, or somebody else was faster."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from postpeer_dash.teams import members
from postpeer_dash.teams.invitations import invite
from postpeer_dash.teams.models import Invitation, Mail, Membership, Role, User
from postpeer_dash.teams.services import renew_setup_token
from tests.cast import Cast, SignIn

URL = "/t/nordlicht/members/"


def member(cast: Cast, name: str) -> Membership:
    return Membership.objects.get(team=cast.team, user=getattr(cast, name))


@pytest.mark.parametrize(
    "fields", [{}, {"email": "nia"}, {"email": "nia@example.com"}, {"email": "nia@example.com", "role": "king"}]
)
def test_invitation_with_mistakes_is_shown_again(as_: SignIn, fields: dict[str, str]) -> None:
    response = as_("alice").post(f"{URL}invite/", fields)
    assert response.status_code == 422
    assert fields.get("email", "") in response.content.decode()
    assert not Invitation.objects.exists()


def test_member_who_is_invited_is_said_beside_the_address(as_: SignIn) -> None:
    response = as_("alice").post(f"{URL}invite/", {"email": "bob@example.com", "role": "viewer"})
    assert "in the team already" in str(response.context["form"].errors["email"])


@pytest.mark.parametrize("act", ["resend", "revoke"])
@pytest.mark.parametrize("change", ["accepted_at", "revoked_at"])
def test_offer_that_was_answered_meanwhile_stays_answered(cast: Cast, as_: SignIn, act: str, change: str) -> None:
    row, _link = invite(team=cast.team, email="nia@example.com", role=Role.VIEWER, actor=cast.alice)
    Invitation.objects.filter(pk=row.pk).update(**{change: timezone.now()})
    page = as_("alice").post(f"{URL}invitations/{row.pk}/{act}/", follow=True).content.decode()
    assert "no longer pending" in page
    assert Invitation.objects.get().token_hash == row.token_hash


def test_new_link_is_shown_where_there_is_no_mail(cast: Cast, as_: SignIn) -> None:
    row, link = invite(team=cast.team, email="nia@example.com", role=Role.VIEWER, actor=cast.alice)
    page = as_("alice").post(f"{URL}invitations/{row.pk}/resend/").content.decode()
    assert "http://testserver/invitations/" in page
    assert link not in page


def test_new_link_is_mailed_where_there_is_mail(cast: Cast, as_: SignIn, settings: Any) -> None:
    settings.HAS_MAIL = True
    row, _link = invite(team=cast.team, email="nia@example.com", role=Role.VIEWER, actor=cast.alice)
    page = as_("alice").post(f"{URL}invitations/{row.pk}/resend/", follow=True).content.decode()
    assert "is on its way" in page
    assert "http://testserver/invitations/" not in page
    assert Mail.objects.filter(to="nia@example.com").count() == 2


@pytest.mark.parametrize(("path", "fields"), [("", {"role": "viewer"}), ("remove/", {})])
def test_member_who_has_left_meanwhile_is_said(
    cast: Cast, as_: SignIn, monkeypatch: pytest.MonkeyPatch, path: str, fields: dict[str, str]
) -> None:
    monkeypatch.setattr(members, "_reload", lambda membership: (_ for _ in ()).throw(members.MemberGoneError))
    response = as_("alice").post(f"{URL}{member(cast, 'bob').pk}/{path}", fields, follow=True)
    assert "no longer in the team" in response.content.decode()
    assert response.redirect_chain == [(URL, 302)]


def test_person_who_leaves_twice_is_out_once(cast: Cast, as_: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(members, "_reload", lambda membership: (_ for _ in ()).throw(members.MemberGoneError))
    assert as_("bob").post(f"{URL}leave/").headers["Location"] == "/"


@pytest.mark.parametrize("fields", [{}, {"role": ""}, {"role": "king"}])
def test_role_that_is_none_changes_nothing(cast: Cast, as_: SignIn, fields: dict[str, str]) -> None:
    response = as_("alice").post(f"{URL}{member(cast, 'bob').pk}/", fields)
    assert response.status_code == 422
    assert member(cast, "bob").role == Role.EDITOR


def test_same_role_is_no_change_worth_a_line(cast: Cast, as_: SignIn) -> None:
    as_("alice").post(f"{URL}{member(cast, 'bob').pk}/", {"role": "editor"})
    assert not cast.team.audit_events.filter(action="member.role_changed").exists()


def test_admin_who_removes_themselves_is_led_out(cast: Cast, as_: SignIn) -> None:
    response = as_("adam").post(f"{URL}{member(cast, 'adam').pk}/remove/")
    assert response.headers["Location"] == "/"
    assert not Membership.objects.filter(team=cast.team, user=cast.adam).exists()


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"name": "Robert", "time_zone": "Asia/Tokyo", "theme": "dark"}, 302),
        ({"name": "", "time_zone": "Europe/Berlin", "theme": "auto"}, 302),
        ({"name": "Robert", "time_zone": "Mars/Olympus", "theme": "dark"}, 422),
        ({"name": "x" * 151, "time_zone": "Asia/Tokyo", "theme": "dark"}, 422),
        ({}, 200),
    ],
)
def test_own_page_saves_all_or_nothing(cast: Cast, as_: SignIn, fields: dict[str, str], status: int) -> None:
    assert as_("bob").post("/me/", fields).status_code == status
    bob = User.objects.get(pk=cast.bob.pk)
    assert bob.name == (fields["name"] if status == 302 else "Bob")


def test_mails_that_are_wanted_are_saved(cast: Cast, as_: SignIn) -> None:
    assert as_("bob").post("/me/notifications/", {"mails_reviews": "on"}).status_code == 302
    bob = User.objects.get(pk=cast.bob.pk)
    assert (bob.mails_failures, bob.mails_reconnects, bob.mails_reviews) == (False, False, True)


@pytest.mark.parametrize(("theme", "status"), [("light", 204), ("neon", 422)])
@pytest.mark.parametrize("header", ["HX-Request", "X-Requested-With"])
def test_switch_in_the_menu_is_answered_without_a_page(as_: SignIn, header: str, theme: str, status: int) -> None:
    response = as_("bob").post("/me/theme/", {"theme": theme}, headers={header: "true"})
    assert (response.status_code, response.content) == (status, b"")


@pytest.mark.parametrize(
    ("before", "back"),
    [
        ("http://testserver/t/nordlicht/pins/?view=table", "http://testserver/t/nordlicht/pins/?view=table"),
        ("https://evil.example/t/nordlicht/", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_switch_leads_back_to_a_page_of_ours(as_: SignIn, before: str, back: str) -> None:
    headers = {"Referer": before} if before else {}
    assert as_("bob").post("/me/theme/", {"theme": "dark"}, headers=headers).headers["Location"] == back


def test_zone_nobody_knows_fills_no_gap(cast: Cast, as_: SignIn) -> None:
    User.objects.filter(pk=cast.bob.pk).update(time_zone="")
    assert as_("bob").post("/me/time-zone/", {"time_zone": "Mars/Olympus"}).status_code == 204
    assert User.objects.get(pk=cast.bob.pk).time_zone == ""


def test_first_person_who_was_overtaken_is_sent_in(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("postpeer_dash.teams.services.set_up", lambda **fields: None)
    fields = {"name": "M", "email": "m@example.com", "password": "lanterns over it", "team": "N", "time_zone": "UTC"}
    response = Client().post(f"/setup/?token={renew_setup_token()}", fields)
    assert response.headers["Location"] == "/"
    assert not User.objects.exists()


def test_page_of_the_first_person_is_empty(db: None) -> None:
    response = Client().get(f"/setup/?token={renew_setup_token()}")
    assert response.status_code == 200
    assert response.context["form"].errors == {}
