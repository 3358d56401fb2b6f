from django import forms


class AddForm(forms.Form):
    """Which of the offered integrations is to be added; the service checks it against what was offered."""

    integration = forms.CharField(max_length=200, widget=forms.HiddenInput)
