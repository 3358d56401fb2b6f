from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from postpeer_dash.accounts.models import Account
from postpeer_dash.pins.evidence import Evidence
from postpeer_dash.pins.models import Pin, Review, Status, Submission, SubmissionTarget, Target
from postpeer_dash.pins.publishing.timeline import Kind, record
from postpeer_dash.web.time_zones import offset_text
from tests.cast import Cast, SignIn
from tests.pins.factories import make_account, make_draft, make_submitted
from tests.pins.listing import make_pin, make_submission
from tests.squeezing import squeeze

State = Submission.State


def url(pin: Pin, name: str = "pin", *more: Any) -> str:
    return reverse(f"pins:{name}", args=["nordlicht", pin.uuid, *more])


def read(client: Client, pin: Pin) -> str:
    response = client.get(url(pin))
    assert response.status_code == 200
    return response.content.decode()


def fail(cast: Cast, account: Account, text: str, kind: str = "platform_failed", **fields: Any) -> Pin:
    target = {"error_kind": kind, "error_text": text}
    return make_pin(cast.team, cast.bob, account, status=Status.FAILED, target=target, **fields)


def test_published_pin_has_its_link(cast: Cast, account: Account, as_: SignIn) -> None:
    pin = make_pin(cast.team, cast.bob, account, target={"url": "https://www.pinterest.com/pin/1/"})
    text = read(as_("vera"), pin)
    assert 'href="https://www.pinterest.com/pin/1/"' in text and "View on Pinterest" in text


def test_link_that_is_no_web_address_is_no_link(cast: Cast, account: Account, as_: SignIn) -> None:
    pin = make_pin(cast.team, cast.bob, account, link="javascript:alert(1)", target={"url": "javascript:alert(2)"})
    text = read(as_("vera"), pin)
    assert 'href="javascript' not in text and 'data-copy="javascript' not in text


def test_everything_sent_is_shown(cast: Cast, account: Account, as_: SignIn) -> None:
    content = {
        "title": "Cabin weekend",
        "description": "Three days, one bag each.",
        "link": "https://nordlicht.example/cabin",
        "alt_text": "A cabin in snow",
        "dominant_color": "#C3CEDA",
        "media_url": "https://media.example/cabin.jpg",
    }
    text = read(as_("vera"), make_pin(cast.team, cast.bob, account, **content))
    for word in [*content.values(), "Winter away", "public", "Atelier"]:
        assert word in text


def test_warning_stands_in_quotation_marks(cast: Cast, account: Account, as_: SignIn) -> None:
    pin = make_pin(cast.team, cast.bob, account, target={"warning_text": "Image is still processing."})
    assert "Pinterest adds: “<bdi>Image is still processing.</bdi>”" in " ".join(read(as_("vera"), pin).split())


@pytest.mark.parametrize(
    ("kind", "said", "words", "button"),
    [
        ("platform_failed", "Board not found.", "The board can’t be used there any more.", "Choose another board"),
        ("platform_failed", "The image could not be downloaded", "couldn’t use the picture", "Replace the media"),
        ("platform_failed", "Content is a duplicate", "Pinterest has this already", "Change the text"),
        ("platform_failed", "Something else", "didn’t take it", "Send again"),
        ("platform_failed", "Token expired", "has to be connected again", "Reconnect"),
        ("refused", "link must be https", "PostPeer refused it", "Change it"),
        ("out_of_credits", "Out of credits", "out of credits", "Send again"),
        ("absent", "", "It did not arrive.", "Send again"),
        ("too_late", "", "Its time passed", "Send now"),
        ("account_disconnected", "", "was disconnected", "Choose another account"),
    ],
)
def test_failure_has_its_sentence_and_the_button_that_helps(
    cast: Cast, account: Account, as_: SignIn, kind: str, said: str, words: str, button: str
) -> None:
    text = read(as_("alice"), fail(cast, account, said, kind))
    assert said in text and words in text and button in text


def test_account_that_needs_reconnecting_explains_the_failure(cast: Cast, account: Account, as_: SignIn) -> None:
    pin = fail(cast, account, "Not authenticated")
    Account.objects.update(health=Account.Health.RECONNECT_REQUIRED)
    assert "Reconnect" in read(as_("alice"), pin)
    assert ">Reconnect<" not in read(as_("bob"), pin)  # an editor can't


