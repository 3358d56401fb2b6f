"""All settings, from the environment and `.env`. docs/configuration.md explains each of them."""

import contextlib
import os
import sys
import zoneinfo
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from postpeer_dash.dotenv_file import load_dotenv
from postpeer_dash.env import (
    is_loopback,
    is_weak_secret,
    read_bind,
    read_bool,
    read_ca_bundle,
    read_float,
    read_folder,
    read_hosts,
    read_int,
    read_key,
    read_list,
    read_or_make_secret,
    read_origin,
    read_sender,
    read_static_root,
    read_web_threads,
    read_web_workers,
)
from postpeer_dash.postpeer import normalise_base_url
from postpeer_dash.service_urls import SQLITE, read_database_url, read_email_url, read_redis_url
from postpeer_dash.zone_data import choose_newest

# Where zoneinfo would look: times that were chosen before releases were recorded were resolved by these files.
SYSTEM_ZONE_PATH = zoneinfo.TZPATH
# Before anything builds a zone: those that exist keep the rules that they were built with.
ZONE_DATA = choose_newest()

BASE_DIR = Path(__file__).resolve().parent.parent
NO_KEY_BECAUSE = ""
if read_bool(os.environ, "READ_DOT_ENV", default=True):
    NO_KEY_BECAUSE = load_dotenv(BASE_DIR / ".env", os.environ)
ENV = os.environ

# --- Which instance ----------------------------------------------------------------------------------------------

PRODUCTION = ENV.get("POSTPEER_DASH_ENV", "") == "production"
if ENV.get("POSTPEER_DASH_ENV", "") not in ("", "production"):
    raise ImproperlyConfigured("POSTPEER_DASH_ENV takes production, or nothing.")
DEBUG = read_bool(ENV, "DEBUG")
# The sandbox takes the next one.
PORT = read_int(ENV, "PORT", default=8000, min_value=1, max_value=65534)
# gunicorn reads these itself; read here, they are refused by whatever is started first.
WEB_WORKERS, WEB_THREADS = read_web_workers(ENV), read_web_threads(ENV)
BIND = read_bind(ENV, "BIND", default=f"127.0.0.1:{PORT}")

POSTPEER_API_KEY = read_key(ENV, "POSTPEER_API_KEY")
SANDBOX = not POSTPEER_API_KEY
if SANDBOX and PRODUCTION:
    raise ImproperlyConfigured("POSTPEER_API_KEY is missing. In production the sandbox can't stand in for PostPeer.")

# Sandbox and real use never share a database, nor any other file.
_folder = read_folder(ENV, "VAR", default=BASE_DIR / "var", base=BASE_DIR, is_made_later=True)
VAR = _folder.resolve() / ("sandbox" if SANDBOX else "live")

if SANDBOX:
    POSTPEER_API_KEY = read_or_make_secret(VAR, "sandbox_key")
    POSTPEER_BASE_URL = read_origin(ENV, "SANDBOX_URL", default=f"http://localhost:{PORT + 1}")
else:
    try:
        POSTPEER_BASE_URL = normalise_base_url(ENV.get("POSTPEER_BASE_URL", "").strip() or "https://api.postpeer.dev")
    except ValueError as error:
        raise ImproperlyConfigured(f"POSTPEER_BASE_URL can't be used. {error}") from None

SITE_URL = read_origin(ENV, "SITE_URL", default="" if PRODUCTION else f"http://localhost:{PORT}")
_site = urlsplit(SITE_URL)
SITE_IS_HTTPS = _site.scheme == "https"
SITE_IS_LOCAL = is_loopback(_site.hostname or "")

# --- Secrets and hosts -------------------------------------------------------------------------------------------

SECRET_KEY = ENV.get("SECRET_KEY", "")
if PRODUCTION:
    if is_weak_secret(SECRET_KEY):
        raise ImproperlyConfigured("SECRET_KEY needs 50 random signs or more in production.")
    if DEBUG:
        raise ImproperlyConfigured("DEBUG can't be on in production.")
elif not SECRET_KEY:
    SECRET_KEY = read_or_make_secret(VAR, "secret_key")
SECRET_KEY_FALLBACKS = read_list(ENV, "SECRET_KEY_FALLBACKS")
if PRODUCTION and any(map(is_weak_secret, SECRET_KEY_FALLBACKS)):
    # What they signed is believed, too.
    raise ImproperlyConfigured("Each of SECRET_KEY_FALLBACKS needs 50 random signs or more in production.")

LOCAL_NAMES = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = read_hosts(
    ENV, "ALLOWED_HOSTS", default=[_site.hostname or "", *(LOCAL_NAMES if SITE_IS_LOCAL else [])]
)
if PRODUCTION and any("*" in host or host.startswith(".") for host in ALLOWED_HOSTS):
    raise ImproperlyConfigured("ALLOWED_HOSTS can't hold a wildcard in production.")
