"""No form speaks in its framework's words."""

import re
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.conf import settings
from django.template.loader import get_template
from django.test import Client

from tests.cast import PASSWORD, Cast

FOREIGN = re.compile(
    r"field is required|Enter a|Select a|Ensure th|You must|Please|valid (value|choice|URL)|successful", re.I
)


class Everything(forms.Form):
    """A field of each kind that is in use."""

    text = forms.CharField(max_length=3, min_length=2)
    email = forms.EmailField()
    link = forms.URLField(assume_scheme="https")
    number = forms.IntegerField(min_value=3, max_value=4)
    day = forms.DateField()
    moment = forms.DateTimeField()
    one = forms.ChoiceField(choices=[("a", "A")])
    several = forms.MultipleChoiceField(choices=[("a", "A")])
    agree = forms.BooleanField()
    key = forms.UUIDField()
    file = forms.FileField()


BAD: list[dict[str, Any]] = [
    {},
    dict.fromkeys(Everything.base_fields, "nonsense") | {"several": ["b"]},
    {"text": "x", "number": "2"},
    {"text": "a\x00", "number": "5"},
]


@pytest.mark.parametrize("data", BAD)
def test_field_that_cannot_take_something_says_so_in_our_words(data: dict[str, Any]) -> None:
    errors = [error for found in Everything(data).errors.values() for error in found]
    assert len(errors) >= 10
    assert [error for error in errors if FOREIGN.search(error)] == []


def test_words_hold_the_numbers() -> None:
    form = Everything({"text": "far too long", "number": "9"})
    assert form.errors["text"] == ["This is 12 characters long, and at most 3 fit."]
    assert form.errors["number"] == ["This takes 4 at most."]


def test_field_with_words_of_its_own_keeps_them() -> None:
    assert (
        forms.CharField(error_messages={"required": "A title, please"}).error_messages["required"] == "A title, please"
    )


def said(answer: Any) -> list[str]:
    form = answer.context["form"]
    return [str(error) for errors in form.errors.values() for error in errors] + [
        str(field.label) for field in form.fields.values() if not isinstance(field.widget, forms.HiddenInput)
    ]


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/auth/login/", {}),
        ("/auth/login/", {"login": "nonsense", "password": "x"}),
        ("/auth/password/reset/", {"email": "nonsense"}),
        ("/auth/password/reset/", {}),
    ],
)
def test_entrance_speaks_in_our_words(cast: Cast, path: str, fields: dict[str, str]) -> None:
    words = said(Client().post(path, fields))
    assert words
    assert [each for each in words if FOREIGN.search(each) or re.search(r"\b[A-Z]\w+ [A-Z]\w+", each)] == []


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"oldpassword": "wrong", "password1": "short", "password2": "other"},
        {"oldpassword": PASSWORD, "password1": "quite a long one", "password2": "quite another one"},
    ],
)
def test_changing_the_password_speaks_in_our_words(cast: Cast, fields: dict[str, str]) -> None:
    client = Client()
    client.force_login(cast.bob)
    words = said(client.post("/auth/password/change/", fields))
    assert [each for each in words if FOREIGN.search(each) or re.search(r"\b[A-Z]\w+ [A-Z]\w+", each)] == []


def test_two_passwords_that_differ_are_told_apart(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.bob)
    fields = {"oldpassword": PASSWORD, "password1": "quite a long one", "password2": "quite another one"}
    answer = client.post("/auth/password/change/", fields)
    assert answer.context["form"].errors == {"password2": ["This isn’t the same password."]}
    cast.bob.refresh_from_db()
    assert cast.bob.check_password(PASSWORD)


# What the addresses of the library show; its own templates for these would speak in its voice.
PAGES = [
    *(f"account/{name}.html" for name in ("login", "logout", "account_inactive", "signup_closed", "reauthenticate")),
    *(f"account/password_{name}.html" for name in ("change", "set", "reset", "reset_done", "reset_from_key")),
    *(f"account/{name}.html" for name in ("password_reset_from_key_done", "email_confirm", "verification_sent")),
    *(f"mfa/{name}.html" for name in ("index", "authenticate", "reauthenticate", "recovery_codes/index")),
    *(f"mfa/{name}.html" for name in ("recovery_codes/generate", "totp/activate_form", "totp/deactivate_form")),
    *(f"mfa/webauthn/{name}.html" for name in ("add_form", "edit_form", "reauthenticate", "authenticator_list")),
    *(f"account/messages/{name}.txt" for name in ("logged_in", "logged_out", "password_changed", "password_set")),
]


@pytest.mark.parametrize("name", PAGES)
def test_page_of_the_library_is_ours(name: str) -> None:
    origin = get_template(name).origin  # type: ignore[attr-defined]
    assert Path(origin.name).is_relative_to(settings.BASE_DIR / "templates")


def test_signing_in_says_nothing(cast: Cast) -> None:
    answer = Client().post("/auth/login/", {"login": cast.bob.email, "password": PASSWORD}, follow=True)
    assert [str(message) for message in answer.context["messages"]] == []
