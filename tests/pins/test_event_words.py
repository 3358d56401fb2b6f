"""Every line of a timeline has words, whatever its data holds; and says what comes next only while it is open."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from postpeer_dash.pins.models import Event
from postpeer_dash.pins.publishing.timeline import Kind
from postpeer_dash.pins.text.edits import EDIT_KINDS, name_changes
from postpeer_dash.pins.text.events import describe_event
from postpeer_dash.teams.models import User

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
NEXT = (NOW + timedelta(minutes=5)).isoformat()
ODD: list[Any] = [None, [], "text", 7, {"platform": None}, {"platforms": "x"}, {"seconds": "x"}, {"changed": {"a": 1}}]
AWAITED = [Kind.NEVER_SENT, Kind.RATE_LIMITED, Kind.UNCLEAR, Kind.LEASE_ENDED, Kind.READ, Kind.READ_FAILED]


def line_of(kind: str, data: Any = None, *, actor: str = "", is_open: bool = True) -> Any:
    person = User(name=actor, email=f"{actor}@example.com") if actor else None
    return describe_event(Event(kind=kind, at=NOW, actor=person, data=data or {}), is_open=is_open)


@pytest.mark.parametrize("kind", list(Kind))
@time_machine.travel(NOW, tick=False)
def test_every_kind_has_words_an_icon_and_a_tone(kind: Kind) -> None:
    line = line_of(kind, {"platform": "pinterest", "platforms": ["linkedin"]}, actor="Bob")
    assert line.text and line.text[0].isupper()
    assert "%(" not in line.text
    assert line.text != kind.replace("_", " ")
    assert (line.icon != "", line.tone in {"still", "done", "look", "way", "fail"}) == (True, True)


@pytest.mark.parametrize("kind", list(Kind))
@time_machine.travel(NOW, tick=False)
def test_odd_data_breaks_no_line(kind: Kind) -> None:
    for data in ODD:
        assert describe_event(Event(kind=kind, at=NOW, data=data)).text


@pytest.mark.parametrize("kind", ["", "from_the_future", "<b>"])
def test_unknown_kind_shows_its_name(kind: str) -> None:
    assert line_of(kind).text == kind.replace("_", " ")


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (Kind.DRAFTED, "Bob started the draft"),
        (Kind.APPROVED, "Bob approved it as it was"),
        (Kind.PUBLISH_PRESSED, "Bob pressed “Publish now”"),
        (Kind.PERSON_FOUND, "Bob says that it is out"),
        (Kind.SCHEDULE_PRESSED, "Bob pressed “Schedule”"),
    ],
)
def test_person_is_named_or_somebody(kind: Kind, words: str) -> None:
    assert line_of(kind, actor="Bob").text == words
    assert line_of(kind).text == words.replace("Bob", "Somebody")


@pytest.mark.parametrize("kind", AWAITED)
@time_machine.travel(NOW, tick=False)
def test_next_step_is_said_while_it_is_open_and_ahead(kind: Kind) -> None:
    said = line_of(kind, {"next_at": NEXT}).text
    settled = line_of(kind, {"next_at": NEXT}, is_open=False).text
    assert said.startswith(settled) and len(said) > len(settled)
    for past in (NOW.isoformat(), (NOW - timedelta(seconds=1)).isoformat(), "soon", None, 7):
        assert line_of(kind, {"next_at": past}).text == settled


@time_machine.travel(NOW, tick=False)
def test_no_next_look_is_promised_when_a_person_decides() -> None:
    line = line_of(Kind.READ, {"next_at": NEXT, "candidates": ["p1"]})
    assert "A person has to decide" in line.text and "again at" not in line.text


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, "it"),
        ("2", "it"),
        (0, "at once"),
        (0.049, "at once"),
        (0.05, "after 0.1 seconds"),
        (12.34, "after 12.3 seconds"),
    ],
)
def test_accepted_says_how_long_it_took(seconds: object, words: str) -> None:
    assert line_of(Kind.ACCEPTED, {"seconds": seconds}).text.endswith(words)


@pytest.mark.parametrize(
    ("platforms", "words"),
    [
        (["pinterest"], "Pinterest"),
        (["pinterest", "linkedin"], "Pinterest and LinkedIn"),
        (["myspace"], "myspace"),
    ],
)
def test_sending_again_names_the_platforms(platforms: list[str], words: str) -> None:
    assert line_of(Kind.RETRY_PRESSED, {"platforms": platforms}).text.casefold().endswith(words.casefold())


@pytest.mark.parametrize(
    ("data", "small"),
    [
        ({}, ""),
        ({"note": "Brighter"}, "“Brighter”"),
        ({"text": "No board"}, "“No board”"),
        ({"posts": 0}, "0 posts read"),
        ({"posts": 1}, "1 post read"),
        ({"posts": 31}, "31 posts read"),
        ({"posts": "31"}, ""),
        ({"post_id": "p1", "request_id": "r1"}, "Post p1, Request r1"),
        ({"text": "No", "posts": 2, "post_id": "p1"}, "“No”, 2 posts read, Post p1"),
    ],
)
def test_small_print_holds_what_is_known(data: dict[str, Any], small: str) -> None:
    assert line_of(Kind.SENT, data).small == small


@pytest.mark.parametrize("kind", sorted(EDIT_KINDS))
@time_machine.travel(NOW, tick=False)
def test_change_names_what_and_when(kind: str) -> None:
    line = line_of(kind, {"changed": ["title", "time"], "scheduled_for": NEXT, "text": "No"}, actor="Bob")
    assert "%(" not in line.text
    assert line.small == "“No”"
    if kind == Kind.EDIT_PRESSED:
        assert "the title and the time, to go out " in line.text


@pytest.mark.parametrize(
    ("is_unsent", "words"), [(True, "Bob changed the link before it left"), (False, "Bob asked to change the link")]
)
def test_change_before_sending_is_told_apart(is_unsent: bool, words: str) -> None:
    assert line_of(Kind.EDIT_PRESSED, {"changed": ["link"], "is_unsent": is_unsent}, actor="Bob").text == words


@pytest.mark.parametrize(
    ("changed", "names"),
    [
        (["title"], ["the title"]),
        (["time", "board"], ["the time", "the board"]),
        (["unknown", "link"], ["the link"]),
        ([], []),
        (None, []),
        ("title", []),
        ({"title": 1}, []),
    ],
)
def test_changes_have_names(changed: object, names: list[str]) -> None:
    assert name_changes(changed) == names
