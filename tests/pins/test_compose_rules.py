"""Every rule with its sentence beside its field, and nothing lost on the way."""

from typing import Any

import pytest

from postpeer_dash.pins.models import Pin
from tests.cast import Cast, SignIn
from tests.pins.composing import Desk, make_desk
from tests.squeezing import squeeze

MARKS = "e" + "\u0301" * 499
SCRIPT = "<script>alert('x')</script>"
WOODEN = "\U0001f469\u200d\U0001f33e"  # one woman with a tractor, five units


@pytest.fixture
def desk(cast: Cast) -> Desk:
    return make_desk(cast.team)


def errors_of(response: Any) -> dict[str, list[str]]:
    assert response.status_code == 422
    return {name: list(errors) for name, errors in response.context["form"].errors.items()}


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("title", "x" * 112, "The title is 12 characters too long. Pinterest takes 100."),
        ("title", "x" * 101, "The title is 1 character too long. Pinterest takes 100."),
        ("description", "x" * 501, "The description is 1 character too long. Pinterest takes 500."),
        ("alt_text", "x" * 510, "The alt text is 10 characters too long. Pinterest takes 500."),
        ("link", "http://nordlicht.example", "The link has to start with https://. Pinterest takes no others."),
        ("link", "javascript:alert(1)", "The link has to start with https://. Pinterest takes no others."),
        ("link", "https://", "The link isn’t a complete web address."),
        ("link", "https://me:pw@shop.example", "The link can’t hold a name or password."),
        ("media_url", "ftp://files.example/x.jpg", "The address has to start with https://."),
        ("media_url", "https://exa mple.com/x.jpg", "blank"),
        ("media_url", "https://127.0.0.1/x.jpg", "private network"),
        ("media_url", "https://nas.local/x.jpg", "private network"),
        ("dominant_color", "beige", "#C3CEDA"),
        ("timezone", "Mars/Olympus", "Choose one of the time zones of the list."),
        ("scheduled_for", "tomorrow", "Write day and time like 2026-11-26T18:15."),
    ],
)
@pytest.mark.parametrize("action", ["draft", "schedule"])
def test_rule_is_kept_and_said(desk: Desk, as_: SignIn, action: str, field: str, value: str, sentence: str) -> None:
    response = desk.post(as_("bob"), **{field: value, "action": action})
    assert sentence in errors_of(response)[field][0]
    assert not Pin.objects.exists()


@pytest.mark.parametrize(
    ("missing", "field", "sentence"),
    [
        ("account", "account", "Choose the account it goes to."),
        ("board", "board", "Choose a board."),
        ("media_url", "media_url", "A pin needs one picture or video."),
    ],
)
@pytest.mark.parametrize("action", ["publish", "schedule"])
def test_what_is_sent_lacks_nothing(
    desk: Desk, as_: SignIn, action: str, missing: str, field: str, sentence: str
) -> None:
    response = desk.post(as_("bob"), **{missing: "", "action": action})
    assert sentence in errors_of(response)[field][0]


def test_what_is_submitted_lacks_nothing(desk: Desk, as_: SignIn) -> None:
    assert set(errors_of(desk.post(as_("cora"), action="submit", media_url=""))) == {"media_url"}


def test_title_or_description_is_needed(desk: Desk, as_: SignIn) -> None:
    response = desk.post(as_("bob"), title="", description=" \n ", action="publish")
    assert errors_of(response)["title"] == ["Write a title or a description."]


def test_description_alone_is_enough(desk: Desk, as_: SignIn) -> None:
    assert desk.post(as_("bob"), title="", action="publish").status_code == 302


def test_field_is_told_once_what_is_wrong(desk: Desk, as_: SignIn) -> None:
    errors = errors_of(desk.post(as_("bob"), title="x" * 101, description="", media_url="nonsense", action="publish"))
    assert {name: len(found) for name, found in errors.items()} == {"title": 1, "media_url": 1}


def test_private_address_is_fine_when_postpeer_is_private_too(desk: Desk, as_: SignIn, settings: Any) -> None:
    settings.POSTPEER_BASE_URL = "http://localhost:8001"
    form = as_("bob").post(desk.url, desk.fields(account="", board="", media_url="http://localhost:8001/x.jpg"))
    assert form.status_code == 302


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("#c3ceda", "#C3CEDA"), ("c3ceda", "#C3CEDA"), ("#abc", "#AABBCC"), ("Abc", "#AABBCC"), ("  ", "")],
)
def test_color_is_stored_in_one_way(desk: Desk, as_: SignIn, typed: str, stored: str) -> None:
    desk.post(as_("bob"), dominant_color=typed)
    assert Pin.objects.get().dominant_color == stored


@pytest.mark.parametrize("typed", ["#", "##c3ceda", "#abcd", "c3cedag", "#c3ced", "c3 ce da", "＃aabbcc"])
def test_what_is_no_color_is_refused(desk: Desk, as_: SignIn, typed: str) -> None:
    assert "dominant_color" in errors_of(desk.post(as_("bob"), dominant_color=typed))


