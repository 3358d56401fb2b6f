"""Which of a team's moved hours a button is about."""

from django import forms


class WhichForm(forms.Form):
    """Those whose hour is known, those whose hour nobody knows, or all, where nothing is said."""

    known = forms.ChoiceField(choices=[("yes", ""), ("no", "")], required=False)

    @property
    def wall_clock_is_known(self) -> bool | None:
        """Return None for all of them."""
        self.is_valid()
        return {"yes": True, "no": False}.get(self.cleaned_data.get("known", ""))
