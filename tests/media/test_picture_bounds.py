"""Pictures that were made to cost, to lie or to hide something; each is small, and what it would have cost is not."""

import io
import struct
import zlib
from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from postpeer_dash.media.cleaning.clean_pictures import clean_picture
from postpeer_dash.media.facts import Cleaned, Facts
from postpeer_dash.media.formats.detect import inspect
from postpeer_dash.media.formats.pictures import jpeg as segments
from postpeer_dash.media.formats.pictures.exif import make_exif
from postpeer_dash.media.formats.pictures.png import make_chunk, make_packet
from postpeer_dash.media.formats.pictures.told import _MAX_TEXT, Told
from postpeer_dash.media.formats.pictures.webp import make_riff
from postpeer_dash.media.formats.xmp import find_ai_source
from tests.media.files import encode, jpeg, picture, png

LABELLED = (
    b"<x exif:GPSLatitude='1' Iptc4xmpExt:DigitalSourceType='http://cv.iptc.org/newscodes/digitalsourcetype/%s'/>"
)
PACKET = LABELLED % b"trainedAlgorithmicMedia"
NORTH = struct.pack(">HHHI4sI", 1, 1, 2, 2, b"N\0\0\0", 0)
PLACE = make_exif(1, NORTH)


def look(data: bytes) -> Facts:
    return inspect(io.BytesIO(data), len(data))


def clean(data: bytes, *, keep_place: bool = False) -> tuple[bytes, Cleaned]:
    target = io.BytesIO()
    cleaned = clean_picture(io.BytesIO(data), target, look(data), keep_place=keep_place, ai_label=False)
    return target.getvalue(), cleaned


def segment(marker: int, payload: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(payload) + 2) + payload


def in_jpeg(*parts: bytes) -> bytes:
    return jpeg()[:2] + b"".join(parts) + jpeg()[2:]


def in_png(*parts: bytes, is_late: bool = False) -> bytes:
    at = png().rindex(b"IEND") - 4 if is_late else 33
    return png()[:at] + b"".join(parts) + png()[at:]


def in_webp(*parts: bytes) -> bytes:
    data = encode(picture(), "WEBP") + b"".join(parts)
    return data[:4] + struct.pack("<I", len(data) - 8) + data[8:]


def raw_profile(name: bytes, block: bytes) -> bytes:
    """Return the chunk in which ImageMagick keeps a block."""
    text = b"\n%s\n%8d\n%s\n" % (name, len(block), block.hex().encode())
    return make_chunk(b"zTXt", b"Raw profile type " + name + b"\0\0" + zlib.compress(text))


# What costs


def test_texts_of_a_png_unpack_to_so_much_together(monkeypatch: pytest.MonkeyPatch) -> None:
    packed = zlib.compress(bytes(1024 * 1024), 9)
    chunk = make_chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + packed)
    kept: list[int] = []
    finish = Told.finish

    def count(told: Told) -> str:
        kept.append(sum(map(len, told._texts)))
        return finish(told)

    monkeypatch.setattr(Told, "finish", count)
    clean(in_png(*[chunk] * 20))
    assert kept and max(kept) <= _MAX_TEXT


def test_text_is_not_unpacked_without_bound_once_the_bound_is_reached() -> None:
    told = Told(_text_left=0)
    told._add_text(b"some")
    assert told._texts == [b""]


def test_fill_bytes_are_passed_over_in_steps() -> None:
    class Counted(io.BytesIO):
        reads = 0

        def read(self, size: int | None = -1, /) -> bytes:
            self.reads += 1
            return super().read(size)

    stream = Counted(in_jpeg(b"\xff" * 300_000))
    assert inspect(stream, len(stream.getvalue())).width == 64
    assert stream.reads < 100


def test_label_is_a_value_that_stands_near_its_property() -> None:
    value = b"http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
    assert find_ai_source(b"DigitalSourceType" * 1000 + b">" + value) == "trainedAlgorithmicMedia"
    assert not find_ai_source(value * 100)
    assert not find_ai_source(b"DigitalSourceType" + b" " * 300 + value)


