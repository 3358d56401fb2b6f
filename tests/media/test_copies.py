"""Addresses on the form: looked at, and copied, on request alone."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from postpeer_dash.media.fetching import guarded, media_check
from postpeer_dash.media.fetching.guarded import Fetched
from postpeer_dash.media.fetching.media_check import Look, LookWarning
from postpeer_dash.media.models import MediaFile
from postpeer_dash.pins.models import Pin
from tests.cast import Cast, SignIn
from tests.media.files import jpeg
from tests.pins.composing import Desk, make_desk
from tests.postpeer import samples
from tests.postpeer.wire import Wire

pytestmark = pytest.mark.usefixtures("decoded_here")
ADDRESS = "https://shop.example/oak.jpg"
PUBLIC_URL = "https://media.example/oak.jpg"
PUT_URL = "https://storage.example/put/oak.jpg?signature=s3cr3t"


@pytest.fixture
def desk(cast: Cast) -> Desk:
    return make_desk(cast.team)


@pytest.fixture
def stranger(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Return how a stranger's server answers; `asked` are the addresses that were fetched."""
    answers: dict[str, Any] = {"body": jpeg(), "status": 200, "is_whole": True, "error": None, "asked": []}

    def fetch(url: str, into: Any, **_limits: Any) -> Fetched:
        answers["asked"].append(url)
        if answers["error"]:
            raise ValidationError("It can’t be reached.", code="unreachable")
        into.write(answers["body"])
        size = len(answers["body"])
        return Fetched(
            url=url,
            status=answers["status"],
            mime_type="image/jpeg",
            length=size,
            received=size,
            is_whole=answers["is_whole"],
            is_moved=False,
            start=0,
            is_secure=True,
        )

    monkeypatch.setattr(guarded, "fetch", fetch)
    return answers


def text(response: Any) -> str:
    assert response.status_code == 200
    content: str = response.content.decode()
    return content


def test_copy_takes_the_place_of_the_address(
    desk: Desk, as_: SignIn, postpeer_wire: Wire, stranger: dict[str, Any]
) -> None:
    postpeer_wire.post("/v1/media/upload", json=samples.an_upload())
    postpeer_wire.storage(PUT_URL)
    page = text(desk.post(as_("bob"), media_url=ADDRESS, dominant_color="", action="copy_media"))
    assert f'value="{PUBLIC_URL}"' in page and "shows a copy of your own now" in page
    assert "A calm kitchen" in page and not Pin.objects.exists()
    assert stranger["asked"] == [ADDRESS]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"error": True}, "be reached"),
        ({"status": 404}, "answers 404"),
        ({"is_whole": False}, "too large to be fetched"),
        ({"body": b"<html>"}, "web page"),
        ({"body": b""}, "empty"),
    ],
)
def test_what_can_not_be_copied_stays_an_address(
    desk: Desk, as_: SignIn, no_wire: None, stranger: dict[str, Any], answer: dict[str, Any], words: str
) -> None:
    stranger.update(answer)
    page = text(desk.post(as_("bob"), media_url=ADDRESS, action="copy_media"))
    assert words in page and "Nothing was copied" in page and f'value="{ADDRESS}"' in page
    assert not MediaFile.objects.exists()


def test_copy_of_nothing_is_refused(desk: Desk, as_: SignIn, no_wire: None, stranger: dict[str, Any]) -> None:
    assert "Give the address first" in text(desk.post(as_("bob"), media_url="", action="copy_media"))
    assert stranger["asked"] == []


@pytest.mark.parametrize(
    ("warnings", "words"),
    [((), "leads to a file that Pinterest takes"), ((LookWarning("gone", "Nothing is there."),), "Nothing is there.")],
)
def test_address_is_checked_on_request(
    desk: Desk, as_: SignIn, no_wire: None, monkeypatch: pytest.MonkeyPatch, warnings: Any, words: str
) -> None:
    monkeypatch.setattr(media_check, "look_at", lambda *_address, **_limits: Look(warnings, status=200))
    page = text(desk.post(as_("bob"), media_url=ADDRESS, action="look_at_media"))
    assert words in page and f'value="{ADDRESS}"' in page and not Pin.objects.exists()


def test_saving_and_sending_fetch_nothing(desk: Desk, as_: SignIn, no_wire: None, stranger: dict[str, Any]) -> None:
    bob = as_("bob")
    desk.post(bob, media_url=ADDRESS, action="draft")
    desk.post(bob, media_url=ADDRESS, action="publish")
    assert stranger["asked"] == []
