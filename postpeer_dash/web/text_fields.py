"""Form fields for what people write: what nobody can see is no content, and no name."""

from typing import Any

from django import forms

from postpeer_dash.web.text import clean_text, is_visible


class CleanTextField(forms.CharField):
    """A text without control characters and without anything unseen at its ends; one that shows nothing is empty."""

    def to_python(self, value: Any) -> str:
        return clean_text(str(super().to_python(value) or ""))


class NameField(CleanTextField):
    """The name of a person, a team or a thing: one line, blanks folded."""

    def to_python(self, value: Any) -> str:
        return " ".join(super().to_python(value).split())


class SearchField(forms.CharField):
    """What is searched for, as it was typed: what shows nothing searches for nothing, a NUL is refused."""

    def to_python(self, value: Any) -> str:
        text = str(super().to_python(value) or "")
        return text if is_visible(text) else ""
