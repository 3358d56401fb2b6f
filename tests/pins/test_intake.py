"""Files are kept for those who may send them, and on the addresses that take them; for everybody else, not one byte."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files import uploadhandler
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from postpeer_dash.pins.rules import MAX_FILE_BYTES
from tests.cast import Cast, SignIn

COMPOSE = "/t/nordlicht/pins/new/"
THROUGH = "/t/nordlicht/pins/new/upload/through/"
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


def claim(client: Client, address: str, length: int) -> Any:
    """Return a form that says how long it is, and of which nothing can be read."""

    class Unreadable:
        def read(self, *_size: int) -> bytes:
            raise AssertionError("It was read.")

        readline = read

    environ = {"CONTENT_TYPE": "multipart/form-data; boundary=x", "CONTENT_LENGTH": str(length)}
    return client.generic("POST", address, **environ, **{"wsgi.input": Unreadable()})


def test_composers_file_is_kept_on_its_way(cast: Cast, as_: SignIn, kept: list[str], postpeer_wire: Any) -> None:
    send(as_("cora"), THROUGH, media_type="video")
    assert kept == ["oak.jpg"]


@pytest.mark.parametrize("name", ["vera", "charlie"])
def test_file_of_who_may_not_compose_is_not_kept(cast: Cast, as_: SignIn, kept: list[str], name: str) -> None:
    assert send(as_(name), THROUGH).status_code in (403, 404)
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
    answer = claim(as_("cora"), THROUGH, MAX_FILE_BYTES + 3_000_000)
    assert answer.status_code == 413
    assert "larger than what is taken" in answer.json()["error"]
    assert claim(as_("cora"), COMPOSE, MAX_FILE_BYTES + 3_000_000).status_code == 413


def test_full_disk_is_said_before_it_is_read(cast: Cast, as_: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    class Disk:
        free = 600_000_000

    monkeypatch.setattr("shutil.disk_usage", lambda _folder: Disk)
    answer = claim(as_("cora"), THROUGH, 500_000_000)
    assert answer.status_code == 507
    assert "no room" in answer.json()["error"]


def test_form_of_many_files_ends_at_the_limit(cast: Cast, as_: SignIn) -> None:
    from postpeer_dash.pins.pages.upload.views import upload_through

    object.__setattr__(upload_through.upload_policy, "max_bytes", 2_000_000)
    try:
        answer = send(as_("cora"), THROUGH)
    finally:
        object.__setattr__(upload_through.upload_policy, "max_bytes", MAX_FILE_BYTES)
    assert answer.status_code == 422


def test_nothing_stays_in_the_folder(
    cast: Cast, as_: SignIn, settings: Any, tmp_path: Path, postpeer_wire: Any
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    send(as_("cora"), THROUGH, media_type="video")
    send(as_("vera"), THROUGH)
    send(Client(), COMPOSE)
    assert list(tmp_path.iterdir()) == []