def test_cover_of_a_video_is_checked(desk: Desk, as_: SignIn) -> None:
    response = desk.post(as_("bob"), media_type="video", cover_image_url="nonsense")
    assert "cover_image_url" in errors_of(response)


def test_video_goes_out_with_a_cover_alone(desk: Desk, as_: SignIn) -> None:
    film = {"media_type": "video", "media_url": "https://media.example/oak.mp4"}
    bob = as_("bob")
    assert "cover_image_url" in errors_of(desk.post(bob, **film, cover_image_url="", action="publish"))
    assert desk.post(bob, **film, cover_image_url="", action="draft").status_code == 302
    cover = "https://media.example/oak.jpg"
    assert desk.post(bob, **film, cover_image_url=cover, action="publish").status_code == 302


def test_cover_of_a_picture_is_kept_unjudged(desk: Desk, as_: SignIn) -> None:
    desk.post(as_("bob"), media_type="image", cover_image_url="not yet an address")
    assert Pin.objects.get().cover_image_url == "not yet an address"


def test_unknown_kind_of_media_is_refused(desk: Desk, as_: SignIn) -> None:
    assert "media_type" in errors_of(desk.post(as_("bob"), media_type="carousel"))


# Nothing is lost


def test_error_keeps_every_field(desk: Desk, as_: SignIn) -> None:
    typed = {
        "title": "x" * 101,
        "description": "Two\r\nlines",
        "link": "http://plain.example",
        "media_url": "https://media.example/oak.jpg",
        "alt_text": "A table",
        "dominant_color": "#ABCDE",
        "scheduled_for": "2026-11-26T18:15",
        "timezone": "Asia/Tokyo",
    }
    response = desk.post(as_("bob"), **typed, action="publish")
    page = response.content.decode()
    for value in ["x" * 101, "Two\nlines", "http://plain.example", "A table", "#ABCDE", "2026-11-26T18:15"]:
        assert value in page.replace("\r\n", "\n")
    assert '<option value="Asia/Tokyo" selected>' in page
    assert response.context["picker"].chosen == desk.board
    assert response.context["form"]["form_id"].value()


def test_error_is_in_the_title_and_the_summary_links_to_it(desk: Desk, as_: SignIn) -> None:
    page = desk.post(as_("bob"), link="http://x.example", board="").content.decode()
    assert "<title>Error: New pin" in squeeze(page)
    assert 'href="#id_link"' in page
    assert 'id="id_link_error"' in page


# Counting, as the platforms count


@pytest.mark.parametrize(
    ("text", "is_taken"),
    [
        ("x" * 100, True),
        ("🌿" * 50, True),
        ("🌿" * 50 + "x", False),
        (WOODEN * 20, True),
        (WOODEN * 20 + "x", False),
    ],
)
def test_title_is_counted_in_utf16_units(desk: Desk, as_: SignIn, text: str, is_taken: bool) -> None:
    assert (desk.post(as_("bob"), title=text).status_code == 302) is is_taken


def test_newline_counts_once(desk: Desk, as_: SignIn) -> None:
    text = "\r\n".join(["x" * 99] * 5)
    desk.post(as_("bob"), description=f"{text}y")
    assert Pin.objects.get().description == f"{text}y".replace("\r\n", "\n")
    assert desk.post(as_("bob"), description=f"{text}yz").status_code == 422


def test_500_combining_marks_fit_the_description(desk: Desk, as_: SignIn) -> None:
    assert desk.post(as_("bob"), description=MARKS).status_code == 302
    assert Pin.objects.get().description == MARKS
    assert desk.post(as_("bob"), description=f"{MARKS}x").status_code == 422


def test_count_beside_the_field_is_the_rules(desk: Desk, as_: SignIn) -> None:
    page = desk.post(as_("bob"), title="🌿🌿", link="http://x.example").content.decode()
    assert "4 of 100" in page


# Other people's words


@pytest.mark.parametrize(
    "text", [SCRIPT, "\u202eevil", "a\u0000b", "'; DROP TABLE pins; --", "{{ 7|add:7 }}", "שלום 🌿"]
)
def test_hostile_text_is_shown_as_text(desk: Desk, as_: SignIn, text: str) -> None:
    response = desk.post(as_("bob"), title=text, description=text, alt_text=text, link="http://x.example")
    page = response.content.decode()
    assert SCRIPT not in page
    assert "<script>alert" not in page
    assert response.status_code == 422


def test_hostile_color_doesnt_leave_its_attribute(desk: Desk, as_: SignIn) -> None:
    page = desk.post(as_("bob"), dominant_color='"><script>alert(1)</script>').content.decode()
    assert "<script>alert" not in page


def test_control_characters_are_left_out(desk: Desk, as_: SignIn) -> None:
    assert desk.post(as_("bob"), title="a\u0000b\u0007c").status_code == 302
    assert Pin.objects.get().title == "abc"


@pytest.mark.parametrize("nothing", ["\u200b", "\u3164", " \u2060\n"])
def test_text_that_nobody_can_see_is_no_text(desk: Desk, as_: SignIn, nothing: str) -> None:
    answer = desk.post(as_("bob"), action="publish", title=nothing, description=nothing)
    assert "Write a title or a description." in errors_of(answer)["title"][0]
