"""What a film tells is taken out, and nothing else of it changes."""

import io
import struct
from collections.abc import Callable

import pytest

from postpeer_dash.media.cleaning.clean_films import clean_film
from tests.media.film_files import (
    AAC,
    FRAGMENTS,
    H264,
    PHONE,
    PLACE,
    box,
    clean,
    digest_of_samples,
    film,
    insert,
    look,
    mp4,
    read_by_exiftool,
    with_words,
)

# ffmpeg makes each film, and exiftool reads them: some seconds in all.
pytestmark = pytest.mark.long

XMP = bytes.fromhex("BE7ACFCB97A942E89C71999491E3AFAC")
SOURCE = "http://cv.iptc.org/newscodes/digitalsourcetype/"
PACKET = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="" xmlns:exif="http://ns.adobe.com/exif/1.0/" '
    'xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" exif:GPSLatitude="52,31.2N" '
    'exif:GPSLongitude="13,24.3E"><Iptc4xmpExt:DigitalSourceType>%s</Iptc4xmpExt:DigitalSourceType>'
    "</rdf:Description></rdf:RDF></x:xmpmeta>"
)
XYZ = b"\x00\x12\x15\xc7+52.5200+013.4050/"
PLACED: dict[str, Callable[[], bytes]] = {
    "MP4": lambda: mp4(*PLACE),
    "fast start": lambda: mp4(*PLACE, "-movflags", "+faststart"),
    "fragments": lambda: mp4(*PLACE, *FRAGMENTS),
    "MOV": lambda: film("mov", *H264, *AAC, *PLACE, *PHONE),
    "MOV with keys": lambda: film(
        "mov", *H264, *AAC, "-movflags", "use_metadata_tags", "-metadata",
        "com.apple.quicktime.location.ISO6709=+52.5200+013.4050/", "-metadata", "com.apple.quicktime.model=Phone 9",
    ),
    "remuxed": lambda: film("mp4", "-c", "copy", source=film("mov", *H264, *AAC, *PLACE, *PHONE)),
    "turned": lambda: film("mp4", "-c", "copy", "-metadata:s:v", "rotate=90", *PLACE, source=mp4()),
    "XMP": lambda: mp4() + box(b"uuid", XMP, (PACKET % "").encode()),
    "XMP_": lambda: insert(mp4(), b"moov", box(b"udta", box(b"XMP_", (PACKET % "").encode()))),
    "own": lambda: insert(mp4(), b"moov", box(b"udta", box(b"\xa9xyz", XYZ), box(b"\xa9mod", b"\0\5\x15\xc7Phone"))),
}  # fmt: skip


Tags = dict[str, str]


def places_of(tags: Tags) -> Tags:
    """Return what exiftool reads of a place."""
    words = ("gps", "location", "latitude", "longitude", "geo")
    return {key: value for key, value in tags.items() if any(word in key.lower() for word in words) or "52.5" in value}


def places(data: bytes) -> Tags:
    return places_of(read_by_exiftool(data)[0])


@pytest.fixture(scope="module")
def read_tags() -> dict[str, tuple[Tags, Tags]]:
    """Return what exiftool reads in each kind before and after."""
    originals = [make() for make in PLACED.values()]
    found = read_by_exiftool(*originals, *(clean(data)[0] for data in originals))
    return dict(zip(PLACED, zip(found[: len(PLACED)], found[len(PLACED) :], strict=True), strict=True))


@pytest.mark.parametrize("name", PLACED)
def test_place_is_taken_out_of_every_kind(name: str, read_tags: dict[str, tuple[Tags, Tags]]) -> None:
    original, (before, after) = PLACED[name](), read_tags[name]
    assert places_of(before) and look(original).has_place
    cleaned, done = clean(original)
    assert "place" in done.removed
    assert places_of(after) == {}
    assert not look(cleaned).has_place
    assert len(cleaned) == len(original)


@pytest.mark.parametrize("name", ["fast start", "fragments", "MOV with keys"])
def test_pictures_and_sound_stay_as_they_are(name: str) -> None:
    original = PLACED[name]()
    assert digest_of_samples(clean(original)[0]) == digest_of_samples(original)


