"""Where the samples of a track lie in a film: by its tables (14496-12, 8.7) and by its fragments (8.8)."""

from dataclasses import dataclass

from postpeer_dash.media.formats.boxes import Box, Readable, children, descend, find, number, numbers, read_payload

_MAX_SAMPLES = 1_000_000


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes of a file, from `start` to before `end`."""

    start: int
    end: int


def find_samples(stream: Readable, trak: Box, boxes: list[Box], moov: Box) -> list[Span]:
    """Return where a track's samples lie, within the film's `mdat` boxes alone. Raises BrokenBoxError."""
    tkhd = descend(stream, trak, b"tkhd")
    key = read_number(stream, tkhd) if tkhd is not None else 0
    spans = [*_list_chunks(stream, trak), *_list_runs(stream, boxes, moov, key)]
    return clip(spans, boxes)


def read_number(stream: Readable, tkhd: Box) -> int:
    """Return the number that a track has in its film (8.3.2)."""
    data = read_payload(stream, tkhd, 32)
    return number(data, 20 if data[:1] == b"\1" else 12, 4)


def clip(spans: list[Span], boxes: list[Box]) -> list[Span]:
    """Return in order the parts of spans that lie in a film's `mdat` boxes: nothing else is ever blanked as a sample."""
    bodies = [box for box in boxes if box.kind == b"mdat"]
    clipped, place = list[Span](), 0
    for span in sorted(spans, key=lambda each: each.start):
        while place < len(bodies) and bodies[place].end <= span.start:
            place += 1
        if place < len(bodies) and span.end > bodies[place].body:
            clipped.append(Span(max(span.start, bodies[place].body), min(span.end, bodies[place].end)))
    return clipped


def _list_chunks(stream: Readable, trak: Box) -> list[Span]:
    stbl = descend(stream, trak, b"mdia", b"minf", b"stbl")
    tables = children(stream, stbl) if stbl is not None else []
    offsets, sizes = _read_offsets(stream, tables), _read_sizes(stream, tables)
    spans, sample = list[Span](), 0
    for offset, count in zip(offsets, _read_counts(stream, tables, len(offsets)), strict=False):
        spans.append(Span(offset, offset + sum(sizes[sample : sample + count])))
        sample += count
    return spans


def _read_offsets(stream: Readable, tables: list[Box]) -> list[int]:
    for kind, width in ((b"stco", 4), (b"co64", 8)):
        if (table := find(tables, kind)) is not None:
            data = read_payload(stream, table)
            return numbers(data, 8, number(data, 4, 4), width=width)
    return []


def _read_sizes(stream: Readable, tables: list[Box]) -> list[int]:
    if (table := find(tables, b"stsz")) is not None:
        data = read_payload(stream, table)
        each, count = number(data, 4, 4), number(data, 8, 4)
        return [each] * min(count, _MAX_SAMPLES) if each else numbers(data, 12, count)
    if (table := find(tables, b"stz2")) is not None:
        # 4, 8 or 16 bits a size (8.7.3.3).
        data = read_payload(stream, table)
        bits, packed = number(data, 7, 1), data[12 : 12 + 2 * min(number(data, 8, 4), _MAX_SAMPLES)]
        if bits == 4:
            return [size for byte in packed for size in (byte >> 4, byte & 15)]
        return list(packed) if bits == 8 else [number(packed, at, 2) for at in range(0, len(packed) - 1, 2)]
    return []


def _read_counts(stream: Readable, tables: list[Box], chunks: int) -> list[int]:
    """Return how many samples each chunk has (8.7.4)."""
    table = find(tables, b"stsc")
    if table is None:
        return []
    data = read_payload(stream, table)
    count = number(data, 4, 4)
    firsts, samples = numbers(data, 8, count, step=3), numbers(data, 8, count, step=3, place=1)
    found = list[int]()
    for first, following, each in zip(firsts, [*firsts[1:], chunks + 1], samples, strict=False):
        found += [each] * max(0, min(following - first, chunks - len(found)))
    return found


def _list_runs(stream: Readable, boxes: list[Box], moov: Box, key: int) -> list[Span]:
    mvex = descend(stream, moov, b"mvex")
    if mvex is None:
        return []
    sizes = dict[int, int]()
    for trex in children(stream, mvex):
        if trex.kind == b"trex":
            data = read_payload(stream, trex, 64)
            sizes[number(data, 4, 4)] = number(data, 16, 4)
    spans = list[Span]()
    for moof in (box for box in boxes if box.kind == b"moof"):
        # Where neither place is given, data begins with the fragment's, and goes on behind the track before (8.8.7).
        end = moof.start
        for traf in (box for box in children(stream, moof) if box.kind == b"traf"):
            found, number_of = _read_fragment(stream, traf, moof.start, end, sizes)
            end = found[-1].end if found else end
            spans += found if number_of == key else ()
    return spans


def _read_fragment(
    stream: Readable, traf: Box, moof_start: int, end: int, sizes: dict[int, int]
) -> tuple[list[Span], int]:
    """Return where a fragment's samples lie, and its track's number."""
    parts = children(stream, traf)
    tfhd = find(parts, b"tfhd")
    if tfhd is None:
        return [], 0
    data = read_payload(stream, tfhd, 64)
    flags, key = number(data, 1, 3), number(data, 4, 4)
    base = number(data, 8, 8) if flags & 0x1 else moof_start if flags & 0x20000 else end
    at = 8 + 8 * bool(flags & 0x1) + 4 * bool(flags & 0x2) + 4 * bool(flags & 0x8)
    each = number(data, at, 4) if flags & 0x10 else sizes.get(key, 0)
    spans, begin = list[Span](), base
    for trun in (box for box in parts if box.kind == b"trun"):
        data = read_payload(stream, trun)
        flags, count = number(data, 1, 3), number(data, 4, 4)
        if flags & 0x1:
            offset = number(data, 8, 4)
            begin = max(0, base + offset - (2**32 if offset >= 2**31 else 0))
        length = count * each
        if flags & 0x200:
            step, at = sum(bool(flags & bit) for bit in (0x100, 0x200, 0x400, 0x800)), 8
            at += 4 * bool(flags & 0x1) + 4 * bool(flags & 0x4)
            length = sum(numbers(data, at, count, step=step, place=int(bool(flags & 0x100))))
        spans.append(Span(begin, begin + length))
        begin += length
    return spans, key
