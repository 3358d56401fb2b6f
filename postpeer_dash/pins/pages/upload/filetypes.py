"""Detect what a file is by its first bytes, whatever its name says."""

from typing import BinaryIO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from postpeer_dash.pins import rules

HEAD_BYTES = 32

# The brands of ISO containers that are pictures or sound: the same first bytes as a video, but none.
_NO_VIDEO = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1", b"avif", b"avis", b"M4A ", b"M4B ", b"crx ")
# What QuickTime files of old begin with in place of `ftyp`.
_QUICKTIME_ATOMS = (b"moov", b"mdat", b"wide", b"pnot")


def detect_mime_type(head: bytes) -> str:
    """Return the MIME type that a file's first bytes (32 are enough) show, of those Pinterest takes; else "".

    Source: the signatures of JFIF, PNG (ISO 15948), WebP (RIFF) and ISO 14496-12.
    """
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp" and head[8:12] not in _NO_VIDEO:
        return "video/quicktime" if head[8:12] == b"qt  " else "video/mp4"
    if head[4:8] in _QUICKTIME_ATOMS:
        return "video/quicktime"
    return ""


def read_head(stream: BinaryIO) -> bytes:
    """Return the first bytes of a stream, and rewind it."""
    stream.seek(0)
    head = stream.read(HEAD_BYTES)
    stream.seek(0)
    return head


def check_upload(*, name: str, size: int, head: bytes, media_type: str) -> str:
    """Return the MIME type to upload a file as, by its content; raise ValidationError with the reason to refuse it."""
    if size <= 0:
        raise ValidationError(_("This file is empty."), code="empty")
    mime_type = detect_mime_type(head)
    if not mime_type:
        raise ValidationError(
            _("This file isn’t a JPG, PNG or WebP picture, nor an MP4 or MOV video, whatever its name says."),
            code="content",
        )
    if mime_type not in rules.MEDIA_RULES[media_type].types:
        raise ValidationError(
            _("This file is a video. Choose Video first, or take a picture.")
            if media_type == "image"
            else _("This file is a picture. Choose Image first, or take a video."),
            code="kind",
        )
    rules.check_file(name=name, mime_type=mime_type, size=size, media_type=media_type)
    return mime_type
