"""What a picture tells is taken out; what it is made of stays."""

import io
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageCms

from postpeer_dash.media.cleaning.clean_pictures import clean_picture
from postpeer_dash.media.facts import Cleaned
from postpeer_dash.media.formats.detect import inspect
from postpeer_dash.media.formats.pictures import jpeg, png, webp
from postpeer_dash.media.formats.pictures.exif import make_exif
from tests.media.files import encode, picture

FORMS = ["JPEG", "PNG", "WEBP"]
LABEL = "http://cv.iptc.org/newscodes/digitalsourcetype/"
has_exiftool = shutil.which("exiftool") is not None
needs_exiftool = pytest.mark.skipif(not has_exiftool, reason="exiftool isn't there to read what a picture tells")
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description rdf:about="" xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:tiff="http://ns.adobe.com/tiff/1.0/"'
    b' xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"'
    b' exif:GPSLatitude="52,30.5N" exif:GPSLongitude="13,22.5E" tiff:Make="Maker" tiff:Model="Phone 7"'
    b' photoshop:City="Berlin">%s</rdf:Description></rdf:RDF></x:xmpmeta>'
)
SOURCE = b"<Iptc4xmpExt:DigitalSourceType>" + LABEL.encode() + b"%s</Iptc4xmpExt:DigitalSourceType>"


def telling(form: str, *, orientation: int = 1, source: bytes = b"", profile: bytes = PROFILE) -> bytes:
    """Return a picture that tells everything: the place twice, the device, and perhaps how it was made."""
    block = Image.Exif()
    block[0x0112] = orientation
    block[0x010F], block[0x0110], block[0x0131] = "Maker", "Phone 7", "Editor 2"
    block.get_ifd(0x8769)[0xA431] = "SERIAL-1234"
    gps = block.get_ifd(0x8825)
    gps[1], gps[2], gps[3], gps[4] = "N", (52.0, 30.0, 5.0), "E", (13.0, 22.0, 5.0)
    packet = XMP % (SOURCE % source if source else b"")
    if form == "PNG":
        return add_png_packet(encode(picture(), form, exif=block, icc_profile=profile), packet)
    return encode(picture(), form, exif=block, xmp=packet, icc_profile=profile)


def add_png_packet(data: bytes, packet: bytes) -> bytes:
    from postpeer_dash.media.formats.pictures.png import make_packet

    return data[:33] + make_packet(packet) + data[33:]


def clean(data: bytes, *, keep_place: bool = False, ai_label: bool = False) -> tuple[bytes, Cleaned]:
    facts, target = inspect(io.BytesIO(data), len(data)), io.BytesIO()
    cleaned = clean_picture(io.BytesIO(data), target, facts, keep_place=keep_place, ai_label=ai_label)
    return target.getvalue(), cleaned


def pixels(data: bytes) -> bytes:
    with Image.open(io.BytesIO(data)) as image:
        return image.convert("RGBA").tobytes()


def read_tags(data: bytes, folder: Path) -> dict[str, Any]:
    """Return what exiftool reads, by group and name."""
    path = folder / "picture"
    path.write_bytes(data)
    command = ["exiftool", "-json", "-a", "-G1", "-s", "-n", "-ee", "-api", "largefilesupport=1", str(path)]
    found: dict[str, Any] = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)[0]
    return found


@pytest.mark.parametrize("form", FORMS)
def test_pixels_and_profile_stay(form: str) -> None:
    before = telling(form)
    after, _cleaned = clean(before)
    assert pixels(after) == pixels(before)
    with Image.open(io.BytesIO(after)) as image:
        assert image.info["icc_profile"] == PROFILE


def coded(data: bytes, form: str) -> list[bytes]:
    """Return the bytes that pixels are decoded from: scans with their tables, IDAT, VP8."""
    stream = io.BytesIO(data)
    if form == "JPEG":
        parts = [each for each in jpeg.walk_jpeg(stream, len(data)) if not 0xE0 <= each.marker <= 0xEF]
        return [data[each.start : each.end] for each in parts]
    if form == "PNG":
        return [
            data[each.start : each.end] for each in png.walk_png(stream, len(data)) if each.kind in (b"IDAT", b"PLTE")
        ]
    kinds = (b"VP8 ", b"VP8L", b"ALPH")
    return [data[each.start : each.end] for each in webp.walk_webp(stream, len(data)) if each.kind in kinds]


@pytest.mark.parametrize(
    ("form", "mode", "options"),
    [
        ("JPEG", "RGB", {}),
        ("JPEG", "CMYK", {}),
        ("JPEG", "RGB", {"progressive": True}),
        ("JPEG", "RGB", {"restart_marker_blocks": 1}),
        ("PNG", "RGBA", {}),
        ("PNG", "P", {}),
        ("WEBP", "RGB", {}),
        ("WEBP", "RGBA", {}),
        ("WEBP", "RGBA", {"lossless": True}),
    ],
)
def test_what_pixels_are_decoded_from_stays_byte_for_byte(form: str, mode: str, options: dict[str, Any]) -> None:
    before = encode(picture().convert(mode), form, exif=b"Exif\0\0" + make_exif(6), **options)
    after, _cleaned = clean(before, ai_label=True)
    assert coded(before, form) and coded(after, form) == coded(before, form)


