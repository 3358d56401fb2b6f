from html.parser import HTMLParser
from typing import NamedTuple

from django import forms
from django.template import Context, Template

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
