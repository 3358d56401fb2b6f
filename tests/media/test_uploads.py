"""Files in pieces: announced, sent, taken up again, ended, and never another person's."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
import requests
from django.test import Client
from django.urls import reverse

from postpeer_dash.media import processing, services, store
from postpeer_dash.media.models import MediaFile
from postpeer_dash.postpeer.errors import Failure
from postpeer_dash.teams.models import Membership, Role
from tests.cast import Cast, SignIn
from tests.media.files import encode, jpeg, picture
from tests.postpeer import samples
from tests.postpeer.wire import Wire

pytestmark = pytest.mark.usefixtures("decoded_here")
PUT_URL = "https://storage.example/put/oak.jpg?signature=s3cr3t"
PUBLIC_URL = "https://media.example/oak.jpg"
PROGRAM = b"MZ\x90\x00" + b"p" * 3000
State = MediaFile.State


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """A picture of three pieces."""
    monkeypatch.setattr(services, "PIECE_BYTES", len(jpeg()) // 3 + 1)


def begin(client: Client, content: bytes = jpeg(), **changed: Any) -> Any:
    fields = {"filename": "oak.jpg", "size": len(content), **changed}
    url = reverse("media:begin", args=["nordlicht"])
    return client.post(url, json.dumps(fields), content_type="application/json")


def address(name: str, key: str, *more: Any) -> str:
    return reverse(f"media:{name}", args=["nordlicht", key, *more])


def put(client: Client, key: str, number: int, piece: bytes, **headers: str) -> Any:
    return client.put(address("piece", key, number), piece, "application/octet-stream", headers=headers)


def pieces(content: bytes = jpeg()) -> list[bytes]:
    return [content[at : at + services.PIECE_BYTES] for at in range(0, len(content), services.PIECE_BYTES)]


def send_all(client: Client, content: bytes = jpeg()) -> str:
    key: str = begin(client, content).json()["id"]
    for number, piece in enumerate(pieces(content)):
        assert put(client, key, number, piece).status_code == 200
    return key


def expect_transfer(wire: Wire) -> None:
    wire.post("/v1/media/upload", json=samples.an_upload())
    wire.storage(PUT_URL)


# Pieces


def test_file_in_pieces_arrives_at_postpeer(as_: SignIn, postpeer_wire: Wire) -> None:
    expect_transfer(postpeer_wire)
    bob = as_("bob")
    key = send_all(bob)
    answer = bob.post(address("finish", key))
    assert answer.status_code == 200
    told = answer.json()
    assert (told["state"], told["url"], told["kind"], told["ratio"]) == ("ready", PUBLIC_URL, "JPG", "2:3")
    assert postpeer_wire.calls[-1].body.startswith(b"\xff\xd8\xff")
    assert bob.get(address("status", key)).json() == told


def test_each_piece_is_checked(as_: SignIn, no_wire: None) -> None:
    bob = as_("bob")
    key, piece = begin(bob).json()["id"], pieces()[0]
    wrong = put(bob, key, 0, piece, **{"X-Piece-SHA256": "0" * 64})
    assert wrong.status_code == 422 and "sent again" in wrong.json()["error"]
    right = put(bob, key, 0, piece, **{"X-Piece-SHA256": hashlib.sha256(piece).hexdigest()})
    assert right.json() == {"received": len(piece)}


def test_broken_upload_goes_on_where_it_broke(as_: SignIn, postpeer_wire: Wire) -> None:
    expect_transfer(postpeer_wire)
    bob = as_("bob")
    key, (first, second, third) = begin(bob).json()["id"], pieces()
    put(bob, key, 0, first)
    assert bob.get(address("status", key)).json()["received"] == len(first)
    # Sent twice, since the answer was lost.
    assert put(bob, key, 0, first).json() == {"received": len(first)}
    early = put(bob, key, 2, third)
    assert (early.status_code, early.json()) == (409, {"received": len(first)})
    missing = bob.post(address("finish", key))
    assert (missing.status_code, missing.json()) == (409, {"received": len(first)})
    put(bob, key, 1, second)
    put(bob, key, 2, third)
    assert bob.post(address("finish", key)).json()["state"] == "ready"


@pytest.mark.parametrize("piece", [b"", b"x", jpeg(), jpeg() * 2])
def test_piece_of_another_length_is_refused(as_: SignIn, no_wire: None, piece: bytes) -> None:
    bob = as_("bob")
    key = begin(bob).json()["id"]
    assert put(bob, key, 0, piece).status_code in (413, 422)
    assert MediaFile.objects.get().received == 0


@pytest.mark.parametrize("number", [3, 4, 10**6])
def test_piece_behind_the_end_is_refused(as_: SignIn, no_wire: None, number: int) -> None:
    bob = as_("bob")
    key = begin(bob).json()["id"]
    assert put(bob, key, number, pieces()[0]).status_code == 409


def test_form_is_no_piece(as_: SignIn, no_wire: None) -> None:
    bob = as_("bob")
    key = begin(bob).json()["id"]
    assert bob.put(address("piece", key, 0), pieces()[0], "image/jpeg").status_code == 413


def test_ended_twice_it_is_sent_once(as_: SignIn, postpeer_wire: Wire) -> None:
    expect_transfer(postpeer_wire)
    bob = as_("bob")
    key = send_all(bob)
    first, second = (bob.post(address("finish", key)).json() for _press in range(2))
    assert first == second and first["state"] == "ready"
    assert put(bob, key, 0, pieces()[0]).status_code == 409


def test_upload_that_is_taken_back_leaves_nothing(as_: SignIn, no_wire: None, settings: Any) -> None:
    bob = as_("bob")
    key = begin(bob).json()["id"]
    put(bob, key, 0, pieces()[0])
    assert bob.post(address("discard", key)).status_code == 204
    assert not MediaFile.objects.exists()
    assert [path for path in Path(settings.MEDIA_FOLDER).rglob("*") if path.is_file()] == []
    assert put(bob, key, 1, pieces()[1]).status_code == 404


def test_file_that_a_pin_may_show_is_not_taken_back(as_: SignIn, postpeer_wire: Wire) -> None:
    expect_transfer(postpeer_wire)
    bob = as_("bob")
    key = send_all(bob)
    bob.post(address("finish", key))
    assert bob.post(address("discard", key)).status_code == 204
    assert bob.get(address("status", key)).json()["url"] == PUBLIC_URL


# What is refused


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"size": 0}, "empty"),
        ({"size": 3 * 1024**3}, "up to 2 GB"),
        ({"size": -1}, ""),
        ({"size": "x"}, "no size"),
        ({"size": None}, "no size"),
        ({"size": 10**30}, ""),
        ({"filename": ""}, "no name"),
        ({"purpose": "virus"}, ""),
    ],
)
def test_announcement_is_refused(as_: SignIn, no_wire: None, changed: dict[str, Any], words: str) -> None:
    response = begin(as_("bob"), **changed)
    assert response.status_code == 422 and words in response.json()["error"]
    assert not MediaFile.objects.exists()


@pytest.mark.parametrize("body", ["", "[]", "null", "{", "\x00", '{"filename": {"a": 1}, "size": []}', "[" * 9999])
def test_broken_announcement_is_refused(as_: SignIn, no_wire: None, body: str) -> None:
    url = reverse("media:begin", args=["nordlicht"])
    assert as_("bob").post(url, body, content_type="application/json").status_code == 422


def test_program_called_a_picture_is_refused_and_removed(as_: SignIn, no_wire: None, settings: Any) -> None:
    bob = as_("bob")
    key = send_all(bob, PROGRAM)
    answer = bob.post(address("finish", key))
    assert answer.status_code == 422 and answer.json()["state"] == "refused"
    assert answer.json()["error"]
    assert [path for path in Path(settings.MEDIA_FOLDER).rglob("*") if path.is_file()] == []


def test_full_disk_is_said(as_: SignIn, no_wire: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "free_bytes", lambda: 10)
    assert "no room" in begin(as_("bob")).json()["error"]


def test_teams_share_of_the_disk_ends(as_: SignIn, cast: Cast, no_wire: None, settings: Any) -> None:
    settings.MEDIA_TEAM_BYTES = 2 * len(jpeg())
    bob = as_("bob")
    assert [begin(bob).status_code for _file in range(3)] == [201, 201, 422]
    assert "take up all" in begin(bob).json()["error"]


# Whose it is


def test_piece_of_somebody_elses_upload_is_refused(as_: SignIn, cast: Cast, no_wire: None) -> None:
    key = begin(as_("bob")).json()["id"]
    cora = as_("cora")
    assert put(cora, key, 0, pieces()[0]).status_code == 404
    assert cora.post(address("finish", key)).status_code == 404
    assert cora.post(address("discard", key)).status_code == 404
    assert MediaFile.objects.get().received == 0


def test_upload_of_another_team_is_not_there(as_: SignIn, cast: Cast, no_wire: None) -> None:
    key = begin(as_("bob")).json()["id"]
    Membership.objects.create(team=cast.other_team, user=cast.bob, role=Role.OWNER)
    there = reverse("media:piece", args=[cast.other_team.slug, key, 0])
    assert as_("bob").put(there, pieces()[0], "application/octet-stream").status_code == 404


# PostPeer


def test_postpeer_that_is_away_is_tried_again_by_a_worker(as_: SignIn, postpeer_wire: Wire) -> None:
    postpeer_wire.post("/v1/media/upload", raises=requests.ConnectionError("down"))
    bob = as_("bob")
    key = send_all(bob)
    told = bob.post(address("finish", key)).json()
    assert (told["state"], told["url"]) == ("sending", "") and "can’t be reached" in told["error"]
    MediaFile.objects.update(due_at=None)
    file = MediaFile.objects.get()
    MediaFile.objects.update(due_at=file.created_at)
    expect_transfer(postpeer_wire)
    assert list(processing.find_due(5)) == [file.pk]
    processing.work_on(file.pk)
    assert bob.get(address("status", key)).json()["url"] == PUBLIC_URL


def test_place_that_takes_too_long_is_left_to_the_worker(
    as_: SignIn, postpeer_wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    allowed: list[float] = []

    def put(_url: str, *, timeouts: Any, **_more: Any) -> Failure:
        allowed.append(timeouts.upload)
        return Failure.DEADLINE

    monkeypatch.setattr("postpeer_dash.postpeer.client.put_stream", put)
    postpeer_wire.post("/v1/media/upload", json=samples.an_upload(), repeat=True)
    bob = as_("bob")
    told = bob.post(address("finish", send_all(bob))).json()
    assert told["state"] == "sending" and told["error"]
    file = MediaFile.objects.get()
    MediaFile.objects.update(due_at=file.created_at)
    processing.work_on(file.pk)
    assert allowed[0] < 30 and allowed[1] >= 1800


def test_place_that_refuses_is_asked_for_anew_until_it_makes_no_sense(as_: SignIn, postpeer_wire: Wire) -> None:
    bob, key = as_("bob"), ""
    for attempt in (0, processing.ATTEMPTS):
        postpeer_wire.post("/v1/media/upload", json=samples.an_upload())
        postpeer_wire.storage(PUT_URL, status=403)
        key = key or send_all(bob)
        if attempt == 0:
            assert bob.post(address("finish", key)).json()["state"] == "sending"
            continue
        file = MediaFile.objects.get()
        MediaFile.objects.update(attempts=attempt, due_at=file.created_at)
        processing.work_on(file.pk)
    told = bob.get(address("status", key)).json()
    assert told["state"] == "refused" and told["error"]


def test_file_whose_process_was_killed_is_found_again(as_: SignIn, postpeer_wire: Wire) -> None:
    bob = as_("bob")
    key = send_all(bob)
    now = MediaFile.objects.get().created_at
    MediaFile.objects.update(state=State.CHECKING, due_at=now)
    expect_transfer(postpeer_wire)
    (found,) = processing.find_due(5)
    processing.work_on(found)
    processing.work_on(found)
    assert bob.get(address("status", key)).json()["state"] == "ready"


def test_file_whose_bytes_are_gone_is_said_to_be(as_: SignIn, no_wire: None) -> None:
    bob = as_("bob")
    key = send_all(bob)
    file = MediaFile.objects.get()
    store.remove_folder(file)
    MediaFile.objects.update(state=State.CHECKING, due_at=file.created_at)
    processing.work_on(file.pk)
    assert "Choose it again" in bob.get(address("status", key)).json()["error"]


# What is made of it


LABEL = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">'
    b"<Iptc4xmpExt:DigitalSourceType>http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
    b"</Iptc4xmpExt:DigitalSourceType></rdf:Description></rdf:RDF></x:xmpmeta>"
)


def test_label_outlasts_a_conversion(as_: SignIn, postpeer_wire: Wire) -> None:
    expect_transfer(postpeer_wire)
    bob = as_("bob")
    key = send_all(bob, encode(picture(mode="CMYK"), "JPEG", xmp=LABEL))
    told = bob.post(address("finish", key)).json()
    assert any("labelled" in note for note in told["notes"])
    assert b"trainedAlgorithmicMedia" in postpeer_wire.calls[-1].body


def test_picture_is_cut_into_a_file_of_its_own(as_: SignIn, postpeer_wire: Wire) -> None:
    expect_transfer(postpeer_wire)
    bob = as_("bob")
    key = send_all(bob, encode(picture(), "JPEG", xmp=LABEL))
    bob.post(address("finish", key))
    expect_transfer(postpeer_wire)
    fields = {"left": 16, "top": 0, "width": 48, "height": 72}
    answer = bob.post(address("crop", key), json.dumps(fields), content_type="application/json")
    told = answer.json()
    assert (answer.status_code, told["width"], told["height"], told["ratio"]) == (201, 48, 72, "2:3")
    assert told["id"] != key and b"trainedAlgorithmicMedia" in postpeer_wire.calls[-1].body


@pytest.mark.parametrize(
    "box", [(0, 0, 0, 9), (60, 0, 9, 9), (0, 90, 9, 9), (-1, 0, 9, 9), (0, 0, 10**9, 9), ("x", 0, 9, 9)]
)
def test_piece_outside_of_the_picture_is_refused(as_: SignIn, postpeer_wire: Wire, box: tuple[Any, ...]) -> None:
    expect_transfer(postpeer_wire)
    bob = as_("bob")
    key = send_all(bob)
    bob.post(address("finish", key))
    fields = dict(zip(("left", "top", "width", "height"), box, strict=True))
    answer = bob.post(address("crop", key), json.dumps(fields), content_type="application/json")
    assert answer.status_code == 422 and answer.json()["error"]
    assert MediaFile.objects.count() == 1


# The thumbnail


def test_thumbnail_is_the_teams_own(as_: SignIn, cast: Cast, postpeer_wire: Wire) -> None:
    expect_transfer(postpeer_wire)
    bob = as_("bob")
    key = send_all(bob)
    url = bob.post(address("finish", key)).json()["thumbnail"]
    answer = as_("vera").get(url)
    content = b"".join(answer.streaming_content)
    assert content[:4] == b"RIFF" and len(content) < 40_000
    assert "private" in answer.headers["Cache-Control"] and "immutable" in answer.headers["Cache-Control"]
    assert as_("charlie").get(url).status_code == 404
    assert Client().get(url).status_code == 302
