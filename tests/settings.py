"""The suite's settings: the real ones, with a throwaway folder and quick passwords."""

import atexit
import os
import shutil
import tempfile

os.environ["READ_DOT_ENV"] = "false"
for name in ("POSTPEER_DASH_ENV", "POSTPEER_BASE_URL", "SITE_URL", "SECRET_KEY", "ALLOWED_HOSTS", "REDIS_URL", "DEBUG"):
    os.environ.pop(name, None)
os.environ["VAR"] = tempfile.mkdtemp(prefix="dash-tests-")
atexit.register(shutil.rmtree, os.environ["VAR"], ignore_errors=True)
os.environ["POSTPEER_API_KEY"] = "test-key-0123456789"
os.environ["POSTPEER_BASE_URL"] = "https://postpeer.test"

from postpeer_dash.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
ALLOWED_HOSTS = ["testserver", "localhost"]
SITE_URL = "http://testserver"
