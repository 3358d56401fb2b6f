from django import forms


class AddForm(forms.Form):
    """The offered integration that is to be added; the service checks it against what was offered.

    `renews`: it is the account that was to be reconnected, as a person says.
    """

    integration = forms.CharField(max_length=200, widget=forms.HiddenInput)
    renews = forms.BooleanField(required=False)
