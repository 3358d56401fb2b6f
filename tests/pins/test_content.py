"""The texts of a pin are listed once, and every place that has to know each of them does."""

from uuid import uuid4

import pytest

from postpeer_dash.pins.content import TEXT_FIELDS, Content, texts_of
from postpeer_dash.pins.editing import _find_changes, _to_json
from postpeer_dash.pins.models import Pin
from postpeer_dash.pins.pages.compose.forms import ComposeForm
from postpeer_dash.pins.publishing.payload import build_body
from postpeer_dash.pins.services import copy_pin, save_draft
from postpeer_dash.pins.text.edits import name_changes
from tests.cast import Cast
from tests.pins.factories import make_atelier, make_draft

each_field = pytest.mark.parametrize("name", TEXT_FIELDS)
TEXTS = {name: f"https://media.example/{name}" for name in TEXT_FIELDS} | {
    "media_type": "video",
    "dominant_color": "#C3CEDA",
}


def test_each_is_a_column_and_a_field_of_the_form() -> None:
    assert set(TEXT_FIELDS) <= {field.name for field in Pin._meta.get_fields()}
    assert set(TEXT_FIELDS) <= set(ComposeForm.base_fields)


def test_draft_keeps_and_copies_each(cast: Cast) -> None:
    account = make_atelier(cast.team)
    content = Content(account=account, board=account.boards.get(), **TEXTS)
    pin = save_draft(team=cast.team, author=cast.bob, form_id=uuid4(), content=content)
    assert texts_of(Pin.objects.get(pk=pin.pk)) == TEXTS
    assert texts_of(Pin.objects.get(pk=copy_pin(pin=pin, actor=cast.bob).pk)) == TEXTS


@each_field
def test_change_of_each_is_noticed_and_has_a_name(cast: Cast, name: str) -> None:
    pin = make_draft(cast.team, cast.bob, **(TEXTS | {name: "before"}), scheduled_for=None)
    content = Content(account=pin.account, board=pin.board, **TEXTS)
    pin.scheduled_for = pin.created_at
    changed = _find_changes(pin, _to_json(content, pin.created_at, pin.time_zone))
    assert len(changed) == 1 and name_changes(changed)


@each_field
def test_each_is_sent(cast: Cast, name: str) -> None:
    pin = make_draft(cast.team, cast.bob, **TEXTS)
    targets = list(pin.targets.select_related("account", "board"))
    assert TEXTS[name] in str(build_body(pin, targets, scheduled_for=None))
