"""What the look promises and a reader can't see at a glance: contrast, weight, icons that exist, nothing inline."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.template.loader import get_template

from postpeer_dash.web.status_badges import BADGES

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "static"
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
TOKENS = (STATIC / "css/tokens.css").read_text()
PAIR = re.compile(r"--pd-([\w-]+): light-dark\((#[0-9A-F]{6}), (#[0-9A-F]{6})\)")
COLOURS = {name: (light, dark) for name, light, dark in PAIR.findall(TOKENS)} | {"on-accent": ("#FFFFFF", "#FFFFFF")}
GROUNDS = ["ground", "surface", "sunken", "hover"]
TONES = ["still", "way", "done", "look", "fail"]
TEXT_PAIRS = [
    *[(ink, ground) for ink in ("ink", "ink-2", "accent-ink") for ground in [*GROUNDS, "accent-tint"]],
    *[("ink", f"{tone}-bg") for tone in TONES],
    *[(tone, ground) for tone in TONES for ground in ("ground", "surface", f"{tone}-bg")],
    *[("on-accent", fill) for fill in ("accent", "accent-hover", "fail-fill")],
    ("ground", "ink"),
]
EDGE_PAIRS = [(edge, ground) for edge in ("line-strong", "ring", "accent") for ground in ("ground", "surface")]


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT_PAIRS)
def test_text_has_enough_contrast(ink: str, ground: str, theme: int) -> None:
    assert contrast(COLOURS[ink][theme], COLOURS[ground][theme]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("edge", "ground"), EDGE_PAIRS)
def test_edges_of_controls_have_enough_contrast(edge: str, ground: str, theme: int) -> None:
    assert contrast(COLOURS[edge][theme], COLOURS[ground][theme]) >= 3


def read_weight(names: list[str]) -> int:
    total = 0
    for name in names:
        found = finders.find(name)
        assert isinstance(found, str), f"{name} is not there"
        total += len(gzip.compress(Path(found).read_bytes(), 9))
    return total


def test_a_first_visit_loads_at_most_90_kb_of_css_and_js() -> None:
    text = "".join((ROOT / "templates" / name).read_text() for name in ("base.html", "shell.html"))
    names = [name for name in re.findall(r"{% static '([^']+)' %}", text) if name.endswith((".css", ".js"))]
    assert len(names) >= 5
    assert read_weight(names) <= 90 * 1024


def test_the_own_css_stays_light() -> None:
    assert read_weight(["css/tokens.css", "css/dash.css", "css/forms.css", "css/pages.css"]) <= 18 * 1024


def read_sprite() -> set[str]:
    return set(re.findall(r'<symbol id="i-([\w-]+)"', (STATIC / "icons.svg").read_text()))


def test_every_icon_named_in_a_template_is_in_the_sprite() -> None:
    named = {name for path in TEMPLATES for name in re.findall(r'{% (?:icon|node) "([\w-]+)"', path.read_text())}
    assert named
    assert named <= read_sprite()


def test_every_badge_s_icon_is_in_the_sprite() -> None:
    assert {badge.icon for badge in BADGES.values()} <= read_sprite()


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_a_template_holds_no_script_or_style(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"<style|\sstyle=|\son\w+=", text)
    for attrs, body in re.findall(r"<script([^>]*)>(.*?)</script>", text, re.DOTALL):
        assert "application/json" in attrs or (" src=" in attrs and not body.strip())


def test_no_stylesheet_lays_things_out_by_left_and_right() -> None:
    for name in ("dash.css", "forms.css", "pages.css"):
        css = re.sub(r"/\*.*?\*/", "", (STATIC / "css" / name).read_text(), flags=re.DOTALL)
        assert not re.findall(r"(?:margin|padding|border)-(?:left|right)|[;{ ](?:left|right):", css)


@pytest.mark.parametrize("name", ["400", "403", "404", "500", "403_csrf"])
def test_an_error_page_needs_neither_database_nor_context(name: str) -> None:
    html = get_template(f"{name}.html").render()
    assert "<h1>" in html
    assert 'class="btn' in html


@pytest.mark.parametrize("folder", ["bootstrap", "cropperjs", "figtree", "lucide"])
def test_what_is_vendored_has_its_version_and_licence(folder: str) -> None:
    assert re.search(r"\d+\.\d+\.\d+", (STATIC / "vendor" / folder / "VERSION").read_text())
    assert (STATIC / "vendor" / folder / "LICENSE").stat().st_size > 500
