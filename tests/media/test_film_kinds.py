"""Which films pass, with what is known of them, and which are refused with which reason."""

import struct
import subprocess
import tempfile
from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError

from postpeer_dash.media.advice import CODECS, name_codec
from postpeer_dash.media.facts import Kind
from tests.media.film_files import AAC, FRAGMENTS, H264, HEVC, box, film, insert, look, mp4, need

# ffmpeg makes each film: some seconds in all.
pytestmark = pytest.mark.long


def refusal(data: bytes) -> ValidationError:
    with pytest.raises(ValidationError) as caught:
        look(data)
    return caught.value


TAKEN: dict[str, tuple[Callable[[], bytes], Kind, str]] = {
    "MP4": (lambda: mp4(), Kind.MP4, "avc1"),
    "fast start": (lambda: mp4("-movflags", "+faststart"), Kind.MP4, "avc1"),
    "fragments": (lambda: mp4(*FRAGMENTS), Kind.MP4, "avc1"),
    "DASH": (lambda: mp4("-movflags", "dash+global_sidx+frag_keyframe", "-g", "5"), Kind.MP4, "avc1"),
    "avc3": (lambda: film("mp4", *H264, *AAC, "-tag:v", "avc3"), Kind.MP4, "avc3"),
    "M4V": (lambda: film("m4v", *H264, *AAC, "-f", "ipod", "-brand", "M4V "), Kind.MP4, "avc1"),
    "MOV": (lambda: film("mov", *H264, *AAC), Kind.MOV, "avc1"),
    "HEVC": (lambda: film("mov", *HEVC, *AAC), Kind.MOV, "hvc1"),
}


@pytest.mark.parametrize("name", TAKEN)
def test_real_kinds_pass_with_what_they_are(name: str) -> None:
    make, kind, codec = TAKEN[name]
    facts = look(make())
    assert (facts.kind, facts.codec, facts.width, facts.height) == (kind, codec, 64, 96)
    # In fragments ffmpeg has the last picture stand until the sound ends.
    assert facts.duration == pytest.approx(4.2, abs=0.03)
    assert facts.has_sound and not facts.has_place and not facts.is_ai_labelled


ODD = {
    "av01": ("mp4", "-c:v", "libaom-av1", "-cpu-used", "8", "-usage", "realtime"),
    "vp09": ("mp4", "-c:v", "libvpx-vp9", "-cpu-used", "8", "-deadline", "realtime"),
    "mp4v": ("mp4", "-c:v", "mpeg4"),
    "ap4h": ("mov", "-c:v", "prores_ks", "-profile:v", "4444"),
    "jpeg": ("mov", "-c:v", "mjpeg", "-pix_fmt", "yuvj420p"),
}


@pytest.mark.parametrize("codec", ODD)
def test_codecs_that_pinterest_may_not_take_are_told(codec: str) -> None:
    ending, *options = ODD[codec]
    facts = look(film(ending, *options, "-t", "0.6", sound=False))
    assert (facts.codec, facts.width, facts.height) == (codec, 64, 96)
    assert codec not in CODECS and name_codec(codec) != codec


def test_silent_film_has_no_sound() -> None:
    assert not look(film("mp4", *H264, sound=False)).has_sound


def without_ftyp(data: bytes) -> bytes:
    """Return a film without its first box, whose tables still point to the samples: space takes its place."""
    return data[:4] + b"free" + data[8:]


@pytest.mark.parametrize("first", [b"free", b"skip", b"wide", b"mdat"])
def test_quicktime_of_old_without_ftyp_stays_taken(first: bytes) -> None:
    facts = look(without_ftyp(film("mov", *H264, *AAC)).replace(b"free", first, 1))
    assert (facts.kind, facts.width) == (Kind.MOV, 64)


def test_quicktime_that_begins_with_moov_stays_taken() -> None:
    original = film("mov", *H264, *AAC, "-movflags", "+faststart")
    assert look(original[original.index(b"moov") - 4 :]).kind == Kind.MOV


def test_film_data_may_go_to_the_end_of_the_file() -> None:
    original = mp4("-movflags", "+faststart")
    at = original.index(b"mdat") - 4
    assert look(original[:at] + bytes(4) + original[at + 4 :]).width == 64


# The first two rows of a matrix (a, b, c, d of 14496-12, 6.2.2), the turn in degrees clockwise, and ffmpeg's filter for it.
TURNS = [
    ((1, 0, 0, 1), 0, "null"),
    ((0, 1, -1, 0), 90, "transpose=clock"),
    ((-1, 0, 0, -1), 180, "hflip,vflip"),
    ((0, -1, 1, 0), 270, "transpose=cclock"),
]


