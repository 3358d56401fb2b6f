from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postpeer_dash.pins.models import Target
from postpeer_dash.pins.publishing.payload import build_body, canonical, is_same_body, split_targets, without_schedule
from postpeer_dash.postpeer.instants import to_wire
from tests.cast import Cast
from tests.pins.factories import make_account, make_draft
from tests.postpeer.samples import a_pin_body, a_receipt
from tests.postpeer.wire import Wire

FULL = {
    "title": "Café 🍊",
    "link": "https://nordlicht.example/journal?utm_source=pinterest",
    "alt_text": "A kitchen",
    "dominant_color": "#C3CEDA",
}


def targets_of(pin: Any) -> list[Target]:
    return list(Target.objects.filter(pin=pin).select_related("account", "board").order_by("pk"))


def test_body_holds_everything_under_postpeers_names(cast: Cast) -> None:
    pin = make_draft(cast.team, cast.bob, **FULL)
    (entry,) = build_body(pin, targets_of(pin), scheduled_for=None)["platforms"]
    assert entry["platformSpecificData"] == {
        "boardId": "1013802628540193876",
        "title": "Café 🍊",
        "link": FULL["link"],
        "altText": "A kitchen",
        "dominantColor": "#C3CEDA",
    }


def test_body_fits_the_structure(cast: Cast, postpeer_wire: Wire) -> None:
    # The wire checks every request against the structure by itself.
    linkedin = make_account(cast.team, platform="linkedin")
    pin = make_draft(cast.team, cast.bob, account=make_account(cast.team), cross_post=(linkedin,), **FULL)
    at = datetime(2027, 1, 1, tzinfo=UTC)
    for body in (
        build_body(pin, targets_of(pin), scheduled_for=None),
        build_body(pin, targets_of(pin), scheduled_for=at),
    ):
        postpeer_wire.post("/v1/posts", json=a_receipt(), json_body=body)
        assert postpeer_wire.client().create_post(body).post_id == "post_1"


def test_cover_image_goes_with_a_video_alone(cast: Cast) -> None:
    for media_type, is_sent in (("video", True), ("image", False)):
        pin = make_draft(cast.team, cast.bob, media_type=media_type, cover_image_url="https://media.example/c.jpg")
        (entry,) = build_body(pin, targets_of(pin), scheduled_for=None)["platforms"]
        assert ("coverImageUrl" in entry["platformSpecificData"]) is is_sent


def test_title_stands_in_for_a_missing_description(cast: Cast) -> None:
    pin = make_draft(cast.team, cast.bob, description="")
    assert build_body(pin, targets_of(pin), scheduled_for=None)["content"] == "A calm kitchen"


def test_two_accounts_of_one_platform_are_split(cast: Cast) -> None:
    ours = [make_account(cast.team, platform=name) for name in ("pinterest", "linkedin", "linkedin")]
    groups = split_targets([Target(account=account, platform=account.platform) for account in ours])
    assert [[target.platform for target in group] for group in groups] == [["pinterest", "linkedin"], ["linkedin"]]


@pytest.mark.parametrize(
    "change",
    [
        {"publishNow": True, "timezone": "UTC"},
        {"scheduledFor": None},
        {"content": "Oak, linen and a little light.", "platforms": list(reversed(a_pin_body()["platforms"]))},
        {"mediaItems": [{"type": "image", "url": "HTTPS://Media.Example:443/oak.jpg", "thumbnail": None}]},
    ],
)
def test_same_meaning_is_the_same_body(change: dict[str, Any]) -> None:
    assert is_same_body(a_pin_body(), a_pin_body(**change))


@pytest.mark.parametrize(
    "change",
    [
        {"content": "Oak, linen and a little light!"},
        {"publishNow": False},
        {"mediaItems": [{"type": "image", "url": "https://media.example/Oak.jpg"}]},
        {"platforms": [{**a_pin_body()["platforms"][0], "accountId": "int_2"}]},
    ],
)
def test_other_meaning_is_another_body(change: dict[str, Any]) -> None:
    assert not is_same_body(a_pin_body(), a_pin_body(**change))


@given(st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1)), st.integers(-14, 14))  # noqa: DTZ001
def test_an_instant_is_the_same_in_every_zone(naive: datetime, hours: int) -> None:
    at = naive.replace(tzinfo=UTC, microsecond=0)
    local = at.astimezone(UTC).isoformat()
    shifted = (at + timedelta(hours=hours)).replace(tzinfo=None).isoformat() + f"{hours:+03d}:00"
    assert canonical(local, "scheduledFor") == canonical(shifted, "scheduledFor") == to_wire(at)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["content", "platforms", "mediaItems", "url", "scheduledFor", "x"]), _json))
def test_canonical_form_is_stable_for_anything(body: dict[str, Any]) -> None:
    assert canonical(canonical(body)) == canonical(body)


def test_late_body_differs_in_its_time_alone() -> None:
    body = a_pin_body(scheduledFor="2026-12-01T08:00:00.000Z", timezone="UTC")
    del body["publishNow"]
    assert without_schedule(body) == a_pin_body()