def test_directory_of_gps_that_grows_when_copied_stays_within_a_segment() -> None:
    entries = b"".join(struct.pack(">HHII", tag, 2, 4096 if tag % 2 else 1024, 8) for tag in range(1000))
    block = (
        b"MM\0*" + struct.pack(">IHHHIII", 8, 1, 0x8825, 4, 1, 26, 0) + struct.pack(">H", 1000) + entries + bytes(9000)
    )
    after, _cleaned = clean(in_jpeg(segment(0xE1, segments.EXIF + block)), keep_place=True)
    assert look(after).has_place
    assert len(after) < len(jpeg()) + 65_536


@pytest.mark.parametrize(
    "data",
    [
        in_png(make_packet(bytes(9 * 1024 * 1024))),
        in_webp(make_riff(b"XMP ", bytes(9 * 1024 * 1024))),
    ],
    ids=["png", "webp"],
)
def test_picture_with_a_very_long_history_is_taken(data: bytes) -> None:
    assert len(clean(data)[0]) < 100_000


# What lies: the first block alone turns a picture, and only where browsers look for one (tried in Chromium 156).


@pytest.mark.parametrize(
    ("data", "orientation"),
    [
        (in_jpeg(segment(0xE1, segments.EXIF + make_exif(1)), segment(0xE1, segments.EXIF + make_exif(6))), 1),
        (in_jpeg(segment(0xE1, segments.EXIF + make_exif(6)), segment(0xE1, segments.EXIF + make_exif(1))), 6),
        (in_jpeg(segment(0xE1, b"Exif\0\xff" + make_exif(6))), 6),
        (in_png(make_chunk(b"eXIf", make_exif(6)), make_chunk(b"eXIf", make_exif(1))), 6),
        (in_png(make_chunk(b"eXIf", make_exif(6)), is_late=True), 1),
        (in_png(make_chunk(b"eXIf", segments.EXIF + make_exif(6))), 1),
        (in_png(raw_profile(b"exif", segments.EXIF + make_exif(6))), 1),
    ],
    ids=["first is 1", "first is 6", "sixth byte", "png, first is 6", "behind the data", "with a head", "raw profile"],
)
def test_orientation_is_what_browsers_obey(data: bytes, orientation: int) -> None:
    facts = look(data)
    assert facts.orientation == orientation
    assert (facts.width, facts.height) == ((96, 64) if orientation == 6 else (64, 96))
    assert look(clean(data)[0]).orientation == orientation


# What hides


CITY = b"8BIM\x04\x04\0\0" + struct.pack(">I", 11) + b"\x1c\x02\x5a\0\x06Berlin\0"
EXTENDED = segments.EXTENDED_XMP + b"A" * 32 + struct.pack(">I", len(PACKET))


def in_pieces(at: int) -> bytes:
    pieces = [struct.pack(">I", begin) + PACKET[begin:end] for begin, end in ((at, len(PACKET)), (0, at))]
    return in_jpeg(*[segment(0xE1, EXTENDED + piece) for piece in pieces])


@pytest.mark.parametrize(
    "data",
    [
        in_png(raw_profile(b"exif", segments.EXIF + PLACE)),
        in_png(raw_profile(b"APP1", segments.EXIF + PLACE)),
        in_png(raw_profile(b"iptc", CITY)),
        in_png(raw_profile(b"xmp", PACKET)),
        in_png(make_chunk(b"tEXt", b"exif:GPSInfo\x001234")),
        in_png(make_chunk(b"eXIf", PLACE), is_late=True),
        in_jpeg(segment(0xE1, segments.EXIF + make_exif(6)), segment(0xE1, segments.EXIF + PLACE)),
        in_jpeg(segment(0xED, b"\x1c\x02\x78\x80\x04\0\0\0\x01x\x1c\x02\x5a\0\x06Berlin")),
        in_pieces(PACKET.index(b"SLatitude")),
        in_webp(make_riff(b"EXIF", segments.EXIF + PLACE)),
    ],
    ids=["exif", "APP1", "iptc", "xmp", "text", "late", "second", "long dataset", "pieces", "webp with a head"],
)
def test_place_is_found_where_few_look_and_taken_out(data: bytes) -> None:
    assert look(data).has_place
    after, cleaned = clean(data)
    assert "place" in cleaned.removed
    assert not look(after).has_place and b"Berlin" not in after


# An assertion of C2PA as generators write it, in CBOR: a text of 17 letters, then one of 70.
CLAIM = b"jumb-c2pa.actions\xa2\x71digitalSourceType\x78\x46http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
BOX = struct.pack(">I", len(CLAIM) + 8) + b"jumb"


