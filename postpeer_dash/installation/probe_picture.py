"""A picture of our own with a label in its metadata, so that one can see what becomes of it on the way."""

import struct
import zlib

WIDTH, HEIGHT = 1000, 1500
# How a picture says that it was made by a model (IPTC, newscodes for digital source types).
SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
_XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" '
    f'Iptc4xmpExt:DigitalSourceType="{SOURCE_TYPE}"/></rdf:RDF></x:xmpmeta>'
)


def make_picture() -> bytes:
    """Return a PNG of Pinterest's usual size, a few kilobytes long, with the label as XMP (ISO 16684-1)."""
    rows = b"".join(b"\0" + bytes((90 + row // 20, 120, 200 - row // 20)) * WIDTH for row in range(HEIGHT))
    text = b"XML:com.adobe.xmp\0\0\0\0\0" + _XMP.encode()
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"iTXt", text), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def has_label(data: bytes) -> bool:
    """Return whether a file still holds the label."""
    return SOURCE_TYPE.encode() in data
