"""What IPTC's older block tells (IIM 4.2), which lies in Photoshop's resources of a JPEG."""

_RESOURCE, _IPTC = b"8BIM", 0x0404
# Content location, city, sublocation, province, country's code and name (datasets of record 2).
_PLACES = frozenset({26, 27, 90, 92, 95, 100, 101})


def tells_place(payload: bytes) -> bool:
    """Return whether an APP13 payload, or a block without Photoshop's resources, says where a picture was taken."""
    if payload.startswith(b"\x1c"):
        return _has_place(payload)
    at = payload.find(_RESOURCE)
    while at >= 0 and at + 12 <= len(payload):
        kind = int.from_bytes(payload[at + 4 : at + 6], "big")
        name = payload[at + 6] + 1
        data = at + 6 + name + name % 2
        length = int.from_bytes(payload[data : data + 4], "big")
        if kind == _IPTC and _has_place(payload[data + 4 : data + 4 + length]):
            return True
        at = payload.find(_RESOURCE, data + 4 + length)
    return False


def _has_place(block: bytes) -> bool:
    at = 0
    while at + 5 <= len(block) and block[at] == 0x1C:
        record, dataset, length = block[at + 1], block[at + 2], int.from_bytes(block[at + 3 : at + 5], "big")
        head = 5
        if length & 0x8000:
            # An extended dataset (IIM, 1.6.2): the length's own length.
            wide = length & 0x7FFF
            length, head = int.from_bytes(block[at + 5 : at + 5 + min(wide, 8)], "big"), 5 + wide
        if record == 2 and dataset in _PLACES and block[at + head : at + head + length].strip(b"\0 "):
            return True
        at += head + length
    return False
