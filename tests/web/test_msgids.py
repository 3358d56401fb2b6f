"""No translation is lost unseen: every text of the pages and mails stands in msgids.txt."""

import pytest

from tools import msgids

ONE, SEVERAL = "{{ n }} board", "{{ n }} boards"


def test_no_text_was_lost_or_added_unseen() -> None:
    used, _retired = msgids.read_list(msgids.LIST.read_text())
    found = msgids.collect()
    lost, added = sorted(used - found), sorted(found - used)
    assert (lost, added) == ([], []), "Is it meant? `make msgids` renews the list, and keeps what is lost as retired."


def test_nothing_in_use_is_retired() -> None:
    used, retired = msgids.read_list(msgids.LIST.read_text())
    assert used & retired == set()


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('{% translate "Save" %}', {("Save",)}),
        ("<a title=\"{% translate 'Save' %}\">", {("Save",)}),
        ('{% translate "Save" as word %}', {("Save",)}),
        ('{% translate "May" context "month" %}', {("month", "May")}),
        ("{% blocktranslate with a=b %}Hello {{ a }}{% endblocktranslate %}", {("Hello %(a)s",)}),
        (
            "{% blocktranslate count n=x %}{{ n }} board{% plural %}{{ n }} boards{% endblocktranslate %}",
            {("%(n)s board", "%(n)s boards")},
        ),
        ('{{ name|default:_("nobody") }}', {("nobody",)}),
        ("{# Translators: none #}<p>gettext('no')</p>", set()),
    ],
)
def test_texts_of_a_template_are_found(source: str, found: set[msgids.Msgid]) -> None:
    assert msgids.find_in_template(source) == found


def test_a_sentence_over_several_lines_keeps_the_msgid_of_one() -> None:
    laid_out = "{% blocktranslate trimmed %}\n  It goes out\n  {{ at }}.\n{% endblocktranslate %}"
    assert msgids.find_in_template(laid_out) == {("It goes out %(at)s.",)}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("from django.utils.translation import gettext as _\n_('Save')", {("Save",)}),
        ("from django.utils.translation import gettext_lazy\ngettext_lazy('Save '\n'it')", {("Save it",)}),
        ("from django.utils.translation import ngettext\nngettext('One', 'Many', n)", {("One", "Many")}),
        ("from django.utils.translation import pgettext\npgettext('month', 'May')", {("month", "May")}),
        ("from django.utils.translation import gettext as _\n_(words)", set()),
        ("_('Save')", set()),
    ],
)
def test_texts_of_a_module_are_found(source: str, found: set[msgids.Msgid]) -> None:
    assert msgids.find_in_python(source) == found


def test_a_text_that_goes_is_kept_as_retired() -> None:
    text = msgids.renew("", {("Save",), (ONE, SEVERAL)})
    text = msgids.renew(text, {("Keep",), (ONE, SEVERAL)})
    assert msgids.read_list(text) == ({("Keep",), (ONE, SEVERAL)}, {("Save",)})


def test_a_text_that_comes_back_is_in_use_again() -> None:
    text = msgids.renew(msgids.renew("", {("Save",)}), set())
    assert msgids.read_list(msgids.renew(text, {("Save",)})) == ({("Save",)}, set())