def test_viewer_sees_no_buttons(cast: Cast, account: Account, as_: SignIn) -> None:
    page = read(as_("vera"), fail(cast, account, "Something else"))
    assert "Send again" not in page.replace("or change what it asks for", "") and "Use it for a new pin" not in page


def test_partly_out_says_on_how_many(cast: Cast, account: Account, as_: SignIn) -> None:
    other = make_account(cast.team, platform="linkedin")
    pin = make_pin(cast.team, cast.bob, account, status=Status.PARTIAL, others=[other])
    pin.targets.filter(account=account).update(status=Status.PUBLISHED)
    assert "Out on 1 of 2" in read(as_("vera"), pin)


def test_scheduled_time_is_told_in_both_zones(cast: Cast, account: Account, as_: SignIn) -> None:
    at = timezone.now() + timedelta(days=3)
    pin = make_pin(
        cast.team, cast.bob, account, status=Status.SCHEDULED, scheduled_for=at, time_zone="America/New_York"
    )
    make_submission(pin, cast.bob, state=State.ACCEPTED)
    text = read(as_("bob"), pin)
    for zone, city in (("Europe/Berlin", "Berlin"), ("America/New_York", "New York")):
        local = at.astimezone(ZoneInfo(zone))
        assert f"{local:%H:%M}, {city} ({offset_text(ZoneInfo(zone), at)})" in text
    assert "Cancel the pin" in text


def test_overdue_is_said_aloud(cast: Cast, account: Account, as_: SignIn) -> None:
    at = timezone.now() - timedelta(minutes=11)
    pin = make_pin(cast.team, cast.bob, account, status=Status.SCHEDULED, scheduled_for=at)
    assert "should have gone out at" in read(as_("vera"), pin)


def test_scheduled_pin_is_not_overdue_at_once(cast: Cast, account: Account, as_: SignIn) -> None:
    at = timezone.now() - timedelta(minutes=9)
    pin = make_pin(cast.team, cast.bob, account, status=Status.SCHEDULED, scheduled_for=at)
    assert "should have gone out" not in read(as_("vera"), pin)


def unconfirmed(cast: Cast, account: Account, **fields: Any) -> Submission:
    pin = make_pin(cast.team, cast.bob, account, status=Status.UNCONFIRMED)
    due_at = timezone.now() + timedelta(minutes=1)
    return make_submission(pin, cast.bob, state=State.UNCONFIRMED, due_at=due_at, error_kind="unclear", **fields)


def test_unconfirmed_says_when_it_is_looked_for_again(cast: Cast, account: Account, as_: SignIn) -> None:
    with time_machine.travel("2026-11-24T13:13:00Z", tick=False):
        one = unconfirmed(cast, account)
        text = read(as_("bob"), one.pin)
    assert "it may be out or not. We look again at 14:14. Until then nothing is sent again." in text
    assert url(one.pin, "confirm_published", one.uuid) in text and url(one.pin, "confirm_absent", one.uuid) in text


def test_viewer_is_not_asked_to_decide(cast: Cast, account: Account, as_: SignIn) -> None:
    one = unconfirmed(cast, account)
    assert url(one.pin, "confirm_absent", one.uuid) not in read(as_("vera"), one.pin)


def test_candidate_asks_a_person(cast: Cast, account: Account, as_: SignIn) -> None:
    one = unconfirmed(cast, account, evidence=Evidence(candidates=("post_1",)))
    assert "PostPeer lists a post much like it" in read(as_("bob"), one.pin)


def test_draft_offers_edit_and_delete_to_who_may(cast: Cast, account: Account, as_: SignIn) -> None:
    draft = make_draft(cast.team, cast.cora, account=account)
    for name, is_there in {"cora": True, "bob": True, "vera": False}.items():
        text = read(as_(name), draft)
        assert (url(draft, "edit") in text) is is_there
        assert (url(draft, "delete") in text) is is_there


def test_waiting_draft_says_so(cast: Cast, account: Account, as_: SignIn) -> None:
    draft = make_draft(cast.team, cast.cora, account=account)
    Pin.objects.update(review=Review.WAITING)
    assert "Cora asks for approval" in read(as_("bob"), draft)


