"""Password validators: Django's own checks, in this dashboard's words."""

from django.contrib.auth import password_validation as checks
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy


class LengthValidator(checks.MinimumLengthValidator):
    def get_error_message(self) -> str:
        words = ngettext_lazy(
            "This is too short. A password takes %(n)d character or more.",
            "This is too short. A password takes %(n)d characters or more.",
            self.min_length,
        )
        return str(words % {"n": self.min_length})


class SimilarityValidator(checks.UserAttributeSimilarityValidator):
    # Django fills in which of the two it is.
    def get_error_message(self) -> str:
        return str(_("This is too much like your %(verbose_name)s. Choose something else."))


class CommonPasswordValidator(checks.CommonPasswordValidator):
    def get_error_message(self) -> str:
        return str(_("This is among the passwords that are tried first. Choose something nobody would guess."))


class NumericPasswordValidator(checks.NumericPasswordValidator):
    def get_error_message(self) -> str:
        return str(_("These are only digits. Add some letters or words."))
