"""The rules for pins, all of them: forms enforce them, the page's hints and counters show them.

Source: PostPeer's documentation of Pinterest posts and media. Lengths are UTF-16 units after CRLF became LF.
"""

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlsplit, urlunsplit

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from postpeer_dash.web.text import count_units, find_invisible, is_visible, trim_invisible

TITLE_MAX = 100
DESCRIPTION_MAX = 500
ALT_TEXT_MAX = 500
ADDRESS_MAX = 2048

MEGABYTE = 1024 * 1024
_FIRST_TIME, _END_OF_TIME = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class MediaRule:
    """What a file of one kind may be: its MIME types with their usual endings, and its size in bytes."""

    types: dict[str, tuple[str, ...]]
    max_bytes: int

    @property
    def accept(self) -> str:
        """Return the value of a file field's `accept`."""
        return ",".join([*self.types, *(f".{ending}" for endings in self.types.values() for ending in endings)])

    def has_ending(self, name: str) -> bool:
        """Return whether a file's name ends as one of these types does."""
        return name.rpartition(".")[2].lower() in {ending for endings in self.types.values() for ending in endings}


MEDIA_RULES: dict[str, MediaRule] = {
    "image": MediaRule({"image/jpeg": ("jpg", "jpeg"), "image/png": ("png",), "image/webp": ("webp",)}, 32 * MEGABYTE),
    "video": MediaRule({"video/mp4": ("mp4", "m4v"), "video/quicktime": ("mov",)}, 2048 * MEGABYTE),
}

MAX_FILE_BYTES = max(rule.max_bytes for rule in MEDIA_RULES.values())
# What may stand in an address as it is (RFC 3986, 3.3 and 3.4); a % is an escape already.
_PATH_CHARS = "/:@!$&'()*+,;=-._~%"
_QUERY_CHARS = _PATH_CHARS + "?"
# What no address may hold (RFC 3986, 2), and what reads as a blank.
_UNSAFE = re.compile(r"[\s<>\"\\^`{|}]")
_COLOR = re.compile(r"#[0-9A-Fa-f]{6}")
_SHORT_COLOR = re.compile(r"[0-9A-Fa-f]{3}")
_HOST = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?\.?", re.I)


def check_length(text: str, max_length: int, *, what: str) -> str:
    """Refuse a text that is too long, saying by how much; never cut it. `what` is the field's name in the sentence."""
    surplus = count_units(text) - max_length
    if surplus > 0:
        raise ValidationError(
            ngettext(
                "%(what)s is %(count)d character too long. Pinterest takes %(most)d.",
                "%(what)s is %(count)d characters too long. Pinterest takes %(most)d.",
                surplus,
            )
            % {"what": what, "count": surplus, "most": max_length},
            code="too_long",
        )
    return text


def check_link(url: str) -> str:
    """Return a pin's link as it is sent; refuse anything but an https address."""
    url = trim_invisible(url)
    if not url:
        return url
    scheme = url.partition(":")[0].lower()
    if scheme != "https" or not url[len("https:") :].startswith("//"):
        raise ValidationError(_("The link has to start with https://. Pinterest takes no others."), code="not_https")
    wire = _check_address(url, what=_("The link"))
    if is_private_host(urlsplit(wire).hostname or ""):
        raise ValidationError(
            _("Nobody else can open this link: it leads to a machine of your own network. Give the public one."),
            code="private",
        )
    return wire


