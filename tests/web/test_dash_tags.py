from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import NamedTuple

import pytest
from django import forms
from django.template import Context, Template

from postpeer_dash.web.templatetags import dash
from tests.squeezing import squeeze

HOSTILE = '"><script>alert(1)</script>'


class ExampleForm(forms.Form):
    title = forms.CharField(max_length=5, help_text="What people see first.")
    link = forms.URLField(required=False, assume_scheme="https")
    board = forms.ChoiceField(choices=[("a", "Winter away")])
    agree = forms.BooleanField()
    kinds = forms.MultipleChoiceField(choices=[("x", "X")], widget=forms.CheckboxSelectMultiple)


def render(text: str, **context: object) -> str:
    return Template(text).render(Context(context))


def read_tags(html: str) -> list[tuple[str, dict[str, str | None]]]:
    """All start tags with their attributes."""
    found: list[tuple[str, dict[str, str | None]]] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.append((tag, dict(attrs)))

    Reader().feed(html)
    return found


def test_an_icon_is_hidden_from_assistive_technology() -> None:
    html = render('{% icon "plus" "big" %}')
    assert '<svg class="i big" aria-hidden="true">' in html
    assert html.endswith('icons.svg#i-plus"/></svg>')


def test_a_sign_says_its_word() -> None:
    assert "<span>Partly out</span>" in render('{% sign "partial" %}')


def test_a_sign_takes_another_word() -> None:
    html = render('{% sign "partial" "Out on one of three" %}')
    assert "sign-partial tone-look" in html
    assert "<span>Out on one of three</span>" in html


def test_a_target_says_platform_and_status() -> None:
    html = render('{% target_sign "failed" "LinkedIn" %}')
    assert "<span>LinkedIn</span>" in html
    assert '<span class="visually-hidden">: failed</span>' in html


def test_a_picture_lies_on_its_colour() -> None:
    html = render('{% pic "https://x.example/a.jpg" "A cabin" "#C3CEDA" "s" %}')
    assert 'class="pic pic-s"' in html
    assert 'fill="#C3CEDA"' in html
    assert 'alt="A cabin"' in html


def test_a_picture_without_an_address_says_so() -> None:
    html = render('{% pic "" %}')
    assert "pic-gone" in html
    assert "No picture" in html
    assert "<img" not in html


def test_what_people_write_cannot_leave_its_attribute() -> None:
    html = render(
        "{% pic url alt color %}{% sign status label %}{% face name %}",
        url=HOSTILE,
        alt=HOSTILE,
        color=HOSTILE,
        status=HOSTILE,
        label=HOSTILE,
        name=HOSTILE,
    )
    assert "<script" not in html
    assert "<rect" not in html


def test_a_face_shows_initials() -> None:
    assert ">MO</span>" in render('{% face "Mira Okafor" %}')


def test_a_field_ties_hint_and_error_to_its_input() -> None:
    form = ExampleForm({"title": "far too long"})
    html = render('{% include "components/_field.html" with field=form.title %}', form=form)
    attrs = next(attrs for tag, attrs in read_tags(html) if tag == "input")
    ids = {attrs.get("id") for _, attrs in read_tags(html)}
    described = (attrs["aria-describedby"] or "").split()
    assert described == ["id_title_helptext", "id_title_error"]
    assert set(described) <= ids
    assert attrs["aria-invalid"] == "true"
    assert attrs["class"] == "form-control is-invalid"


def test_a_field_marks_what_is_optional_and_not_what_is_required() -> None:
    form = ExampleForm()
    assert "optional" in render('{% include "components/_field.html" with field=form.link %}', form=form)
    assert "optional" not in render('{% include "components/_field.html" with field=form.title %}', form=form)


def test_a_select_and_a_box_get_their_own_class() -> None:
    form = ExampleForm()
    assert 'class="form-select"' in render("{{ form.board|control }}", form=form)
    assert 'class="form-check-input"' in render("{{ form.agree|control }}", form=form)


def test_several_boxes_get_a_legend() -> None:
    html = render('{% include "components/_field.html" with field=form.kinds %}', form=ExampleForm())
    assert "<legend>Kinds</legend>" in squeeze(html)


def test_the_counter_counts_like_the_rules() -> None:
    form = ExampleForm({"title": "🍊🍊🍊"})
    html = render('{% include "components/_field.html" with field=form.title counter=5 %}', form=form)
    assert "6 of 5" in html
    assert "counter-over" in html


def test_the_summary_links_to_each_field_and_takes_the_focus() -> None:
    html = render(
        '{% include "components/_trouble.html" %}', form=ExampleForm({"title": "far too long", "agree": "on"})
    )
    tags = read_tags(html)
    assert {attrs["href"] for tag, attrs in tags if tag == "a"} == {"#id_title", "#id_board", "#id_kinds"}
    assert any("data-focus" in attrs and attrs.get("tabindex") == "-1" for _, attrs in tags)
    assert "Three fields have to change" in html


def test_the_summary_names_the_field_where_the_error_does_not() -> None:
    form = ExampleForm({"title": "ok"})
    form.add_error("link", "The link has to start with https://.")
    html = squeeze(render('{% include "components/_trouble.html" %}', form=form))
    assert ">The link has to start with https://.</a>" in html
    assert ">Board: Choose one.</a>" in html


def test_a_form_without_errors_has_no_summary() -> None:
    assert render('{% include "components/_trouble.html" %}', form=ExampleForm()).strip() == ""


class Entry(NamedTuple):
    value: str
    label: str
    is_on: bool = False


