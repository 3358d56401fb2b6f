"""What the blocks of a picture tell, gathered while its segments or chunks are walked; bounded, whatever they unpack to."""

from dataclasses import dataclass, field

from postpeer_dash.media.formats.pictures import iptc, jpeg, png
from postpeer_dash.media.formats.pictures.exif import copy_place, read_exif
from postpeer_dash.media.formats.pictures.webp import Riff
from postpeer_dash.media.formats.xmp import find_ai_source, tells_device, tells_place

# Bytes of text that are kept of one file, unpacked.
_MAX_TEXT = 8 * 1024 * 1024
# Blocks of EXIF that are read of one file, and texts that are unpacked: an honest one has one or two of each.
_MAX_BLOCKS = 32
_EXIF_HEAD = 6
# Adobe's XMP, part 3, 1.1.3.1: the signature, 32 letters that name the packet, its length and this piece's place in it.
_PIECE_AT, _PIECE_HEAD = len(jpeg.EXTENDED_XMP) + 32 + 4, len(jpeg.EXTENDED_XMP) + 32 + 8
# Keywords of plain texts that say with what a picture was made (PNG, 11.3.3.2).
_MAKERS = frozenset([b"Software", b"Source", b"Author"])
# A segment of a JUMBF box (C2PA 2.1, A.3.1): "JP", the box's number, this piece's number, and in each the box's own head.
_JUMBF, _JUMBF_HEAD, _JUMBF_AGAIN = b"JP", 8, 16
_RAW_PROFILE, _XMP_KEYWORD = b"Raw profile type ", b"XML:com.adobe.xmp"


@dataclass(slots=True)
class Told:
    """orientation: as browsers obey it. place: the GPS directory of the first block that has one, for `make_exif`."""

    orientation: int = 1
    place: bytes = b""
    has_place: bool = False
    has_device: bool = False
    _texts: list[bytes] = field(default_factory=list)
    _pieces: list[tuple[int, bytes]] = field(default_factory=list)
    _manifests: list[bytes] = field(default_factory=list)
    _text_left: int = _MAX_TEXT
    _blocks_left: int = _MAX_BLOCKS
    _unpacked_left: int = _MAX_BLOCKS
    _is_turned: bool = False
    _has_data: bool = False

    def finish(self) -> str:
        """Look through all texts once they are there. Return the IPTC source type if it is one of AI's, else ""."""
        packet = b"\n".join([*self._texts, b"".join(text for _at, text in sorted(self._pieces))])
        self.has_place = self.has_place or tells_place(packet)
        self.has_device = self.has_device or tells_device(packet)
        # Some generators sign the label (C2PA's actions have it in the same words), and write no XMP: what is signed can't
        # stay, since the signature covers the bytes that are taken out.
        return find_ai_source(packet) or find_ai_source(b"".join(self._manifests))

    def take_segment(self, segment: jpeg.Segment) -> None:
        """Read a segment of a JPEG."""
        payload = segment.payload
        if segment.marker == 0xE1 and payload.startswith(jpeg.XMP):
            self._add_text(payload[len(jpeg.XMP) :])
        elif segment.marker == 0xE1 and payload.startswith(jpeg.EXTENDED_XMP):
            at = int.from_bytes(payload[_PIECE_AT:_PIECE_HEAD], "big")
            self._pieces.append((at, self._keep(payload[_PIECE_HEAD:])))
        elif segment.marker == 0xE1 and payload.startswith(jpeg.EXIF[:-1]):
            # The sixth byte may be anything (Exif 3.0, 4.7.2 says 0; browsers don't look).
            self._add_exif(payload[_EXIF_HEAD:], turns=True)
        elif segment.marker == 0xEB and payload.startswith(_JUMBF):
            is_first = int.from_bytes(payload[4:8], "big") <= 1
            self._manifests.append(self._keep(payload[_JUMBF_HEAD if is_first else _JUMBF_AGAIN :]))
        elif segment.marker == 0xED:
            self.has_place = self.has_place or iptc.tells_place(payload)

    def take_chunk(self, chunk: png.Chunk) -> None:
        """Read a chunk of a PNG."""
        if chunk.kind == b"IDAT":
            self._has_data = True
        elif chunk.kind == b"eXIf":
            # Browsers have read the header by then: an eXIf behind the data turns nothing. One with JPEG's head neither.
            is_plain = not chunk.payload.startswith(jpeg.EXIF[:-1])
            self._add_exif(chunk.payload[0 if is_plain else _EXIF_HEAD :], turns=is_plain and not self._has_data)
        elif chunk.kind == b"caBX":
            self._manifests.append(self._keep(chunk.payload))
        elif chunk.kind in (b"tEXt", b"zTXt", b"iTXt"):
            self._add_keyword(chunk)

    def take_riff(self, chunk: Riff) -> None:
        """Read a chunk of a WebP, which browsers don't turn, whatever its EXIF says."""
        if chunk.kind == b"EXIF":
            has_head = chunk.payload.startswith(jpeg.EXIF[:-1])
            self._add_exif(chunk.payload[_EXIF_HEAD if has_head else 0 :], turns=False)
        elif chunk.kind == b"XMP ":
            self._add_text(chunk.payload)
        elif chunk.kind == b"C2PA":
            self._manifests.append(self._keep(chunk.payload))

    def _add_exif(self, block: bytes, *, turns: bool) -> None:
        if self._blocks_left <= 0:
            return
        self._blocks_left -= 1
        exif = read_exif(block)
        # Of several blocks, browsers obey the first alone.
        if turns and not self._is_turned:
            self.orientation, self._is_turned = exif.orientation, True
        self.has_place = self.has_place or exif.has_place
        self.has_device = self.has_device or exif.has_device
        self.place = self.place or copy_place(block)

    def _add_keyword(self, chunk: png.Chunk) -> None:
        keyword = chunk.payload[:80].partition(b"\0")[0]
        # ImageMagick writes EXIF's fields as texts.
        self.has_place = self.has_place or keyword.startswith(b"exif:GPS")
        self.has_device = self.has_device or keyword in _MAKERS or keyword.startswith(b"exif:")
        if self._unpacked_left <= 0 or not (keyword == _XMP_KEYWORD or keyword.startswith(_RAW_PROFILE)):
            return
        self._unpacked_left -= 1
        text = png.read_text(chunk, self._text_left)
        if keyword == _XMP_KEYWORD:
            self._add_text(text)
            return
        block = png.read_raw_profile(text)
        self._text_left -= len(text)
        if block.startswith(jpeg.EXIF[:-1]):
            self._add_exif(block[_EXIF_HEAD:], turns=False)
        elif keyword.endswith((b"iptc", b"8bim")):
            self.has_place = self.has_place or iptc.tells_place(block)
        else:
            self._add_text(block)

    def _add_text(self, text: bytes) -> None:
        self._texts.append(self._keep(text))

    def _keep(self, text: bytes) -> bytes:
        kept = text[: max(self._text_left, 0)]
        self._text_left -= len(kept)
        return kept
