"""What an address leads to, looked at as Pinterest will find it."""

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from postpeer_dash.media.fetching import media_check, remote_file
from postpeer_dash.media.fetching.guarded import PUBLIC, Fetched, Rules
from postpeer_dash.media.fetching.media_check import Look, look_at
from tests.media.files import encode, jpeg, picture, png
from tests.media.film_files import PLACE, film, mp4

MEGABYTE = 1024 * 1024


@dataclass
class Stand:
    """A server of this machine with one file; `asked` are the parts that it was asked for."""

    body: bytes = b""
    status: int = 200
    gives_parts: bool = True
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    port: int = 0

    def look(self, media_type: str = "image", *, max_bytes: int = 32 * MEGABYTE) -> Look:
        rules = Rules(ports=PUBLIC.ports | {self.port}, allow_loopback=True)
        return look_at(f"http://127.0.0.1:{self.port}/file", media_type, max_bytes=max_bytes, rules=rules, seconds=5)

    def codes(self, media_type: str = "image", **options: Any) -> list[str]:
        """Return what is warned of, but for the way, which is no HTTPS here."""
        warnings = self.look(media_type, **options).warnings
        assert all(warning.text and "%" not in warning.text for warning in warnings)
        return [warning.code for warning in warnings if warning.code != "insecure"]


@pytest.fixture(scope="module")
def running() -> Iterator[ThreadingHTTPServer]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            stand: Stand = self.server.stand  # type: ignore[attr-defined]
            stand.asked.append(self.headers["Range"])
            body, status, headers = stand.body, stand.status, {"Content-Length": str(len(stand.body)), **stand.headers}
            if status == 200 and stand.gives_parts:
                first, last = (int(number) for number in re.findall(r"\d+", self.headers["Range"]))
                status, body = 206, stand.body[first : last + 1]
                whole = len(stand.body)
                headers |= {
                    "Content-Range": f"bytes {first}-{first + len(body) - 1}/{whole}",
                    "Content-Length": str(len(body)),
                }
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_words: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server
    server.shutdown()