CSRF_TRUSTED_ORIGINS = [SITE_URL]
CSRF_FAILURE_VIEW = "postpeer_dash.teams.stale_forms.csrf_failure"

# --- Applications ------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_htmx",
    "postpeer_dash.web",
    "postpeer_dash.worker",
    "postpeer_dash.teams",
    "postpeer_dash.accounts",
    "postpeer_dash.boards",
    "postpeer_dash.media",
    "postpeer_dash.pins",
    "postpeer_dash.notifications",
    "postpeer_dash.demo",
    "postpeer_dash.home",
    "postpeer_dash.installation",
]

MIDDLEWARE = [
    "postpeer_dash.web.middleware.health",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "postpeer_dash.web.middleware.canonical_host",
    "postpeer_dash.web.client_ip.remember_client_ip",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "postpeer_dash.web.signed_out_sessions.limit_signed_out_sessions",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "postpeer_dash.web.file_requests.UploadLimitMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "postpeer_dash.teams.known_browsers.remember_browser",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "postpeer_dash.web.middleware.user_locale",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "csp.middleware.CSPMiddleware",
    "postpeer_dash.web.thread_shares.mark_refusals",
    "postpeer_dash.web.middleware.response_headers",
    "postpeer_dash.web.middleware.method_not_allowed",
    "django_htmx.middleware.HtmxMiddleware",
    "postpeer_dash.web.middleware.signed_out_fragments",
]

ROOT_URLCONF = "postpeer_dash.urls"
WSGI_APPLICATION = "postpeer_dash.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["postpeer_dash.web.template_loaders.Loader", "django.template.loaders.app_directories.Loader"],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "postpeer_dash.home.shell.shell",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "postpeer_dash.web.templatetags.dash",
                "postpeer_dash.web.templatetags.dash_times",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- Database and cache -------------------------------------------------------------------------------------------

_database_url = ENV.get("DATABASE_URL", "").strip() or f"sqlite:///{VAR / 'db.sqlite3'}"
_database = {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True, **read_database_url(_database_url)}
DATABASES = {"default": _database}
if _database["ENGINE"] == SQLITE:
    # IMMEDIATE takes the write lock before the first read, so that no transaction has to be thrown away half-way;
    # with WAL, readers never wait for it.
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        **_database["OPTIONS"],
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = ENV.get("REDIS_URL", "").strip()
if REDIS_URL:
    read_redis_url(REDIS_URL)
CACHES: dict[str, dict[str, Any]]
if REDIS_URL:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
else:
    # Counters (rate limits) have to hold across processes, which memory of one process doesn't.
    # With the default of 300 entries, whoever fills it pushes out what counts against them.
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "dash_cache",
            "OPTIONS": {"MAX_ENTRIES": 100_000},
        }
    }

# --- The worker ----------------------------------------------------------------------------------------------------

WORKER_THREADS = read_int(ENV, "WORKER_THREADS", default=16, min_value=1, max_value=64)
# All that a worker does, the most urgent first.
WORKER_JOBS = [
    "postpeer_dash.pins.publishing.jobs.SUBMISSIONS",
    "postpeer_dash.teams.mail.MAILS",
    "postpeer_dash.media.processing.MEDIA",
    "postpeer_dash.home.deletion.DELETIONS",
    "postpeer_dash.pins.publishing.jobs.HELD_CONNECTIONS",
    "postpeer_dash.pins.publishing.renewal.RENEWALS",
    "postpeer_dash.notifications.mails.NOTIFICATIONS",
    "postpeer_dash.pins.preflight.PREFLIGHT",
    "postpeer_dash.pins.planned_time.HOURS",
    "postpeer_dash.teams.mail.OLD_MAILS",
    "postpeer_dash.notifications.mails.OLD_NOTICES",
    "postpeer_dash.teams.housekeeping.HOUSEKEEPING",
    "postpeer_dash.pins.media_retention.MEDIA_FILES",
]
# What may keep a worker from beginning.
WORKER_CHECKS = ["postpeer_dash.accounts.other_key.require_same_key"]
if _database["ENGINE"] == "django.db.backends.postgresql":
    # The bell, by which a row that is due reaches workers on other machines. Its tables are made on Postgres alone.
    INSTALLED_APPS.append("procrastinate.contrib.django")
    PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""

