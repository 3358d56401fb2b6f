"""The child that decodes: what it makes of a picture, and how it is bounded."""

import io
import os
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from PIL import Image, ImageCms, ImageDraw, ImageFont, UnidentifiedImageError

from postpeer_dash.media.decoder import child
from postpeer_dash.media.decoder import decoding as run
from postpeer_dash.media.facts import Facts, Kind
from postpeer_dash.media.formats.detect import inspect
from postpeer_dash.media.sameness import is_same
from tests.media.files import encode, jpeg, picture

CORNERS = {"red": (255, 0, 0), "lime": (0, 255, 0), "blue": (0, 0, 255), "yellow": (255, 255, 0)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def facts_of(data: bytes) -> Facts:
    return inspect(io.BytesIO(data), len(data))


def see(data: bytes, folder: Path, *, renders: bool = False) -> tuple[run.Decoded, Image.Image, Path]:
    """Decode here, through the same words that the child reads; return what was seen, the thumbnail and the rendition."""
    source, thumbnail, rendered = folder / "source", folder / "thumbnail", folder / "rendered"
    source.write_bytes(data)
    seen = run.decode(source, facts_of(data), thumbnail=thumbnail, rendered=rendered if renders else None)
    return seen, Image.open(thumbnail).convert("RGB"), rendered


def corners(image: Image.Image) -> list[str]:
    """Name the colours of the corners: top left, top right, bottom left, bottom right."""
    right, low = image.width - 3, image.height - 3
    return [nearest(image.getpixel(place)) for place in ((2, 2), (right, 2), (2, low), (right, low))]


def nearest(colour: Any) -> str:
    return min(CORNERS, key=lambda name: sum(abs(a - b) for a, b in zip(CORNERS[name], colour, strict=False)))


UPRIGHT = ["red", "lime", "blue", "yellow"]
# How a picture has to be stored so that it is upright once it is turned by its orientation.
STORED = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def stored(orientation: int, form: str, **options: Any) -> bytes:
    turn = STORED[orientation]
    image = picture(200, 300)
    block = Image.Exif()
    block[0x0112] = orientation
    return encode(image.transpose(turn) if turn is not None else image, form, exif=block, **options)


@pytest.mark.usefixtures("decoded_here")
@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("form", ["JPEG", "PNG", "AVIF"])
def test_thumbnail_stands_upright(form: str, orientation: int, folder: Path) -> None:
    seen, thumbnail, _rendered = see(stored(orientation, form), folder, renders=form == "AVIF")
    assert corners(thumbnail) == UPRIGHT
    assert (seen.width, seen.height) == (200, 300)
    assert thumbnail.size == (200, 300)


@pytest.mark.usefixtures("decoded_here")
def test_orientation_of_xmp_turns_nothing(folder: Path) -> None:
    packet = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description tiff:Orientation="6"/></x:xmpmeta>'
    _seen, thumbnail, _rendered = see(encode(picture(200, 300), "JPEG", xmp=packet), folder)
    assert corners(thumbnail) == UPRIGHT


@pytest.mark.usefixtures("decoded_here")
def test_webp_is_not_turned_since_no_browser_does(folder: Path) -> None:
    block = Image.Exif()
    block[0x0112] = 6
    _seen, thumbnail, _rendered = see(encode(picture(200, 300), "WEBP", exif=block, quality=95), folder)
    assert corners(thumbnail) == UPRIGHT


@pytest.mark.usefixtures("decoded_here")
def test_thumbnail_is_small_however_large_the_picture(folder: Path) -> None:
    noise = Image.effect_noise((1500, 2250), 90).convert("RGB")
    _seen, thumbnail, _rendered = see(encode(noise, "JPEG", quality=90), folder)
    assert 120 <= thumbnail.width <= 480 and (folder / "thumbnail").stat().st_size <= child.THUMBNAIL_BYTES


@pytest.mark.usefixtures("decoded_here")
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_other_profile_becomes_srgb(form: str, folder: Path) -> None:
    """A profile with other primaries shows at once whether it was heeded."""
    profile = wide_profile()
    image = Image.new("RGB", (60, 90), (200, 80, 40))
    options = {"lossless": True} if form == "WEBP" else {"quality": 100, "subsampling": 0} if form == "JPEG" else {}
    _seen, thumbnail, _rendered = see(encode(image, form, icc_profile=profile, **options), folder)
    expected = ImageCms.profileToProfile(
        image, ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
    ).getpixel((5, 5))
    assert expected != (200, 80, 40)
    assert max(abs(a - b) for a, b in zip(thumbnail.getpixel((30, 45)), expected, strict=True)) <= 2


def wide_profile() -> bytes:
    """Return a profile with the primaries of Display P3 (SMPTE EG 432-1), made of the sRGB profile's own bytes."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    # XYZ of the primaries, adapted to D50, as 15.16 numbers.
    primaries = {
        b"rXYZ": (0.51512, 0.2412, -0.00105),
        b"gXYZ": (0.29198, 0.69225, 0.04189),
        b"bXYZ": (0.1571, 0.06657, 0.78407),
    }
    count = int.from_bytes(data[128:132], "big")
    for place in range(count):
        at = 132 + 12 * place
        if (values := primaries.get(bytes(data[at : at + 4]))) is not None:
            offset = int.from_bytes(data[at + 4 : at + 8], "big") + 8
            for number, value in enumerate(values):
                data[offset + 4 * number : offset + 4 * number + 4] = round(value * 65536).to_bytes(
                    4, "big", signed=True
                )
    return bytes(data)


@pytest.mark.usefixtures("decoded_here")
@pytest.mark.parametrize("form", ["HEIF", "AVIF"])
def test_phones_pictures_become_a_jpeg(form: str, folder: Path) -> None:
    pytest.importorskip("pillow_heif").register_heif_opener()
    seen, thumbnail, rendered = see(encode(picture(200, 300), form, quality=95), folder, renders=True)
    with Image.open(rendered) as image:
        assert (image.format, image.size) == ("JPEG", (200, 300))
        assert corners(image.convert("RGB")) == corners(thumbnail) == UPRIGHT
    assert (seen.width, seen.height) == (200, 300)


@pytest.mark.usefixtures("decoded_here")
@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_phones_pictures_held_upright_stand_upright(orientation: int, folder: Path) -> None:
    """The writer turns its boxes by the EXIF it is given as bytes; the reader has to turn once, and not twice."""
    pytest.importorskip("pillow_heif").register_heif_opener()
    block = Image.Exif()
    block[0x0112] = orientation
    image = picture(200, 300)
    turn = STORED[orientation]
    data = encode(image.transpose(turn) if turn is not None else image, "HEIF", exif=block.tobytes(), quality=95)
    seen, thumbnail, rendered = see(data, folder, renders=True)
    with Image.open(rendered) as made:
        assert made.size == (seen.width, seen.height) == (200, 300)
        assert corners(made.convert("RGB")) == corners(thumbnail) == UPRIGHT


@pytest.mark.usefixtures("decoded_here")
@pytest.mark.parametrize("orientation", [1, 6])
def test_thumbnail_is_as_large_whichever_way_the_picture_was_held(orientation: int, folder: Path) -> None:
    turn, block, image = STORED[orientation], Image.Exif(), picture(1200, 1800)
    block[0x0112] = orientation
    data = encode(image.transpose(turn) if turn is not None else image, "JPEG", exif=block)
    _seen, thumbnail, _rendered = see(data, folder)
    assert thumbnail.size == (480, 720) and corners(thumbnail) == UPRIGHT


@pytest.mark.usefixtures("decoded_here")
def test_colours_told_by_code_points_alone_become_srgb(folder: Path) -> None:
    """Display P3 in an AVIF without a profile: its box says primaries 12 (ITU-T H.273)."""
    data = encode(Image.new("RGB", (60, 90), (200, 80, 40)), "AVIF", quality=100, subsampling="4:4:4")
    assert data.count(b"colrnclx\x00\x01\x00\x0d") == 1
    told = data.replace(b"colrnclx\x00\x01\x00\x0d", b"colrnclx\x00\x0c\x00\x0d")
    _seen, _thumbnail, plain = see(data, folder, renders=True)
    with Image.open(plain) as image:
        assert max(abs(a - b) for a, b in zip(image.getpixel((30, 45)), (200, 80, 40), strict=True)) <= 2
    _seen, _thumbnail, rendered = see(told, folder, renders=True)
    with Image.open(rendered) as image:
        expected = in_srgb(Image.new("RGB", (1, 1), (200, 80, 40)))
        assert max(abs(a - b) for a, b in zip(image.getpixel((30, 45)), expected, strict=True)) <= 2


def in_srgb(image: Image.Image) -> Any:
    """Return the first pixel of a Display P3 picture in sRGB."""
    source = ImageCms.ImageCmsProfile(io.BytesIO(wide_profile()))
    return ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB")).getpixel((0, 0))


@pytest.mark.usefixtures("decoded_here")
@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_broken_profile_is_left_aside(form: str, folder: Path) -> None:
    _seen, thumbnail, _rendered = see(encode(picture(200, 300), form, icc_profile=b"no profile" * 20), folder)
    assert corners(thumbnail) == UPRIGHT


@pytest.mark.usefixtures("decoded_here")
def test_another_kind_than_was_read_is_not_even_tried(folder: Path) -> None:
    (folder / "source").write_bytes(encode(picture(), "TIFF"))
    task = {"source": str(folder / "source"), "kind": "jpeg", "orientation": 1, "sides": [0, 0]}
    with pytest.raises(UnidentifiedImageError):
        child.work({**task, "thumbnail": str(folder / "thumbnail")})


@pytest.mark.usefixtures("decoded_here")
def test_cmyk_becomes_rgb(folder: Path) -> None:
    _seen, _thumbnail, rendered = see(encode(picture(200, 300).convert("CMYK"), "JPEG"), folder, renders=True)
    with Image.open(rendered) as image:
        assert image.mode == "RGB" and corners(image) == UPRIGHT


@pytest.mark.usefixtures("decoded_here")
def test_sixteen_bits_are_not_cut_off(folder: Path) -> None:
    _seen, _thumbnail, rendered = see(encode(Image.new("I;16", (20, 30), 32768), "PNG"), folder, renders=True)
    with Image.open(rendered) as image:
        assert abs(image.convert("L").getpixel((5, 5)) - 128) <= 1


@pytest.mark.usefixtures("decoded_here")
@pytest.mark.parametrize(
    ("image", "color"),
    [
        (Image.new("RGB", (30, 45), "white"), "#FFFFFF"),
        (Image.new("L", (30, 45), 128), "#808080"),
        (Image.new("RGBA", (30, 45), (10, 20, 30, 0)), ""),
        (Image.new("RGBA", (30, 45), (200, 20, 30, 255)), "#C8141E"),
        (Image.new("I;16", (30, 45), 32768), "#808080"),
        (picture(200, 300).convert("P"), "#8899AA"),
    ],
    ids=["white", "grey", "transparent", "red", "16 bit", "palette"],
)
def test_dominant_colour_of_any_picture(image: Image.Image, color: str, folder: Path) -> None:
    found = see(encode(image, "PNG"), folder)[0].color
    assert found == color or (
        color and all(abs(a - b) <= 4 for a, b in zip(channels(found), channels(color), strict=True))
    )


def channels(color: str) -> list[int]:
    return [int(color[at : at + 2], 16) for at in (1, 3, 5)]


@pytest.mark.usefixtures("decoded_here")
@pytest.mark.parametrize("orientation", [1, 6, 8, 3])
@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_right_piece_is_cut(form: str, orientation: int, folder: Path) -> None:
    data = stored(orientation, form)
    source, target = folder / "source", folder / "piece"
    source.write_bytes(data)
    run.cut(source, facts_of(data), target=target, box=(100, 150, 100, 150))
    with Image.open(target) as piece:
        assert piece.size == (100, 150) and piece.format == form
        assert nearest(piece.convert("RGB").getpixel((95, 145))) == "yellow"
        assert piece.getexif().get(0x0112, 1) == 1


@pytest.mark.usefixtures("decoded_here")
@pytest.mark.parametrize("box", [(150, 250, 51, 50), (150, 250, 50, 51), (-1, 0, 50, 50), (0, 0, 0, 50)])
def test_piece_outside_of_the_picture_is_refused(box: tuple[int, int, int, int], folder: Path) -> None:
    (folder / "source").write_bytes(jpeg(200, 300))
    with pytest.raises(ValidationError) as refused:
        run.cut(folder / "source", facts_of(jpeg(200, 300)), target=folder / "piece", box=box)
    assert refused.value.code == "box" and not (folder / "piece").exists()


@pytest.mark.usefixtures("decoded_here")
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_piece_tells_nothing_of_what_the_original_told(form: str, folder: Path) -> None:
    block = Image.Exif()
    block[0x010F] = "Telltale"
    packet = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>Telltale</x:xmpmeta>"
    options = {"comment": b"Telltale"} if form == "JPEG" else {}
    data = encode(picture(200, 300), form, exif=block, xmp=packet, **options)
    assert b"Telltale" in data
    (folder / "source").write_bytes(data)
    run.cut(folder / "source", facts_of(data), target=folder / "piece", box=(0, 0, 50, 75))
    assert b"Telltale" not in (folder / "piece").read_bytes()


@pytest.mark.usefixtures("decoded_here")
def test_piece_keeps_its_profile(folder: Path) -> None:
    data = encode(picture(200, 300), "JPEG", icc_profile=wide_profile())
    (folder / "source").write_bytes(data)
    run.cut(folder / "source", facts_of(data), target=folder / "piece", box=(0, 0, 50, 75))
    with Image.open(folder / "piece") as piece:
        assert piece.info["icc_profile"] == wide_profile()


# The same picture, saved anew


def photo(words: str = "") -> Image.Image:
    """Return something like a photo, with a sentence of large letters on it."""
    image = Image.linear_gradient("L").resize((500, 750)).convert("RGB")
    image.paste(Image.radial_gradient("L").resize((300, 300)).convert("RGB"), (100, 60))
    for number, letter in enumerate(words):
        image.paste("black" if ord(letter) % 2 else "white", (40 + 90 * number, 420, 110 + 90 * number, 640))
    return image


def written(words: str) -> Image.Image:
    """Return the photo with words in letters as designers set them."""
    image = photo()
    font = ImageFont.load_default(52)
    ImageDraw.Draw(image).text((30, 250), words, fill="white", font=font, stroke_width=3, stroke_fill="black")
    return image


def in_p3(image: Image.Image) -> Image.Image:
    """Return an sRGB picture with the numbers that its colours have in Display P3."""
    target = ImageCms.ImageCmsProfile(io.BytesIO(wide_profile()))
    made = ImageCms.profileToProfile(image, ImageCms.createProfile("sRGB"), target)
    assert made is not None
    return made


def turned(orientation: int) -> Image.Exif:
    block = Image.Exif()
    block[0x0112] = orientation
    return block


def fingerprint(data: bytes, folder: Path) -> run.Decoded:
    return see(data, folder)[0]


@pytest.mark.usefixtures("decoded_here")
@pytest.mark.parametrize(
    "data",
    [
        encode(photo("abba"), "JPEG", quality=40),
        encode(photo("abba"), "JPEG", quality=95),
        encode(photo("abba").resize((564, 846)), "JPEG", quality=80),
        encode(photo("abba").resize((236, 354)), "JPEG", quality=80),
        encode(photo("abba").resize((236, 354)), "WEBP", quality=80),
        encode(in_p3(photo("abba")), "JPEG", quality=85, icc_profile=wide_profile()),
        encode(photo("abba").transpose(STORED[6]), "JPEG", quality=85, exif=turned(6)),
        encode(photo("abba"), "WEBP", quality=60),
        encode(photo("abba").convert("RGBA"), "PNG"),
    ],
    ids=["q40", "q95", "564 px", "236 px", "236 px webp", "p3", "turned", "webp", "png"],
)
def test_picture_saved_anew_is_the_same(data: bytes, folder: Path) -> None:
    one, other = fingerprint(encode(photo("abba"), "PNG"), folder), fingerprint(data, folder)
    assert is_same(one.dhash, one.tile, other.dhash, other.tile)
    # With room to spare: of 12 pictures of shapes, noise and stripes, those 236 px wide differed most, by 26.
    assert greatest_difference(one, other) <= 19


def greatest_difference(one: run.Decoded, other: run.Decoded) -> int:
    return max(abs(a - b) for a, b in zip(one.tile, other.tile, strict=True))


@pytest.mark.usefixtures("decoded_here")
@pytest.mark.parametrize("other", [photo("baab"), photo(""), picture(500, 750)], ids=["words", "no words", "another"])
def test_other_words_on_a_photo_are_another_picture(other: Image.Image, folder: Path) -> None:
    one, two = fingerprint(encode(photo("abba"), "PNG"), folder), fingerprint(encode(other, "PNG"), folder)
    assert not is_same(one.dhash, one.tile, two.dhash, two.tile)
    assert greatest_difference(one, two) >= 28


@pytest.mark.usefixtures("decoded_here")
def test_a_hash_alone_takes_other_words_for_the_same(folder: Path) -> None:
    """What the tile is for: letters of a usual size leave the hash as it is."""
    one, two = (
        fingerprint(encode(written(words), "PNG"), folder) for words in ("Ten cosy kitchens", "Ten easy kitchens")
    )
    assert is_same(one.dhash, one.tile, two.dhash, one.tile)
    assert not is_same(one.dhash, one.tile, two.dhash, two.tile)


@pytest.mark.parametrize(("dhash", "tile"), [("", b""), ("0" * 16, b""), ("0" * 16, b"x")])
def test_what_was_not_read_is_like_nothing(dhash: str, tile: bytes) -> None:
    assert not is_same(dhash, tile, "0" * 16, bytes(32 * 48))


# The child


def code_of(data: bytes, folder: Path) -> str:
    (folder / "source").write_bytes(data)
    facts = Facts(kind=Kind.JPEG, size=len(data), width=64, height=96)
    with pytest.raises(ValidationError) as refused:
        run.decode(folder / "source", facts, thumbnail=folder / "thumbnail")
    assert refused.value.messages[0]
    return str(refused.value.code)


def test_child_decodes_to_the_end(folder: Path) -> None:
    seen, thumbnail, _rendered = see(jpeg(), folder)
    assert (seen.width, seen.height) == (64, 96) and corners(thumbnail) == UPRIGHT
    assert len(seen.dhash) == 16 and len(seen.tile) == 32 * 48


def test_half_a_picture_is_refused(folder: Path) -> None:
    data = jpeg(300, 450)
    assert code_of(data[: len(data) // 2], folder) == "broken"


@pytest.fixture
def other_child(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Put another program in the child's place."""

    def put(program: str) -> None:
        path = tmp_path / "other_child.py"
        path.write_text(program)
        monkeypatch.setattr(run, "CHILD", path)

    return put


@pytest.mark.parametrize(
    ("program", "code"),
    [
        ("raise SystemExit(3)", "broken"),
        ("print('no json')", "broken"),
        ("print('[1]')", "broken"),
        ("import os; os.abort()", "broken"),
        ("import os; os.kill(os.getpid(), 9)", "memory"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGXCPU)", "slow"),
        ('print(\'{"error": "pixels"}\')', "pixels"),
        ("print('x' * 10**6)", "broken"),
        ("while True: print('x' * 10**6)", "broken"),
        ('print(\'{"width": 1, "height": 1}\')', "broken"),
        ('print(\'{"error": "pixels"}\'); raise SystemExit(3)', "broken"),
        ("print('[' * 60000)", "broken"),
        ("import os; print('{}', flush=True); os.close(1); os.fork() or __import__('time').sleep(60)", "broken"),
    ],
)
def test_child_that_ends_badly_is_a_refusal(other_child: Any, folder: Path, program: str, code: str) -> None:
    other_child(program)
    assert code_of(jpeg(), folder) == code


def put_into(program: str) -> str:
    """Return the child's own file with more to do before it loads Pillow."""
    return Path(child.__file__).read_text().replace("    from PIL import", f"    {program}\n    from PIL import", 1)


@pytest.mark.parametrize(
    "program",
    [
        # libjpeg's words for want of memory are those for a file that is cut off.
        "import mmap; held = mmap.mmap(-1, 650 * 1024**2); raise OSError('broken data stream')",
        "bytearray(900 * 1024**2)",
    ],
)
def test_child_has_so_much_memory_and_no_more(other_child: Any, folder: Path, program: str) -> None:
    other_child(put_into(program))
    assert code_of(jpeg(), folder) == "memory"


def test_child_has_so_much_of_the_rest_and_no_more(other_child: Any, folder: Path) -> None:
    limits = "(resource.RLIMIT_CPU, resource.RLIMIT_CORE, resource.RLIMIT_NOFILE)"
    expected = "[(30, 32), (0, 0), (64, 64)]"
    other_child(
        put_into(
            f"limits = [resource.getrlimit(name) for name in {limits}]; "
            f"is_bare = set(__import__('os').environ) == {{'PATH', 'LC_ALL'}}; "
            f"return {{'error': 'pixels' if limits == {expected} and is_bare and signal.alarm(0) else 'broken'}}"
        )
    )
    assert code_of(jpeg(), folder) == "pixels"


def test_turn_lasts_as_long_as_the_child(other_child: Any, folder: Path, settings: Any) -> None:
    """A process that was killed leaves its child at work: nobody else's begins meanwhile."""
    import fcntl

    other_child(
        "import fcntl, os, sys\n"
        "held = [f for f in os.listdir('/proc/self/fd') if os.path.realpath('/proc/self/fd/' + f).endswith('decoder.lock')]\n"
        "print('{\"error\": \"pixels\"}' if held else '')\n"
    )
    assert code_of(jpeg(), folder) == "pixels"
    handle = os.open(Path(settings.MEDIA_FOLDER) / "decoder.lock", os.O_RDWR)
    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.close(handle)


def test_child_that_hangs_is_ended(other_child: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "SECONDS", 0.3)
    other_child("import time; time.sleep(60)")
    begun = time.monotonic()
    assert code_of(jpeg(), folder) == "slow"
    assert time.monotonic() - begun < 10


def test_one_at_a_time(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at_work, most, lock = 0, 0, threading.Lock()

    def work(_task: bytes, _lock: int) -> dict[str, Any]:
        nonlocal at_work, most
        with lock:
            at_work += 1
            most = max(most, at_work)
        time.sleep(0.05)
        with lock:
            at_work -= 1
        return {"error": "broken"}

    monkeypatch.setattr(run, "_run", work)
    threads = [threading.Thread(target=code_of, args=(jpeg(), folder)) for _thread in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1


def test_one_that_waits_too_long_is_told_so(folder: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    import fcntl

    monkeypatch.setattr(run, "WAITS", 0.1)
    Path(settings.MEDIA_FOLDER).mkdir(parents=True)
    handle = os.open(Path(settings.MEDIA_FOLDER) / "decoder.lock", os.O_CREAT | os.O_RDWR)
    fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        assert code_of(jpeg(), folder) == "busy"
    finally:
        os.close(handle)
