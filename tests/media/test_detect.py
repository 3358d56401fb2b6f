"""What a file is, is told by its bytes, and what is refused is named."""

import io
import zipfile
from functools import cache

import pytest
from django.core.exceptions import ValidationError
from PIL import Image

from postpeer_dash.media.facts import Facts, Kind
from tests.media.files import jpeg, picture, png
from tests.media.film_files import film, look, mp4


@cache
def heic(**options: object) -> bytes:
    return _write_heif(picture(), "HEIF", **options)


@cache
def avif(**options: object) -> bytes:
    return _write_heif(picture(), "AVIF", **options)


def _write_heif(image: Image.Image, form: str, **options: object) -> bytes:
    import pillow_heif

    pillow_heif.register_heif_opener()
    stream = io.BytesIO()
    image.save(stream, form, **options)
    return stream.getvalue()


def exif(orientation: int = 1, *, has_place: bool) -> bytes:
    block = Image.Exif()
    block[0x0112] = orientation
    if has_place:
        block[0x8825] = {1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 18.0)}
        block[0x0110] = "Phone 9"
    return block.tobytes()


def sides(facts: Facts) -> tuple[Kind, int, int]:
    return facts.kind, facts.width, facts.height


def test_pictures_are_told_by_their_bytes() -> None:
    assert sides(look(jpeg())) == (Kind.JPEG, 64, 96)
    assert sides(look(png())) == (Kind.PNG, 64, 96)


def test_heic_and_avif_have_their_sides_upright() -> None:
    assert sides(look(heic())) == (Kind.HEIC, 64, 96)
    assert sides(look(avif())) == (Kind.AVIF, 64, 96)
    # Pillow writes EXIF's turn as `irot`.
    assert sides(look(avif(exif=exif(6, has_place=False)))) == (Kind.AVIF, 96, 64)


def test_heic_and_avif_tell_place_and_device() -> None:
    assert not look(heic()).has_place
    for data in (heic(exif=exif(has_place=True)), avif(exif=exif(has_place=True))):
        facts = look(data)
        assert facts.has_place and facts.has_device


def test_bits_of_a_channel_are_read() -> None:
    ten = film("avif", "-frames:v", "1", "-c:v", "libaom-av1", "-cpu-used", "8", "-pix_fmt", "yuv420p10le", sound=False)
    assert look(ten).bits == 10 and look(ten).needs_rgb
    assert look(avif()).bits == 8


def test_cropped_picture_has_the_sides_of_what_is_shown() -> None:
    # HEVC has even sides: the picture is 66 × 98 inside.
    assert sides(look(_write_heif(picture(65, 97), "HEIF"))) == (Kind.HEIC, 65, 97)


def test_moving_avif_is_refused() -> None:
    frames = [picture(), picture().transpose(Image.Transpose.ROTATE_180)]
    moving = _write_heif(frames[0], "AVIF", save_all=True, append_images=frames[1:])
    with pytest.raises(ValidationError, match="moves"):
        look(moving)


@pytest.mark.parametrize("share", [0.05, 0.3, 0.9])
def test_heic_and_avif_that_are_cut_off_are_refused(share: float) -> None:
    for data in (heic(), avif()):
        with pytest.raises(ValidationError) as caught:
            look(data[: int(len(data) * share)])
        assert caught.value.code == "damaged"


