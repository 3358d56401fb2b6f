import pytest
from django.template import Context, Template
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from postpeer_dash.web.html import format_html


def render(text: str, **context: object) -> str:
    return Template(text).render(Context(context))


def test_values_are_escaped() -> None:
    html = format_html('<b title="{}">{}</b>', "\"'><", 5)
    assert html == '<b title="&quot;&#x27;&gt;&lt;">5</b>'
    assert isinstance(html, SafeString)


def test_html_stays_html() -> None:
    assert format_html("<p>{}</p>", format_html("<b>{}</b>", "&")) == "<p><b>&amp;</b></p>"


def test_later_translation_is_escaped_too() -> None:
    assert format_html("{}", gettext_lazy("<b>")) == "&lt;b&gt;"


def test_braces_in_a_value_are_text() -> None:
    assert format_html("{}", "{0} {x}") == "{0} {x}"


def test_text_and_html_of_the_same_letters_are_told_apart() -> None:
    label = "<i>x</i>"
    assert label in render('{% sign_bare "failed" label %}', label=SafeString(label))
    assert label not in render('{% sign_bare "failed" label %}', label=label)


def test_included_again_is_the_same_within_a_page_and_new_on_the_next() -> None:
    template = Template('{% include_again "components/_mark.html" %}{% include_again "components/_mark.html" %}')
    html = template.render(Context())
    assert html == html[: len(html) // 2] * 2 != ""


def test_included_again_knows_the_page() -> None:
    template = Template('{% include_again "components/_empty.html" %}')
    pages = [template.render(Context({"title": title, "icon_name": "images"})) for title in ("One", "Two")]
    assert ["One" in pages[0], "Two" in pages[1], "One" in pages[1]] == [True, True, False]


def test_named_places_are_filled_and_escaped() -> None:
    assert format_html("<b>{name}</b>{0}", 7, name="<i>") == "<b>&lt;i&gt;</b>7"


def test_subclass_of_text_is_no_html() -> None:
    class Loud(str):
        pass

    assert format_html("{}", Loud("<b>")) == "&lt;b&gt;"


def test_missing_value_is_an_error() -> None:
    with pytest.raises(IndexError):
        format_html("<b>{}</b>")