def test_timeline_is_by_submission_newest_first(cast: Cast, account: Account, as_: SignIn) -> None:
    pin = fail(cast, account, "Something else")
    record(pin, Kind.PUBLISH_PRESSED, actor=cast.bob)
    first = make_submission(pin, cast.bob, requested_at=timezone.now())
    record(pin, Kind.SENT, submission=first)
    record(pin, Kind.RETRY_PRESSED, actor=cast.alice, platforms=["pinterest"])
    second = make_submission(pin, cast.alice, requested_at=timezone.now(), body_hash="2")
    record(pin, Kind.ACCEPTED, submission=second, post_id="post_2", request_id="req_2", seconds=1.9)
    text = read(as_("vera"), pin)
    order = [
        "Second submission",
        "PostPeer accepted it after 1.9 seconds",
        "Post post_2, Request req_2",
        "Alice pressed “Send again” for Pinterest",
        "First submission",
        "Sent to PostPeer",
        "Bob pressed “Publish now”",
    ]
    places = [text.index(words) for words in order]
    assert places == sorted(places)


def test_answer_that_took_no_time_is_not_counted_in_seconds(cast: Cast, account: Account, as_: SignIn) -> None:
    pin = make_pin(cast.team, cast.bob, account)
    record(pin, Kind.ACCEPTED, submission=make_submission(pin, cast.bob), post_id="post_1", seconds=0.02)
    assert "PostPeer accepted it at once" in read(as_("vera"), pin)


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_of_line_has_words(cast: Cast, account: Account, as_: SignIn, kind: Kind) -> None:
    pin = make_pin(cast.team, cast.bob, account)
    record(pin, kind, actor=cast.bob, platform="pinterest", platforms=["pinterest"], next_at=timezone.now().isoformat())
    text = read(as_("vera"), pin)
    assert kind.value.replace("_", " ") + "</div>" not in text and "%(" not in text


def test_unknown_kind_and_odd_data_break_nothing(cast: Cast, account: Account, as_: SignIn) -> None:
    pin = make_pin(cast.team, cast.bob, account)
    pin.events.create(kind="something_new", data=["not", "a", "dict"])
    pin.events.create(kind="accepted", data={"seconds": "fast", "post_id": 7})
    assert "something new" in read(as_("vera"), pin)


def test_body_of_a_submission_is_shown_as_text(cast: Cast, account: Account, as_: SignIn) -> None:
    pin = make_pin(cast.team, cast.bob, account)
    make_submission(pin, body={"content": "<script>alert(1)</script>"})
    text = read(as_("vera"), pin)
    assert "&lt;script&gt;" in text and "<script>alert" not in text


HOSTILE = ["<script>alert(1)</script>", "\u202eنص\u202c", "a" + "\u0301" * 500, '"><img src=x onerror=1>']


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_only_text(cast: Cast, account: Account, as_: SignIn, text: str) -> None:
    Account.objects.update(display_name=text)
    pin = fail(cast, account, text, title=text, description=text, link=text, alt_text=text, dominant_color="red;}")
    record(pin, Kind.REFUSED, text=text)
    page = read(as_("alice"), pin)
    assert "<script>alert" not in page and "<img src=x" not in page


def test_another_teams_pin_is_not_found(cast: Cast, as_: SignIn) -> None:
    pin = make_pin(cast.other_team, cast.charlie)
    for name in ("pin", "live", "edit", "delete", "cancel"):
        assert as_("alice").get(url(pin, name)).status_code == 404


@pytest.mark.parametrize("status", ["queued", "sending", "publishing", "pending", "unconfirmed"])
def test_page_looks_again_while_something_is_under_way(cast: Cast, account: Account, as_: SignIn, status: str) -> None:
    pin = make_pin(cast.team, cast.bob, account, status=status, at=timezone.now())
    assert 'hx-trigger="every 1s"' in read(as_("vera"), pin)


def test_scheduled_pin_that_is_being_cancelled_moves_by_itself(cast: Cast, as_: SignIn) -> None:
    submission = make_submitted(cast.team, cast.bob, scheduled_for=timezone.now() + timedelta(days=2))
    submission.targets.update(status=Status.SCHEDULED)
    Pin.objects.update(status=Status.SCHEDULED)
    Submission.objects.update(state=State.ACCEPTED, wants_cancel=True)
    assert 'hx-trigger="every 1s"' in read(as_("bob"), submission.pin)


