"""Take out of a picture what it tells, by segment or chunk; what its pixels are made of stays byte for byte.

What stays: the orientation (where browsers obey it), the colour profile, and the IPTC label for AI's pictures. Whatever
hangs behind the first picture goes.
"""

from typing import BinaryIO

from postpeer_dash.media.facts import Cleaned, Facts, Kind, Trailing
from postpeer_dash.media.formats.pictures import jpeg, png, webp
from postpeer_dash.media.formats.pictures.exif import copy_place, make_exif
from postpeer_dash.media.formats.xmp import DEFAULT_SOURCE, find_ai_source, make_label

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

    keep_place: the directory of GPS in EXIF stays. ai_label: the IPTC label is written, whether it was there or not.
    """
    cleaners = {Kind.JPEG: _clean_jpeg, Kind.PNG: _clean_png, Kind.WEBP: _clean_webp}
    cleaners[facts.kind](source, target, facts, keep_place, ai_label)
    gone = {
        "place": facts.has_place and not keep_place,
        "device": facts.has_device,
        "trailing": facts.trailing is not Trailing.NOTHING,
    }
    return Cleaned(removed=frozenset(name for name, is_so in gone.items() if is_so))


def _make_label(packet: bytes, *, ai_label: bool) -> bytes:
    found = find_ai_source(packet)
    return make_label(found or DEFAULT_SOURCE) if found or ai_label else b""


def _make_exif(block: bytes, facts: Facts, *, keep_place: bool) -> bytes:
    gps = copy_place(block) if keep_place else b""
    return make_exif(facts.orientation, gps) if gps or facts.orientation != 1 else b""


def _clean_jpeg(source: BinaryIO, target: BinaryIO, facts: Facts, keep_place: bool, ai_label: bool) -> None:
    segments = list(jpeg.walk_jpeg(source, facts.size))
    texts = [each.payload for each in segments if each.marker == 0xE1]
    exif = next((text[len(jpeg.EXIF) :] for text in texts if text.startswith(jpeg.EXIF)), b"")
    packet = b"".join(text for text in texts if text.startswith((jpeg.XMP, jpeg.EXTENDED_XMP)))
    written = False
    for segment in segments:
        if _is_dropped(segment):
            continue
        # Behind SOI and JFIF, where readers look for it.
        if not written and segment.marker not in (jpeg.SOI, 0xE0):
            if block := _make_exif(exif, facts, keep_place=keep_place):
                target.write(_make_segment(0xE1, jpeg.EXIF + block))
            if label := _make_label(packet, ai_label=ai_label):
                target.write(_make_segment(0xE1, jpeg.XMP + label))
            written = True
        _copy(source, target, segment.start, segment.end)


def _is_dropped(segment: jpeg.Segment) -> bool:
    """Return whether a segment says something of the picture and isn't needed to draw it."""
    marker, payload = segment.marker, segment.payload
    if marker == 0xE0:
        return not payload.startswith(jpeg.JFIF)
    if marker == 0xE2:
        return not payload.startswith(jpeg.ICC)
    if marker == 0xEE:
        return not payload.startswith(jpeg.ADOBE)
    return 0xE1 <= marker <= 0xEF or marker == 0xFE


def _make_segment(marker: int, payload: bytes) -> bytes:
    return bytes([0xFF, marker]) + (len(payload) + 2).to_bytes(2, "big") + payload


def _clean_png(source: BinaryIO, target: BinaryIO, facts: Facts, keep_place: bool, ai_label: bool) -> None:
    chunks = list(png.walk_png(source, facts.size))
    exif = next((chunk.payload for chunk in chunks if chunk.kind == b"eXIf"), b"")
    packet = b"".join(png.read_packet(chunk) for chunk in chunks)
    target.write(png.SIGNATURE)
    for chunk in chunks:
        if chunk.kind not in _PNG_KEPT:
            continue
        _copy(source, target, chunk.start, chunk.end)
        if chunk.kind == b"IHDR":
            if block := _make_exif(exif, facts, keep_place=keep_place):
                target.write(png.make_chunk(b"eXIf", block))
            if label := _make_label(packet, ai_label=ai_label):
                target.write(png.make_packet(label))


def _clean_webp(source: BinaryIO, target: BinaryIO, facts: Facts, keep_place: bool, ai_label: bool) -> None:
    chunks = list(webp.walk_webp(source, facts.size))
    packet = b"".join(chunk.payload for chunk in chunks if chunk.kind == b"XMP ")
    exif = next((chunk.payload for chunk in chunks if chunk.kind == b"EXIF"), b"").removeprefix(jpeg.EXIF)
    label = _make_label(packet, ai_label=ai_label)
    gps = copy_place(exif) if keep_place else b""
    kept = [chunk for chunk in chunks if chunk.kind in (b"ICCP", b"ALPH", b"VP8 ", b"VP8L")]
    flags = sum(
        flag
        for flag, is_so in (
            (webp.ICC, any(chunk.kind == b"ICCP" for chunk in kept)),
            (webp.ALPHA, any(chunk.kind == b"ALPH" or webp.has_alpha(chunk) for chunk in kept)),
            (webp.EXIF, bool(gps)),
            (webp.XMP, bool(label)),
        )
        if is_so
    )
    target.write(b"RIFF" + bytes(4) + b"WEBP")
    # Transparency alone needs no header of its own in a lossless picture.
    if flags & ~webp.ALPHA or any(chunk.kind == b"ALPH" for chunk in kept):
        target.write(webp.make_header(facts.width, facts.height, flags))
    for chunk in kept:
        _copy(source, target, chunk.start, chunk.end)
        if (chunk.end - chunk.start) % 2:
            target.write(b"\0")
    if gps:
        target.write(webp.make_riff(b"EXIF", make_exif(1, gps)))
    if label:
        target.write(webp.make_riff(b"XMP ", label))
    length = target.tell() - 8
    target.seek(4)
    target.write(length.to_bytes(4, "little"))
    target.seek(0, 2)


def _copy(source: BinaryIO, target: BinaryIO, start: int, end: int) -> None:
    source.seek(start)
    left = end - start
    while left > 0 and (data := source.read(min(_STEP, left))):
        target.write(data)
        left -= len(data)
