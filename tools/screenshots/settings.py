"""The settings of the instance whose pages are taken: the real ones, with files as they are and quick passwords."""

from postpeer_dash.settings import *  # noqa: F403

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Nothing is collected; otherwise whitenoise warns that the folder is missing.
STATIC_ROOT = None  # type: ignore[assignment]
WHITENOISE_USE_FINDERS = True
# The clock of the pages stands in the past, by which a short time in the cache would always be over.
WHITENOISE_MAX_AGE = 10 * 365 * 24 * 3600
# Pages that are refused belong to the pictures.
LOGGING["loggers"] = {name: {"level": "ERROR"} for name in ("django.request", "django.security")}  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
