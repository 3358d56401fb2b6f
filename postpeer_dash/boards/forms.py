from django import forms
from django.utils.translation import gettext_lazy as _


class BoardSearchForm(forms.Form):
    """The filters of the boards page. A value that makes no sense filters nothing."""

    q = forms.CharField(label=_("Find a board"), required=False, max_length=200)
    account = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)


class ChosenForm(forms.Form):
    """The board that is chosen at the moment: the id of our own row, or nothing."""

    board = forms.CharField(required=False, max_length=30)


class PickerForm(ChosenForm):
    """The account whose boards are asked for. `background`: the page asks by itself, not a person."""

    account = forms.IntegerField(min_value=1, max_value=2**63 - 1)
    background = forms.BooleanField(required=False)
