"""What an EXIF block tells (Exif 3.0, 4.6): the orientation, whether there is a place, whether there is a device."""

from dataclasses import dataclass

_ORIENTATION, _GPS, _EXIF = 0x0112, 0x8825, 0x8769
_DEVICE_TAGS = frozenset({0x010F, 0x0110, 0x0131, 0x013B, 0x013C, 0x9C9D, 0xC614, 0xC62F, 0xC65A})
_DEVICE_EXIF_TAGS = frozenset({0x927C, 0xA420, 0xA430, 0xA431, 0xA433, 0xA434, 0xA435, 0x9286, 0xA436, 0xA437, 0xA438})
_MAX_ENTRIES = 1000


@dataclass(frozen=True, slots=True)
class Exif:
    """orientation: 1 to 8, 1 where none stands. place: the bytes of the GPS directory's entries, none where it is empty."""

    orientation: int = 1
    has_place: bool = False
    has_device: bool = False


def read_exif(block: bytes) -> Exif:
    """Return what a TIFF block tells; nothing where it can't be read, as browsers take it."""
    order = {b"II*\0": "little", b"MM\0*": "big"}.get(block[:4])
    if order is None:
        return Exif()
    first = _number(block, 4, 4, order)
    main = _read_entries(block, first, order)
    inner = _read_entries(block, _pointer(main, _EXIF), order)
    gps = _read_entries(block, _pointer(main, _GPS), order)
    orientation = main.get(_ORIENTATION, b"")
    value = _number(orientation, 8, 2, order) if _number(orientation, 2, 2, order) == 3 else 0
    # A version alone is no place.
    return Exif(
        orientation=value if 1 <= value <= 8 else 1,
        has_place=bool(gps.keys() - {0}),
        has_device=bool(main.keys() & _DEVICE_TAGS or inner.keys() & _DEVICE_EXIF_TAGS),
    )


def _read_entries(block: bytes, at: int, order: str) -> dict[int, bytes]:
    """Return the twelve bytes of each entry of a directory, by its tag."""
    if not 8 <= at < len(block):
        return {}
    count = min(_number(block, at, 2, order), _MAX_ENTRIES)
    found = {}
    for place in range(at + 2, at + 2 + 12 * count, 12):
        entry = block[place : place + 12]
        if len(entry) < 12:
            break
        found[_number(entry, 0, 2, order)] = entry + order[:1].encode()
    return found


def _pointer(entries: dict[int, bytes], tag: int) -> int:
    entry = entries.get(tag)
    if entry is None:
        return 0
    return int.from_bytes(entry[8:12], "little" if entry.endswith(b"l") else "big")


def _number(data: bytes, at: int, count: int, order: str) -> int:
    return int.from_bytes(data[at : at + count], "little" if order == "little" else "big")


def make_exif(orientation: int, gps: bytes = b"") -> bytes:
    """Return a TIFF block that says how a picture stands, and with `gps` (see `copy_place`) where it was taken."""
    entries = [_entry(_ORIENTATION, 3, 1, orientation.to_bytes(2, "big") + bytes(2))]
    if gps:
        # Behind the header, the count, two entries and the end of the list.
        entries.append(_entry(_GPS, 4, 1, (8 + 2 + 24 + 4).to_bytes(4, "big")))
    head = b"MM\0*" + (8).to_bytes(4, "big") + len(entries).to_bytes(2, "big")
    return head + b"".join(entries) + bytes(4) + gps


def _entry(tag: int, kind: int, count: int, value: bytes) -> bytes:
    return tag.to_bytes(2, "big") + kind.to_bytes(2, "big") + count.to_bytes(4, "big") + value


# Bytes of one value, by the type of an entry (Exif 3.0, 4.6.2).
_WIDTHS = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
_GPS_TAGS = range(0x20)  # Exif 3.0, 4.6.7: all of them with the longest value fill half a segment of JPEG
_MAX_VALUE = 1024
_UNITS = {3: 2, 4: 4, 5: 4, 8: 2, 9: 4, 10: 4, 11: 4, 12: 8}


def copy_place(block: bytes) -> bytes:
    """Return the GPS directory of a TIFF block as `make_exif` puts it into a new one; empty where there is none."""
    order = {b"II*\0": "little", b"MM\0*": "big"}.get(block[:4])
    if order is None:
        return b""
    gps = _read_entries(block, _pointer(_read_entries(block, _number(block, 4, 4, order), order), _GPS), order)
    found: list[tuple[int, int, int, bytes]] = []
    for tag, raw in sorted(gps.items()):
        kind, count = _number(raw, 2, 2, order), _number(raw, 4, 4, order)
        length = _WIDTHS.get(kind, 0) * count
        at = _number(raw, 8, 4, order)
        if tag not in _GPS_TAGS or not 0 < length <= _MAX_VALUE:
            continue
        value = raw[8 : 8 + length] if length <= 4 else block[at : at + length]
        if len(value) == length:
            found.append((tag, kind, count, _swap(value, kind) if order == "little" else value))
    return _pack_place(found) if any(tag for tag, *_rest in found) else b""


def _pack_place(found: list[tuple[int, int, int, bytes]]) -> bytes:
    """Return a directory of these tags, types, counts and values, as it stands in `make_exif`'s block."""
    # Values longer than an entry stand behind the directory.
    behind = 8 + 2 + 24 + 4 + 2 + 12 * len(found) + 4
    entries, values = b"", b""
    for tag, kind, count, value in found:
        if len(value) <= 4:
            entries += _entry(tag, kind, count, value.ljust(4, b"\0"))
        else:
            entries += _entry(tag, kind, count, (behind + len(values)).to_bytes(4, "big"))
            values += value + bytes(len(value) % 2)
    return len(found).to_bytes(2, "big") + entries + bytes(4) + values


def _swap(value: bytes, kind: int) -> bytes:
    unit = _UNITS.get(kind, 1)
    return b"".join(value[at : at + unit][::-1] for at in range(0, len(value), unit))
