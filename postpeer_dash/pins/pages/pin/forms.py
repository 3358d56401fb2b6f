"""The forms of a pin's page."""

from collections.abc import Mapping, Sequence
from typing import cast
from urllib.parse import urlsplit

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from postpeer_dash.pins.approval import NOTE_MAX
from postpeer_dash.pins.pages.compose.fields import VersionField
from postpeer_dash.pins.pages.compose.forms import is_postpeer_near
from postpeer_dash.pins.rules import ADDRESS_MAX, check_length, is_private_host
from postpeer_dash.pins.text.candidates import FoundPost
from postpeer_dash.web.text_fields import CleanTextField


class FoundForm(forms.Form):
    """Where a person has found an unconfirmed pin: one of the candidates, or an address."""

    OTHER = "other"

    post = forms.ChoiceField(label=_("Post"), required=False)
    url = forms.URLField(
        label=_("Its address"),
        required=False,
        max_length=ADDRESS_MAX,
        assume_scheme="https",
        help_text=_("Then everybody finds it from here."),
        widget=forms.URLInput({"placeholder": "https://"}),
    )

    def __init__(self, data: Mapping[str, str] | None, *, candidates: Sequence[FoundPost]) -> None:
        super().__init__(data)
        self.candidates = candidates
        choice = cast(forms.ChoiceField, self.fields["post"])
        choice.required = bool(candidates)
        choice.choices = [*((found.post_id, found.post_id) for found in candidates), (self.OTHER, self.OTHER)]
        choice.error_messages = dict.fromkeys(
            ("required", "invalid_choice"), gettext("Choose one, or say that it is none of them.")
        )

    @property
    def post_id(self) -> str:
        """Return the chosen candidate, also when its address was pasted; empty for none of them."""
        chosen: str = self.cleaned_data["post"]
        if chosen not in ("", self.OTHER):
            return chosen
        url = self.cleaned_data["url"].rstrip("/")
        return next((found.post_id for found in self.candidates if url and found.url.rstrip("/") == url), "")

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        # The sandbox's own posts have no other address.
        if not url or is_postpeer_near():
            return url
        if not url.startswith("https://"):
            raise forms.ValidationError(_("The address has to start with https://."), code="scheme")
        if is_private_host(urlsplit(url).hostname or ""):
            raise forms.ValidationError(
                _("Nobody else can open this address. Give the one at the platform."), code="private"
            )
        return url


class SeenForm(forms.Form):
    """The version of a draft that a page showed, on which somebody has decided."""

    seen = VersionField()

    @property
    def version(self) -> int | None:
        """Return the posted version; None from a page that doesn't say."""
        self.is_valid()
        version: int | None = self.cleaned_data["seen"]
        return version


class ApproveForm(forms.Form):
    """The hash of what the approver has seen."""

    seen = forms.CharField(max_length=64)
    at_once = forms.BooleanField(required=False)


class ReturnForm(forms.Form):
    """What the author should change."""

    note = CleanTextField(
        label=_("What should be changed"),
        strip=True,
        help_text=_("The author reads it on home and beside the pin."),
        widget=forms.Textarea({"rows": 4, "dir": "auto"}),
    )

    def clean_note(self) -> str:
        return check_length(self.cleaned_data["note"], NOTE_MAX, what=gettext("The note"))
