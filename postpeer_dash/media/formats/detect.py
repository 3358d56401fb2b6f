"""What a file is, by its bytes: the one door for every way in. Its name and what a browser says of it count for nothing."""

from typing import BinaryIO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from postpeer_dash.media.facts import Facts, Kind
from postpeer_dash.media.formats.boxes import BrokenBoxError
from postpeer_dash.media.formats.brands import Family, sort_brands
from postpeer_dash.media.formats.film_kinds import inspect_film
from postpeer_dash.media.formats.heif import read_heif
from postpeer_dash.media.formats.pictures import check_sides, inspect_picture
from postpeer_dash.media.formats.pictures.jpeg import BrokenPictureError
from postpeer_dash.media.formats.refused import refuse_known

HEAD_BYTES = 1024
# What a QuickTime film without `ftyp` begins with.
_ATOMS = frozenset([b"moov", b"mdat", b"wide", b"pnot", b"free", b"skip"])


def inspect(stream: BinaryIO, size: int) -> Facts:
    """Return what a file is, read from a seekable stream. Raises ValidationError with the reason to refuse it."""
    stream.seek(0)
    head = stream.read(HEAD_BYTES)
    if size <= 0 or not head:
        raise ValidationError(_("This file is empty."), code="empty")
    if head.startswith(b"\xff\xd8\xff"):
        return inspect_picture(stream, size, Kind.JPEG)
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return inspect_picture(stream, size, Kind.PNG)
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return inspect_picture(stream, size, Kind.WEBP)
    if head[4:8] == b"ftyp":
        return _inspect_container(stream, head, size)
    if head[4:8] in _ATOMS:
        return inspect_film(stream, size)
    refuse_known(head)
    raise ValidationError(
        _("This file isn’t a JPG, PNG or WebP picture, nor an MP4 or MOV video, whatever its name says."),
        code="content",
    )


def _inspect_container(stream: BinaryIO, head: bytes, size: int) -> Facts:
    """Tell pictures from films, by their brands."""
    length = min(int.from_bytes(head[:4], "big"), len(head))
    family = sort_brands(head[8:length])
    if family is Family.MOVING:
        raise ValidationError(
            _("This picture moves. Pinterest would show its first picture only: send it as an MP4."), code="moves"
        )
    if family is Family.RAW:
        raise ValidationError(
            _("This is a camera’s raw picture, which Pinterest doesn’t take. Save it as JPG or PNG."), code="content"
        )
    if family in (Family.HEIC, Family.AVIF):
        return _inspect_still(stream, size, Kind.AVIF if family is Family.AVIF else Kind.HEIC)
    return inspect_film(stream, size)


def _inspect_still(stream: BinaryIO, size: int, kind: Kind) -> Facts:
    try:
        facts = read_heif(stream, size, kind)
    except (BrokenBoxError, BrokenPictureError):
        raise ValidationError(
            _("This picture is cut off or damaged. Export it once more, or send the original file."), code="damaged"
        ) from None
    check_sides(facts.width, facts.height)
    return facts
