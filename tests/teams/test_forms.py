"""What people fill in about themselves and each other: what is taken, what is refused, and in which field."""

from typing import Any

import pytest
from django import forms

from postpeer_dash.teams.forms import AddressForm, GuessedTimeZoneForm, PersonForm, SetupForm, ThemeForm
from postpeer_dash.teams.member_forms import InviteForm, NewPersonForm, NotificationsForm, RoleForm
from postpeer_dash.teams.models import Membership, Role, User

SETUP = {
    "name": "Mira",
    "email": "mira@example.com",
    "password": "lanterns over the canal",
    "team": "Nordlicht",
    "time_zone": "Europe/Berlin",
}


def bad(form: forms.BaseForm) -> list[str]:
    """Return the fields that are refused."""
    return sorted(form.errors)


def test_first_person_needs_nothing_more() -> None:
    assert SetupForm(SETUP).is_valid()


@pytest.mark.parametrize("name", list(SETUP))
def test_first_person_needs_everything(name: str) -> None:
    assert name in bad(SetupForm({**SETUP, name: ""}))


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"name": "x" * 151}, ["name"]),
        ({"team": "x" * 101}, ["team"]),
        ({"email": "mira"}, ["email"]),
        ({"email": f"{'m' * 250}@example.com"}, ["email"]),
        ({"password": "short"}, ["password"]),
        ({"password": "x" * 257}, ["password"]),
        ({"password": "mira@example.com"}, ["password"]),
        ({"password": "1234567890123"}, ["password"]),
        ({"time_zone": "Mars/Olympus"}, ["time_zone"]),
        ({"email": "mira", "password": "short"}, ["email", "password"]),
    ],
)
def test_first_person_is_told_what_has_to_change(change: dict[str, str], fields: list[str]) -> None:
    assert bad(SetupForm({**SETUP, **change})) == fields


def test_blanks_around_a_password_are_part_of_it() -> None:
    form = SetupForm({**SETUP, "password": "  lanterns over  "})
    assert form.is_valid()
    assert form.cleaned_data["password"] == "  lanterns over  "


def test_new_person_is_held_against_the_invited_address() -> None:
    fields = {"name": "Nia", "password": "nia.okonkwo@example.com"}
    assert bad(NewPersonForm(fields, email="nia.okonkwo@example.com")) == ["password"]
    assert bad(NewPersonForm(fields, email="other@elsewhere.test")) == []


def test_new_person_is_held_against_their_name() -> None:
    fields = {"name": "Nia Okonkwo-Lindqvist", "password": "okonkwo-lindqvist"}
    assert bad(NewPersonForm(fields, email="n@example.com")) == ["password"]


@pytest.mark.parametrize(
    ("typed", "email", "fields"),
    [
        ("New@Example.com ", "new@example.com", []),
        ("BOB@example.com", "", ["email"]),
        ("bob", "", ["email"]),
        ("", "", ["email"]),
    ],
)
def test_other_address_is_another_one(typed: str, email: str, fields: list[str]) -> None:
    form = AddressForm({"email": typed}, user=User(email="Bob@example.com"))
    assert bad(form) == fields
    assert form.cleaned_data.get("email", "") == email


@pytest.mark.parametrize("actor", list(Role))
@pytest.mark.parametrize("role", list(Role))
def test_role_above_ones_own_is_no_choice(actor: Role, role: Role) -> None:
    order = list(Role)
    form = RoleForm({"role": role}, actor=Membership(role=actor))
    assert form.is_valid() is (order.index(role) <= order.index(actor))


@pytest.mark.parametrize("role", ["", "king", "OWNER"])
def test_role_is_one_of_the_list(role: str) -> None:
    assert bad(RoleForm({"role": role}, actor=Membership(role=Role.OWNER))) == ["role"]


def test_role_says_what_it_may_do() -> None:
    html = str(RoleForm(actor=Membership(role=Role.OWNER))["role"])
    assert "<b>Contributor</b><small>Writes drafts and submits them for approval</small>" in html


def test_invitation_is_for_a_contributor_unless_somebody_says_otherwise() -> None:
    form = InviteForm(actor=Membership(role=Role.ADMIN))
    assert form["role"].value() == Role.CONTRIBUTOR
    assert [field.name for field in form] == ["email", "role"]


def test_invited_address_is_small() -> None:
    form = InviteForm({"email": "Nia@Example.COM", "role": "viewer"}, actor=Membership(role=Role.ADMIN))
    assert form.is_valid()
    assert form.cleaned_data["email"] == "nia@example.com"


@pytest.mark.parametrize("email", ["", "nia", "nia@", "a@b@c.test", f"{'n' * 250}@example.com", "nia@example.com\n\nx"])
def test_invited_address_is_a_whole_one(email: str) -> None:
    form = InviteForm({"email": email, "role": "viewer"}, actor=Membership(role=Role.ADMIN))
    assert bad(form) == ["email"]


PERSON = {"name": "Bob", "time_zone": "Europe/Berlin", "theme": "auto"}


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({}, []),
        ({"name": ""}, []),
        ({"name": "x" * 151}, ["name"]),
        ({"theme": "neon"}, ["theme"]),
        ({"theme": ""}, ["theme"]),
        ({"time_zone": "Berlin"}, ["time_zone"]),
        ({"time_zone": "Asia/Calcutta"}, []),
    ],
)
def test_person_changes_what_is_theirs(change: dict[str, str], fields: list[str]) -> None:
    assert bad(PersonForm({**PERSON, **change}, instance=User(email="bob@example.com"))) == fields


def test_persons_form_changes_nothing_else() -> None:
    form = PersonForm(
        {**PERSON, "email": "eve@example.com", "is_superuser": "on"}, instance=User(email="b@example.com")
    )
    assert form.is_valid()
    assert (form.instance.email, form.instance.is_superuser) == ("b@example.com", False)


@pytest.mark.parametrize(
    ("theme", "is_good"), [("dark", True), ("light", True), ("auto", True), ("neon", False), ("", False)]
)
def test_theme_is_one_of_three(theme: str, is_good: bool) -> None:
    assert ThemeForm({"theme": theme}, instance=User()).is_valid() is is_good


@pytest.mark.parametrize(("zone", "is_good"), [("Asia/Tokyo", True), ("UTC", True), ("Etc/GMT+3", False), ("", False)])
def test_zone_of_a_browser_is_a_place(zone: str, is_good: bool) -> None:
    assert GuessedTimeZoneForm({"time_zone": zone}).is_valid() is is_good


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ({}, (False, False, False)),
        ({"mails_failures": "on", "mails_reviews": "on"}, (True, False, True)),
    ],
)
def test_box_that_is_not_ticked_is_a_mail_that_is_not_wanted(typed: dict[str, Any], wanted: tuple[bool, ...]) -> None:
    form = NotificationsForm(typed, instance=User())
    assert form.is_valid()
    person = form.instance
    assert (person.mails_failures, person.mails_reconnects, person.mails_reviews) == wanted