def test_options_are_texts_and_the_ones_that_are_on_are_chosen() -> None:
    html = render("{% options entries %}", entries=[Entry("1", HOSTILE), Entry(HOSTILE, "Two", is_on=True)])
    tags = read_tags(html)
    assert [tag for tag, _attrs in tags] == ["option", "option"]
    assert tags[1][1]["value"] == HOSTILE
    assert ["selected" in attrs for _tag, attrs in tags] == [False, True]


def test_quotation_ends_its_sentence_once() -> None:
    assert render("{{ said|full_stop }}", said="Board not found.") == ""
    assert render("{{ said|full_stop }}", said="Out of credits") == "."


def test_node_of_a_timeline_has_its_tone() -> None:
    assert '<span class="node node-fail">' in render('{% node "octagon-x" "fail" %}')
    assert '<span class="node node-still">' in render('{% node "clock" %}')


@pytest.mark.parametrize("color", ["", "red", "#C3CED", "#C3CEDA00", "#GGGGGG", None])
def test_ground_needs_a_whole_colour(color: str | None) -> None:
    assert render("{% mat color %}", color=color) == ""


def test_picture_that_is_seen_first_is_loaded_at_once() -> None:
    picture = '{% pic "https://x.example/a.jpg" "A cabin"'
    assert 'loading="lazy"' in render(f"{picture} %}}")
    assert "loading=" not in render(f"{picture} eager=True %}}")


@pytest.mark.parametrize(("size", "classes"), [("", "pic"), ("s", "pic pic-s"), ("xs", "pic pic-xs"), ("huge", "pic")])
def test_picture_has_one_of_three_sizes(size: str, classes: str) -> None:
    html = render("{% pic url '' '' size %}", url="https://x.example/a.jpg", size=size)
    assert f'<span class="{classes}">' in html


def test_words_of_a_missing_small_picture_are_for_readers_alone() -> None:
    assert 'visually-hidden">No picture' in render('{% pic "" "" "" "s" %}')
    assert "visually-hidden" not in render('{% pic "" %}')


@pytest.mark.parametrize(
    ("url", "is_shown"),
    [("https://x.example/a.jpg", True), ("http://x.example/a.jpg", True), ("javascript:alert(1)", False), ("", False)],
)
def test_face_shows_a_picture_of_the_web_alone(url: str, is_shown: bool) -> None:
    html = render('{% face "Mira Okafor" url %}', url=url)
    assert ("<img" in html) is is_shown
    assert ">MO" in html


@pytest.mark.parametrize("tag", ["sign", "sign_bare"])
def test_status_nobody_knows_has_a_badge_all_the_same(tag: str) -> None:
    html = render(f'{{% {tag} "quarantined" %}}')
    assert "sign-unknown" in html
    assert "<span>Not known</span>" in html


def test_placeholder_is_dropped_where_a_library_repeats_the_label() -> None:
    class Library(forms.Form):
        code = forms.CharField(widget=forms.TextInput({"placeholder": "Code"}))

    assert 'placeholder="Code"' in render("{{ form.code|control }}", form=Library())
    assert "placeholder" not in render('{{ form.code|control:"bare" }}', form=Library())


def test_description_of_a_widgets_own_is_left_alone() -> None:
    class Described(forms.Form):
        title = forms.CharField(help_text="Short.", widget=forms.TextInput({"aria-describedby": "counter"}))

    assert 'aria-describedby="counter"' in render("{{ form.title|control }}", form=Described())


def test_several_choices_are_djangos_own_markup() -> None:
    html = render("{{ form.kinds|control }}", form=ExampleForm({"kinds": ["x"]}))
    assert [attrs.get("value") for tag, attrs in read_tags(html) if tag == "input"] == ["x"]


@pytest.mark.parametrize(
    ("name", "is_box", "is_set"), [("agree", True, False), ("kinds", False, True), ("title", False, False)]
)
def test_kind_of_a_field_decides_on_its_label(name: str, is_box: bool, is_set: bool) -> None:
    field = ExampleForm()[name]
    assert (dash.is_checkbox(field), dash.is_set(field)) == (is_box, is_set)


def test_fields_with_errors_stand_in_the_forms_order() -> None:
    form = ExampleForm({"title": "far too long", "agree": "on", "kinds": ["y"]})
    assert [field.name for field in dash.bad_fields(form)] == ["title", "board", "kinds"]
    assert dash.bad_fields(ExampleForm()) == []


@pytest.mark.parametrize(
    ("said", "stop"), [("Why?", ""), ("Gone…", ""), ("没有。", ""), ("Out of it  ", "."), ("", ".")]
)
def test_sentence_after_a_quotation_ends_once(said: str, stop: str) -> None:
    assert dash.full_stop(said) == stop


@pytest.mark.parametrize(("error", "is_named"), [("The LINK is too long.", True), ("Fill this in.", False)])
def test_error_that_names_its_field_is_not_named_again(error: str, is_named: bool) -> None:
    assert dash.names(error, ExampleForm()["link"]) is is_named


def test_time_is_an_element_with_the_instant() -> None:
    html = render("{% when at 'clock' %}", at=datetime(2026, 11, 26, 13, 5, tzinfo=UTC))
    assert read_tags(html)[0][1]["datetime"] == "2026-11-26T13:05:00+00:00"
    assert ">13:05</time>" in html


def test_time_that_is_not_there_is_nothing() -> None:
    assert render("{% when at %}", at=None) == ""


def test_style_nobody_made_is_an_error_of_the_template() -> None:
    with pytest.raises(KeyError):
        render("{% when at 'loud' %}", at=datetime(2026, 11, 26, tzinfo=UTC))