def test_place_stays_where_a_team_keeps_it() -> None:
    original = PLACED["MOV"]()
    cleaned, done = clean(original, keep_place=True)
    assert done.removed == {"device"}
    before, after = read_by_exiftool(original, cleaned)
    assert places_of(after) == places_of(before)
    assert "Phone 9" not in " ".join(after.values())


@pytest.mark.parametrize("name", ["MOV", "MOV with keys", "own"])
def test_phone_is_taken_out(name: str, read_tags: dict[str, tuple[Tags, Tags]]) -> None:
    original = PLACED[name]()
    assert look(original).has_device
    cleaned, done = clean(original)
    assert "device" in done.removed and not look(cleaned).has_device
    before, after = (" ".join(tags.values()) for tags in read_tags[name])
    assert "Phone" in before and "Phone" not in after


def test_turn_and_colours_stay() -> None:
    original = film(
        "mp4", "-c", "copy", "-metadata:s:v", "rotate=90", *PLACE,
        source=mp4("-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709"),
    )  # fmt: skip
    cleaned, _done = clean(original)
    before, after = read_by_exiftool(original, cleaned)
    assert look(cleaned).rotation == look(original).rotation == 270
    kept = [key for key in before if "Rotation" in key or "ColorPrimaries" in key]
    assert len(kept) == 2 and [before[key] for key in kept] == [after[key] for key in kept]


def test_label_for_ai_is_written() -> None:
    cleaned, _done = clean(mp4(*PLACE), ai_label=True)
    assert SOURCE + "trainedAlgorithmicMedia" in read_by_exiftool(cleaned)[0].values()
    assert look(cleaned).is_ai_labelled and places(cleaned) == {}


def test_label_that_was_there_stays_as_it_was() -> None:
    packet = (PACKET % (SOURCE + "compositeWithTrainedAlgorithmicMedia")).encode()
    tags = read_by_exiftool(clean(mp4() + box(b"uuid", XMP, packet))[0])[0]
    assert SOURCE + "compositeWithTrainedAlgorithmicMedia" in tags.values()
    assert places_of(tags) == {}


def test_label_that_is_kept_with_the_place_isnt_written_twice() -> None:
    original = mp4() + box(b"uuid", XMP, (PACKET % (SOURCE + "trainedAlgorithmicMedia")).encode())
    assert clean(original, keep_place=True, ai_label=True)[0].count(b"trainedAlgorithmicMedia") == 1


def test_label_in_content_credentials_becomes_the_label() -> None:
    credentials = bytes.fromhex("D8FEC3D61B0E483C92975828877EC481") + b"\0digitalSourceTypexF" + SOURCE.encode()
    original = mp4() + box(b"uuid", credentials + b"trainedAlgorithmicMedia\xa1")
    assert look(original).is_ai_labelled
    cleaned, _done = clean(original)
    assert SOURCE + "trainedAlgorithmicMedia" in read_by_exiftool(cleaned)[0].values()


def test_film_data_to_the_end_of_the_file_gets_its_length_before_the_label() -> None:
    original = mp4("-movflags", "+faststart")
    at = original.index(b"mdat") - 4
    open_ended = original[:at] + bytes(4) + original[at + 4 :]
    cleaned, _done = clean(open_ended, ai_label=True)
    assert look(cleaned).is_ai_labelled
    assert cleaned[: len(original)] == clean(original)[0]
    assert digest_of_samples(cleaned) == digest_of_samples(original)


def test_bytes_behind_the_last_box_go() -> None:
    original = mp4()
    assert clean(original + b"GPS 52.5200 13.4050")[0] == clean(original)[0]


