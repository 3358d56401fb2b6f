"""What a card says of a pin: its name, its picture, its status in words, and where it went."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from postpeer_dash.accounts.models import Account
from postpeer_dash.pins.models import MediaType, Review, Status
from postpeer_dash.pins.pages.cards import make_cards
from postpeer_dash.pins.search.pin_lists import HistoryPage, Row, TargetStatus
from postpeer_dash.pins.text.labels import find_title, safe_url

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
ATELIER, KORNHAUS = Account(pk=1, display_name="Atelier"), Account(pk=2, display_name="Kornhaus")
ONE, TWO = {1: ATELIER}, {1: ATELIER, 2: KORNHAUS}
HOSTILE = ["<script>alert(1)</script>", '" onload="x', "'><b>"]


def make_row(**fields: Any) -> Row:
    return Row(
        **{
            "pk": 255,
            "uuid": UUID(int=7),
            "sort_at": AT,
            "status": Status.PUBLISHED,
            "review": Review.NONE,
            "title": "A calm kitchen",
            "beginning": "Oak and linen",
            "media_type": MediaType.IMAGE,
            "media_url": "https://media.example/oak.jpg",
            "cover_image_url": "",
            "picture": None,
            "dominant_color": "#C3CEDA",
            "scheduled_for": None,
            "updated_at": AT + timedelta(hours=1),
            "account_id": 1,
            "board_name": "Winter away",
            "author_id": 3,
            "author_name": "Bob Baker",
            "author_email": "bob@example.com",
            **fields,
        }
    )


def card_of(
    statuses: list[tuple[str, str]] | None = None,
    accounts: dict[int, Account] = ONE,
    *,
    shows_author: bool = True,
    **fields: Any,
) -> Any:
    row = make_row(**fields)
    targets = {row.pk: [TargetStatus(platform, status, 1) for platform, status in statuses or []]}
    page = HistoryPage([row], targets, "", "")
    return make_cards(page, "/t/nordlicht/pins/", slug="nordlicht", accounts=accounts, shows_author=shows_author)[0]


def test_card_leads_to_the_pin() -> None:
    card = card_of()
    assert (card.key, card.url) == ("pin-ff", f"/t/nordlicht/pins/{UUID(int=7)}/")
    assert (card.title, card.board, card.color) == ("A calm kitchen", "Winter away", "#C3CEDA")


@pytest.mark.parametrize(
    ("accounts", "shows_author", "by"),
    [
        (ONE, True, "Bob Baker"),
        (TWO, True, "Atelier · Bob Baker"),
        (TWO, False, "Atelier"),
        (ONE, False, ""),
        ({}, True, "Bob Baker"),
    ],
)
def test_account_and_author_are_named_where_there_are_several(
    accounts: dict[int, Account], shows_author: bool, by: str
) -> None:
    assert card_of(accounts=accounts, shows_author=shows_author).by == by


@pytest.mark.parametrize(
    ("name", "email", "first"),
    [("Bob Baker", "b@x.example", "Bob"), ("", "b@x.example", "b@x.example"), (None, None, ""), ("Bob", "", "Bob")],
)
def test_author_is_called_by_the_first_name(name: str | None, email: str | None, first: str) -> None:
    assert card_of(author_name=name, author_email=email).first_name == first


@pytest.mark.parametrize("account_id", [None, 99])
def test_pin_without_a_known_account_has_no_name_for_it(account_id: int | None) -> None:
    assert card_of(accounts=TWO, account_id=account_id).account == ""


@pytest.mark.parametrize(
    ("status", "review", "sign", "label"),
    [
        (Status.DRAFT, Review.NONE, "draft", ""),
        (Status.DRAFT, Review.WAITING, "waiting", "To approve"),
        (Status.DRAFT, Review.RETURNED, "returned", ""),
        (Status.PUBLISHED, Review.NONE, "published", ""),
        (Status.PUBLISHED, Review.APPROVED, "published", ""),
        (Status.FAILED, Review.WAITING, "failed", ""),
    ],
)
def test_draft_is_shown_by_its_review(status: str, review: str, sign: str, label: str) -> None:
    card = card_of(status=status, review=review)
    assert (card.sign, card.label) == (sign, label)


@pytest.mark.parametrize("status", Status.values)
def test_picture_is_labelled_when_a_person_should_look(status: str) -> None:
    is_labelled = status in {Status.PARTIAL, Status.FAILED, Status.UNCONFIRMED}
    assert bool(card_of(status=status).over) is is_labelled


@pytest.mark.parametrize(
    ("url", "cover", "picture", "film"),
    [
        ("https://m.example/a.mp4", "https://m.example/a.jpg", "https://m.example/a.jpg", ""),
        ("https://m.example/a.mp4", "", "", "https://m.example/a.mp4"),
        ("https://m.example/a.mp4", "javascript:x", "", "https://m.example/a.mp4"),
        ("javascript:x", "", "", ""),
    ],
)
def test_video_is_shown_by_its_cover_else_by_itself(url: str, cover: str, picture: str, film: str) -> None:
    card = card_of(media_type=MediaType.VIDEO, media_url=url, cover_image_url=cover)
    assert (card.picture, card.film) == (picture, film)
    assert "Video" in card.over


def test_cover_of_a_picture_is_not_shown() -> None:
    assert card_of(cover_image_url="https://m.example/b.jpg").picture == "https://media.example/oak.jpg"


@pytest.mark.parametrize(
    ("fields", "at"),
    [
        ({}, AT),
        ({"scheduled_for": AT + timedelta(days=1)}, AT + timedelta(days=1)),
        ({"status": Status.DRAFT, "scheduled_for": AT + timedelta(days=1)}, AT + timedelta(hours=1)),
    ],
)
def test_time_is_when_it_goes_out_or_a_drafts_last_change(fields: dict[str, Any], at: datetime) -> None:
    card = card_of(**fields)
    assert (card.at, card.is_edited) == (at, fields.get("status") == Status.DRAFT)


def test_each_platform_has_its_status_once_it_was_sent() -> None:
    statuses = [("pinterest", Status.PUBLISHED), ("linkedin", Status.FAILED)]
    signs = card_of(statuses, status=Status.PARTIAL).signs
    assert signs.index("Pinterest") < signs.index("LinkedIn")
    assert "failed" in signs.casefold()


@pytest.mark.parametrize("statuses", [[], [("pinterest", Status.DRAFT)]])
def test_draft_has_one_status_whatever_it_goes_to(statuses: list[tuple[str, str]]) -> None:
    assert "targets" not in card_of(statuses, status=Status.DRAFT).signs


@pytest.mark.parametrize("status", ["in_review", "", "<b>"])
def test_unknown_status_of_a_platform_breaks_nothing(status: str) -> None:
    assert "<b>" not in card_of([("pinterest", status)]).signs


@pytest.mark.parametrize(
    ("title", "description", "name"),
    [
        ("Title", "Text", "Title"),
        ("  Title ", "", "Title"),
        ("", "First\nSecond", "First"),
        ("   ", "\n\n  \nFirst\nSecond", "First"),
        ("", "", "Without a title"),
        (" ", " \n ", "Without a title"),
        ("0", "", "0"),
    ],
)
def test_pin_is_called_by_its_title_or_its_first_line(title: str, description: str, name: str) -> None:
    assert find_title(title, description) == name
    assert card_of(title=title, beginning=description).title == name


@pytest.mark.parametrize(
    "url", ["", "javascript:alert(1)", "JAVASCRIPT:x", "data:x", "//a.example", "ftp://a.example", " https://a"]
)
def test_address_that_is_not_of_the_web_is_not_linked(url: str) -> None:
    assert safe_url(url) == ""


@pytest.mark.parametrize("url", ["https://a.example/x", "http://localhost:8001/x.jpg"])
def test_address_of_the_web_is_linked_as_it_is(url: str) -> None:
    assert safe_url(url) == url


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_platform_is_only_text(text: str) -> None:
    assert text not in card_of([(text, Status.PUBLISHED)]).signs
