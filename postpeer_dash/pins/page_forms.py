"""What a person tells us on a pin's page."""

from django import forms
from django.utils.translation import gettext_lazy as _

from postpeer_dash.pins.rules import ADDRESS_MOST


class FoundForm(forms.Form):
    """Where a person has seen a pin of which nobody knew whether it is out."""

    url = forms.URLField(
        label=_("Its address"),
        required=False,
        max_length=ADDRESS_MOST,
        assume_scheme="https",
        help_text=_("Then everybody finds it from here."),
        widget=forms.URLInput({"placeholder": "https://"}),
    )

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        if url and not url.startswith(("https://", "http://")):
            raise forms.ValidationError(_("The address has to start with https://."), code="scheme")
        return url