def wire_address(url: str) -> str:
    """Return an address as it is sent: only characters of RFC 3986, and an international host in its ASCII form."""
    # A percent sign that escapes nothing stands for itself.
    parts = urlsplit(re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", url))
    host = parts.hostname or ""
    if ":" in host:
        host = f"[{host}]"
    elif not host.isascii():
        host = host.encode("idna").decode()
    netloc = host if parts.port is None else f"{host}:{parts.port}"
    return urlunsplit(
        (
            parts.scheme,
            netloc,
            quote(parts.path, safe=_PATH_CHARS),
            quote(parts.query, safe=_QUERY_CHARS),
            quote(parts.fragment, safe=_QUERY_CHARS),
        )
    )


def check_media_url(url: str, *, may_be_private: bool = False) -> str:
    """Return a picture's or video's address as it is sent; refuse one that isn't https or not open to the internet.

    `may_be_private`: PostPeer itself runs on this machine or network, so it reaches private addresses and plain http, too.
    """
    url = trim_invisible(url)
    if not url:
        return url
    if url.partition(":")[0].lower() not in (("http", "https") if may_be_private else ("https",)):
        raise ValidationError(_("The address has to start with https://."), code="not_http")
    wire = _check_address(url, what=_("The address"))
    if not may_be_private and is_private_host(urlsplit(url).hostname or ""):
        raise ValidationError(
            _("PostPeer can’t reach this address: it leads into a private network. Upload the file instead."),
            code="private",
        )
    return wire


def _check_address(url: str, *, what: str) -> str:
    check_length(url, ADDRESS_MAX, what=what)
    broken = ValidationError(_("%(what)s isn’t a complete web address.") % {"what": what}, code="broken")
    _check_characters(url, what=what)
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode() if ":" not in (parts.hostname or "") else parts.hostname
        _port = parts.port
    except (ValueError, UnicodeError):
        raise broken from None
    # What follows the scheme may be a whole address again, pasted behind the https:// that was there already.
    if host in ("http", "https") or parts.netloc.endswith(":"):
        raise ValidationError(
            _("%(what)s begins with https:// twice. Take one of them away.") % {"what": what}
            if host in ("http", "https")
            else _("%(what)s isn’t a complete web address.") % {"what": what},
            code="broken",
        )
    if not host:
        raise broken
    if "@" in parts.netloc:
        raise ValidationError(_("%(what)s can’t hold a name or password.") % {"what": what}, code="user_info")
    if ":" not in host and not _HOST.fullmatch(host):
        raise broken
    return check_length(wire_address(url), ADDRESS_MAX, what=what)


def _check_characters(url: str, *, what: str) -> None:
    """Refuse an address with a character that none can hold, and say which; nothing is changed silently."""
    if unseen := find_invisible(url):
        raise ValidationError(
            _("%(what)s holds a character that nobody can see (%(sign)s). Type the address anew around it.")
            % {"what": what, "sign": unseen},
            code="bad_sign",
        )
    found = _UNSAFE.search(url)
    if found and found.group().isspace():
        raise ValidationError(
            _("%(what)s holds a blank. Web addresses can’t: write %%20 in its place.") % {"what": what}, code="bad_sign"
        )
    if found:
        facts = {"what": what, "sign": found.group(), "code": f"%{ord(found.group()):02X}"}
        raise ValidationError(
            _("%(what)s holds “%(sign)s”, which web addresses can’t. Write %(code)s in its place.") % facts,
            code="bad_sign",
        )


def is_private_host(host: str) -> bool:
    """Return whether a host can't be reached from the internet, as far as its name tells."""
    host = host.rstrip(".").lower()
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        pass
    if "." not in host or re.fullmatch(r"[0-9.]+|0x[0-9a-f.x]+", host):
        return True
    return host.endswith((".localhost", ".local", ".internal", ".lan", ".home.arpa"))


def is_color(color: str) -> bool:
    """Return whether a text is a colour as #RRGGBB."""
    return _COLOR.fullmatch(color) is not None


def check_color(color: str) -> str:
    """Return a colour as people write it (`#c3ceda`, `c3ceda`, `#abc`) as #RRGGBB in capitals."""
    digits = color.removeprefix("#")
    if _SHORT_COLOR.fullmatch(digits):
        digits = "".join(2 * digit for digit in digits)
    color = f"#{digits}" if digits else color
    if color and not _COLOR.fullmatch(color):
        raise ValidationError(_("Write the colour as # and six digits or letters A to F, like #C3CEDA."), code="color")
    return color.upper()


def check_time(at: datetime, *, min_seconds: float = 60) -> datetime:
    """Refuse a time to publish at unless it is a minute ahead at least, for PostPeer to get it, and within a year."""
    now = timezone.now()
    if at < now + timedelta(seconds=min_seconds):
        raise ValidationError(
            _("This time has passed, or is less than a minute away. Choose a later one, or publish now."), code="past"
        )
    if at > now + timedelta(days=366):
        raise ValidationError(_("This is more than a year away. Choose an earlier time."), code="far")
    return at


def check_day(at: datetime) -> datetime:
    """Refuse a draft's time unless every zone's calendar has it, so that it can be shown to everybody."""
    if not _FIRST_TIME <= at < _END_OF_TIME:
        raise beyond_calendar()
    return at


def beyond_calendar() -> ValidationError:
    """Return the error for a time at the ends of the calendar, where one zone has a day that another lacks."""
    return ValidationError(_("No calendar goes that far. Choose another day."), code="far")


def check_new_time(at: datetime, *, min_seconds: float) -> datetime:
    """Refuse another time for a scheduled pin unless it is so many seconds ahead that PostPeer hears of it in time."""
    if at < timezone.now() + timedelta(seconds=min_seconds):
        raise ValidationError(
            _("This time has passed, or is less than two minutes away. Choose a later one."), code="past"
        )
    return check_time(at)


def missing_for_sending(
    *, has_account: bool, has_board: bool, media_url: str, texts: Iterable[str], lacks_cover: bool = False
) -> dict[str, str]:
    """Return what a pin still lacks before it can go out, by field. A draft may lack all of it."""
    missing = {}
    if not has_account:
        missing["account"] = _("Choose the account it goes to.")
    elif not has_board:
        missing["board"] = _("Choose a board. Pinterest doesn’t take a pin without one.")
    if not media_url:
        missing["media_url"] = _("A pin needs one picture or video. Give its address or upload a file.")
    if lacks_cover:
        missing["cover_image_url"] = _("A video needs a cover: choose a frame of it, or give a picture.")
    if not any(is_visible(text) for text in texts):
        missing["title"] = _("Write a title or a description.")
    return missing