def track_of_places(offset: int, size: int, kind: bytes = b"gpmd", handler: bytes = b"meta") -> bytes:
    """Return a track whose one sample lies at a place of the file."""
    tables = box(
        b"stbl",
        box(b"stsd", struct.pack(">II", 0, 1), box(kind, bytes(6), b"\0\1")),
        box(b"stts", struct.pack(">IIII", 0, 1, 1, 4200)),
        box(b"stsc", struct.pack(">IIIII", 0, 1, 1, 1, 1)),
        box(b"stsz", struct.pack(">III", 0, size, 1)),
        box(b"stco", struct.pack(">III", 0, 1, offset)),
    )
    return box(
        b"trak",
        box(b"tkhd", struct.pack(">IIIII", 3, 0, 0, 9, 0), struct.pack(">I", 4200), bytes(60)),
        box(
            b"mdia",
            box(b"mdhd", struct.pack(">IIIIII", 0, 0, 0, 1000, 4200, 0x55C40000)),
            box(b"hdlr", bytes(8), handler, bytes(13)),
            box(b"minf", box(b"nmhd", bytes(4)), tables),
        ),
    )


@pytest.mark.parametrize("kind", [b"gpmd", b"camm", b"mebx", b"rtmd", b"djmd", b"text"])
def test_track_of_places_goes_with_its_samples(kind: bytes) -> None:
    plain, sample = mp4(), b"GPS (13.4050, 52.5200, 14)"
    end = plain.index(b"moov") - 4
    with_samples = plain[:end] + box(b"mdat", sample) + plain[end:]
    track = track_of_places(end + 8, len(sample), kind, b"text" if kind == b"text" else b"meta")
    original = insert(with_samples, b"moov", track)
    assert look(original).has_place
    cleaned, done = clean(original)
    assert "place" in done.removed and sample not in cleaned and kind not in cleaned[end:]
    assert not look(cleaned).has_place and len(cleaned) == len(original)
    assert digest_of_samples(cleaned) == digest_of_samples(plain)


@pytest.mark.parametrize("options", [(), FRAGMENTS])
def test_words_of_a_drone_go_from_chunks_and_fragments(options: tuple[str, ...]) -> None:
    original = with_words("GPS (13.4050, 52.5200, 14)", *options)
    assert original.count(b"13.4050") == 4
    cleaned, done = clean(original)
    assert done.removed == {"place"} and b"13.4050" not in cleaned and not look(cleaned).has_place
    assert digest_of_samples(cleaned) == digest_of_samples(original)
    recipe = with_words("Bake at 200 C", *options)
    assert clean(recipe)[0].count(b"Bake at 200 C") == 4


def test_subtitles_without_a_place_stay() -> None:
    plain, sample = mp4(), b"\0\x0cBake at 200 C"
    end = plain.index(b"moov") - 4
    original = insert(
        plain[:end] + box(b"mdat", sample) + plain[end:], b"moov", track_of_places(end + 8, 15, b"tx3g", b"sbtl")
    )
    assert not look(original).has_place
    assert sample in clean(original)[0]


def test_samples_that_claim_the_pictures_tables_blank_nothing_but_film_data() -> None:
    plain = mp4()
    original = insert(plain, b"moov", track_of_places(0, len(plain)))
    cleaned, _done = clean(original)
    begin = plain.index(b"moov")
    assert cleaned[:40] == original[:40] and cleaned[begin : begin + 200] == original[begin : begin + 200]


def test_unused_space_is_blanked() -> None:
    original = mp4() + box(b"free", b"\0\0freeGPS 52.5200")
    assert look(original).has_place
    cleaned, _done = clean(original)
    assert b"GPS" not in cleaned and len(cleaned) == len(original)


class Counted(io.BytesIO):
    """A stream that tells how much was read at once."""

    most = 0

    def read(self, count: int | None = -1, /) -> bytes:
        data = super().read(count)
        self.most = max(self.most, len(data))
        return data


def test_copying_takes_pieces_of_64_kb() -> None:
    plain = mp4("-movflags", "+faststart")
    original = plain + box(b"mdat", bytes(300_000))
    source, target = Counted(original), io.BytesIO()
    clean_film(source, target, look(original), keep_place=False, ai_label=True)
    assert source.most <= 64 * 1024
    assert len(target.getvalue()) > len(original)
