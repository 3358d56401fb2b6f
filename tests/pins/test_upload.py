"""Files: told by the browser, through the server, and along with the whole form."""

import base64
import json
from typing import Any

import pytest
import requests
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from postpeer_dash.accounts.models import Connection
from postpeer_dash.pins.models import Pin, Submission
from postpeer_dash.pins.pages.upload import filetypes
from postpeer_dash.pins.pages.upload import transfer as uploads
from tests.cast import Cast, SignIn
from tests.pins.composing import Desk, make_desk
from tests.postpeer import samples
from tests.postpeer.wire import Wire

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"j" * 3000
MP4 = b"\x00\x00\x00\x18ftypmp42" + b"m" * 3000
PROGRAM = b"MZ\x90\x00" + b"p" * 3000
PUT_URL = "https://storage.example/put/oak.jpg?signature=s3cr3t"
PUBLIC_URL = "https://media.example/oak.jpg"


@pytest.fixture
def desk(cast: Cast) -> Desk:
    return make_desk(cast.team)


def a_file(content: bytes = JPEG, name: str = "oak.jpg", kind: str = "image/jpeg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, kind)


def begin(client: Client, content: bytes = JPEG, **changed: Any) -> Any:
    fields = {
        "filename": "oak.jpg",
        "mime_type": "image/jpeg",
        "size": len(content),
        "media_type": "image",
        "head": base64.b64encode(content[:32]).decode(),
        **changed,
    }
    url = reverse("pins:start_upload", args=["nordlicht"])
    return client.post(url, json.dumps(fields), content_type="application/json")


def send_through(client: Client, file: SimpleUploadedFile, media_type: str = "image") -> Any:
    url = reverse("pins:upload_through", args=["nordlicht"])
    return client.post(url, {"media_file": file, "media_type": media_type})


# The browser asks for a place


def test_browser_is_told_where_to_put_a_file(as_: SignIn, postpeer_wire: Wire) -> None:
    body = {"filename": "oak.jpg", "mimeType": "image/jpeg"}
    postpeer_wire.post("/v1/media/upload", json=samples.an_upload(), json_body=body)
    answer = begin(as_("bob")).json()
    assert answer == {"upload_url": PUT_URL, "public_url": PUBLIC_URL, "mime_type": "image/jpeg", "direct": False}


def test_place_becomes_direct_once_its_origin_is_known(as_: SignIn, postpeer_wire: Wire) -> None:
    postpeer_wire.post("/v1/media/upload", json=samples.an_upload(), repeat=True)
    bob = as_("bob")
    assert begin(bob).json()["direct"] is False
    assert Connection.objects.get().upload_origin == "https://storage.example"
    assert begin(bob).json()["direct"] is True


def test_form_fields_are_taken_as_well(as_: SignIn, postpeer_wire: Wire) -> None:
    postpeer_wire.post("/v1/media/upload", json=samples.an_upload())
    fields = {"filename": "oak.jpg", "mime_type": "image/jpeg", "size": 9, "media_type": "image"}
    assert as_("bob").post(reverse("pins:start_upload", args=["nordlicht"]), fields).status_code == 200


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"content": PROGRAM}, "isn’t a JPG"),
        ({"content": MP4}, "Choose Video first"),
        ({"content": JPEG, "media_type": "video"}, "Choose Image first"),
        ({"size": 0}, "empty"),
        ({"size": 33 * 1024 * 1024}, "Pinterest takes 32"),
        ({"size": -1}, ""),
        ({"size": "x"}, "no size"),
        ({"size": 10**30}, ""),
        ({"head": "***"}, "can’t be read"),
        ({"head": "", "mime_type": "application/pdf"}, "Pinterest takes"),
        ({"filename": ""}, "no name"),
        ({"media_type": "carousel"}, ""),
    ],
)
def test_file_is_refused_before_postpeer_is_asked(
    as_: SignIn, no_wire: None, changed: dict[str, Any], words: str
) -> None:
    response = begin(as_("bob"), **changed)
    assert response.status_code == 422
    assert words in response.json()["error"]


