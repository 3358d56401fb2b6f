"""Take the place and the device out of a film without moving a byte of its pictures.

A box that tells something is turned into a `free` box of the same length, its payload into zeros: every place in the
file stays where it was, so that the tables of the samples stay right. A track that tells the place goes the same way
(an empty one would have players wait for samples), and its samples become zeros. AI's label is one more box at the end.
"""

from collections.abc import Iterable
from typing import BinaryIO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from postpeer_dash.media.facts import Cleaned, Facts
from postpeer_dash.media.formats.boxes import BoundedStream, Box, BrokenBoxError, find
from postpeer_dash.media.formats.film_kinds import list_top
from postpeer_dash.media.formats.film_samples import Span
from postpeer_dash.media.formats.film_tags import XMP_UUID, FilmTags, read_tags
from postpeer_dash.media.formats.xmp import DEFAULT_SOURCE, make_label

_STEP = 64 * 1024
_FREE = b"free"
_MAX_SHORT = 2**32 - 1
# By what is written over the file: bytes by their place.
Patches = dict[int, bytes]


def clean_film(source: BinaryIO, target: BinaryIO, facts: Facts, *, keep_place: bool, ai_label: bool) -> Cleaned:
    """Copy a film without what it tells; return what was taken out. Raises ValidationError for one that is damaged.

    Where the place is kept, so is all that the same box tells. A label for AI that was there stays.
    """
    bounded = BoundedStream(source)
    try:
        boxes, _is_cut = list_top(bounded, facts.size)
        moov = find(boxes, b"moov")
        if moov is None:
            raise BrokenBoxError("there is no moov")
        tags = read_tags(bounded, boxes, moov)
    except BrokenBoxError:
        raise ValidationError(
            _("This video is cut off or damaged. Export it once more, or send the original file."), code="damaged"
        ) from None
    blanked = tags.other if keep_place else [*tags.other, *tags.place, *tags.tracks]
    zeros = [_payload(box) for box in blanked]
    if not keep_place:
        zeros += [*tags.samples, *(_payload(box) for box in tags.space)]
    patches: Patches = {box.start + 4: _FREE for box in blanked}
    label = b""
    has_label = any(box not in blanked for box in tags.labels)
    if (ai_label or tags.is_ai_labelled) and not has_label:
        patches |= _close(source, boxes)
        label = _make_box(make_label(tags.ai_source or DEFAULT_SOURCE))
    # Bytes behind the last box belong to nothing.
    _copy(source, target, boxes[-1].end, _unite(zeros), patches)
    target.write(label)
    return Cleaned(removed=_name_removed(tags, keep_place=keep_place))


def _name_removed(tags: FilmTags, *, keep_place: bool) -> frozenset[str]:
    gone = {"place": tags.has_place and not keep_place, "device": tags.has_device}
    return frozenset(name for name, is_so in gone.items() if is_so)


def _payload(box: Box) -> Span:
    # Of a `uuid` box the sixteen bytes are part of what is blanked.
    return Span(box.body - 16 if len(box.kind) == 16 else box.body, box.end)


def _make_box(packet: bytes) -> bytes:
    return (24 + len(packet)).to_bytes(4, "big") + b"uuid" + XMP_UUID + packet


def _close(stream: BinaryIO, boxes: list[Box]) -> Patches:
    """Give a last box that ends with the file (a length of 0) its length, so that another one can follow.

    Beyond 4 GB a length takes eight bytes more, for which QuickTime puts an empty `wide` box in front.
    Raises ValidationError where there is none.
    """
    last = boxes[-1]
    stream.seek(last.start)
    if stream.read(4) != bytes(4):
        return {}
    length = last.end - last.start
    if length <= _MAX_SHORT:
        return {last.start: length.to_bytes(4, "big")}
    before = boxes[-2] if len(boxes) > 1 else None
    if before is None or before.kind not in (b"wide", b"free", b"skip") or before.end - before.start != 8:
        raise ValidationError(
            _("This video is too large for the label for AI. Export it in a smaller size."), code="label"
        )
    return {before.start: (1).to_bytes(4, "big") + last.kind[:4] + (length + 8).to_bytes(8, "big")}


def _unite(spans: Iterable[Span]) -> list[Span]:
    """Return spans in their order, those that touch or overlap as one."""
    united = list[Span]()
    for span in sorted(spans, key=lambda each: each.start):
        if united and span.start <= united[-1].end:
            united[-1] = Span(united[-1].start, max(united[-1].end, span.end))
        elif span.end > span.start:
            united.append(span)
    return united


def _copy(source: BinaryIO, target: BinaryIO, size: int, zeros: list[Span], patches: Patches) -> None:
    """Copy `size` bytes, with spans of zeros and patched bytes in place of their own."""
    steps = [(span.start, span.end - span.start, b"") for span in zeros]
    inside = {place for place in patches if _is_inside(place, zeros)}
    steps += [(place, len(data), data) for place, data in patches.items() if place not in inside]
    at = 0
    for start, length, data in sorted(steps):
        source.seek(at)
        _copy_plainly(source, target, start - at)
        if data:
            target.write(data)
        else:
            _write_zeros(target, length)
        at = start + length
    source.seek(at)
    _copy_plainly(source, target, size - at)


def _is_inside(place: int, spans: list[Span]) -> bool:
    """Return whether a place lies in one of the spans, which are in order."""
    low, high = 0, len(spans)
    while low < high:
        middle = (low + high) // 2
        if spans[middle].end <= place:
            low = middle + 1
        else:
            high = middle
    return low < len(spans) and spans[low].start <= place


def _copy_plainly(source: BinaryIO, target: BinaryIO, length: int) -> None:
    while length > 0 and (data := source.read(min(_STEP, length))):
        target.write(data)
        length -= len(data)


def _write_zeros(target: BinaryIO, length: int) -> None:
    zeros = bytes(min(_STEP, length))
    while length > 0:
        target.write(zeros[: min(_STEP, length)])
        length -= _STEP
