"""Addresses that contradict what they are given as."""

import pytest
from django.core.exceptions import ValidationError

from postpeer_dash.media.fetching.share_pages import check_media_address


def words_of(url: str, media_type: str = "image") -> str:
    try:
        check_media_address(url, media_type)
    except ValidationError as error:
        return error.messages[0]
    return ""


@pytest.mark.parametrize(
    ("ending", "name"),
    [
        ("heic", "HEIC"),
        ("GIF", "GIF"),
        ("svg", "SVG"),
        ("pdf", "PDF"),
        ("avif", "AVIF"),
        ("tiff", "TIFF"),
        ("%67if", "GIF"),
        ("bmp", "BMP"),
    ],
)
def test_picture_of_another_kind_is_named(ending: str, name: str) -> None:
    assert f"of the kind {name}" in words_of(f"https://pins.example/a/oak.{ending}")
    assert f"of the kind {name}" in words_of(f"https://pins.example/a/oak.{ending}?w=1000#x")


@pytest.mark.parametrize("ending", ["webm", "m3u8", "avi", "MKV", "3gp", "mpd"])
def test_video_of_another_kind_is_named(ending: str) -> None:
    assert "MP4 and MOV" in words_of(f"https://pins.example/film.{ending}", "video")


@pytest.mark.parametrize(
    ("ending", "media_type"), [("mp4", "image"), ("MOV", "image"), ("jpg", "video"), ("webp", "video")]
)
def test_picture_is_no_video_and_the_other_way_round(ending: str, media_type: str) -> None:
    assert "Choose" in words_of(f"https://pins.example/oak.{ending}", media_type)


@pytest.mark.parametrize(
    "url",
    [
        "https://pins.example/oak.jpg",
        "https://pins.example/oak.JPEG?x=.gif",
        "https://pins.example/oak.jfif",
        "https://pins.example/oak",
        "https://pins.example/image?id=7.gif",
        "https://pins.example/v1.2/oak",
        "https://pins.example/oak.php",
        "https://pins.example/",
        "https://pins.example",
        "https://dl.dropboxusercontent.com/s/x/oak.jpg",
        "https://www.dropbox.com/s/x/oak.jpg?raw=1",
        "https://drive.google.com/uc?export=download&id=1AbCdEfGhIj",
        "https://images.unsplash.com/photo-1?w=1000",
        "https://i.imgur.com/oak.jpg",
        "https://raw.githubusercontent.com/a/b/main/oak.png",
        "https://notyoutube.com.example/oak.jpg",
        "https://[::1",
    ],
)
def test_address_that_may_lead_to_a_picture_passes(url: str) -> None:
    assert words_of(url) == ""


@pytest.mark.parametrize(
    ("url", "name", "way_out"),
    [
        (
            "https://drive.google.com/file/d/1AbCdEfGhIjKl/view?usp=sharing",
            "Google Drive",
            "https://drive.google.com/uc?export=download&id=1AbCdEfGhIjKl",
        ),
        (
            "https://drive.google.com/open?id=1AbCdEfGhIjKl&usp=drive_fs",
            "Google Drive",
            "https://drive.google.com/uc?export=download&id=1AbCdEfGhIjKl",
        ),
        ("https://drive.google.com/drive/folders/1AbCdEfGhIjKl", "Google Drive", "upload"),
        ("https://www.dropbox.com/s/x/oak.jpg?dl=0", "Dropbox", "https://www.dropbox.com/s/x/oak.jpg?raw=1"),
        (
            "https://www.dropbox.com/scl/fi/x/oak.jpg?rlkey=y&dl=0",
            "Dropbox",
            "https://www.dropbox.com/scl/fi/x/oak.jpg?rlkey=y&raw=1",
        ),
        ("https://www.dropbox.com/scl/fo/x?rlkey=y", "Dropbox", "upload"),
        ("https://www.youtube.com/watch?v=x", "YouTube", "upload"),
        ("https://youtu.be/x", "YouTube", "upload"),
        ("https://vimeo.com/12345", "Vimeo", "upload"),
        ("https://www.instagram.com/p/x/", "Instagram", "upload"),
        ("https://1drv.ms/i/s!x", "OneDrive", "upload"),
        ("https://shop-my.sharepoint.com/:i:/g/x", "OneDrive", "upload"),
        ("https://photos.app.goo.gl/x", "Google Photos", "upload"),
        ("https://www.icloud.com/photos/#x", "iCloud", "upload"),
        ("https://de.pinterest.com/pin/1/", "Pinterest", "upload"),
        ("https://unsplash.com/photos/x", "Unsplash", "upload"),
        ("https://github.com/a/b/blob/main/oak.png", "GitHub", "Raw"),
    ],
)
def test_page_around_a_file_is_named_with_the_way_out(url: str, name: str, way_out: str) -> None:
    words = words_of(url)
    assert name in words and way_out in words