@pytest.mark.parametrize("form", FORMS)
def test_profile_that_fills_several_segments_stays_byte_for_byte(form: str) -> None:
    profile = PROFILE + bytes(number % 251 for number in range(150_000))
    after, _cleaned = clean(telling(form, profile=profile))
    with Image.open(io.BytesIO(after)) as image:
        assert image.info["icc_profile"] == profile


@pytest.mark.parametrize("form", FORMS)
def test_what_was_taken_out_is_said(form: str) -> None:
    _after, cleaned = clean(telling(form))
    assert cleaned.removed == {"place", "device"}
    assert clean(encode(picture(), form))[1].removed == set()


@pytest.mark.parametrize("form", FORMS)
def test_clean_picture_tells_nothing_to_ourselves(form: str) -> None:
    after, _cleaned = clean(telling(form, orientation=6))
    facts = inspect(io.BytesIO(after), len(after))
    assert not (facts.has_place or facts.has_device or facts.is_ai_labelled)
    assert facts.orientation == (1 if form == "WEBP" else 6)
    for secret in (b"Berlin", b"Maker", b"Phone 7", b"SERIAL-1234", b"Editor 2"):
        assert secret not in after


@needs_exiftool
@pytest.mark.parametrize("form", FORMS)
def test_exiftool_finds_no_place_and_no_device(form: str, tmp_path: Path) -> None:
    before, after = (read_tags(data, tmp_path) for data in (telling(form), clean(telling(form))[0]))
    words = ("GPS", "City", "Location", "Country", "State", "Make", "Model", "Serial", "Software", "Creator")

    def telling_tags(tags: dict[str, Any]) -> list[str]:
        # The colour profile names the device that colours are meant for, the same in every picture.
        groups = {name: name.partition(":")[2] for name in tags if not name.startswith("ICC")}
        return [name for name, tag in groups.items() if any(word in tag for word in words)]

    assert telling_tags(before) and not telling_tags(after)
    assert "Error" not in str(after) and "Warning" not in str(after)
    assert [name for name in after if name.startswith("ICC")]


@needs_exiftool
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("source", ["", "trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia"])
def test_label_stays_and_is_written_where_it_is_asked_for(form: str, source: str, tmp_path: Path) -> None:
    after, _cleaned = clean(telling(form, source=source.encode()), ai_label=not source)
    told = read_tags(after, tmp_path)
    assert told["XMP-iptcExt:DigitalSourceType"] == LABEL + (source or "trainedAlgorithmicMedia")
    assert not [name for name in told if "GPS" in name]
    assert pixels(after) == pixels(telling(form))


@pytest.mark.parametrize("form", FORMS)
def test_label_that_nobody_asked_for_is_not_written(form: str) -> None:
    assert b"DigitalSourceType" not in clean(telling(form))[0]
    assert b"DigitalSourceType" not in clean(telling(form, source=b"digitalCapture"))[0]


@needs_exiftool
@pytest.mark.parametrize("form", FORMS)
def test_place_is_kept_where_the_team_wants_it(form: str, tmp_path: Path) -> None:
    after, cleaned = clean(telling(form, orientation=8), keep_place=True)
    told = read_tags(after, tmp_path)
    assert told["GPS:GPSLatitude"] == pytest.approx(52 + 30 / 60 + 5 / 3600)
    assert told["GPS:GPSLongitude"] == pytest.approx(13 + 22 / 60 + 5 / 3600)
    assert not [name for name in told if "Make" in name or "Serial" in name]
    assert cleaned.removed == {"device"}


@needs_exiftool
@pytest.mark.parametrize("form", ["JPEG", "PNG"])
@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_orientation_stays_where_browsers_obey_it(form: str, orientation: int, tmp_path: Path) -> None:
    assert read_tags(clean(telling(form, orientation=orientation))[0], tmp_path)["IFD0:Orientation"] == orientation


def test_colours_of_a_cmyk_picture_stay_right() -> None:
    before = encode(picture().convert("CMYK"), "JPEG")
    assert pixels(clean(before)[0]) == pixels(before)


def test_older_block_of_iptc_tells_no_place_any_more(tmp_path: Path) -> None:
    if not has_exiftool:
        pytest.skip("exiftool isn't there to write the older block")
    path = tmp_path / "oak.jpg"
    path.write_bytes(encode(picture(), "JPEG"))
    subprocess.run(["exiftool", "-q", "-overwrite_original", "-IPTC:City=Berlin", str(path)], check=True)
    after, cleaned = clean(path.read_bytes())
    assert "place" in cleaned.removed and b"Berlin" not in after


@pytest.mark.parametrize("behind", [b"\0\0\0\x18ftypmp42" + bytes(400), b"words" * 30])
def test_what_hangs_behind_is_left_out(behind: bytes) -> None:
    plain = encode(picture(), "JPEG")
    after, cleaned = clean(plain + behind)
    assert after == clean(plain)[0] and cleaned.removed == {"trailing"}


def test_second_picture_of_a_file_is_left_out() -> None:
    stream = io.BytesIO()
    picture().save(stream, "MPO", save_all=True, append_images=[picture().convert("L").convert("RGB")])
    after, _cleaned = clean(stream.getvalue())
    with Image.open(io.BytesIO(after)) as image:
        assert image.format == "JPEG" and getattr(image, "n_frames", 1) == 1
    assert b"MPF\0" not in after


@pytest.mark.parametrize("form", FORMS)
def test_cleaned_twice_it_is_the_same(form: str) -> None:
    once = clean(telling(form, orientation=6, source=b"trainedAlgorithmicMedia"))[0]
    assert clean(once)[0] == once