def archive(*names: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        for name in names:
            file.writestr(name, "x")
    return stream.getvalue()


def packets(step: int, lead: int) -> bytes:
    return (bytes(lead) + b"G" + bytes(step - lead - 1)) * 4


REFUSED = {
    "GIF": (b"GIF89a\1\0\1\0", "GIF"),
    "BMP": (b"BM\x3a\0\0\0\0\0\0\0\x36\0\0\0" + bytes(44), "BMP"),
    "TIFF": (b"II*\0\x08\0\0\0", "TIFF"),
    "raw": (b"II*\0\x10\0\0\0CR\2\0", "raw picture"),
    "SVG": (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "SVG"),
    "SVG as XML": (b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- c -->\n<svg/>', "SVG"),
    "PDF": (b"%PDF-1.7\n", "PDF"),
    "HTML": (b"\n <!DOCTYPE html><html><svg></svg></html>", "web page"),
    "XHTML": (b'<?xml version="1.0"?><html xmlns="x">', "web page"),
    "WebM": (b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\1\x42\x82\x84webm", "WebM"),
    "Matroska": (b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\1\x42\x82\x88matroska", "Matroska"),
    "AVI": (b"RIFF\0\0\1\0AVI LIST", "AVI"),
    "MPEG-TS": (packets(188, 0), "MPEG-TS"),
    "M2TS": (packets(192, 4), "MPEG-TS"),
    "M3U8": (b"#EXTM3U\n#EXT-X-VERSION:3\n", "M3U8"),
    "MPD": (b'<?xml version="1.0"?><MPD type="static"/>', "MPD"),
    "MP3": (b"ID3\4\0\0\0\0\0\0", "sound"),
    "MP3 without tags": (b"\xff\xfb\x90\x64" + bytes(100), "sound"),
    "AAC": (b"\xff\xf1\x50\x80\x2e\x7f\xfc", "sound"),
    "WAV": (b"RIFF\x24\0\0\0WAVEfmt ", "sound"),
    "AIFF": (b"FORM\0\0\0\x24AIFFCOMM", "sound"),
    "Ogg": (b"OggS\0\2" + bytes(22) + b"\1vorbis", "sound"),
    "Theora": (b"OggS\0\2" + bytes(22) + b"\x80theora", "Ogg"),
    "ZIP": (archive("photo.jpg"), "ZIP"),
    "Word": (archive("[Content_Types].xml", "word/document.xml"), "document"),
    "LibreOffice": (archive("mimetype"), "document"),
    "old Office": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(8), "document"),
    "text": ("Grüße aus der Küche".encode(), "text"),
    "text cut in a letter": (("ü" * 600).encode()[:-1], "text"),
    "UTF-16": ("Grüße".encode("utf-16"), "text"),
    "JSON": (b'{"a": 1}', "text"),
    "Photoshop": (b"8BPS\0\1", "Photoshop"),
    "JPEG XL": (b"\xff\x0a\xfa\x1f", "JPEG XL"),
    "JPEG XL in boxes": (b"\0\0\0\x0cJXL \r\n\x87\n", "JPEG XL"),
    "JPEG 2000": (b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000"),
    "program": (b"MZ\x90\0\3\0\0\0", "program"),
    "empty": (b"", "empty"),
    "unknown": (b"\xde\xad\xbe\xef\0\1\2\3", "isn’t a JPG"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_is_named(name: str) -> None:
    data, word = REFUSED[name]
    with pytest.raises(ValidationError) as caught:
        look(data)
    assert word in caught.value.messages[0]
    assert "%(" not in caught.value.messages[0]


@pytest.mark.parametrize("ending", ["webm", "avi", "ts", "gif"])
def test_real_films_of_other_kinds_are_refused(ending: str) -> None:
    codec = {"webm": "libvpx-vp9", "avi": "mpeg4", "ts": "mpeg2video", "gif": "gif"}[ending]
    options = ("-c:v", codec, *(("-cpu-used", "8", "-deadline", "realtime") if ending == "webm" else ()))
    rate = ("-r", "25") if ending == "ts" else ()
    with pytest.raises(ValidationError) as caught:
        look(film(ending, *options, *rate, "-t", "0.4", sound=False))
    assert {"webm": "WebM", "avi": "AVI", "ts": "MPEG-TS", "gif": "GIF"}[ending] in caught.value.messages[0]


def test_film_is_a_film() -> None:
    assert look(mp4()).kind.is_film
