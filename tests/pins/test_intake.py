"""Files are kept for those who may send them, and on the addresses that take them; for everybody else, not one byte."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.files import uploadhandler
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from postpeer_dash.media.services import PIECE_BYTES
from postpeer_dash.pins.pages.compose.views import compose
from postpeer_dash.pins.rules import MAX_FILE_BYTES
from tests.cast import Cast, SignIn

COMPOSE = "/t/nordlicht/pins/new/"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"j" * 3_000_000


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Yield the names of the temporary files that are made."""
    names: list[str] = []
    made = uploadhandler.TemporaryUploadedFile

    def note(name: str, *rest: Any) -> Any:
        names.append(name)
        return made(name, *rest)

    monkeypatch.setattr(uploadhandler, "TemporaryUploadedFile", note)
    yield names


def send(client: Client, address: str, **fields: Any) -> Any:
    return client.post(address, {"media_file": SimpleUploadedFile("oak.jpg", JPEG, "image/jpeg"), **fields})


def claim(
    client: Client, address: str, length: int, *, method: str = "POST", kind: str = "multipart/form-data; boundary=x"
) -> Any:
    """Return a form that says how long it is, and of which nothing can be read."""

    class Unreadable:
        def read(self, *_size: int) -> bytes:
            raise AssertionError("It was read.")

        readline = read

    environ = {"CONTENT_TYPE": kind, "CONTENT_LENGTH": str(length)}
    return client.generic(method, address, **environ, **{"wsgi.input": Unreadable()})


def test_composers_file_is_kept_on_its_way(cast: Cast, as_: SignIn, kept: list[str], postpeer_wire: Any) -> None:
    send(as_("cora"), COMPOSE, media_type="video")
    assert kept == ["oak.jpg"]


@pytest.mark.parametrize("name", ["vera", "charlie"])
def test_file_of_who_may_not_compose_is_not_kept(cast: Cast, as_: SignIn, kept: list[str], name: str) -> None:
    assert send(as_(name), COMPOSE).status_code in (403, 404)
    assert kept == []


def test_strangers_file_is_not_kept_and_what_they_typed_is(cast: Cast, kept: list[str]) -> None:
    client = Client()
    answer = send(client, COMPOSE, title="Oak table", owner=str(cast.bob.pk))
    assert answer.headers["Location"].startswith("/auth/login/")
    assert kept == []
    assert client.session["kept"]["fields"]["title"] == ["Oak table"]


@pytest.mark.parametrize("address", ["/auth/login/", "/setup/", "/me/", "/t/nordlicht/accounts/refresh/"])
def test_address_without_files_keeps_none(cast: Cast, as_: SignIn, kept: list[str], address: str) -> None:
    as_("alice").post(address, {"file": SimpleUploadedFile("a.jpg", JPEG[:1_000_000])})
    Client().post(address, {"file": SimpleUploadedFile("a.jpg", JPEG[:1_000_000])})
    assert kept == []


@pytest.mark.parametrize("address", ["/auth/login/", "/me/", "/t/nordlicht/accounts/refresh/"])
def test_long_form_is_refused_before_it_is_read(cast: Cast, as_: SignIn, address: str) -> None:
    assert claim(Client(), address, 3_000_000).status_code == 413
    assert claim(as_("alice"), address, 3_000_000).status_code == 413


def test_file_over_the_limit_is_refused_before_it_is_read(cast: Cast, as_: SignIn) -> None:
    answer = claim(as_("cora"), COMPOSE, MAX_FILE_BYTES + 3_000_000)
    assert answer.status_code == 413
    assert "larger than what is taken" in answer.content.decode()


def test_full_disk_is_said_before_it_is_read(cast: Cast, as_: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    class Disk:
        free = 600_000_000

    monkeypatch.setattr("shutil.disk_usage", lambda _folder: Disk)
    answer = claim(as_("cora"), COMPOSE, 500_000_000)
    assert answer.status_code == 507
    assert "no room" in answer.content.decode()


def test_form_of_many_files_ends_at_the_limit(cast: Cast, as_: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(vars(compose), "upload_policy", replace(vars(compose)["upload_policy"], max_bytes=2_000_000))
    assert send(as_("cora"), COMPOSE).status_code == 422


@pytest.mark.parametrize("name", ["vera", "charlie"])
def test_piece_of_who_may_not_compose_is_not_kept(
    cast: Cast, as_: SignIn, settings: Any, tmp_path: Path, name: str
) -> None:
    settings.MEDIA_FOLDER = str(tmp_path / "media")
    address = reverse("media:piece", args=["nordlicht", UUID(int=1), 0])
    assert as_(name).put(address, b"x", "application/octet-stream").status_code in (403, 404)
    assert not Path(settings.MEDIA_FOLDER).exists()


def test_piece_over_the_limit_is_refused_before_it_is_read(cast: Cast, as_: SignIn) -> None:
    address = reverse("media:piece", args=["nordlicht", UUID(int=1), 0])
    answer = claim(as_("cora"), address, PIECE_BYTES + 1, method="PUT", kind="application/octet-stream")
    assert answer.status_code == 413 and "isn’t a piece" in answer.json()["error"]


def test_nothing_stays_in_the_folder(
    cast: Cast, as_: SignIn, settings: Any, tmp_path: Path, postpeer_wire: Any
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    send(as_("cora"), COMPOSE, media_type="video")
    send(as_("vera"), COMPOSE)
    send(Client(), COMPOSE)
    assert list(tmp_path.iterdir()) == []
