"""Files on the compose page: sent in pieces, taken up again, converted, cut, and a film's cover."""

import io
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import expect

from tests.e2e.conftest import OpenPage
from tests.e2e.stack import Dash
from tests.e2e.steps import EDITOR, choose_board, ledger_titles, publish

NEW = "/t/atelier-nordlicht/pins/new/"
WIDTHS = pytest.mark.parametrize("width", [390, 1280])
PIECE = 8 * 1024 * 1024
# Three pieces, of which the first is two fifths.
LONG = PIECE * 5 // 2
SECONDS = 5


def picture(width: int, height: int) -> Image.Image:
    """Return a picture whose left third is red, the middle green, the right blue."""
    image = Image.new("RGB", (width, height), "green")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, width // 3 - 1, height), fill="red")
    draw.rectangle((width * 2 // 3, 0, width, height), fill="blue")
    return image


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a film that is red first and blue from its middle on."""
    if not shutil.which("ffmpeg"):
        pytest.skip("ffmpeg is missing; it makes the film.")
    path = tmp_path_factory.mktemp("films") / "harbour.mp4"
    parts = [f"color={colour}:size=180x320:rate=10:duration={SECONDS / 2}" for colour in ("red", "blue")]
    inputs = [word for part in parts for word in ("-f", "lavfi", "-i", part)]
    command = ["ffmpeg", "-loglevel", "error", *inputs, "-filter_complex", "concat=n=2", "-pix_fmt", "yuv420p"]
    subprocess.run([*command, "-preset", "ultrafast", "-movflags", "faststart", str(path)], check=True, timeout=60)
    return path


@pytest.fixture
def long_film(film: Path, tmp_path: Path) -> Path:
    """Return the film with room behind it, as editors leave it: large, and nothing more to decode."""
    path = tmp_path / "long.mp4"
    data = film.read_bytes()
    path.write_bytes(data + (LONG - len(data)).to_bytes(4, "big") + b"free")
    with path.open("r+b") as stream:
        stream.truncate(LONG)
    return path


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.jpg"
    picture(900, 600).save(path, "JPEG", quality=90)
    return path


@pytest.fixture
def opened(open_page: OpenPage, width: int) -> Iterator[Any]:
    page = open_page(email=EDITOR, width=width)
    page.goto(NEW)
    yield page
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def choose(page: Any, path: Path, facts: str) -> str:
    """Choose the file; wait until PostPeer has it and the page tells `facts`. Return its address."""
    page.set_input_files("[name=media_file]", path)
    expect(page.locator("#media-state")).to_contain_text(facts, timeout=30_000)
    return str(page.input_value("[name=media_url]"))


def load(page: Any, url: str) -> Image.Image:
    """Return the picture that PostPeer has at an address."""
    return Image.open(io.BytesIO(page.request.get(url).body()))


def colour_of(image: Image.Image) -> str:
    """Return the name of the colour that the middle of a picture has most of."""
    red, green, blue = image.convert("RGB").getpixel((image.width // 2, image.height // 2))  # type: ignore[misc]
    return max((red, "red"), (green, "green"), (blue, "blue"))[1]


@WIDTHS
def test_upload_broken_at_40_percent_goes_on(opened: Any, long_film: Path) -> None:
    page = opened
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "PUT" else None)
    page.route(re.compile("/pieces/1/$"), lambda route: route.abort("connectionreset"), times=1)
    choose(page, long_film, "MP4, 180 × 320, 9:16")
    numbers = [int(url.rstrip("/").rpartition("/")[2]) for url in sent]
    assert numbers == [0, 1, 1, 2]


def test_file_chosen_again_after_a_reload_goes_on_where_it_stopped(open_page: OpenPage, long_film: Path) -> None:
    page = open_page(email=EDITOR)
    page.goto(NEW)
    # The second piece never gets through.
    page.route(re.compile("/pieces/1/$"), lambda route: None)
    page.set_input_files("[name=media_file]", long_film)
    expect(page.locator("[data-upload-run] [data-run-words]")).to_contain_text(re.compile("4[0-9] %"), timeout=30_000)
    page.reload()
    page.unroute(re.compile("/pieces/1/$"))
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "PUT" else None)
    choose(page, long_film, "MP4, 180 × 320, 9:16")
    assert [url.rstrip("/").rpartition("/")[2] for url in sent] == ["1", "2"]


def test_upload_waits_while_there_is_no_connection(open_page: OpenPage, photo: Path) -> None:
    page = open_page(email=EDITOR)
    page.goto(NEW)
    # The scripts themselves are there before the line is gone.
    page.evaluate(
        "Promise.all(['kind', 'send', 'run'].map((it) => import(document.querySelector('[data-media]').dataset[it])))"
    )
    page.context.set_offline(True)
    page.set_input_files("[name=media_file]", photo)
    expect(page.locator("[data-upload-run] [data-run-words]")).to_contain_text("No connection")
    page.context.set_offline(False)
    expect(page.locator("#media-state")).to_contain_text("JPG, 900 × 600, 3:2")


@WIDTHS
def test_heic_becomes_a_pin(opened: Any, dash: Dash, tmp_path: Path, width: int) -> None:
    import pillow_heif

    page = opened
    path = tmp_path / "IMG_0042.HEIC"
    pillow_heif.from_pillow(picture(600, 900)).save(path, quality=80)
    url = choose(page, path, "600 × 900, 2:3")
    assert load(page, url).format == "JPEG"
    # What the browser can't show is shown all the same.
    expect(page.locator("[data-preview-pic] img")).to_have_js_property("complete", value=True)
    assert page.locator("[data-preview-pic] img").evaluate("(image) => image.naturalWidth") > 0
    choose_board(page, "Quiet corners", "Quiet corners")
    title = f"From a telephone, {width}"
    page.fill("[name=title]", title)
    publish(page)
    expect(page.locator("main .sign-published").first).to_be_visible(timeout=30_000)
    assert title in ledger_titles(dash)


@WIDTHS
def test_picture_is_cropped_by_keyboard(opened: Any, photo: Path) -> None:
    page = opened
    whole = choose(page, photo, "JPG, 900 × 600, 3:2")
    page.locator("[data-crop]").focus()
    page.keyboard.press("Enter")
    frame = page.locator("#crop cropper-selection")
    expect(frame).to_be_focused()
    said = page.locator("[data-crop-said]")
    expect(said).to_have_text("400 × 600 pixels, 250 from the left, 0 from the top")
    for key in [*["Shift+ArrowLeft"] * 5, *["ArrowRight"] * 60, "ArrowDown"]:
        page.keyboard.press(key)
    # It stays within the picture, and of its ratio.
    expect(said).to_have_text(re.compile(r"^310 × 465 pixels, 590 from the left, \d+ from the top$"))
    page.keyboard.press("Enter")
    expect(page.locator("#media-state")).to_contain_text("JPG, 310 × 465, 2:3")
    piece = load(page, page.input_value("[name=media_url]"))
    assert (piece.size, colour_of(piece)) == ((310, 465), "blue")
    page.get_by_role("button", name="Use the whole picture").click()
    assert page.input_value("[name=media_url]") == whole


def test_escape_leaves_the_picture_and_gives_the_focus_back(open_page: OpenPage, photo: Path) -> None:
    page = open_page(email=EDITOR)
    page.goto(NEW)
    whole = choose(page, photo, "900 × 600")
    page.locator("[data-crop]").click()
    expect(page.locator("#crop cropper-selection")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('#crop').contains(document.activeElement)")
    page.keyboard.press("Escape")
    expect(page.locator("#crop")).to_be_hidden()
    expect(page.locator("[data-crop]")).to_be_focused()
    assert page.input_value("[name=media_url]") == whole


def test_film_that_pinterest_wont_take_gets_no_tick(open_page: OpenPage, film: Path, tmp_path: Path) -> None:
    page = open_page(email=EDITOR)
    page.goto(NEW)
    short = tmp_path / "short.mp4"
    command = ["ffmpeg", "-loglevel", "error", "-i", str(film), "-t", "2", "-preset", "ultrafast", str(short)]
    subprocess.run(command, check=True, timeout=60)
    choose(page, short, "MP4, 180 × 320, 9:16")
    expect(page.locator("[data-media-notes]")).to_contain_text("no video shorter than 4")
    assert page.locator("#media-state .ok").count() == 0


def test_draft_knows_its_file_again(open_page: OpenPage, photo: Path) -> None:
    page = open_page(email=EDITOR)
    page.goto(NEW)
    choose(page, photo, "JPG, 900 × 600, 3:2")
    page.locator(".acts [value=draft]").click()
    page.wait_for_url(re.compile("/edit/$"))
    page.evaluate("sessionStorage.clear()")
    page.reload()
    expect(page.locator("#media-state")).to_contain_text("JPG, 900 × 600, 3:2")
    expect(page.locator("[data-crop]")).to_be_visible()


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (390, "dark")])
def test_axe_finds_nothing_in_the_dialogs(open_page: OpenPage, width: int, theme: str, photo: Path, film: Path) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = open_page(email=EDITOR, width=width, theme=theme)
    page.goto(NEW)
    for path, facts, opener, dialog in (
        (photo, "900 × 600", "[data-crop]", "#crop"),
        (film, "180 × 320", "[data-cover-frame]", "#cover-frame"),
    ):
        choose(page, path, facts)
        page.locator(opener).click()
        expect(page.locator(f"{dialog} :focus")).to_have_count(1)
        assert Axe().run(page, context=dialog).response["violations"] == []
        page.keyboard.press("Escape")


@WIDTHS
def test_frame_is_moved_by_hand_and_stays_in_the_picture(opened: Any, photo: Path) -> None:
    page = opened
    choose(page, photo, "900 × 600")
    page.locator("[data-crop]").click()
    box = page.locator("#crop cropper-selection").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] - 600, box["y"] - 600, steps=5)
    page.mouse.up()
    expect(page.locator("[data-crop-said]")).to_have_text("400 × 600 pixels, 0 from the left, 0 from the top")


@WIDTHS
def test_cover_is_taken_from_a_frame(opened: Any, film: Path) -> None:
    page = opened
    choose(page, film, "MP4, 180 × 320, 9:16")
    page.get_by_role("button", name="Choose a frame of the film").click()
    slider = page.get_by_label("Moment of the film")
    expect(slider).to_be_focused()
    page.keyboard.press("End")
    expect(slider).to_have_attribute("aria-valuetext", re.compile(r"^0:0[45]\.\d of 0:05\.0$"))
    page.get_by_role("button", name="Use this frame").click()
    expect(page.locator("[data-cover-said]")).to_contain_text("JPG, 180 × 320, 9:16")
    cover = load(page, page.input_value("[name=cover_image_url]"))
    assert (cover.format, cover.size, colour_of(cover)) == ("JPEG", (180, 320), "blue")
    assert "harbour" not in page.locator("#upload-wrong").inner_text()


def test_film_is_no_cover_and_a_picture_is(open_page: OpenPage, film: Path, photo: Path) -> None:
    page = open_page(email=EDITOR)
    page.goto(NEW)
    page.locator("label[for=media-video]").click()
    page.set_input_files("[name=cover_file]", film)
    expect(page.locator("[data-cover-wrong]")).to_contain_text("A cover is a picture")
    page.set_input_files("[name=cover_file]", photo)
    expect(page.locator("[name=cover_image_url]")).to_have_value(re.compile("^http"))
    expect(page.locator("[data-cover-wrong]")).to_be_hidden()


REFUSED = [
    ("GIF89a", "Pinterest takes no GIF. Save it as JPG or PNG, or as an MP4 if it moves."),
    ("BM\x36\0\0\0\0\0\0\0\x36\0\0\0", "Pinterest takes no BMP."),
    ("<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'>", "Pinterest takes no SVG."),
    ("%PDF-1.7", "Pinterest takes no PDF."),
    ("\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm", "Pinterest takes no WebM. Save the film as MP4 or MOV."),
]


def test_what_pinterest_refuses_is_said_at_once_whatever_its_name_says(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page(email=EDITOR)
    page.goto(NEW)
    path = tmp_path / "holiday.jpg"
    for head, sentence in REFUSED:
        path.write_bytes(head.encode("latin-1") + b"\0" * 60)
        page.set_input_files("[name=media_file]", path)
        expect(page.locator("#upload-wrong")).to_contain_text(sentence)
    assert page.input_value("[name=media_url]") == ""


def test_good_file_of_an_odd_name_is_taken(open_page: OpenPage, photo: Path) -> None:
    page = open_page(email=EDITOR)
    page.goto(NEW)
    odd = photo.rename(photo.with_name("photo.mp4"))
    choose(page, odd, "JPG, 900 × 600, 3:2")
    assert page.locator("#media-image").is_checked()


def test_address_of_what_pinterest_refuses_gets_no_tick(open_page: OpenPage, dash: Dash) -> None:
    page = open_page(email=EDITOR)
    page.goto(NEW)
    for ending in ("gif", "bmp", "svg", "avif"):
        page.route(f"**/pictures/holiday.{ending}", lambda route: route.fulfill(path=_RUG, content_type="image/jpeg"))
        page.fill("[name=media_url]", f"{dash.sandbox.base_url}/pictures/holiday.{ending}")
        expect(page.locator("#media-state")).to_contain_text(f"Pinterest takes no {ending.upper()}")
        assert page.locator("#media-state .ok").count() == 0


_RUG = Path(__file__).resolve().parents[2] / "postpeer_dash" / "sandbox" / "pictures" / "rug.jpg"