@pytest.mark.parametrize("body", ["", "[]", "null", "{", "\x00", '{"filename": {"a": 1}, "size": []}'])
def test_broken_question_is_refused(as_: SignIn, no_wire: None, body: str) -> None:
    url = reverse("pins:start_upload", args=["nordlicht"])
    assert as_("bob").post(url, body, content_type="application/json").status_code == 422


def test_picture_called_something_else_is_sent_as_what_it_is(as_: SignIn, postpeer_wire: Wire) -> None:
    body = {"filename": "oak.jpg", "mimeType": "image/jpeg"}
    postpeer_wire.post("/v1/media/upload", json=samples.an_upload(), json_body=body)
    answer = begin(as_("bob"), filename="oak.png", mime_type="image/png")
    assert answer.json()["mime_type"] == "image/jpeg"


def test_postpeer_down_is_said(as_: SignIn, postpeer_wire: Wire) -> None:
    postpeer_wire.post("/v1/media/upload", raises=requests.ConnectionError("down"))
    response = begin(as_("bob"))
    assert response.status_code == 502
    assert "PostPeer can’t be reached." in response.json()["error"]


@pytest.mark.parametrize("name", ["start_upload", "upload_through"])
def test_viewer_cannot_upload(as_: SignIn, cast: Cast, no_wire: None, name: str) -> None:
    assert as_("vera").post(reverse(f"pins:{name}", args=["nordlicht"])).status_code == 403


@pytest.mark.parametrize(
    "url", ["https://a.example;script-src *", "https://a.example,x/", "https://ä.example/", "https://a.example:99999/"]
)
def test_odd_origin_never_gets_into_the_policy(cast: Cast, url: str) -> None:
    uploads.remember_origin(url)
    assert Connection.objects.get().upload_origin == ""


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://Storage.Example:443/x", "https://storage.example"),
        ("http://localhost:8001/x", "http://localhost:8001"),
        ("http://[::1]:8001/x", "http://[::1]:8001"),
    ],
)
def test_origin_is_written_as_browsers_write_it(url: str, origin: str) -> None:
    assert uploads.origin_of(url) == origin


# Through the server


def test_file_goes_through_the_server(as_: SignIn, cast: Cast, postpeer_wire: Wire) -> None:
    postpeer_wire.post("/v1/media/upload", json=samples.an_upload())
    postpeer_wire.storage(PUT_URL)
    response = send_through(as_("bob"), a_file())
    assert response.json() == {"public_url": PUBLIC_URL}
    sent = postpeer_wire.calls[-1]
    assert (sent.method, sent.headers["Content-Type"]) == ("PUT", "image/jpeg")
    assert sent.headers["Content-Length"] == str(len(JPEG))


def test_renamed_program_is_refused(as_: SignIn, cast: Cast, no_wire: None) -> None:
    response = send_through(as_("bob"), a_file(PROGRAM))
    assert response.status_code == 422
    assert "isn’t a JPG" in response.json()["error"]


def test_storage_that_refuses_is_said(as_: SignIn, cast: Cast, postpeer_wire: Wire) -> None:
    postpeer_wire.post("/v1/media/upload", json=samples.an_upload())
    postpeer_wire.storage(PUT_URL, status=403)
    assert send_through(as_("bob"), a_file()).status_code == 502


def test_missing_file_is_said(as_: SignIn, cast: Cast, no_wire: None) -> None:
    response = as_("bob").post(reverse("pins:upload_through", args=["nordlicht"]), {"media_type": "image"})
    assert response.json() == {"error": "Choose a file first."}


# Along with the form, without script


def test_file_of_the_form_becomes_the_pins_media(desk: Desk, as_: SignIn, postpeer_wire: Wire) -> None:
    postpeer_wire.post("/v1/media/upload", json=samples.an_upload())
    postpeer_wire.storage(PUT_URL)
    response = desk.post(as_("bob"), media_url="", media_file=a_file(), action="publish")
    assert response.status_code == 302
    assert Submission.objects.get().body["mediaItems"][0]["url"] == PUBLIC_URL


