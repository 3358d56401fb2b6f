"""Pictures, by their bytes: what they are, and where they end."""

import io
import struct
import zlib
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from postpeer_dash.media.facts import Facts, Kind, Trailing
from postpeer_dash.media.formats.detect import inspect
from tests.media.files import encode, jpeg, picture, png


def look(data: bytes) -> Facts:
    return inspect(io.BytesIO(data), len(data))


def code_of(data: bytes) -> str:
    with pytest.raises(ValidationError) as refused:
        look(data)
    assert refused.value.messages[0] and "%(" not in refused.value.messages[0]
    return str(refused.value.code)


def exif(**tags: Any) -> Image.Exif:
    block = Image.Exif()
    for name, value in tags.items():
        block[{"orientation": 0x0112, "make": 0x010F}[name]] = value
    return block


def heif(form: str, **options: Any) -> bytes:
    if form == "HEIF":
        pytest.importorskip("pillow_heif").register_heif_opener()
    return encode(picture(), form, **options)


KINDS = {
    "jpeg": (lambda: jpeg(), Kind.JPEG),
    "progressive": (lambda: jpeg(progressive=True), Kind.JPEG),
    "restarts": (lambda: jpeg(restart_marker_blocks=1), Kind.JPEG),
    "png": (png, Kind.PNG),
    "palette": (lambda: encode(picture().convert("P"), "PNG"), Kind.PNG),
    "webp": (lambda: encode(picture(), "WEBP"), Kind.WEBP),
    "lossless": (lambda: encode(picture(), "WEBP", lossless=True), Kind.WEBP),
    "transparent": (lambda: encode(picture().convert("RGBA"), "WEBP"), Kind.WEBP),
    "heic": (lambda: heif("HEIF"), Kind.HEIC),
    "avif": (lambda: heif("AVIF"), Kind.AVIF),
}


@pytest.mark.parametrize("name", KINDS)
def test_kind_and_sides_are_read(name: str) -> None:
    make, kind = KINDS[name]
    facts = look(make())
    assert (facts.kind, facts.width, facts.height) == (kind, 64, 96)
    assert facts.trailing is Trailing.NOTHING


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_sides_are_those_that_browsers_show(form: str, orientation: int) -> None:
    facts = look(encode(picture(), form, exif=exif(orientation=orientation)))
    is_turned = form != "WEBP" and orientation >= 5
    assert (facts.width, facts.height) == ((96, 64) if is_turned else (64, 96))
    assert facts.orientation == (1 if form == "WEBP" else orientation)


def test_orientation_of_xmp_alone_is_obeyed_by_nobody() -> None:
    packet = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description tiff:Orientation="6"/></x:xmpmeta>'
    assert look(encode(picture(), "JPEG", xmp=packet)).orientation == 1


@pytest.mark.parametrize(
    ("make", "color", "bits"),
    [
        (lambda: encode(picture().convert("L"), "JPEG"), "grey", 8),
        (lambda: encode(picture().convert("CMYK"), "JPEG"), "cmyk", 8),
        (lambda: encode(Image.new("I;16", (8, 8), 30000), "PNG"), "grey", 16),
        (lambda: encode(picture().convert("P"), "PNG"), "palette", 8),
    ],
    ids=["grey", "cmyk", "16 bit", "palette"],
)
def test_colours_are_read(make: Any, color: str, bits: int) -> None:
    facts = look(make())
    assert (facts.color, facts.bits) == (color, bits)
    assert facts.needs_rgb is (color == "cmyk" or bits == 16)


# What is no whole picture


@pytest.mark.parametrize("name", [*KINDS])
@pytest.mark.parametrize("part", [0.3, 0.6, 0.97])
def test_picture_that_is_cut_off_is_refused(name: str, part: float) -> None:
    data = KINDS[name][0]()
    assert code_of(data[: int(len(data) * part)]) in ("damaged", "content", "no_picture")


