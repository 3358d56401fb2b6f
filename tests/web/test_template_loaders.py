"""What the loader drops of a template, and what it must not."""

from pathlib import Path

import pytest
from django.template import engines
from django.template.loader import get_template

from postpeer_dash.web.template_loaders import drop_layout

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"


@pytest.mark.parametrize(
    ("source", "left"),
    [
        ("<ul>\n  <li>One</li>\n    <li>Two</li>\n</ul>\n", "<ul>\n<li>One</li>\n<li>Two</li>\n</ul>\n"),
        ("<p>\n  One <b>two</b>\n  three\n</p>", "<p>\nOne <b>two</b>\nthree\n</p>"),
        ("<p>One  </p>\n\n\n<p>", "<p>One  </p>\n<p>"),
    ],
    ids=["between elements", "within a sentence", "empty lines"],
)
def test_a_line_break_stays_without_its_indentation(source: str, left: str) -> None:
    assert drop_layout(source) == left


@pytest.mark.parametrize(
    ("source", "left"),
    [
        ('<a\n  class="btn"\n  href="/"\n>Go</a>', '<a class="btn" href="/">Go</a>'),
        ("<path\n  d='M0'\n/>", "<path d='M0'/>"),
        ("<i\n  title='a > b'\n  hidden\n>", "<i title='a > b' hidden>"),
        ('<p class="one\n  two">', '<p class="one two">'),
        ("<p>a > b\n  c</p>", "<p>a > b\nc</p>"),
    ],
    ids=["attributes", "self-closing", "a quoted sign", "in a value", "outside of a tag"],
)
def test_attributes_stand_one_space_apart(source: str, left: str) -> None:
    assert drop_layout(source) == left


@pytest.mark.parametrize(
    ("source", "left"),
    [
        ("<i\n  {% if a %}hidden{% endif %}\n>", "<i{% if a %} hidden{% endif %}>"),
        ("<i\n  {% if a %}\n    b\n    c\n  {% endif %}\n  d\n>", "<i{% if a %} b c{% endif %} d>"),
        ("<i {% if a %}b{% else %}c{% endif %} d>", "<i{% if a %} b{% else %} c{% endif %} d>"),
        ('<i class="a{% if b %} c{% endif %}">', '<i class="a{% if b %} c{% endif %}">'),
    ],
    ids=["one", "several", "either", "part of a value"],
)
def test_an_attribute_that_may_be_left_out_takes_its_space_along(source: str, left: str) -> None:
    assert drop_layout(source) == left


@pytest.mark.parametrize(
    "source",
    [
        "<pre>\n  a\n    b\n</pre>",
        '<textarea name="a">\n  b\n\n</textarea>',
        "<script>\n  a\n    b\n</script>",
        "{% blocktranslate %}a\n  b{% endblocktranslate %}",
    ],
)
def test_verbatim_text_stays(source: str) -> None:
    assert drop_layout(source) == source


def test_what_follows_verbatim_text_is_in_its_place() -> None:
    source = "<pre>\n  1\n</pre>\n  <p>\n  2</p>\n  <pre>\n  3\n</pre>"
    assert drop_layout(source) == "<pre>\n  1\n</pre>\n<p>\n2</p>\n<pre>\n  3\n</pre>"


@pytest.mark.parametrize(
    ("source", "left"),
    [
        ("<p>\n  {% if a %}\n    b\n  {% endif %}\n</p>", "<p>\n{% if a %}b\n{% endif %}</p>"),
        ("{% load a %}\n{% url 'a' as b %}\n<p>", "{% load a %}{% url 'a' as b %}<p>"),
        ("<p>\n  {% if a %}b{% endif %}\n  c", "<p>\n{% if a %}b{% endif %}\nc"),
        ("a{% if b %}\n  c\n{% endif %}\nd", "a{% if b %}\nc\n{% endif %}d"),
        ("{% comment %}\nA\n  b\n{% endcomment %}\n<p>", "{% comment %}\nA\nb\n{% endcomment %}<p>"),
        ("a\n{{ b }}\n{% csrf_token %}\nc", "a\n{{ b }}\n{% csrf_token %}\nc"),
    ],
    ids=[
        "a condition",
        "what is kept",
        "more than structure",
        "not alone on its line",
        "a comment",
        "what puts something",
    ],
)
def test_a_line_of_structure_leaves_no_line_break(source: str, left: str) -> None:
    assert drop_layout(source) == left


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_nothing_but_white_space_is_dropped(path: Path) -> None:
    source = path.read_text()
    assert "".join(drop_layout(source).split()) == "".join(source.split())


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_what_is_dropped_once_is_dropped(path: Path) -> None:
    once = drop_layout(path.read_text())
    assert drop_layout(once) == once


def test_pages_are_read_through_it_and_mails_are_not() -> None:
    page, mail = "teams/me.html", "account/email/base_message.txt"
    loaded = {name: engines["django"].engine.get_template(name).source for name in (page, mail)}  # type: ignore[attr-defined]
    assert loaded[page] == drop_layout((TEMPLATES / page).read_text())
    assert loaded[mail] == (TEMPLATES / mail).read_text()


def test_a_loaded_template_is_kept() -> None:
    first, second = (get_template("teams/me.html") for _ in range(2))
    assert first.template is second.template  # type: ignore[attr-defined]
