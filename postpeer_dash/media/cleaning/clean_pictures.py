"""Take out of a picture what it tells, by segment or chunk; what its pixels are made of stays byte for byte.

What stays: the orientation (where browsers obey it), the colour profile, and the IPTC label for AI's pictures. Whatever
hangs behind the first picture goes.
"""

from typing import BinaryIO

from postpeer_dash.media.facts import Cleaned, Facts, Kind, Trailing
from postpeer_dash.media.formats.pictures import jpeg, png, webp
from postpeer_dash.media.formats.pictures.exif import make_exif
from postpeer_dash.media.formats.pictures.told import Told
from postpeer_dash.media.formats.xmp import DEFAULT_SOURCE, make_label

_STEP = 64 * 1024
# What draws the picture right: size, data, colours, transparency, density.
_PNG_KEPT = frozenset(
    [
        b"IHDR",
        b"PLTE",
        b"IDAT",
        b"IEND",
        b"tRNS",
        b"iCCP",
        b"cICP",
        b"mDCV",
        b"cLLI",
        b"sRGB",
        b"gAMA",
        b"cHRM",
        b"sBIT",
        b"pHYs",
        b"bKGD",
    ]
)


def clean_picture(source: BinaryIO, target: BinaryIO, facts: Facts, *, keep_place: bool, ai_label: bool) -> Cleaned:
    """Copy a picture without what it tells; return what was taken out. It was inspected, so it is whole.

    keep_place: the directory of GPS in EXIF stays; the place in XMP and IPTC goes, and is named where it was there alone.
    ai_label: the IPTC label is written, whether it was there or not.
    """
    told = _listen(source, facts)
    found = told.finish()
    place = told.place if keep_place else b""
    exif = make_exif(facts.orientation, place) if place or facts.orientation != 1 else b""
    label = make_label(found or DEFAULT_SOURCE) if found or ai_label else b""
    cleaners = {Kind.JPEG: _clean_jpeg, Kind.PNG: _clean_png, Kind.WEBP: _clean_webp}
    cleaners[facts.kind](source, target, facts, exif, label)
    gone = {
        "place": facts.has_place and not place,
        "device": facts.has_device,
        "trailing": facts.trailing is not Trailing.NOTHING,
    }
    return Cleaned(removed=frozenset(name for name, is_so in gone.items() if is_so))


def _listen(source: BinaryIO, facts: Facts) -> Told:
    """Return what a picture tells. It is walked twice, so that no more than one segment of it is held at a time."""
    told = Told()
    if facts.kind is Kind.JPEG:
        for segment in jpeg.walk_jpeg(source, facts.size):
            told.take_segment(segment)
    elif facts.kind is Kind.PNG:
        for chunk in png.walk_png(source, facts.size):
            told.take_chunk(chunk)
    else:
        for part in webp.walk_webp(source, facts.size):
            told.take_riff(part)
    return told


def _clean_jpeg(source: BinaryIO, target: BinaryIO, facts: Facts, exif: bytes, label: bytes) -> None:
    is_told = False
    for segment in jpeg.walk_jpeg(source, facts.size):
        plain = _reduce(segment)
        if plain == b"":
            continue
        # Behind SOI and JFIF, where readers look for it.
        if not is_told and segment.marker not in (jpeg.SOI, 0xE0):
            if exif:
                target.write(_make_segment(0xE1, jpeg.EXIF + exif))
            if label:
                target.write(_make_segment(0xE1, jpeg.XMP + label))
            is_told = True
        if plain is None:
            _copy(source, target, segment.start, segment.end)
        else:
            target.write(plain)


def _reduce(segment: jpeg.Segment) -> bytes | None:
    """Return the segment to be written: b"" where it isn't needed to draw the picture, None where it stays as it is."""
    marker, payload = segment.marker, segment.payload
    if marker == 0xE0:
        # Density, without the small picture that may follow (JFIF 1.02); readers ignore a shorter one.
        is_needed = payload.startswith(jpeg.JFIF) and len(payload) >= 14
        return _make_segment(marker, payload[:12] + bytes(2)) if is_needed else b""
    if marker == 0xEE:
        is_needed = payload.startswith(jpeg.ADOBE) and len(payload) >= 12
        return _make_segment(marker, payload[:12]) if is_needed else b""
    if marker == 0xE2 and payload.startswith(jpeg.ICC):
        return None
    return b"" if 0xE1 <= marker <= 0xEF or marker == 0xFE else None


def _make_segment(marker: int, payload: bytes) -> bytes:
    return bytes([0xFF, marker]) + (len(payload) + 2).to_bytes(2, "big") + payload


def _clean_png(source: BinaryIO, target: BinaryIO, facts: Facts, exif: bytes, label: bytes) -> None:
    target.write(png.SIGNATURE)
    for chunk in png.walk_png(source, facts.size):
        if chunk.kind not in _PNG_KEPT:
            continue
        _copy(source, target, chunk.start, chunk.end)
        if chunk.kind == b"IHDR":
            if exif:
                target.write(png.make_chunk(b"eXIf", exif))
            if label:
                target.write(png.make_packet(label))


def _clean_webp(source: BinaryIO, target: BinaryIO, facts: Facts, exif: bytes, label: bytes) -> None:
    kept, flags = _choose_riff(source, facts.size)
    flags |= (webp.EXIF if exif else 0) | (webp.XMP if label else 0)
    begin = target.tell()
    target.write(b"RIFF" + bytes(4) + b"WEBP")
    # Transparency alone needs no header of its own in a lossless picture.
    if flags & ~webp.ALPHA or b"ALPH" in kept:
        target.write(webp.make_header(facts.width, facts.height, flags))
    for start, end in kept.values():
        _copy(source, target, start, end)
        if (end - start) % 2:
            target.write(b"\0")
    if exif:
        target.write(webp.make_riff(b"EXIF", exif))
    if label:
        target.write(webp.make_riff(b"XMP ", label))
    length = target.tell() - begin - 8
    target.seek(begin + 4)
    target.write(length.to_bytes(4, "little"))
    target.seek(0, 2)


def _choose_riff(source: BinaryIO, size: int) -> tuple[dict[bytes, tuple[int, int]], int]:
    """Return where the chunks lie that draw a WebP, by their kinds, and the flags they need; of each kind the first."""
    kept: dict[bytes, tuple[int, int]] = {}
    flags = 0
    for chunk in webp.walk_webp(source, size):
        has_picture = b"VP8 " in kept or b"VP8L" in kept
        if chunk.kind not in (b"ICCP", b"ALPH", b"VP8 ", b"VP8L") or chunk.kind in kept or has_picture:
            continue
        kept[chunk.kind] = chunk.start, chunk.end
        if chunk.kind == b"ICCP":
            flags |= webp.ICC
        elif chunk.kind == b"ALPH" or webp.has_alpha(chunk):
            flags |= webp.ALPHA
    return kept, flags


def _copy(source: BinaryIO, target: BinaryIO, start: int, end: int) -> None:
    source.seek(start)
    left = end - start
    while left > 0 and (data := source.read(min(_STEP, left))):
        target.write(data)
        left -= len(data)