def test_page_behind_the_head_of_a_jpeg_is_refused() -> None:
    assert code_of(jpeg()[:20] + b"<html><body>Not found</body></html>") == "damaged"


def test_png_with_a_wrong_checksum_is_refused() -> None:
    data = bytearray(png())
    data[60] ^= 1
    assert code_of(bytes(data)) == "damaged"


@pytest.mark.parametrize(
    "data",
    [
        encode(picture(), "GIF"),
        encode(picture(), "BMP"),
        encode(picture(), "TIFF"),
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"\xef\xbb\xbf<?xml version='1.0'?>\n<svg/>",
        b"%PDF-1.7\n",
        b"\x1a\x45\xdf\xa3" + bytes(40),
        b"RIFF\x20\0\0\0AVI LIST",
        b"RIFF\x20\0\0\0WAVEfmt ",
        b"G" + bytes(187) + b"G" + bytes(187),
        b"#EXTM3U\n#EXT-X-VERSION:3\n",
        b"ID3\4\0" + bytes(20),
        b"PK\3\4" + bytes(30),
        b"MZ" + bytes(60),
        b"just some words",
        bytes(100),
    ],
    ids=lambda data: repr(data[:12]),
)
def test_other_kind_is_refused_by_its_name(data: bytes) -> None:
    assert code_of(data) == "content"


def test_page_is_refused_as_one() -> None:
    with pytest.raises(ValidationError, match="web page"):
        look(b"\n<!DOCTYPE html><html>")


def test_empty_file_is_refused() -> None:
    assert code_of(b"") == "empty"


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_picture_that_moves_is_refused(form: str) -> None:
    stream = io.BytesIO()
    frames = [picture(), picture().transpose(Image.Transpose.ROTATE_180)]
    frames[0].save(stream, form, save_all=True, append_images=frames[1:], duration=100)
    assert code_of(stream.getvalue()) == "moves"


def test_more_than_64_megapixels_are_refused_before_anything_is_decoded() -> None:
    # A header says so; what follows is small.
    header = struct.pack(">IIBBBBB", 9000, 9000, 8, 0, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"x")) + chunk(b"IEND", b"")
    assert code_of(data) == "pixels"


def chunk(kind: bytes, payload: bytes) -> bytes:
    return struct.pack(">I", len(payload)) + kind + payload + struct.pack(">I", zlib.crc32(kind + payload))


# What hangs behind


@pytest.mark.parametrize(
    ("data", "trailing"),
    [
        (jpeg() + b"\0\0\0\x18ftypmp42" + bytes(100), Trailing.MOTION),
        (jpeg() + b"some words", Trailing.OTHER),
        (jpeg() + bytes(20), Trailing.NOTHING),
        (png() + b"some words", Trailing.OTHER),
        (encode(picture(), "WEBP") + b"some words", Trailing.OTHER),
    ],
    ids=["motion photo", "words", "zeros", "png", "webp"],
)
def test_what_hangs_behind_is_named(data: bytes, trailing: Trailing) -> None:
    assert look(data).trailing is trailing


def test_more_pictures_are_named() -> None:
    stream = io.BytesIO()
    picture().save(stream, "MPO", save_all=True, append_images=[picture()])
    assert look(stream.getvalue()).trailing is Trailing.PICTURES


# Bytes of anybody's


BASES = [KINDS[name][0]() for name in ("jpeg", "progressive", "png", "webp", "transparent", "avif")]


@given(st.sampled_from(BASES), st.integers(0, 4000), st.binary(min_size=0, max_size=12), st.booleans())
@settings(max_examples=300)
def test_whatever_the_bytes_there_are_facts_or_a_sentence(base: bytes, at: int, other: bytes, is_cut: bool) -> None:
    at %= len(base)
    data = base[:at] + other + (b"" if is_cut else base[at + len(other) :])
    try:
        facts = look(data)
    except ValidationError as error:
        assert error.messages[0]
    else:
        assert 0 < facts.width * facts.height <= 64_000_000