@pytest.fixture
def stand(running: ThreadingHTTPServer) -> Stand:
    stand = Stand(port=running.server_port)
    running.stand = stand  # type: ignore[attr-defined]
    return stand


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of some kilobytes are read in as many parts as large ones."""
    monkeypatch.setattr(media_check, "HEAD_BYTES", 1024)
    monkeypatch.setattr(remote_file, "_PART_BYTES", 2048)


def test_good_picture_is_warned_of_by_nothing(stand: Stand) -> None:
    stand.body, stand.headers = jpeg(1000, 1500), {"Content-Type": "image/jpeg"}
    assert stand.codes() == []
    look = stand.look()
    assert look.is_reachable and look.facts is not None
    assert (look.facts.kind, look.facts.width, look.facts.height, look.size) == ("jpeg", 1000, 1500, len(stand.body))


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (jpeg(), "small"),
        (jpeg(1500, 1000), "wide"),
        (encode(picture(), "GIF"), "content"),
        (encode(picture(), "BMP"), "content"),
        (b"<!doctype html><html><title>Oak</title></html>", "page"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "content"),
        (b"%PDF-1.7 and so on", "content"),
        (b"#EXTM3U\n", "content"),
        (jpeg(300, 450)[:2000], "damaged"),
        (png(300, 450)[:1000], "damaged"),
        (encode(picture(1000, 1500), "AVIF", speed=10), "converted"),
        (encode(picture(1000, 1500, "CMYK"), "JPEG"), "colors"),
        (encode(Image.new("I;16", (1000, 1500)), "PNG"), "colors"),
        (b"", "empty"),
    ],
    ids=["small", "wide", "gif", "bmp", "html", "svg", "pdf", "hls", "half", "half png", "avif", "cmyk", "16", "empty"],
)
def test_what_pinterest_will_not_like_is_warned_of(stand: Stand, body: bytes, code: str) -> None:
    stand.body = body
    assert stand.codes() == [code]


def test_picture_that_tells_its_place_is_warned_of(stand: Stand) -> None:
    block = Image.Exif()
    block.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 18.0)})
    stand.body = encode(picture(1000, 1500), "JPEG", exif=block)
    assert stand.codes() == ["place"]


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (401, "closed"),
        (403, "closed"),
        (404, "gone"),
        (410, "gone"),
        (416, "empty"),
        (418, "status"),
        (429, "busy"),
        (500, "server"),
        (503, "server"),
    ],
)
def test_status_is_told_with_its_number(stand: Stand, status: int, code: str) -> None:
    stand.body, stand.status = b"no", status
    look = stand.look()
    assert [warning.code for warning in look.warnings] == [code] and not look.is_reachable
    assert code == "empty" or str(status) in look.warnings[0].text


def test_address_that_is_not_fetched_is_told_why() -> None:
    look = look_at("http://169.254.169.254/x.jpg", "image", max_bytes=1)
    assert [warning.code for warning in look.warnings] == ["inside"] and look.status == 0


def test_way_without_https_is_warned_of(stand: Stand) -> None:
    stand.body = jpeg(1000, 1500)
    assert [warning.code for warning in stand.look().warnings] == ["insecure"]


def test_file_that_is_too_large_is_told_with_its_size(stand: Stand) -> None:
    stand.body = jpeg(1000, 1500) + bytes(3 * MEGABYTE)
    found = [warning.text for warning in stand.look(max_bytes=2 * MEGABYTE).warnings if warning.code == "large"]
    assert len(found) == 1 and "4 MB" in found[0] and "2 MB" in found[0]


def test_server_that_calls_a_picture_a_text_is_warned_of(stand: Stand) -> None:
    stand.body, stand.headers = jpeg(1000, 1500), {"Content-Type": "text/plain"}
    assert stand.codes() == ["type"]
    stand.headers = {"Content-Type": "application/octet-stream"}
    assert stand.codes() == []


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
@pytest.mark.usefixtures("small_steps")
def test_of_a_large_picture_the_beginning_is_asked_for(stand: Stand, form: str) -> None:
    block = Image.Exif()
    block[0x0112] = 6
    stand.body = encode(picture(1500, 1000), form, exif=block)
    look = stand.look()
    assert look.facts is not None and len(stand.asked) == 1
    # Turned by its EXIF, it is high.
    assert (look.facts.width, look.facts.height) == (1000, 1500)


def test_film_is_no_picture_and_the_other_way_round(stand: Stand) -> None:
    stand.body = mp4()
    assert stand.codes("image") == ["kind"]
    stand.body = jpeg(1000, 1500)
    assert stand.codes("video") == ["kind"]


@pytest.mark.usefixtures("small_steps")
@pytest.mark.parametrize(
    ("options", "parts"), [((), 3), (("-movflags", "+faststart"), 1)], ids=["moov at the end", "moov first"]
)
def test_film_is_read_in_parts(stand: Stand, options: tuple[str, ...], parts: int) -> None:
    stand.body = film("mp4", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", *options, sound=False)
    look = stand.look("video")
    assert look.facts is not None and look.facts.codec == "avc1" and (look.facts.width, look.facts.height) == (64, 96)
    assert stand.codes("video") == []
    # What lies between the beginning and the tables isn't asked for.
    assert len(stand.body) > 20_000 and len(set(stand.asked)) == parts


@pytest.mark.usefixtures("small_steps")
def test_film_that_tells_its_place_is_warned_of(stand: Stand) -> None:
    stand.body = mp4(*PLACE)
    assert stand.codes("video") == ["place"]


@pytest.mark.usefixtures("small_steps")
@pytest.mark.parametrize("media_type", ["image", "video"])
def test_without_parts_the_beginning_says_what_it_can(stand: Stand, media_type: str) -> None:
    stand.body, stand.gives_parts = mp4(), False
    look = stand.look(media_type)
    assert look.facts is None and len(stand.asked) == 1
    assert stand.codes(media_type) == ([] if media_type == "video" else ["kind"])


@pytest.mark.usefixtures("small_steps")
def test_parts_are_counted(stand: Stand) -> None:
    """A file of boxes in boxes leads a reader from place to place."""
    step = (8 * 1024).to_bytes(4, "big") + b"free" + bytes(8 * 1024 - 8)
    stand.body = b"\0\0\0\x10ftypisom\0\0\0\0" + step * 64
    assert stand.look("video").facts is None
    assert len(stand.asked) <= 1 + remote_file._MAX_PARTS


@pytest.mark.usefixtures("small_steps")
def test_film_that_changes_meanwhile_is_not_told_from_two_halves(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    stand.body = mp4()
    fetch = remote_file.fetch

    def change(*arguments: Any, **options: Any) -> Any:
        stand.body = stand.body + b"\0"
        return fetch(*arguments, **options)

    monkeypatch.setattr(remote_file, "fetch", change)
    look = stand.look("video")
    assert look.facts is None and look.is_reachable


@given(st.data())
def test_whatever_comes_is_looked_at(data: st.DataObject) -> None:
    """Files that are cut or have another byte somewhere, whole or in their beginning."""
    body = bytearray(data.draw(st.sampled_from([jpeg(), png(), encode(picture(), "WEBP"), encode(picture(), "AVIF")])))
    body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    del body[data.draw(st.integers(0, len(body))) :]
    length = data.draw(st.sampled_from([len(body), 0, 2**31, 10**14, None]))

    def fetch(url: str, into: Any, **_options: Any) -> Fetched:
        into.write(body)
        is_whole = length in (len(body), None)
        return Fetched(url, 200, "", length, 0, len(body), is_whole, is_moved=False, is_secure=True)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(media_check, "fetch", fetch)
        look = look_at("https://pins.example/x", "image", max_bytes=MEGABYTE)
    assert look.facts is not None or look.warnings or length != len(body)
