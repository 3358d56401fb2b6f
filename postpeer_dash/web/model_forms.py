"""Django's ModelForm, which says of which model it is: `ModelForm[User]`. Django's own takes no parameter when it runs."""

from typing import TYPE_CHECKING, Any, Self

from django import forms

if TYPE_CHECKING:
    from django.forms import ModelForm
else:

    class ModelForm(forms.ModelForm):
        """The same form, with the parameter that the types have."""

        def __class_getitem__(cls, _model: Any) -> type[Self]:
            return cls


__all__ = ["ModelForm"]
