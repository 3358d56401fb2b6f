"""Files that come along with the whole form, from a browser without script."""

from typing import Any

import pytest
import requests
from django.core.files.uploadedfile import SimpleUploadedFile

from postpeer_dash.media.file_names import safe_name
from postpeer_dash.media.models import MediaFile
from postpeer_dash.pins.models import Pin, Submission
from tests.cast import Cast, SignIn
from tests.media.files import jpeg
from tests.pins.composing import Desk, make_desk
from tests.postpeer import samples
from tests.postpeer.wire import Wire

pytestmark = pytest.mark.usefixtures("decoded_here")
PROGRAM = b"MZ\x90\x00" + b"p" * 3000
PUT_URL = "https://storage.example/put/oak.jpg?signature=s3cr3t"
PUBLIC_URL = "https://media.example/oak.jpg"


@pytest.fixture
def desk(cast: Cast) -> Desk:
    return make_desk(cast.team)


def a_file(content: bytes = jpeg(), name: str = "oak.jpg", kind: str = "image/jpeg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, kind)


def expect_transfer(wire: Wire) -> None:
    wire.post("/v1/media/upload", json=samples.an_upload(), json_body={"filename": "oak.jpg", "mimeType": "image/jpeg"})
    wire.storage(PUT_URL)


def test_file_of_the_form_becomes_the_pins_media(desk: Desk, as_: SignIn, postpeer_wire: Wire) -> None:
    expect_transfer(postpeer_wire)
    response = desk.post(as_("bob"), media_url="", media_file=a_file(), action="publish")
    assert response.status_code == 302
    assert Submission.objects.get().body["mediaItems"][0]["url"] == PUBLIC_URL
    pin, file = Pin.objects.get(), MediaFile.objects.get()
    assert pin.media_file == pin.picture == file.uuid
    sent = postpeer_wire.calls[-1]
    assert (sent.method, sent.headers["Content-Type"]) == ("PUT", "image/jpeg")
    assert sent.headers["Content-Length"] == str(file.sent_bytes)


def test_file_decides_what_the_pin_shows_whatever_is_chosen(desk: Desk, as_: SignIn, postpeer_wire: Wire) -> None:
    expect_transfer(postpeer_wire)
    desk.post(as_("bob"), media_url="", media_type="video", media_file=a_file(name="oak.mp4", kind="video/mp4"))
    assert Pin.objects.get().media_type == "image"


def test_dominant_colour_is_the_pictures_unless_one_was_typed(desk: Desk, as_: SignIn, postpeer_wire: Wire) -> None:
    expect_transfer(postpeer_wire)
    desk.post(as_("bob"), media_url="", dominant_color="", media_file=a_file())
    assert Pin.objects.get().dominant_color == MediaFile.objects.get().color != ""


def test_cover_of_a_film_comes_along_as_well(desk: Desk, as_: SignIn, postpeer_wire: Wire) -> None:
    expect_transfer(postpeer_wire)
    film = "https://media.example/oak.mp4"
    desk.post(as_("bob"), media_url=film, media_type="video", cover_image_url="", cover_file=a_file())
    pin = Pin.objects.get()
    assert pin.cover_image_url == PUBLIC_URL and pin.picture == MediaFile.objects.get().uuid
    assert MediaFile.objects.get().purpose == MediaFile.Purpose.COVER


def test_file_survives_another_fields_error(desk: Desk, as_: SignIn, postpeer_wire: Wire) -> None:
    expect_transfer(postpeer_wire)
    response = desk.post(as_("bob"), media_url="", media_file=a_file(), link="http://x.example", action="publish")
    assert set(response.context["form"].errors) == {"link"}
    assert f'value="{PUBLIC_URL}"' in response.content.decode()


def test_file_survives_a_refresh_of_the_boards(
    desk: Desk, as_: SignIn, postpeer_wire: Wire, refreshed: list[object]
) -> None:
    expect_transfer(postpeer_wire)
    response = desk.post(as_("bob"), media_url="", media_file=a_file(), action="refresh_boards")
    assert f'value="{PUBLIC_URL}"' in response.content.decode()


def test_program_is_refused_beside_the_field(desk: Desk, as_: SignIn, no_wire: None) -> None:
    response = desk.post(as_("bob"), media_url="", media_file=a_file(PROGRAM), action="publish")
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"media_file"}
    assert 'value="A calm kitchen"' in response.content.decode()
    assert not Pin.objects.exists()


def test_empty_file_is_refused_beside_the_field(desk: Desk, as_: SignIn, no_wire: None) -> None:
    response = desk.post(as_("bob"), media_url="", media_file=a_file(b""), action="publish")
    assert response.context["form"].errors["media_file"] == ["This file is empty."]


def test_postpeer_down_keeps_everything_but_the_file(desk: Desk, as_: SignIn, postpeer_wire: Wire) -> None:
    postpeer_wire.post("/v1/media/upload", raises=requests.ConnectionError("down"))
    response = desk.post(as_("bob"), media_url="", media_file=a_file())
    assert "has to be chosen again" in response.context["form"].errors["media_file"][0]
    assert 'value="A calm kitchen"' in response.content.decode()
    assert not MediaFile.objects.exists()


@pytest.mark.parametrize(
    ("name", "ending", "safe"),
    [
        ("oak.jpg", "jpg", "oak.jpg"),
        ("../../etc/passwd", "png", "passwd.png"),
        ("C:\\Users\\mira\\Küche 🌿.JPEG", "jpg", "Kuche.jpg"),
        ("🌿.webp", "webp", "file.webp"),
        ("clip.mp4.exe", "mp4", "clip-mp4.mp4"),
        ("x" * 300 + ".mov", "mov", "x" * 80 + ".mov"),
    ],
)
def test_name_is_made_fit_for_an_address(name: str, ending: str, safe: str) -> None:
    assert safe_name(name, ending) == safe


# The label for what AI made


def label(desk: Desk, client: Any, wish: str, **fields: Any) -> Any:
    return desk.post(client, ai_label=wish, **fields)


def test_label_is_written_into_a_file_of_ones_own(desk: Desk, as_: SignIn, postpeer_wire: Wire) -> None:
    expect_transfer(postpeer_wire)
    bob = as_("bob")
    desk.post(bob, media_url="", media_file=a_file(), action="draft")
    labelled = dict(samples.an_upload())
    labelled["data"] = {**labelled["data"], "publicUrl": "https://media.example/labelled.jpg"}
    postpeer_wire.post("/v1/media/upload", json=labelled)
    postpeer_wire.storage(PUT_URL)
    label(desk, bob, "yes", media_url=PUBLIC_URL, action="publish")
    assert Submission.objects.get().body["mediaItems"][0]["url"] == "https://media.example/labelled.jpg"
    assert b"trainedAlgorithmicMedia" in postpeer_wire.calls[-1].body


def test_label_needs_a_file_of_ones_own(desk: Desk, as_: SignIn, no_wire: None) -> None:
    response = label(desk, as_("bob"), "yes", action="publish")
    assert "Upload the file here" in response.context["form"].errors["ai_label"][0]


def test_no_label_is_asked_for_an_address(desk: Desk, as_: SignIn, no_wire: None) -> None:
    assert label(desk, as_("bob"), "no", action="publish").status_code == 302
