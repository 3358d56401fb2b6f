"""The library, what went to a board before, and what goes by itself."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from postpeer_dash.accounts.models import Account
from postpeer_dash.boards.models import Board
from postpeer_dash.home.deletion import work_on_deletion
from postpeer_dash.media import store
from postpeer_dash.media.models import MediaFile
from postpeer_dash.pins.earlier import find_earlier
from postpeer_dash.pins.media_retention import tidy_files
from postpeer_dash.pins.models import Pin, Status
from postpeer_dash.teams.models import AuditEvent, Team
from postpeer_dash.worker.models import SingletonJob
from tests.cast import Cast, SignIn
from tests.media.rows import GREY, lies, make_file
from tests.pins.composing import Desk, make_desk
from tests.pins.conftest import account
from tests.pins.listing import make_pin

__all__ = ["account"]
LONG_AGO = timedelta(days=40)
URL = "https://media.example/oak.jpg"


@pytest.fixture
def desk(cast: Cast) -> Desk:
    return make_desk(cast.team)


def page(client: Client, **query: str) -> str:
    response = client.get(reverse("pins:library", args=["nordlicht"]), query)
    assert response.status_code == 200
    return response.content.decode()


def pinned(cast: Cast, account: Account, file: MediaFile, **fields: Any) -> Pin:
    values = {"media_url": file.url, "media_file": file.uuid, "picture": file.uuid, **fields}
    return make_pin(cast.team, cast.bob, account, **values)


# The library


def test_library_shows_what_was_pinned_and_where(cast: Cast, account: Account, as_: SignIn) -> None:
    file = make_file(cast.team, name="Oak table.jpg")
    pin = pinned(cast, account, file)
    text = page(as_("bob"))
    assert "Oak table.jpg" in text and "JPG, 1000 × 1500, 2:3" in text
    assert reverse("pins:pin", args=["nordlicht", pin.uuid]) in text
    assert reverse("media:thumbnail", args=["nordlicht", file.uuid]) in text
    assert f"?media={file.uuid}" in text


def test_viewer_uses_nothing_again(cast: Cast, account: Account, as_: SignIn) -> None:
    pinned(cast, account, make_file(cast.team))
    assert "Use again" not in page(as_("vera"))


def test_file_that_no_pin_shows_is_not_in_the_library(cast: Cast, as_: SignIn) -> None:
    make_file(cast.team, name="Unused.jpg")
    text = page(as_("bob"))
    assert "Unused.jpg" not in text and "No file yet" in text


def test_file_of_another_team_is_not_there(cast: Cast, account: Account, as_: SignIn) -> None:
    theirs = make_file(cast.other_team, name="Theirs.jpg")
    pinned(cast, account, theirs)
    assert "Theirs.jpg" not in page(as_("bob"))


@pytest.mark.parametrize(
    ("words", "is_found"),
    [("oak", True), ("OAK", True), ("calm kitchen", True), ("kitchen birch", False), ("%", False)],
)
def test_library_is_searched_by_names_and_by_the_words_of_pins(
    cast: Cast, account: Account, as_: SignIn, words: str, is_found: bool
) -> None:
    pin = pinned(cast, account, make_file(cast.team, name="Oak.jpg"))
    Pin.objects.filter(pk=pin.pk).update(search_text="a calm kitchen")
    assert ("Oak.jpg" in page(as_("bob"), q=words)) is is_found


def test_library_has_pages(cast: Cast, account: Account, as_: SignIn, django_assert_max_num_queries: Any) -> None:
    for number in range(30):
        pinned(cast, account, make_file(cast.team, url=f"{URL}?{number}", name=f"Oak {number}.jpg"))
    bob = as_("bob")
    page(bob)
    with django_assert_max_num_queries(9):
        first = bob.get(reverse("pins:library", args=["nordlicht"]))
    assert len(first.context["files"]) == 24 and first.context["older"]
    second = bob.get(first.context["older"])
    assert len(second.context["files"]) == 6 and second.context["newer"]


def test_used_again_it_fills_the_form(cast: Cast, desk: Desk, as_: SignIn) -> None:
    file = make_file(cast.team, ai_label=True)
    text = as_("bob").get(desk.url, {"media": str(file.uuid)}).content.decode()
    assert f'value="{file.url}"' in text and 'value="#8899AA"' in text
    assert not Pin.objects.exists()


@pytest.mark.parametrize("key", ["x", "00000000-0000-0000-0000-000000000009", ""])
def test_used_again_a_file_that_is_not_there_fills_nothing(cast: Cast, desk: Desk, as_: SignIn, key: str) -> None:
    theirs = make_file(cast.other_team)
    for given in (key, str(theirs.uuid)):
        assert theirs.url not in as_("bob").get(desk.url, {"media": given}).content.decode()


# Lists show pictures of our own


def test_list_shows_our_picture_and_not_the_strangers(cast: Cast, account: Account, as_: SignIn) -> None:
    file = make_file(cast.team)
    pinned(cast, account, file)
    text = as_("vera").get(reverse("pins:history", args=["nordlicht"])).content.decode()
    assert reverse("media:thumbnail", args=["nordlicht", file.uuid]) in text
    assert f'src="{URL}"' not in text


def test_saved_pin_knows_its_file(cast: Cast, desk: Desk, as_: SignIn) -> None:
    file = make_file(cast.team)
    desk.post(as_("bob"), media_url=file.url, action="draft")
    pin = Pin.objects.get()
    assert (pin.media_file, pin.picture) == (file.uuid, file.uuid)
    desk.post(as_("bob"), media_url="https://media.example/other.jpg", action="draft", form_id=str(pin.form_id))
    pin.refresh_from_db()
    assert (pin.media_file, pin.picture) == (None, None)


def test_file_of_another_team_is_nobodys_here(cast: Cast, desk: Desk, as_: SignIn) -> None:
    desk.post(as_("bob"), media_url=make_file(cast.other_team).url, action="draft")
    assert Pin.objects.get().media_file is None


# What went to the board before


def earlier(cast: Cast, account: Account, **wanted: Any) -> tuple[bool, bool] | None:
    board = Board.objects.get(account=account)
    values = {"board_id": board.pk, "link": "", "media_url": "", **wanted}
    found = find_earlier(cast.team, **values)
    return (found.has_link, found.has_picture) if found else None


def test_same_link_on_the_same_board_is_found(cast: Cast, account: Account) -> None:
    link = "https://shop.example/oak"
    pin = make_pin(cast.team, cast.bob, account, link=link)
    assert earlier(cast, account, link=link) == (True, False)
    assert earlier(cast, account, link=link, except_pin=pin.pk) is None
    assert earlier(cast, account, link="https://shop.example/birch") is None
    assert earlier(cast, account, link=link, board_id=None) is None


@pytest.mark.parametrize("status", [Status.DRAFT, Status.FAILED, Status.CANCELLED])
def test_what_nobody_saw_does_not_count(cast: Cast, account: Account, status: str) -> None:
    make_pin(cast.team, cast.bob, account, link="https://shop.example/oak", status=status)
    assert earlier(cast, account, link="https://shop.example/oak") is None


@pytest.mark.parametrize(
    ("dhash", "tile", "is_same"),
    [
        ("0f" * 8, GREY, True),
        ("0f" * 7 + "0e", bytes(min(255, grey + 5) for grey in GREY), True),
        ("f0" * 8, GREY, False),
        ("0f" * 8, bytes(255 - grey for grey in GREY), False),
        ("", None, False),
    ],
)
def test_same_picture_is_found_by_its_content(
    cast: Cast, account: Account, dhash: str, tile: bytes | None, is_same: bool
) -> None:
    pinned(cast, account, make_file(cast.team))
    anew = make_file(cast.team, url="https://media.example/again.jpg", dhash=dhash, tile=tile)
    assert (earlier(cast, account, media_url=anew.url) == (False, True)) is is_same


def test_same_address_is_the_same_picture(cast: Cast, account: Account) -> None:
    make_pin(cast.team, cast.bob, account, media_url="https://shop.example/oak.jpg")
    assert earlier(cast, account, media_url="https://shop.example/oak.jpg") == (False, True)


def test_form_says_what_went_there_before_and_sends_all_the_same(cast: Cast, desk: Desk, as_: SignIn) -> None:
    link = "https://shop.example/oak"
    bob = as_("bob")
    desk.post(bob, link=link, action="publish")
    Pin.objects.update(status=Status.PUBLISHED)
    board = Pin.objects.get().board_id
    url = reverse("pins:earlier", args=["nordlicht"])
    assert "This link went to this board before" in bob.get(url, {"board": board, "link": link}).content.decode()
    assert desk.post(bob, link=link, action="publish").status_code == 302
    assert Pin.objects.count() == 2


@pytest.mark.parametrize("query", [{}, {"board": "x"}, {"board": "9" * 30, "link": "y"}, {"pin": "z", "link": "\0"}])
def test_odd_question_is_answered_with_nothing(cast: Cast, as_: SignIn, query: dict[str, str]) -> None:
    response = as_("bob").get(reverse("pins:earlier", args=["nordlicht"]), query)
    assert response.status_code == 200 and "went to this board" not in response.content.decode()


# What goes by itself


def test_original_goes_some_weeks_after_the_last_pin_is_out(cast: Cast, account: Account) -> None:
    then = timezone.now() - LONG_AGO
    file = make_file(cast.team, created_at=then)
    pin = pinned(cast, account, file, sort_at=then, frozen_at=then)
    other = pinned(cast, account, file, status=Status.SCHEDULED, sort_at=then, frozen_at=then)
    tidy_files()
    assert store.ORIGINAL in lies(file)
    Pin.objects.filter(pk=other.pk).update(status=Status.PUBLISHED)
    tidy_files()
    assert lies(file) == {store.THUMBNAIL}
    file.refresh_from_db()
    assert file.emptied_at is not None
    assert pin.media_file == file.uuid


@pytest.mark.parametrize("fields", [{"status": Status.DRAFT, "frozen_at": None}, {"status": Status.UNCONFIRMED}])
def test_original_of_a_pin_that_may_need_it_stays(cast: Cast, account: Account, fields: dict[str, Any]) -> None:
    then = timezone.now() - LONG_AGO
    file = make_file(cast.team, created_at=then)
    pinned(cast, account, file, **{"sort_at": then, "frozen_at": then, **fields})
    tidy_files()
    assert store.ORIGINAL in lies(file)


def test_cover_stays_as_long_as_its_film_is_needed(cast: Cast, account: Account) -> None:
    then = timezone.now() - LONG_AGO
    cover = make_file(cast.team, created_at=then, purpose=MediaFile.Purpose.COVER)
    make_pin(cast.team, cast.bob, account, picture=cover.uuid, status=Status.SCHEDULED, sort_at=then)
    tidy_files()
    assert store.ORIGINAL in lies(cover)


def test_what_no_pin_took_goes_with_its_row(cast: Cast) -> None:
    old = make_file(cast.team, created_at=timezone.now() - LONG_AGO)
    new = make_file(cast.team, url=f"{URL}?new")
    tidy_files()
    assert lies(old) == set() and list(MediaFile.objects.all()) == [new]


@pytest.mark.parametrize("state", [MediaFile.State.UPLOADING, MediaFile.State.REFUSED])
def test_upload_that_broke_off_goes(cast: Cast, state: str) -> None:
    old = make_file(cast.team, state=state, created_at=timezone.now() - timedelta(days=3))
    make_file(cast.team, state=state)
    tidy_files()
    assert lies(old) == set() and MediaFile.objects.count() == 1


def test_files_go_with_their_team(
    cast: Cast, as_: SignIn, postpeer_wire: Any, django_capture_on_commit_callbacks: Any
) -> None:
    file, theirs = make_file(cast.team), make_file(cast.other_team)
    as_("alice").post("/t/nordlicht/settings/delete/", {"name": "Nordlicht", "accounts": "disconnect"})
    SingletonJob.objects.update(until=None)
    with django_capture_on_commit_callbacks(execute=True):
        work_on_deletion(cast.team.pk)
    assert not Team.objects.filter(pk=cast.team.pk).exists()
    assert not store.team_folder(file.team_id).exists() and store.ORIGINAL in lies(theirs)


# What a team wants


def test_team_says_what_becomes_of_its_files(cast: Cast, as_: SignIn) -> None:
    fields = {"name": "Nordlicht", "time_zone": "Europe/Berlin", "keeps_place": "on", "labels_ai": "on"}
    assert as_("adam").post("/t/nordlicht/settings/", fields).status_code == 302
    team = Team.objects.get(pk=cast.team.pk)
    assert team.keeps_place and team.labels_ai
    changed = AuditEvent.objects.get(action="team.changed").detail
    assert changed["place"] == ["taken out", "kept in pictures"]


def test_form_begins_with_the_teams_rule(cast: Cast, desk: Desk, as_: SignIn) -> None:
    Team.objects.filter(pk=cast.team.pk).update(labels_ai=True)
    assert as_("bob").get(desk.url).context["form"]["ai_label"].value() == "yes"
