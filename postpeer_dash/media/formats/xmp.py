"""What an XMP packet tells (ISO 16684-1), found by its properties' names.

The packet isn't parsed as XML: it comes from anywhere, may be broken, and all that is asked is whether a name stands in it.
"""

import re

# http://cv.iptc.org/newscodes/digitalsourcetype: what was made, or changed, by a trained algorithm.
AI_SOURCES = (
    "trainedAlgorithmicMedia",
    "compositeWithTrainedAlgorithmicMedia",
    "algorithmicMedia",
    "compositeSynthetic",
    "algorithmicallyEnhanced",
)
DEFAULT_SOURCE = AI_SOURCES[0]
_SCHEME = "http://cv.iptc.org/newscodes/digitalsourcetype/"
_SOURCE = re.compile(rb"digitalsourcetype/([A-Za-z]{1,60})")
# Without its first letter, which is small in C2PA's assertions.
_PROPERTY, _NEAR = b"igitalSourceType", 200
_PLACE = re.compile(
    rb"[:<\s]GPS[A-Z]|exif:GPS|Iptc4xmp(?:Core|Ext):(?:Location|City|Country|Sublocation|ProvinceState|WorldRegion)"
    rb"|photoshop:(?:City|State|Country)|LocationCreated|LocationShown|drone-dji:|Camera:GPS|geo:(?:lat|long)"
)
_DEVICE = re.compile(
    rb"tiff:(?:Make|Model|Software)|aux:(?:SerialNumber|Lens|OwnerName|ImageNumber)|exifEX:(?:BodySerial|LensSerial|CameraOwner)"
    rb"|xmp:CreatorTool|xmpMM:|drone-dji:|MicrosoftPhoto:(?:CameraSerial|LensM)"
)


def find_ai_source(packet: bytes) -> str:
    """Return the IPTC source type that says a picture is AI's, as `DigitalSourceType` has it; "" for any other."""
    text = _plain(packet)
    # Looked for backwards from the value: from the property on, a packet of nothing but its name took seconds.
    for match in _SOURCE.finditer(text):
        name = match.group(1).decode("ascii")
        if name in AI_SOURCES and text.rfind(_PROPERTY, max(match.start() - _NEAR, 0), match.start()) >= 0:
            return name
    return ""


def tells_place(packet: bytes) -> bool:
    """Return whether a packet says where a picture was taken."""
    return _PLACE.search(_plain(packet)) is not None


def tells_device(packet: bytes) -> bool:
    """Return whether a packet says what took the picture, or with which program it was changed."""
    return _DEVICE.search(_plain(packet)) is not None


def make_label(source: str) -> bytes:
    """Return a packet that holds the IPTC label for AI's pictures alone."""
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">'
        f"<Iptc4xmpExt:DigitalSourceType>{_SCHEME}{source}</Iptc4xmpExt:DigitalSourceType>"
        "</rdf:Description></rdf:RDF></x:xmpmeta>"
        '<?xpacket end="r"?>'
    ).encode()


def _plain(packet: bytes) -> bytes:
    # UTF-16 and UTF-32 are allowed: without the zeros, names read alike.
    return packet.replace(b"\0", b"") if b"\0" in packet else packet
