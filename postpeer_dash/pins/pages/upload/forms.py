"""The forms of an upload: described by the browser, or sent along whole."""

import base64
import binascii
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from postpeer_dash.pins import rules
from postpeer_dash.pins.models import MediaType
from postpeer_dash.pins.pages.upload import filetypes

# The largest whole number that a browser's script counts to exactly.
_MAX_BYTES = 2**53


class UploadForm(forms.Form):
    """What the browser says of a file that it wants to send to PostPeer itself. `head`: its first bytes, in base64."""

    filename = forms.CharField(max_length=1000, error_messages={"required": _("This file has no name.")})
    mime_type = forms.CharField(max_length=200, required=False)
    size = forms.IntegerField(
        min_value=0, max_value=_MAX_BYTES, error_messages={"invalid": _("This file has no size.")}
    )
    media_type = forms.ChoiceField(choices=MediaType.choices)
    head = forms.CharField(max_length=400, required=False)

    # What the file is to be uploaded as, once the form is valid.
    mime_type_found = ""

    def clean_head(self) -> bytes:
        try:
            return base64.b64decode(self.cleaned_data["head"], validate=True)
        except (binascii.Error, ValueError):
            raise ValidationError(_("The beginning of this file can’t be read.")) from None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            self.mime_type_found = self._check(cleaned)
        return cleaned

    def _check(self, file: dict[str, Any]) -> str:
        name, size, media_type = file["filename"], file["size"], file["media_type"]
        if file["head"]:
            return filetypes.check_upload(name=name, size=size, head=file["head"], media_type=media_type)
        rules.check_file(name=name, mime_type=file["mime_type"], size=size, media_type=media_type)
        return rules.mime_type_of(name=name, mime_type=file["mime_type"], media_type=media_type)


class ThroughForm(forms.Form):
    """A file on its way through this server."""

    media_file = forms.FileField(allow_empty_file=True, error_messages={"required": _("Choose a file first.")})
    media_type = forms.ChoiceField(choices=MediaType.choices, required=False)
