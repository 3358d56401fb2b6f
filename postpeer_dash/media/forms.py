"""The forms of uploads: announced, sent along whole, cut."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from postpeer_dash.media.models import MediaFile

# The largest whole number that a browser's script counts to exactly.
_MAX_BYTES = 2**53


class AnnounceForm(forms.Form):
    """A file that will arrive in pieces."""

    filename = forms.CharField(max_length=1000, error_messages={"required": gettext_lazy("This file has no name.")})
    size = forms.IntegerField(
        min_value=0,
        max_value=_MAX_BYTES,
        error_messages={
            "invalid": gettext_lazy("This file has no size."),
            "required": gettext_lazy("This file has no size."),
        },
    )
    purpose = forms.ChoiceField(choices=MediaFile.Purpose.choices, required=False)
    ai_label = forms.NullBooleanField(required=False)

    def clean_purpose(self) -> str:
        return self.cleaned_data["purpose"] or MediaFile.Purpose.MEDIA


class CropForm(forms.Form):
    """A rectangle in upright pixels of a picture."""

    left = forms.IntegerField(min_value=0, max_value=65535)
    top = forms.IntegerField(min_value=0, max_value=65535)
    width = forms.IntegerField(min_value=1, max_value=65535)
    height = forms.IntegerField(min_value=1, max_value=65535)

    def __init__(self, data: Any, *, file: MediaFile) -> None:
        super().__init__(data)
        self._file = file

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            is_wide = cleaned["left"] + cleaned["width"] > self._file.width
            if is_wide or cleaned["top"] + cleaned["height"] > self._file.height:
                raise ValidationError(_("This piece lies outside of the picture."), code="outside")
        return cleaned

    @property
    def box(self) -> tuple[int, int, int, int]:
        """Return left, top, width and height."""
        left, top, width, height = (int(self.cleaned_data[name]) for name in ("left", "top", "width", "height"))
        return left, top, width, height


class PostedFilesForm(forms.Form):
    """The files that come along with a form of a browser without script."""

    media_file = forms.FileField(required=False, allow_empty_file=True)
    cover_file = forms.FileField(required=False, allow_empty_file=True)