def test_uploaded_file_survives_another_fields_error(desk: Desk, as_: SignIn, postpeer_wire: Wire) -> None:
    postpeer_wire.post("/v1/media/upload", json=samples.an_upload())
    postpeer_wire.storage(PUT_URL)
    response = desk.post(as_("bob"), media_url="", media_file=a_file(), link="http://x.example", action="publish")
    assert set(response.context["form"].errors) == {"link"}
    assert f'value="{PUBLIC_URL}"' in response.content.decode()


def test_uploaded_file_survives_a_refresh_of_the_boards(
    desk: Desk, as_: SignIn, postpeer_wire: Wire, refreshed: list[object]
) -> None:
    postpeer_wire.post("/v1/media/upload", json=samples.an_upload())
    postpeer_wire.storage(PUT_URL)
    response = desk.post(as_("bob"), media_url="", media_file=a_file(), action="refresh_boards")
    assert f'value="{PUBLIC_URL}"' in response.content.decode()


def test_renamed_program_is_refused_beside_the_field(desk: Desk, as_: SignIn, no_wire: None) -> None:
    response = desk.post(as_("bob"), media_url="", media_file=a_file(PROGRAM), action="publish")
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"media_file"}
    assert 'value="A calm kitchen"' in response.content.decode()
    assert not Pin.objects.exists()


def test_postpeer_down_keeps_everything_but_the_file(desk: Desk, as_: SignIn, postpeer_wire: Wire) -> None:
    postpeer_wire.post("/v1/media/upload", raises=requests.ConnectionError("down"))
    response = desk.post(as_("bob"), media_url="", media_file=a_file())
    assert "has to be chosen again" in response.context["form"].errors["media_file"][0]
    assert 'value="A calm kitchen"' in response.content.decode()


def test_large_file_waits_on_the_disk(
    desk: Desk, as_: SignIn, postpeer_wire: Wire, settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The service module reads its stream in pieces; here it gets one that isn't in memory."""
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    content, streams, original = JPEG + b"j" * (3 * 1024 * 1024), list[Any](), uploads.send_file

    def watch(*, stream: Any, **rest: Any) -> str:
        streams.append(stream)
        return original(stream=stream, **rest)

    monkeypatch.setattr(uploads, "send_file", watch)
    postpeer_wire.post("/v1/media/upload", json=samples.an_upload())
    postpeer_wire.storage(PUT_URL)
    desk.post(as_("bob"), media_url="", media_file=a_file(content))
    assert str(streams[0].name).startswith(str(tmp_path))
    assert len(postpeer_wire.calls[-1].body) == len(content)
    assert list(tmp_path.iterdir()) == []


# What a file is, and what it is called


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (JPEG, "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n" + b"0" * 24, "image/png"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", ""),
        (MP4, "video/mp4"),
        (b"\x00\x00\x00\x14ftypqt  ", "video/quicktime"),
        (b"\x00\x00\x00\x08wide\x00\x00", "video/quicktime"),
        (b"\x00\x00\x00\x18ftypheic", ""),
        (b"\x00\x00\x00\x1cftypavif", ""),
        (b"GIF89a", ""),
        (b"%PDF-1.7", ""),
        (b"<svg xmlns=", ""),
        (b"<script>", ""),
        (b"", ""),
    ],
)
def test_kind_is_read_from_the_first_bytes(head: bytes, kind: str) -> None:
    assert filetypes.detect_mime_type(head[: filetypes.HEAD_BYTES]) == kind


@pytest.mark.parametrize(
    ("name", "kind", "safe"),
    [
        ("oak.jpg", "image/jpeg", "oak.jpg"),
        ("../../etc/passwd", "image/png", "passwd.png"),
        ("C:\\Users\\mira\\Küche 🌿.JPEG", "image/jpeg", "Kuche.jpg"),
        ("🌿.webp", "image/webp", "file.webp"),
        ("clip.mp4.exe", "video/mp4", "clip-mp4.mp4"),
        ("x" * 300 + ".mov", "video/quicktime", "x" * 80 + ".mov"),
    ],
)
def test_name_is_made_fit_for_an_address(name: str, kind: str, safe: str) -> None:
    assert uploads.safe_name(name, kind) == safe
