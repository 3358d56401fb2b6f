"""Look at what an address leads to, as Pinterest will find it: it is looked at, and nothing is held back for it.

Whatever a stranger's server does becomes a warning with a code; none of it is raised.
"""

import io
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from postpeer_dash.media.advice import advise
from postpeer_dash.media.facts import Facts, Kind
from postpeer_dash.media.fetching.guarded import PUBLIC, Fetched, Rules, fetch
from postpeer_dash.media.fetching.remote_file import HEAD_BYTES, OutOfReachError, RemoteFile
from postpeer_dash.media.formats.brands import Family, sort_brands
from postpeer_dash.media.formats.detect import inspect
from postpeer_dash.media.formats.pictures.exif import Exif, read_exif
from postpeer_dash.media.formats.pictures.jpeg import EXIF, BrokenPictureError, read_frame, walk_jpeg
from postpeer_dash.media.formats.pictures.png import SIGNATURE as _PNG
from postpeer_dash.media.formats.pictures.png import walk_png
from postpeer_dash.media.notes import NOTES

MEGABYTE = 1024 * 1024
# A page and a round of many pins wait for it.
SECONDS = 15.0
_JPEG = b"\xff\xd8\xff"
# What servers say of files whose kind they don't know.
_ANY_TYPES = frozenset({"", "application/octet-stream", "binary/octet-stream", "application/binary"})


@dataclass(frozen=True, slots=True)
class LookWarning:
    """Something to be warned of: a code that stays the same from look to look, and a sentence."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Look:
    """What was found. facts: None where it couldn't be told; status: 0 without an answer; size: None if unknown."""

    warnings: tuple[LookWarning, ...]
    facts: Facts | None = None
    status: int = 0
    size: int | None = None

    @property
    def is_reachable(self) -> bool:
        """Return whether a file came."""
        return self.status in (200, 206)


def look_at(url: str, media_type: str, *, max_bytes: int, seconds: float = SECONDS, rules: Rules = PUBLIC) -> Look:
    """Return what an address leads to that is given as an "image" or a "video" of `max_bytes` at most.

    Fetches its first megabyte, and of a longer film some parts more; it takes `seconds` at most.
    """
    ends_at, stream = monotonic() + seconds, io.BytesIO()
    try:
        fetched = fetch(url, stream, max_bytes=HEAD_BYTES, seconds=seconds, rules=rules)
    except ValidationError as error:
        return Look((LookWarning(str(error.code), error.messages[0]),))
    size = fetched.received if fetched.is_whole else fetched.length
    if fetched.status not in (200, 206):
        return Look((_warn_of_status(fetched.status),), status=fetched.status)
    if fetched.start:
        # A part that wasn't asked for: nothing in it can be told.
        return Look((), status=fetched.status, size=size)
    head = stream.getvalue()
    facts, refusal = _read(head, RemoteFile(head, fetched, rules=rules, ends_at=ends_at))
    warnings = [*_warn_of_answer(fetched, size, max_bytes), *([refusal] if refusal else [])]
    if refusal is None:
        warnings += _warn_of_kind(head, facts, fetched, media_type)
    if facts is not None:
        warnings += _warn_of_content(facts)
    return Look(tuple(warnings), facts, fetched.status, size)


def _read(head: bytes, remote: RemoteFile) -> tuple[Facts | None, LookWarning | None]:
    """Return what a file is, or why Pinterest won't take it; neither where too much of it would have to be read."""
    if head.startswith((_JPEG, _PNG)) and remote.size > len(head):
        # They are read to their end, which is more than a look.
        return _read_head(head, remote.size), None
    try:
        return inspect(io.BufferedReader(remote), remote.size), None
    except OutOfReachError:
        return None, None
    except ValidationError as error:
        name = (error.params or {}).get("name")
        if name == "HTML":
            return None, LookWarning("page", _("This address leads to a page, and not to the picture or video itself."))
        return None, LookWarning(str(error.code), error.messages[0])