# --- People ------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "teams.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "postpeer_dash.teams.passwords.SimilarityValidator", "OPTIONS": {"user_attributes": ["email", "name"]}},
    {"NAME": "postpeer_dash.teams.passwords.LengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "postpeer_dash.teams.passwords.CommonPasswordValidator"},
    {"NAME": "postpeer_dash.teams.passwords.NumericPasswordValidator"},
]
ACCOUNT_ADAPTER = "postpeer_dash.teams.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "postpeer_dash.teams.sign_in_forms.SignInForm",
    "reauthenticate": "postpeer_dash.teams.sign_in_forms.ReauthenticationForm",
    "change_password": "postpeer_dash.teams.sign_in_forms.PasswordChangeForm",  # nosec B105
    "reset_password": "postpeer_dash.teams.sign_in_forms.PasswordResetForm",  # nosec B105
    "reset_password_from_key": "postpeer_dash.teams.sign_in_forms.PasswordResetConfirmForm",  # nosec B105
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
# The session in which it is changed stays; all others end, since Django binds a session to its password.
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
# Signing in and asking for a link are counted by teams/adapter.py and teams/sign_in_forms.py. allauth's own counts know
# no network and no browser: five requests from anywhere would keep the owner from asking.
ACCOUNT_RATE_LIMITS = {"login": None, "reset_password": None}  # nosec B105
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = _site.scheme
MFA_ADAPTER = "postpeer_dash.teams.mfa.MFAAdapter"
MFA_FORMS = {"activate_totp": "postpeer_dash.teams.mfa.EncryptedActivateTOTPForm"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# Nobody signs up here: an address is given by whoever invites, so there is nothing to verify before.
MFA_ALLOW_UNVERIFIED_EMAIL = True
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"

EMAIL_CONFIG = ENV.get("EMAIL_URL", "").strip()
if EMAIL_CONFIG:
    globals().update(read_email_url(EMAIL_CONFIG))
else:
    EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
HAS_MAIL = bool(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = read_sender(ENV, "DEFAULT_FROM_EMAIL", default=f"PostPeer Dash <dash@{_site.hostname}>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_TIMEOUT = 15

# --- Cookies and headers -----------------------------------------------------------------------------------------

# Cookies don't know ports: the port in the name keeps several local instances from signing each other out.
_suffix = f"_{_site.port or PORT}" if SITE_IS_LOCAL else ""
SESSION_COOKIE_NAME = f"dash_session{_suffix}"
CSRF_COOKIE_NAME = f"dash_csrf{_suffix}"
LANGUAGE_COOKIE_NAME = f"dash_language{_suffix}"
KNOWN_BROWSER_COOKIE_NAME = f"dash_known{_suffix}"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SITE_IS_HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30

SECURE_SSL_REDIRECT = read_bool(ENV, "SECURE_SSL_REDIRECT", default=True) and SITE_IS_HTTPS
SECURE_REDIRECT_EXEMPT: list[str] = []
# One proxy of ours: what it says about the visitor (X-Forwarded-Proto, the last X-Forwarded-For) is believed.
BEHIND_PROXY = read_bool(ENV, "BEHIND_PROXY", default=False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
_hsts_seconds = read_int(ENV, "HSTS_SECONDS", default=60 * 60 * 24 * 365, max_value=10**9)
SECURE_HSTS_SECONDS = _hsts_seconds if SITE_IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SITE_IS_HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

_postpeer = urlsplit(POSTPEER_BASE_URL)
POSTPEER_ORIGIN = f"{_postpeer.scheme}://{_postpeer.netloc}"
# Pictures of pins live at any address. Plain http is allowed only where the dashboard itself is served so.
_pictures = ["'self'", "data:", "blob:", "https:", *([] if SITE_IS_HTTPS else ["http:"])]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "img-src": _pictures,
        "media-src": _pictures,
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

# --- Static files, languages, time -------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = read_static_root(ENV, default=VAR / "static", base=BASE_DIR, data=VAR.parent)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

USE_TZ = True
TIME_ZONE = ENV.get("TIME_ZONE", "").strip() or "UTC"
if TIME_ZONE not in zoneinfo.available_timezones():
    raise ImproperlyConfigured(f"TIME_ZONE takes a name like Europe/Berlin, not {TIME_ZONE!r}.")
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]

# Uploads are streamed through to PostPeer; only small files stay in memory on the way.
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
# What people send stays here until it is with PostPeer, and the originals for some weeks after that: to be cut and used
# again. On several machines the folder is shared.
MEDIA_FOLDER = str(read_folder(ENV, "MEDIA_FOLDER", default=VAR / "media", base=BASE_DIR))
MEDIA_TEAM_BYTES = read_int(ENV, "MEDIA_TEAM_GB", default=50, min_value=1, max_value=10**6) * 1024**3
# Left on the disk, whatever people send.
MEDIA_FREE_BYTES = read_int(ENV, "MEDIA_FREE_GB", default=1, max_value=10**6) * 1024**3
# How long (days) an original stays once the last pin with it is out.
MEDIA_KEPT_DAYS = read_int(ENV, "MEDIA_KEPT_DAYS", default=30, max_value=10**5)
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 4
FILE_UPLOAD_TEMP_DIR = str(VAR / "uploads")
with contextlib.suppress(OSError):
    # A folder that can't be made is said by `manage.py up` and by the system check.
    Path(FILE_UPLOAD_TEMP_DIR).mkdir(parents=True, exist_ok=True, mode=0o700)

# --- PostPeer: how long things may take (seconds) ----------------------------------------------------------------

# One factor for every wait below, so that faults can be played through faster than life.
TIME_SCALE = read_float(ENV, "TIME_SCALE", default=1.0, min_value=0.0001)


def _scaled(seconds: float) -> float:
    return seconds * TIME_SCALE


# A file of certificates to trust in place of the usual ones, for a PostPeer behind one of its own; the variables that
# other programs read for this are ignored on purpose.
POSTPEER_CA_BUNDLE = read_ca_bundle(ENV, "POSTPEER_CA_BUNDLE")
POSTPEER_CONNECT_TIMEOUT = 5.0
# How long an answer to a GET may be silent. A write is waited for until its deadline.
POSTPEER_READ_TIMEOUT = _scaled(20)
# A person waits in front of the page for these; a worker has longer.
POSTPEER_PAGE_DEADLINE = 8.0
# A picture that isn't with PostPeer by then is the worker's.
POSTPEER_PAGE_UPLOAD = 25.0
POSTPEER_WORKER_DEADLINE = _scaled(60)

BOARDS_FRESH = read_int(ENV, "BOARDS_FRESH_SECONDS", default=600, max_value=10**7)
CONNECT_ATTEMPT_LIFETIME = 30 * 60

PUBLISHING: dict[str, Any] = {
    "lease": _scaled(120),
    "post_deadline": _scaled(60),
    "sweep_every": _scaled(15),
    # After "never sent" (backoff) and after a 429 without Retry-After.
    "retry_waits": [_scaled(seconds) for seconds in (5, 15, 60, 300, 900)],
    # Asking about what is not final yet: after half its age so far, within these bounds.
    "follow_up_min": _scaled(1),
    "follow_up_max": _scaled(3600),
    # Looking for what is unconfirmed.
    "reconcile_waits": [_scaled(seconds) for seconds in (5, 15, 60)],
    # PostPeer's list is read from this long before the POST.
    "reading_margin": _scaled(15 * 60),
    # Who wants to read it while another thread does waits this long, so that several can share the next reading.
    "reading_line": _scaled(5),
    # Not there in two complete readings this far apart, the first one this long after the deadline: it was not taken.
    "absent_after": _scaled(15 * 60),
    "absent_apart": _scaled(5 * 60),
    "watch_for": _scaled(24 * 3600),
    "late_after": _scaled(15 * 60),
    "overdue_after": _scaled(10 * 60),
    "schedule_min": _scaled(60),
    # A pin that waits for its time is changed no later than this before it: a whole call fits in, and some.
    "edit_min": _scaled(120),
    # After a change that got no clear answer, or one that PostPeer's record doesn't show yet.
    "edit_waits": [_scaled(seconds) for seconds in (2, 5, 15, 60)],
    # A scheduled pin that was not taken is sent again by itself once, and only this long before its time.
    "resend_ahead": _scaled(30 * 60),
    # While something is scheduled: how often accounts, boards and credits are looked at, so that what will fail is named.
    "look_ahead_every": _scaled(3600),
}
WORKER_SILENT_AFTER = _scaled(60)
# How often a worker gives a sign of life, and does what is done now and then.
WORKER_SEEN_EVERY = _scaled(15)
# How often, on SQLite, the worker looks for rows that are due.
WORKER_POLL = 0.05

# --- Logging -----------------------------------------------------------------------------------------------------

LOG_LEVEL = ENV.get("LOG_LEVEL", "INFO").upper()
if LOG_LEVEL not in ("DEBUG", "INFO", "WARNING", "ERROR"):
    raise ImproperlyConfigured(f"LOG_LEVEL takes DEBUG, INFO, WARNING or ERROR, not {LOG_LEVEL!r}.")
DEFAULT_EXCEPTION_REPORTER_FILTER = "postpeer_dash.web.reports.SecretsReporterFilter"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "class": "postpeer_dash.web.logs.OneLineFormatter",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "filters": {"ordinary": {"()": "postpeer_dash.web.logs.ClientErrorFilter"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["ordinary"],
            "stream": sys.stderr,
        }
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "postpeer_dash": {"level": LOG_LEVEL},
    },
}
