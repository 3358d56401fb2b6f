"""The error messages of form fields, in this dashboard's own words.

Set once for every form, those of allauth included, since they are made of the same fields.
"""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

MESSAGES: dict[type[forms.Field], dict[str, Any]] = {
    forms.Field: {
        "required": _("Fill this in."),
        "max_length": _("This is %(show_value)d characters long, and at most %(limit_value)d fit."),
        "min_length": _("This is %(show_value)d characters long, and it takes %(limit_value)d or more."),
        "max_value": _("This takes %(limit_value)s at most."),
        "min_value": _("This takes %(limit_value)s or more."),
        "null_characters_not_allowed": _("This holds a character that can’t be kept. Type it anew."),
    },
    forms.EmailField: {"invalid": _("This isn’t a whole e-mail address, such as ada@example.com.")},
    forms.URLField: {"invalid": _("This isn’t a whole address. One begins with https:// and names a site.")},
    forms.IntegerField: {"invalid": _("This isn’t a whole number.")},
    forms.DateField: {"invalid": _("This isn’t a day.")},
    forms.DateTimeField: {"invalid": _("This isn’t a day and a time.")},
    forms.UUIDField: {"invalid": _("This can’t be read. Reload the page.")},
    forms.ChoiceField: {"required": _("Choose one."), "invalid_choice": _("This isn’t among the choices. Choose one.")},
    forms.MultipleChoiceField: {
        "invalid_choice": _("One of these isn’t among the choices."),
        "invalid_list": _("One of these isn’t among the choices."),
    },
    forms.ModelChoiceField: {
        "required": _("Choose one."),
        "invalid_choice": _("This isn’t among the choices. Choose one."),
    },
    forms.FileField: {
        "required": _("Choose a file first."),
        "invalid": _("No file came along. Choose it again."),
        "missing": _("No file came along. Choose it again."),
        "empty": _("This file is empty. Choose another one."),
        "max_length": _("This file’s name is too long: %(length)d characters, and at most %(max)d fit."),
    },
}


def install_messages() -> None:
    """Give Django's own fields these messages; a field with messages of its own keeps them."""
    for kind, words in MESSAGES.items():
        kind.default_error_messages = {**vars(kind).get("default_error_messages", {}), **words}
