"""Pictures that go as they are: JPEG, PNG and WebP, read from their first byte to their last, without decoding."""

from typing import BinaryIO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from postpeer_dash.media.facts import Facts, Kind, Trailing
from postpeer_dash.media.formats.pictures import jpeg, png, webp
from postpeer_dash.media.formats.pictures.exif import Exif, read_exif
from postpeer_dash.media.formats.pictures.iptc import tells_place as iptc_tells_place
from postpeer_dash.media.formats.xmp import find_ai_source, tells_device, tells_place

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
    exif, packets, has_place, has_scan = Exif(), bytearray(), False, False
    is_mpo = has_gain_map = has_comment = False
    end = size
    for segment in jpeg.walk_jpeg(stream, size):
        payload = segment.payload
        frame = frame or jpeg.read_frame(segment)
        has_scan = has_scan or segment.marker == jpeg.SOS
        if segment.marker == 0xE1 and payload.startswith(jpeg.EXIF) and exif == Exif():
            exif = read_exif(payload[len(jpeg.EXIF) :])
        elif segment.marker == 0xE1 and payload.startswith((jpeg.XMP, jpeg.EXTENDED_XMP)):
            packets += payload
        elif segment.marker == 0xED:
            has_place = has_place or iptc_tells_place(payload)
        elif segment.marker == 0xE2:
            is_mpo = is_mpo or payload.startswith(jpeg.MPF)
            has_gain_map = has_gain_map or payload.startswith(jpeg.ISO_GAIN_MAP)
        has_comment = has_comment or segment.marker == 0xFE
        end = segment.end
    if frame is None or not has_scan:
        raise jpeg.BrokenPictureError
    packet = bytes(packets)
    width, height = _upright(frame.width, frame.height, exif.orientation)
    return Facts(
        kind=Kind.JPEG,
        size=size,
        width=width,
        height=height,
        orientation=exif.orientation,
        bits=frame.bits,
        color={1: "grey", 4: "cmyk"}.get(frame.components, "rgb"),
        trailing=_name_trailing(stream, end, size, packet, is_mpo=is_mpo, has_gain_map=has_gain_map),
        has_place=exif.has_place or has_place or tells_place(packet),
        has_device=exif.has_device or tells_device(packet),
        is_ai_labelled=bool(find_ai_source(packet)),
    )


def _name_trailing(
    stream: BinaryIO, end: int, size: int, packet: bytes, *, is_mpo: bool, has_gain_map: bool
) -> Trailing:
    """Name what hangs behind the end of the first picture."""
    if end >= size:
        return Trailing.NOTHING
    stream.seek(end)
    rest = stream.read(64 * 1024)
    if not rest.strip(b"\0\n\r "):
        return Trailing.NOTHING if size - end <= len(rest) else Trailing.OTHER
    if b"MicroVideo" in packet or b"MotionPhoto" in packet or rest[4:8] == b"ftyp" or b"MotionPhoto_Data" in rest:
        return Trailing.MOTION
    if has_gain_map or b"hdrgm:" in packet or b"HDRGainMap" in packet:
        return Trailing.GAIN_MAP
    return Trailing.PICTURES if is_mpo else Trailing.OTHER


def _inspect_png(stream: BinaryIO, size: int) -> Facts:
    header, exif, packet, end = b"", Exif(), b"", size
    has_data, has_place, has_device = False, False, False
    for chunk in png.walk_png(stream, size):
        end = chunk.end
        if chunk.kind == b"IHDR":
            header = chunk.payload
        elif chunk.kind == b"acTL" and int.from_bytes(chunk.payload[:4], "big") > 1:
            raise _moves(_("This PNG moves. Pinterest would show its first picture only: send it as an MP4."))
        elif chunk.kind == b"eXIf":
            exif = read_exif(chunk.payload)
        elif chunk.kind in (b"iTXt", b"tEXt", b"zTXt"):
            found = png.read_packet(chunk)
            packet += found
            has_device = has_device or (not found and chunk.payload.partition(b"\0")[0] in _PNG_DEVICE)
        has_data = has_data or chunk.kind == b"IDAT"
    if len(header) < 13 or not has_data:
        raise jpeg.BrokenPictureError
    sides = int.from_bytes(header[:4], "big"), int.from_bytes(header[4:8], "big")
    width, height = _upright(*sides, exif.orientation)
    return Facts(
        kind=Kind.PNG,
        size=size,
        width=width,
        height=height,
        orientation=exif.orientation,
        bits=header[8],
        color={0: "grey", 3: "palette", 4: "grey"}.get(header[9], "rgb"),
        trailing=Trailing.OTHER if end < size else Trailing.NOTHING,
        has_place=exif.has_place or has_place or tells_place(packet),
        has_device=exif.has_device or has_device or tells_device(packet),
        is_ai_labelled=bool(find_ai_source(packet)),
    )


# Keywords of plain texts that say with what a picture was made (11.3.3.2); editors keep EXIF in raw profiles.
_PNG_DEVICE = frozenset([b"Software", b"Source", b"Author", b"Raw profile type exif", b"Raw profile type iptc"])


def _inspect_webp(stream: BinaryIO, size: int) -> Facts:
    sides, exif, packet, has_data = (0, 0), Exif(), b"", False
    end = size
    for chunk in webp.walk_webp(stream, size):
        end = chunk.end
        sides = sides if all(sides) else webp.read_sides(chunk)
        if chunk.kind == b"ANMF" or (chunk.kind == b"VP8X" and chunk.payload[:1] and chunk.payload[0] & webp.ANIMATION):
            raise _moves(_("This WebP moves. Pinterest would show its first picture only: send it as an MP4."))
        if chunk.kind == b"EXIF":
            exif = read_exif(chunk.payload.removeprefix(jpeg.EXIF))
        elif chunk.kind == b"XMP ":
            packet = chunk.payload
        has_data = has_data or chunk.kind in (b"VP8 ", b"VP8L")
    if not has_data:
        raise jpeg.BrokenPictureError
    # Browsers don't turn a WebP, whatever its EXIF says.
    return Facts(
        kind=Kind.WEBP,
        size=size,
        width=sides[0],
        height=sides[1],
        trailing=Trailing.OTHER if end < size else Trailing.NOTHING,
        has_place=exif.has_place or tells_place(packet),
        has_device=exif.has_device or tells_device(packet),
        is_ai_labelled=bool(find_ai_source(packet)),
    )


def _moves(words: str) -> ValidationError:
    return ValidationError(words, code="moves")
