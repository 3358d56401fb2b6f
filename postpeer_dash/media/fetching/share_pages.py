"""Addresses that can't be what they are given as: pages that show a file, and endings of another kind.

Nothing is fetched for this: what an address itself contradicts is said at once.
"""

import re
from urllib.parse import SplitResult, parse_qs, unquote, urlencode, urlsplit, urlunsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# What Pinterest takes, by the ending of the path, and what the endings of other kinds are called.
_PICTURES = frozenset({"jpg", "jpeg", "jfif", "pjpeg", "png", "webp"})
_FILMS = frozenset({"mp4", "m4v", "mov", "qt"})
_OTHERS = {
    "heic": "HEIC",
    "heif": "HEIF",
    "avif": "AVIF",
    "gif": "GIF",
    "svg": "SVG",
    "svgz": "SVG",
    "bmp": "BMP",
    "tif": "TIFF",
    "tiff": "TIFF",
    "psd": "Photoshop",
    "ico": "ICO",
    "jxl": "JPEG XL",
    "jp2": "JPEG 2000",
    "raw": "RAW",
    "cr2": "RAW",
    "nef": "RAW",
    "dng": "RAW",
    "pdf": "PDF",
    "ai": "Illustrator",
    "eps": "EPS",
    "webm": "WebM",
    "mkv": "Matroska",
    "avi": "AVI",
    "wmv": "WMV",
    "flv": "Flash",
    "3gp": "3GP",
    "mpg": "MPEG",
    "mpeg": "MPEG",
    "ogv": "Ogg",
    "m3u8": "HLS",
    "mpd": "DASH",
    "ts": "MPEG-TS",
    "mp3": "MP3",
    "wav": "WAV",
    "m4a": "M4A",
    "zip": "ZIP",
    "html": "HTML",
    "htm": "HTML",
    "gifv": "GIF",
}
# Hosts, or what they end with, whose addresses lead to a page around the file. What leads to the file itself isn't here.
_PAGES = (
    (r"(?:^|\.)drive\.google\.com$|^docs\.google\.com$", r"", "Google Drive"),
    (r"(?:^|\.)photos\.google\.com$|^photos\.app\.goo\.gl$", r"", "Google Photos"),
    (r"(?:^|\.)dropbox\.com$", r"", "Dropbox"),
    (r"^1drv\.ms$|(?:^|\.)onedrive\.live\.com$|(?:^|\.)sharepoint\.com$", r"", "OneDrive"),
    (r"(?:^|\.)icloud\.com$", r"", "iCloud"),
    (r"(?:^|\.)wetransfer\.com$|^we\.tl$", r"", "WeTransfer"),
    (r"(?:^|\.)box\.com$", r"^/s/|^/file/", "Box"),
    (r"^(?:www\.|m\.)?youtube\.com$|^youtu\.be$", r"", "YouTube"),
    (r"^(?:www\.)?vimeo\.com$", r"", "Vimeo"),
    (r"(?:^|\.)tiktok\.com$", r"", "TikTok"),
    (r"^(?:www\.)?instagram\.com$", r"", "Instagram"),
    (r"^(?:www\.|m\.)?facebook\.com$|^fb\.watch$", r"", "Facebook"),
    (r"^(?:www\.)?(?:twitter|x)\.com$", r"", "X"),
    (r"(?:^|\.)pinterest\.[a-z.]+$|^pin\.it$", r"", "Pinterest"),
    (r"^(?:www\.)?canva\.com$", r"", "Canva"),
    (r"^(?:www\.)?imgur\.com$", r"", "Imgur"),
    (r"^(?:www\.)?unsplash\.com$", r"^/photos/", "Unsplash"),
    (r"^(?:www\.)?pexels\.com$", r"^/(?:photo|video)/", "Pexels"),
    (r"^(?:www\.)?flickr\.com$|^flic\.kr$", r"", "Flickr"),
    (r"^(?:www\.)?github\.com$", r"/blob/", "GitHub"),
)
_DRIVE_FILE = re.compile(r"/file/(?:u/\d/)?d/([\w-]{10,100})")
_DRIVE_ID = re.compile(r"[\w-]{10,100}")


def check_media_address(url: str, media_type: str) -> None:
    """Refuse an address that can't lead to a picture ("image") or a video. Raises ValidationError with the way out."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".").lower()
    except ValueError:
        return
    _check_page(host, parts)
    _check_ending(parts.path, media_type)


def _check_page(host: str, parts: SplitResult) -> None:
    path = parts.path
    if re.search(r"(?:^|\.)dropbox\.com$", host) and (parse_qs(parts.query).get("raw") == ["1"] or host[:3] == "dl."):
        return
    if host == "drive.google.com" and path in ("/uc", "/thumbnail"):
        return
    for pattern, paths, name in _PAGES:
        if re.search(pattern, host) and (not paths or re.search(paths, path)):
            raise ValidationError(_way_out(name, parts), code="page")


def _way_out(name: str, parts: SplitResult) -> str:
    leads = _("This leads to a page of %(name)s that shows the file, and not to the file itself.") % {"name": name}
    if direct := _make_direct(name, parts):
        return f"{leads} " + _("Try %(url)s, or upload the file here.") % {"url": direct}
    if name == "GitHub":
        return f"{leads} " + _("Press “Raw” there and copy that address, or upload the file here.")
    return f"{leads} " + _("Download it there, and upload the file here.")


def _make_direct(name: str, parts: SplitResult) -> str:
    """Return the address of the file itself, "" where it can't be known from that of its page."""
    query = parse_qs(parts.query)
    if name == "Dropbox" and re.match(r"/(?:s|scl/fi)/", parts.path):
        # The rest of the query holds the key to the file.
        kept = {key: values for key, values in query.items() if key not in ("dl", "raw", "st")}
        return urlunsplit(parts._replace(query=urlencode({**kept, "raw": ["1"]}, doseq=True), fragment=""))
    if name == "Google Drive":
        match = _DRIVE_FILE.search(parts.path) or _DRIVE_ID.fullmatch((query.get("id") or [""])[0])
        return f"https://drive.google.com/uc?export=download&id={match.group(match.re.groups)}" if match else ""
    return ""


def _check_ending(path: str, media_type: str) -> None:
    last = unquote(path).rstrip("/").rpartition("/")[2]
    ending = last.rpartition(".")[2].lower() if "." in last else ""
    if ending in (_FILMS if media_type == "image" else _PICTURES):
        raise ValidationError(
            _("This is the address of a video. Choose Video, or give a picture’s.")
            if media_type == "image"
            else _("This is the address of a picture. Choose Image, or give a video’s."),
            code="kind",
        )
    if ending in _OTHERS:
        words = (
            _("This is the address of a file of the kind %(name)s. Pinterest takes JPG, PNG and WebP pictures.")
            if media_type == "image"
            else _("This is the address of a file of the kind %(name)s. Pinterest takes MP4 and MOV videos.")
        )
        raise ValidationError(words, code="ending", params={"name": _OTHERS[ending]})
