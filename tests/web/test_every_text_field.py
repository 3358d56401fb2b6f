"""Every field of every form in which a person writes: what can't be seen is no answer, wherever it is typed."""

import importlib
import pkgutil
from collections.abc import Iterator

import pytest
from django import forms

import postpeer_dash
from postpeer_dash.web.text import is_visible
from tests.web.test_unseen_text import UNSEEN

AS_IT_IS = (forms.ChoiceField, forms.UUIDField)
# Nobody's words: looked up or compared as they came, and found or not; of a file, what the browser says of it.
LOOKED_UP = {
    "accounts.forms.AddForm.integration",
    "boards.forms.ChosenForm.board",
    "boards.forms.PickerForm.board",
    "home.forms.DeleteForm.name",
    "home.forms.MatchForm.post",
    "installation.forms.BringInForm.integration",
    "pins.pages.pin.forms.ApproveForm.seen",
    "media.forms.AnnounceForm.filename",
    "teams.mfa.EncryptedActivateTOTPForm.code",
}


def own_forms() -> Iterator[type[forms.BaseForm]]:
    # Whichever of them this process has met already.
    for module in pkgutil.walk_packages(postpeer_dash.__path__, "postpeer_dash."):
        if "forms" in module.name or module.name.endswith((".mfa", ".filters")):
            importlib.import_module(module.name)
    kinds: list[type[forms.BaseForm]] = [forms.BaseForm]
    while kinds:
        kind = kinds.pop()
        kinds += kind.__subclasses__()
        if kind.__module__.startswith("postpeer_dash."):
            yield kind


def text_fields() -> list[tuple[str, forms.CharField]]:
    found = {}
    for kind in own_forms():
        for name, field in getattr(kind, "base_fields", {}).items():
            is_password = isinstance(field.widget, forms.PasswordInput)
            if isinstance(field, forms.CharField) and not isinstance(field, AS_IT_IS) and not is_password:
                found[f"{kind.__module__.removeprefix('postpeer_dash.')}.{kind.__name__}.{name}"] = field
    return sorted(found.items())


WRITTEN = [(name, field) for name, field in text_fields() if name not in LOOKED_UP]


@pytest.mark.parametrize(("name", "field"), WRITTEN, ids=lambda each: each if isinstance(each, str) else "")
def test_what_cannot_be_seen_is_no_answer(name: str, field: forms.CharField) -> None:
    for text in UNSEEN:
        try:
            value = field.clean(text)
        except forms.ValidationError:
            continue
        assert value is None or value == "" or is_visible(str(value)), f"{name} takes {text!r} as {value!r}"


def test_fields_that_are_looked_up_exist_and_are_not_all() -> None:
    assert {name for name, _field in text_fields()} >= LOOKED_UP
    assert len(WRITTEN) > 25