def signed_jpeg(claim: bytes, at: int) -> bytes:
    pieces = (claim[:at], claim[at:])
    return in_jpeg(*[segment(0xEB, b"JP\0\1" + struct.pack(">I", n + 1) + BOX + pieces[n]) for n in (0, 1)])


@pytest.mark.parametrize(
    "sign",
    [
        lambda claim: signed_jpeg(claim, len(claim) - 20),
        lambda claim: in_png(make_chunk(b"caBX", BOX + claim)),
        lambda claim: in_webp(make_riff(b"C2PA", BOX + claim)),
    ],
    ids=["jpeg", "png", "webp"],
)
def test_label_that_was_signed_stays_as_a_label(sign: Callable[[bytes], bytes]) -> None:
    assert look(sign(CLAIM)).is_ai_labelled
    after, _cleaned = clean(sign(CLAIM))
    assert b"<Iptc4xmpExt:DigitalSourceType>http://cv.iptc.org" in after and b"jumb" not in after
    assert not look(sign(CLAIM.replace(b"trainedAlgorithmicMedia", b"digitalCapture"))).is_ai_labelled


@pytest.mark.parametrize(
    "data",
    [in_png(raw_profile(b"xmp", PACKET)), in_pieces(PACKET.index(b"AlgorithmicMedia"))],
    ids=["raw profile", "pieces"],
)
def test_label_is_kept_from_where_few_look(data: bytes) -> None:
    assert look(data).is_ai_labelled
    assert look(clean(data)[0]).is_ai_labelled


@pytest.mark.parametrize(
    "data",
    [
        in_jpeg(segment(0xE0, b"JFIF\0\1\2\0\0\1\0\1\2\2" + b"SECRET-THUMB")),
        in_jpeg(segment(0xE0, b"JFIF\0SECRET")),
        in_jpeg(segment(0xEE, b"Adobe\0\x64\0\0\0\0\1" + b"SECRET")),
        in_webp(make_riff(b"VP8 ", b"SECRET")),
        in_webp(make_riff(b"ICCP", b"SECRET")),
    ],
    ids=["thumbnail of JFIF", "short JFIF", "behind Adobe's mark", "second picture", "profile behind the picture"],
)
def test_nothing_hides_in_what_draws_a_picture(data: bytes) -> None:
    after, _cleaned = clean(data)
    assert b"SECRET" in data and b"SECRET" not in after
    assert look(after).width == 64


def test_place_that_could_not_be_kept_is_named() -> None:
    data = in_jpeg(segment(0xE1, segments.XMP + PACKET))
    assert clean(data, keep_place=True)[1].removed == {"place"}


# Bytes of anybody's

BASES = [
    in_jpeg(
        segment(0xE1, segments.EXIF + make_exif(6, NORTH)),
        segment(0xED, CITY),
        segment(0xE1, EXTENDED + bytes(4) + PACKET),
    ),
    in_png(make_chunk(b"eXIf", make_exif(6, NORTH)), raw_profile(b"iptc", CITY), make_packet(PACKET)),
    in_webp(make_riff(b"EXIF", make_exif(6, NORTH)), make_riff(b"XMP ", PACKET)),
]


@given(st.sampled_from(BASES), st.integers(0, 800), st.binary(max_size=8), st.booleans())
@settings(max_examples=150)
def test_whatever_passes_can_be_cleaned_and_tells_nothing(base: bytes, at: int, other: bytes, keeps: bool) -> None:
    data = mend(base[:at] + other + base[at + len(other) :])
    try:
        facts = look(data)
    except ValidationError:
        return
    after, _cleaned = clean(data, keep_place=keeps)
    again = look(after)
    assert (again.width, again.height, again.is_ai_labelled) == (facts.width, facts.height, facts.is_ai_labelled)
    assert not again.has_device and (keeps or not again.has_place)


def mend(data: bytes) -> bytes:
    """Write the checksums of a PNG's chunks anew, so that what was changed in them is read."""
    if not data.startswith(b"\x89PNG\r\n\x1a\n"):
        return data
    done, at = data[:8], 8
    while at + 12 <= len(data):
        end = at + 8 + int.from_bytes(data[at : at + 4], "big")
        done += data[at:end] + struct.pack(">I", zlib.crc32(data[at + 4 : end]))
        at = end + 4
    return done
