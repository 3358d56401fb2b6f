"""Films: MP4 and MOV, read from their boxes (ISO/IEC 14496-12; Apple's QuickTime File Format).

A film that passes has a whole `moov` with a track of pictures, and samples for it.
"""

from typing import BinaryIO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from postpeer_dash.media.facts import Facts, Kind
from postpeer_dash.media.formats.boxes import BoundedStream, Box, BrokenBoxError, Readable, find, read_payload, walk
from postpeer_dash.media.formats.brands import Family, sort_brands
from postpeer_dash.media.formats.film_tags import read_tags
from postpeer_dash.media.formats.film_tracks import PICTURES, PROTECTED, SOUND, Track, add_fragments, read_tracks

_KINDS = {Family.MP4: Kind.MP4, Family.MOV: Kind.MOV}
# What follows a film's last whole box where the file was cut off, other than some bytes that belong to nothing.
_TOP = frozenset(b"ftyp moov mdat moof mfra sidx ssix styp emsg prft free skip wide uuid meta udta".split())


def inspect_film(stream: BinaryIO, size: int) -> Facts:
    """Return what a film is. Raises ValidationError with the reason to refuse it."""
    try:
        return _inspect(BoundedStream(stream), size)
    except BrokenBoxError:
        raise ValidationError(
            _("This video is cut off or damaged. Export it once more, or send the original file."), code="damaged"
        ) from None


def _inspect(stream: Readable, size: int) -> Facts:
    boxes, is_cut = list_top(stream, size)
    kind = _find_kind(stream, boxes)
    moov = _find_moov(boxes, is_cut=is_cut)
    tracks = read_tracks(stream, moov)
    track = _choose(tracks)
    add_fragments(stream, boxes, moov, track)
    _check_samples(boxes, track, size)
    tags = read_tags(stream, boxes, moov)
    is_upright = track.rotation % 180 == 0
    return Facts(
        kind=kind,
        size=size,
        width=track.width if is_upright else track.height,
        height=track.height if is_upright else track.width,
        rotation=track.rotation,
        duration=track.duration,
        codec=track.codec.decode("latin-1"),
        has_sound=any(each.handler == SOUND for each in tracks),
        has_place=tags.has_place,
        has_device=tags.has_device,
        is_ai_labelled=tags.is_ai_labelled,
    )


def list_top(stream: Readable, size: int) -> tuple[list[Box], bool]:
    """Return the outermost boxes that are whole, and whether the file ends in the middle of another one."""
    found = list[Box]()
    try:
        for box in walk(stream, 0, size):
            found.append(box)
    except BrokenBoxError:
        # Some bytes behind the last box hurt nobody; a box of film data that is cut off does.
        stream.seek(found[-1].end if found else 0)
        return found, stream.read(8)[4:8] in _TOP
    return found, False


def _find_moov(boxes: list[Box], *, is_cut: bool) -> Box:
    """Return the box that says how the film is to be played."""
    moov = find(boxes, b"moov")
    if moov is not None and is_cut:
        raise BrokenBoxError("the last box is cut off")
    if moov is not None:
        return moov
    if not is_cut and not any(box.kind in (b"mdat", b"moof") for box in boxes):
        raise ValidationError(
            _("This file begins like a video, but there is none in it. Choose the original file."), code="no_moov"
        )
    raise ValidationError(
        _("This video is cut off: the part that says how to play it is missing. Send the original file."),
        code="no_moov",
    )


def _find_kind(stream: Readable, boxes: list[Box]) -> Kind:
    ftyp = find(boxes[:8], b"ftyp")
    if ftyp is None:
        # QuickTime films of old begin with `moov`, `mdat`, `wide`, `free` or `skip`.
        return Kind.MOV
    family = sort_brands(read_payload(stream, ftyp, 1024))
    if family is Family.OLD_PHONE:
        raise ValidationError(
            _("This is a 3GP video, as old phones make. Pinterest takes MP4 and MOV: export it as one."), code="3gp"
        )
    if family is Family.SOUND:
        raise ValidationError(
            _("This file has sound, and no picture. Pinterest takes videos and pictures."), code="sound"
        )
    if family in _KINDS:
        return _KINDS[family]
    raise ValidationError(
        _("This video is of a kind that Pinterest doesn’t take. Export it as MP4 or MOV."), code="brand"
    )


def _choose(tracks: list[Track]) -> Track:
    """Return the track of pictures that players show: one that isn't switched off, and of those the longest."""
    shown = [track for track in tracks if track.handler == PICTURES and track.codec]
    if not shown:
        has_sound = any(track.handler == SOUND for track in tracks)
        raise ValidationError(
            _("This file has sound, and no picture. Pinterest takes videos and pictures.")
            if has_sound
            else _("This file has no picture in it that could be played."),
            code="no_picture",
        )
    track = max(shown, key=lambda each: (each.is_enabled, each.duration))
    if track.codec in PROTECTED:
        raise ValidationError(
            _("This video is copy-protected, so that nobody else can play it. Choose one without protection."),
            code="protected",
        )
    if track.is_elsewhere:
        raise ValidationError(
            _("This MOV points to a video in another file. Export it as one that stands alone."), code="elsewhere"
        )
    return track


def _check_samples(boxes: list[Box], track: Track, size: int) -> None:
    """Refuse a film whose tables speak of pictures that aren't in the file."""
    if not track.samples or not any(box.kind == b"mdat" and box.length > 0 for box in boxes):
        raise BrokenBoxError("there are no samples")
    if track.last_chunk >= size:
        raise BrokenBoxError("samples lie beyond the end")
    if not track.width or not track.height:
        raise BrokenBoxError("the pictures have no sides")
