"""Uploads and the files that are served."""

import http.client
import os

import pytest
import requests

from tests.sandbox_process import SandboxProcess

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40


def _announce(sandbox: SandboxProcess, filename: str = "cabin.png", mime: str = "image/png") -> dict[str, str]:
    data = {"filename": filename, "mimeType": mime}
    answer: dict[str, str] = sandbox.call("POST", "/v1/media/upload", json=data).json()["data"]
    return answer


def _put(url: str, data: bytes = PNG, mime: str = "image/png") -> requests.Response:
    return requests.put(url, data=data, headers={"Content-Type": mime}, timeout=20)


@pytest.fixture
def public_url(sandbox: SandboxProcess) -> str:
    upload = _announce(sandbox)
    assert _put(upload["uploadUrl"]).status_code == 200
    return upload["publicUrl"]


def test_file_comes_back_as_it_was_put(public_url: str) -> None:
    answer = requests.get(public_url, timeout=5)
    assert (answer.content, answer.headers["Content-Type"]) == (PNG, "image/png")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "max-age=31536000" in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("asked", "status", "part"),
    [
        ("bytes=0-9", 206, PNG[:10]),
        ("bytes=100-", 206, PNG[100:]),
        ("bytes=-5", 206, PNG[-5:]),
        ("bytes=5-999999", 206, PNG[5:]),
        ("bytes=999999-", 416, b""),
        ("lines=1-2", 200, PNG),
    ],
)
def test_part_of_a_file_is_served(asked: str, status: int, part: bytes, public_url: str) -> None:
    answer = requests.get(public_url, headers={"Range": asked}, timeout=5)
    assert (answer.status_code, answer.content) == (status, part)


def test_head_has_the_length_and_no_body(public_url: str) -> None:
    answer = requests.head(public_url, timeout=5)
    assert (answer.headers["Content-Length"], answer.content) == (str(len(PNG)), b"")


def test_browser_elsewhere_may_put(sandbox: SandboxProcess) -> None:
    url = _announce(sandbox)["uploadUrl"]
    asked = requests.options(url, headers={"Origin": "http://localhost:8700"}, timeout=5)
    assert asked.headers["Access-Control-Allow-Origin"] == "*"
    assert "PUT" in asked.headers["Access-Control-Allow-Methods"]
    assert asked.headers["Access-Control-Allow-Headers"] == "Content-Type"
    assert _put(url).headers["Access-Control-Allow-Origin"] == "*"


def test_other_content_type_is_refused(sandbox: SandboxProcess) -> None:
    upload = _announce(sandbox)
    assert _put(upload["uploadUrl"], mime="image/jpeg").status_code == 403
    assert requests.get(upload["publicUrl"], timeout=5).status_code == 404


def test_refused_upload_leaves_the_connection_clean(sandbox: SandboxProcess) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", sandbox.port, timeout=5)
    connection.request("PUT", "/upload/none", b"x" * 1000)
    connection.getresponse().read()
    connection.request("GET", "/v1/health")
    assert connection.getresponse().status == 200
    connection.close()


def test_upload_without_length_is_refused(sandbox: SandboxProcess) -> None:
    answer = requests.put(
        _announce(sandbox)["uploadUrl"], data=iter([b"ab"]), headers={"Content-Type": "image/png"}, timeout=5
    )
    assert answer.status_code == 411


@pytest.mark.parametrize("mime", ["application/pdf", "text/html", "image", "image/", "image/png\r\nX: y"])
def test_only_pictures_and_films_are_announced(mime: str, sandbox: SandboxProcess) -> None:
    data = {"filename": "a", "mimeType": mime}
    assert sandbox.call("POST", "/v1/media/upload", json=data).status_code == 400


@pytest.mark.parametrize(
    "filename", ["../../etc/passwd", "..", "a b/ü .png", "C:\\x\\y.png", "<script>.png", "x" * 400]
)
def test_any_filename_is_made_harmless(filename: str, sandbox: SandboxProcess) -> None:
    upload = _announce(sandbox, filename)
    assert _put(upload["uploadUrl"]).status_code == 200
    assert requests.get(upload["publicUrl"], timeout=5).content == PNG


def test_upload_of_no_one_is_not_found(sandbox: SandboxProcess) -> None:
    assert _put(f"{sandbox.base_url}/upload/none").status_code == 404


def test_large_file_passes_through(sandbox: SandboxProcess) -> None:
    upload, film = _announce(sandbox, "film.mp4", "video/mp4"), os.urandom(12_000_000)
    assert _put(upload["uploadUrl"], film, "video/mp4").status_code == 200
    assert requests.get(upload["publicUrl"], timeout=20).content == film


def test_demo_pictures_are_served(sandbox: SandboxProcess) -> None:
    answer = requests.get(f"{sandbox.base_url}/pictures/snow.jpg", timeout=5)
    assert answer.content.startswith(b"\xff\xd8")


@pytest.mark.parametrize("path", ["/pictures/none.jpg", "/pictures/..%2F__main__.jpg", "/media/x/y", "/assets/app.py"])
def test_other_files_are_not(path: str, sandbox: SandboxProcess) -> None:
    assert requests.get(sandbox.base_url + path, timeout=5).status_code == 404