def _read_head(head: bytes, size: int) -> Facts | None:
    """Return what the beginning of a JPEG or PNG tells, whose end wasn't read; None where that is too little."""
    width = height = bits = 0
    color, exif = "rgb", Exif()
    # A first megabyte that ends in a preview, or in the pixels, ends both walks.
    with suppress(BrokenPictureError):
        if head.startswith(_PNG):
            for chunk in walk_png(io.BytesIO(head), size):
                if chunk.kind == b"IHDR" and len(chunk.payload) >= 10:
                    width, height = (int.from_bytes(chunk.payload[at : at + 4], "big") for at in (0, 4))
                    bits, color = chunk.payload[8], {0: "grey", 3: "palette", 4: "grey"}.get(chunk.payload[9], "rgb")
                elif chunk.kind == b"eXIf":
                    exif = read_exif(chunk.payload)
        else:
            for segment in walk_jpeg(io.BytesIO(head), size):
                if segment.payload.startswith(EXIF) and exif == Exif():
                    exif = read_exif(segment.payload[len(EXIF) :])
                elif (frame := read_frame(segment)) is not None:
                    width, height, bits = frame.width, frame.height, frame.bits
                    color = {1: "grey", 4: "cmyk"}.get(frame.components, "rgb")
    if not width or not height:
        return None
    return Facts(
        kind=Kind.PNG if head.startswith(_PNG) else Kind.JPEG,
        size=size,
        width=height if exif.orientation >= 5 else width,
        height=width if exif.orientation >= 5 else height,
        orientation=exif.orientation,
        bits=bits,
        color=color,
        has_place=exif.has_place,
        has_device=exif.has_device,
    )


def _warn_of_status(status: int) -> LookWarning:
    if status in (401, 403, 407, 451):
        words = _("This address lets nobody in without signing in (%(status)d). Pinterest can’t fetch it.")
        return LookWarning("closed", words % {"status": status})
    if status in (404, 410):
        words = _("There is nothing at this address any more (%(status)d).")
        return LookWarning("gone", words % {"status": status})
    if status == 416:
        return LookWarning("empty", _("The file at this address is empty."))
    if status == 429:
        words = _("This address is asked for too often just now (%(status)d). Pinterest may be turned away, too.")
        return LookWarning("busy", words % {"status": status})
    if status >= 500:
        words = _("The server of this address is in trouble (%(status)d). Pinterest may not get the file.")
        return LookWarning("server", words % {"status": status})
    words = _("This address answers %(status)d, and no file comes.")
    return LookWarning("status", words % {"status": status})


def _warn_of_answer(fetched: Fetched, size: int | None, max_bytes: int) -> Iterator[LookWarning]:
    if not fetched.is_secure:
        yield LookWarning("insecure", _("This address isn’t HTTPS all the way. Pinterest may not take it."))
    if size is not None and size > max_bytes:
        # Rounded up: what is a little too large isn't as large as it may be.
        figures = {"size": -(-size // MEGABYTE), "most": max_bytes // MEGABYTE}
        yield LookWarning("large", _("This file has %(size)d MB. Pinterest takes %(most)d MB at the most.") % figures)


def _warn_of_kind(head: bytes, facts: Facts | None, fetched: Fetched, media_type: str) -> Iterator[LookWarning]:
    is_film = facts.kind.is_film if facts is not None else _is_film(head)
    if is_film and media_type == "image":
        yield LookWarning("kind", _("This address leads to a video. Choose Video, or give a picture’s."))
    elif is_film is False and media_type == "video":
        yield LookWarning("kind", _("This address leads to a picture. Choose Image, or give a video’s."))
    elif fetched.mime_type not in _ANY_TYPES and not fetched.mime_type.startswith(("image/", "video/")):
        yield LookWarning(
            "type",
            _("The server calls this file %(type)s, which is no picture or video. Pinterest may go by that.")
            % {"type": fetched.mime_type},
        )


def _is_film(head: bytes) -> bool | None:
    """Return whether a file is a film, by its brands; None where that can't be told."""
    if head[4:8] != b"ftyp":
        return True if head[4:8] in (b"moov", b"mdat", b"wide") else None
    family = sort_brands(head[8 : int.from_bytes(head[:4], "big")][:1024])
    return True if family in (Family.MP4, Family.MOV) else None


def _warn_of_content(facts: Facts) -> Iterator[LookWarning]:
    if facts.kind.is_converted:
        yield LookWarning(
            "converted",
            _("Pinterest takes no %(kind)s. Have a copy taken here: a JPG is made of it.")
            % {"kind": facts.kind.upper()},
        )
    elif facts.needs_rgb:
        yield LookWarning(
            "colors", _("Its colours are made for print or film. Have a copy taken here, which suits every screen.")
        )
    if facts.has_place:
        yield LookWarning(
            "place", _("Everybody can read from it where it was taken. Have a copy taken here, without the place.")
        )
    for key, figures in advise(facts, width=facts.width, height=facts.height):
        yield LookWarning(key, str(NOTES[key]) % figures)