def turned(data: bytes, matrix: tuple[int, int, int, int]) -> bytes:
    at = data.index(b"tkhd") + 4 + 40
    a, b, c, d = (value * 0x10000 for value in matrix)
    return data[:at] + struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 0x40000000) + data[at + 36 :]


def first_picture(data: bytes, *options: str) -> bytes:
    need("ffmpeg")
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        own = ("-noautorotate",) if options else ()
        command = ("ffmpeg", "-v", "error", *own, "-i", file.name, *options, "-frames:v", "1", "-f", "md5", "-")
        return subprocess.run(command, check=True, capture_output=True, timeout=60).stdout


@pytest.mark.parametrize(("matrix", "degrees", "by"), TURNS)
def test_turn_is_the_one_that_players_show(matrix: tuple[int, int, int, int], degrees: int, by: str) -> None:
    film_turned = turned(film("mp4", *H264, sound=False), matrix)
    facts = look(film_turned)
    assert facts.rotation == degrees
    assert (facts.width, facts.height) == ((64, 96) if degrees % 180 == 0 else (96, 64))
    assert first_picture(film_turned) == first_picture(film_turned, "-vf", by)


def test_duration_is_what_the_edit_list_shows() -> None:
    original = mp4()
    at = original.index(b"elst") + 4
    trimmed = original[: at + 8] + struct.pack(">I", 2500) + original[at + 12 :]
    assert look(trimmed).duration == pytest.approx(2.5)


def test_unknown_duration_is_added_up_from_the_table_of_times() -> None:
    original = film("mp4", *H264, sound=False)
    at = original.index(b"mdhd") + 4 + 16
    assert look(original[:at] + b"\xff\xff\xff\xff" + original[at + 4 :]).duration == pytest.approx(4.2)


def test_long_sound_doesnt_lengthen_a_film() -> None:
    assert look(mp4("-filter:v", "trim=0:2")).duration == pytest.approx(2.0)


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.99])
@pytest.mark.parametrize("options", [(), ("-movflags", "+faststart"), FRAGMENTS])
def test_film_that_is_cut_off_is_refused(options: tuple[str, ...], share: float) -> None:
    data = mp4(*options)
    assert refusal(data[: int(len(data) * share)]).code in {"no_moov", "damaged"}


def test_ftyp_with_text_behind_is_no_film() -> None:
    data = box(b"ftyp", b"isom\0\0\2\0isomiso2") + b"hello, this is text " * 50
    assert refusal(data).code == "no_moov"


@pytest.mark.parametrize("brand", [b"3gp4", b"3gp5", b"3g2a", b"3gr6", b"kddi"])
def test_films_of_old_phones_are_named(brand: bytes) -> None:
    data = mp4()
    assert "3GP" in refusal(data[:8] + brand + data[12:]).messages[0]


@pytest.mark.parametrize("brand", [b"abcd", b"\0\0\0\0", b"crx "])
def test_unknown_brands_dont_pass(brand: bytes) -> None:
    data = mp4()
    length = int.from_bytes(data[:4], "big")
    assert refusal(data[:8] + brand + bytes(4) + brand * ((length - 16) // 4) + data[length:]).code


def test_unknown_major_brand_passes_by_its_compatible_ones() -> None:
    data = mp4()
    assert look(data[:8] + b"abcd" + data[12:]).kind == Kind.MP4


@pytest.mark.parametrize("ending", ["m4a", "mp4", "mov"])
def test_sound_alone_is_refused(ending: str) -> None:
    assert "sound" in refusal(film(ending, "-vn", *AAC)).messages[0]


def test_protected_film_is_named() -> None:
    assert refusal(mp4().replace(b"avc1\0\0\0\0\0\0\0\1", b"encv\0\0\0\0\0\0\0\1")).code == "protected"


def test_film_whose_samples_lie_in_another_file_is_named() -> None:
    data = film("mov", *H264, sound=False)
    at = data.index(b"dref") + 12
    assert data[at + 4 : at + 12] == b"url \0\0\0\1"
    assert refusal(data[: at + 11] + b"\0" + data[at + 12 :]).code == "elsewhere"


def test_film_without_samples_is_refused() -> None:
    data = mp4("-movflags", "empty_moov+frag_keyframe")
    assert refusal(data[: data.index(b"moof") - 4]).code == "damaged"
    assert refusal(data[: data.index(b"moof") - 4] + box(b"mdat", b"12345678")).code == "damaged"


def test_samples_beyond_the_end_are_refused() -> None:
    data = film("mp4", *H264, sound=False)
    at = data.index(b"stco") + 12
    assert refusal(data[:at] + b"\x7f\xff\xff\xff" + data[at + 4 :]).code == "damaged"


def test_tags_that_hold_no_boxes_dont_refuse_a_film() -> None:
    facts = look(insert(mp4(), b"moov", box(b"udta", b"KODAK EASYSHARE 52.5 13.4")))
    assert facts.has_place