@pytest.mark.parametrize("status", ["published", "failed", "cancelled", "partial", "draft"])
def test_page_stops_looking_when_nothing_moves(cast: Cast, account: Account, as_: SignIn, status: str) -> None:
    pin = make_pin(cast.team, cast.bob, account, status=status, at=timezone.now())
    assert "hx-trigger" not in as_("vera").get(url(pin, "live")).content.decode()


def test_page_looks_less_often_later(cast: Cast, account: Account, as_: SignIn) -> None:
    pin = make_pin(cast.team, cast.bob, account, status=Status.QUEUED, at=timezone.now() - timedelta(minutes=10))
    assert 'hx-trigger="every 5s"' in read(as_("vera"), pin)


def test_scheduled_page_wakes_up_when_it_is_due(cast: Cast, account: Account, as_: SignIn) -> None:
    at = timezone.now() + timedelta(seconds=100)
    pin = make_pin(cast.team, cast.bob, account, status=Status.SCHEDULED, scheduled_for=at)
    context = as_("vera").get(url(pin)).context
    assert 90 < context["every"] <= 101


def test_live_brings_nothing_while_nothing_changed(cast: Cast, account: Account, as_: SignIn) -> None:
    pin = make_pin(cast.team, cast.bob, account, status=Status.QUEUED, at=timezone.now())
    client = as_("vera")
    state = client.get(url(pin)).context["state"]
    assert client.get(f"{url(pin, 'live')}?state={state}").status_code == 204
    pin.targets.update(status=Status.PUBLISHED)
    Pin.objects.update(status=Status.PUBLISHED)
    response = client.get(f"{url(pin, 'live')}?state={state}")
    assert response.content.decode().startswith('<div id="pin_live"')


def test_live_asks_postpeer_nothing(cast: Cast, as_: SignIn, postpeer_wire: Any) -> None:
    pin = make_submitted(cast.team, cast.bob).pin
    assert as_("vera").get(url(pin, "live")).status_code == 200
    assert len(postpeer_wire.calls) == 0


def test_lines_of_another_day_stand_under_its_name(cast: Cast, account: Account, as_: SignIn) -> None:
    with time_machine.travel("2026-11-24T13:12:00Z", tick=False):
        pin = make_pin(cast.team, cast.bob, account)
        for days in (0, 1, 1, 400):
            pin.events.create(kind="sent", at=timezone.now() - timedelta(days=days, seconds=5))
        stories = as_("vera").get(url(pin)).context["stories"]
    assert [len(lines) for _day, lines in stories[0].days] == [1, 2, 1]
    assert stories[0].days[1][0] == "Yesterday"


def test_accounts_of_one_name_are_told_apart(cast: Cast, account: Account, as_: SignIn) -> None:
    make_account(cast.team, display_name="Atelier", username="studio")
    Account.objects.filter(pk=account.pk).update(username="shop")
    pin = make_pin(cast.team, cast.bob, account)
    assert as_("bob").get(url(pin)).content.decode().count("Atelier (@shop)") == 2


def test_name_written_from_right_to_left_keeps_the_edge_of_the_list(cast: Cast, account: Account, as_: SignIn) -> None:
    Account.objects.filter(pk=account.pk).update(display_name="مطبخ")
    pin = make_pin(cast.team, cast.bob, account)
    assert "<dt>Account</dt><dd>\u2068مطبخ\u2069</dd>" in squeeze(as_("bob").get(url(pin)).content.decode())


@pytest.mark.parametrize("read_too_early", [Pin, Target])
def test_page_that_was_read_while_a_worker_wrote_looks_again(
    cast: Cast, account: Account, as_: SignIn, read_too_early: type[Pin] | type[Target]
) -> None:
    submission = make_submitted(cast.team, cast.bob)
    for rows in (Submission, SubmissionTarget, Target, Pin):
        changed = {Submission: {"state": "cancelled"}, SubmissionTarget: {"is_open": False}}
        rows.objects.update(**changed.get(rows, {"status": "cancelled"}))
    assert "hx-trigger" not in read(as_("vera"), submission.pin)
    read_too_early.objects.update(status="scheduled", **({"scheduled_for": None} if read_too_early is Pin else {}))
    assert 'hx-trigger="every 1s"' in read(as_("vera"), submission.pin)
