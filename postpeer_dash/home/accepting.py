"""Accepting posts that nothing here explains: what a team's page and the installation's have in common."""

from collections.abc import Sequence
from typing import cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from postpeer_dash.home.held import Hold


class SeenForm(forms.Form):
    """The ids of PostPeer's posts that a person has looked at. Only those that are unknown here count."""

    post = forms.MultipleChoiceField(required=False)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        ids = data.getlist("post")
        cast(forms.MultipleChoiceField, self.fields["post"]).choices = [(each, each) for each in ids]


def read_seen(request: HttpRequest) -> Sequence[str]:
    """Return the ids of the posts that stood on the page when the button was pressed."""
    form = SeenForm(request.POST)
    form.is_valid()
    # Posts that came in after the page was drawn have been seen by nobody: they stay unknown.
    ids: Sequence[str] = form.cleaned_data.get("post") or []
    return ids


def report_accepted(request: HttpRequest, seen: int, hold: Hold | None) -> None:
    """Tell the person how many posts were accepted, and whether sending is still held."""
    if not seen:
        messages.info(request, _("It was cleared up meanwhile. Nothing was changed."))
    elif hold and hold.unknown:
        messages.success(request, _("Written down. There are more posts to look at before sending goes on."))
    elif hold:
        messages.success(request, _("Written down. Sending is still held for another reason."))
    else:
        messages.success(request, _("Sending goes on. What waited leaves now."))
