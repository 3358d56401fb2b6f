"""Pictures that go as they are: JPEG, PNG and WebP, read from their first byte to their last, without decoding."""

from typing import BinaryIO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from postpeer_dash.media.facts import Facts, Kind, Trailing
from postpeer_dash.media.formats.pictures import jpeg, png, webp
from postpeer_dash.media.formats.pictures.told import Told

# What a child with 768 MB decodes, whatever the colours.
MAX_PIXELS = 64_000_000
MEGAPIXEL = 1_000_000


def inspect_picture(stream: BinaryIO, size: int, kind: Kind) -> Facts:
    """Return what a picture is that begins as one of this kind. Raises ValidationError with the reason to refuse it."""
    readers = {Kind.JPEG: _inspect_jpeg, Kind.PNG: _inspect_png, Kind.WEBP: _inspect_webp}
    try:
        facts = readers[kind](stream, size)
    except jpeg.BrokenPictureError:
        raise ValidationError(
            _("This picture is cut off or damaged. Export it once more, or send the original file."), code="damaged"
        ) from None
    check_sides(facts.width, facts.height)
    return facts


def check_sides(width: int, height: int) -> None:
    """Refuse a picture without pixels, or with more than can be decoded here. Raises ValidationError."""
    if width <= 0 or height <= 0:
        raise ValidationError(_("This picture has no pixels."), code="damaged")
    if width * height > MAX_PIXELS:
        raise ValidationError(
            _("This picture has %(pixels)d megapixels. Up to 64 are taken: save a smaller one."),
            code="pixels",
            params={"pixels": round(width * height / MEGAPIXEL)},
        )


def _upright(width: int, height: int, orientation: int) -> tuple[int, int]:
    return (height, width) if orientation >= 5 else (width, height)


def _inspect_jpeg(stream: BinaryIO, size: int) -> Facts:
    frame: jpeg.JpegFrame | None = None
    told, has_scan, end = Told(), False, size
    hints: set[Trailing] = set()
    for segment in jpeg.walk_jpeg(stream, size):
        frame = frame or jpeg.read_frame(segment)
        has_scan = has_scan or segment.marker == jpeg.SOS
        told.take_segment(segment)
        hints |= _read_hints(segment)
        end = segment.end
    if frame is None or not has_scan:
        raise jpeg.BrokenPictureError
    ai_source = told.finish()
    width, height = _upright(frame.width, frame.height, told.orientation)
    return Facts(
        kind=Kind.JPEG,
        size=size,
        width=width,
        height=height,
        orientation=told.orientation,
        bits=frame.bits,
        color={1: "grey", 4: "cmyk"}.get(frame.components, "rgb"),
        trailing=_name_trailing(stream, end, size, hints),
        has_place=told.has_place,
        has_device=told.has_device,
        is_ai_labelled=bool(ai_source),
    )


def _read_hints(segment: jpeg.Segment) -> set[Trailing]:
    """Return what a segment promises to hang behind the picture (Google's Motion Photo and Ultra HDR; CIPA DC-007)."""
    payload, hints = segment.payload, set()
    if segment.marker == 0xE1 and payload.startswith(jpeg.XMP):
        if b"MicroVideo" in payload or b"MotionPhoto" in payload:
            hints.add(Trailing.MOTION)
        if b"hdrgm:" in payload or b"HDRGainMap" in payload:
            hints.add(Trailing.GAIN_MAP)
    elif segment.marker == 0xE2 and payload.startswith(jpeg.ISO_GAIN_MAP):
        hints.add(Trailing.GAIN_MAP)
    elif segment.marker == 0xE2 and payload.startswith(jpeg.MPF):
        hints.add(Trailing.PICTURES)
    return hints


def _name_trailing(stream: BinaryIO, end: int, size: int, hints: set[Trailing]) -> Trailing:
    """Name what hangs behind the end of the first picture."""
    if end >= size:
        return Trailing.NOTHING
    stream.seek(end)
    rest = stream.read(64 * 1024)
    if not rest.strip(b"\0\n\r "):
        return Trailing.NOTHING if size - end <= len(rest) else Trailing.OTHER
    if rest[4:8] == b"ftyp" or b"MotionPhoto_Data" in rest:
        return Trailing.MOTION
    order = (Trailing.MOTION, Trailing.GAIN_MAP, Trailing.PICTURES)
    return next((kind for kind in order if kind in hints), Trailing.OTHER)


def _inspect_png(stream: BinaryIO, size: int) -> Facts:
    header, told, end, has_data = b"", Told(), size, False
    for chunk in png.walk_png(stream, size):
        end = chunk.end
        if chunk.kind == b"IHDR":
            header = header or chunk.payload
        elif chunk.kind == b"acTL" and int.from_bytes(chunk.payload[:4], "big") > 1:
            raise _moves(_("This PNG moves. Pinterest would show its first picture only: send it as an MP4."))
        told.take_chunk(chunk)
        has_data = has_data or chunk.kind == b"IDAT"
    if len(header) < 13 or not has_data:
        raise jpeg.BrokenPictureError
    ai_source = told.finish()
    sides = int.from_bytes(header[:4], "big"), int.from_bytes(header[4:8], "big")
    width, height = _upright(*sides, told.orientation)
    return Facts(
        kind=Kind.PNG,
        size=size,
        width=width,
        height=height,
        orientation=told.orientation,
        bits=header[8],
        color={0: "grey", 3: "palette", 4: "grey"}.get(header[9], "rgb"),
        trailing=Trailing.OTHER if end < size else Trailing.NOTHING,
        has_place=told.has_place,
        has_device=told.has_device,
        is_ai_labelled=bool(ai_source),
    )


def _inspect_webp(stream: BinaryIO, size: int) -> Facts:
    sides, told, has_data, end = (0, 0), Told(), False, size
    for chunk in webp.walk_webp(stream, size):
        end = chunk.end
        sides = sides if all(sides) else webp.read_sides(chunk)
        if chunk.kind == b"ANMF" or (chunk.kind == b"VP8X" and chunk.payload[:1] and chunk.payload[0] & webp.ANIMATION):
            raise _moves(_("This WebP moves. Pinterest would show its first picture only: send it as an MP4."))
        told.take_riff(chunk)
        has_data = has_data or chunk.kind in (b"VP8 ", b"VP8L")
    if not has_data:
        raise jpeg.BrokenPictureError
    ai_source = told.finish()
    return Facts(
        kind=Kind.WEBP,
        size=size,
        width=sides[0],
        height=sides[1],
        trailing=Trailing.OTHER if end < size else Trailing.NOTHING,
        has_place=told.has_place,
        has_device=told.has_device,
        is_ai_labelled=bool(ai_source),
    )


def _moves(words: str) -> ValidationError:
    return ValidationError(words, code="moves")
