"""What is known of a file once its bytes were read."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The kinds of files that pass, as they are or converted. Everything else is refused by name."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    HEIC = "heic"
    AVIF = "avif"
    MP4 = "mp4"
    MOV = "mov"

    @property
    def is_film(self) -> bool:
        """Return whether this is a film."""
        return self in {Kind.MP4, Kind.MOV}

    @property
    def is_converted(self) -> bool:
        """Return whether Pinterest doesn't take this kind, so that a JPEG is made of it."""
        return self in {Kind.HEIC, Kind.AVIF}


class Trailing(StrEnum):
    """What hangs behind the first picture of a file."""

    NOTHING = ""
    MOTION = "motion"  # a motion photo: a short film
    PICTURES = "pictures"  # MPO: more pictures, as of a stereo camera
    GAIN_MAP = "gain_map"  # Ultra HDR: a second picture that brightens the first
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a file's bytes say.

    width, height: pixels as the picture is to be shown, upright; 0 where only decoding could tell.
    orientation: EXIF's, 1 to 8; a film's turn is in `rotation`.
    rotation: degrees clockwise by which a film is turned for showing: 0, 90, 180 or 270.
    duration: seconds of a film's picture track; 0 for a picture.
    codec: a film's four-letter code as it stands in its sample description (`avc1`, `hvc1`), or "".
    bits: per channel. color: "rgb", "grey", "cmyk" or "palette".
    needs_rgb: CMYK or more than 8 bits, so that an sRGB copy of 8 bits is made.
    """

    kind: Kind
    size: int
    width: int = 0
    height: int = 0
    orientation: int = 1
    rotation: int = 0
    duration: float = 0.0
    codec: str = ""
    has_sound: bool = False
    bits: int = 8
    color: str = "rgb"
    trailing: Trailing = Trailing.NOTHING
    has_place: bool = False
    has_device: bool = False
    is_ai_labelled: bool = False

    @property
    def needs_rgb(self) -> bool:
        """Return whether pixels have to be made anew in sRGB with 8 bits a channel."""
        return not self.kind.is_film and (self.color == "cmyk" or self.bits > 8)

    @property
    def mime_type(self) -> str:
        """Return the type that the file is sent as."""
        return MIME_TYPES[self.kind]


MIME_TYPES = {
    Kind.JPEG: "image/jpeg",
    Kind.PNG: "image/png",
    Kind.WEBP: "image/webp",
    Kind.HEIC: "image/heic",
    Kind.AVIF: "image/avif",
    Kind.MP4: "video/mp4",
    Kind.MOV: "video/quicktime",
}
# What a file's name ends with, by its kind.
ENDINGS = {
    Kind.JPEG: "jpg",
    Kind.PNG: "png",
    Kind.WEBP: "webp",
    Kind.HEIC: "heic",
    Kind.AVIF: "avif",
    Kind.MP4: "mp4",
    Kind.MOV: "mov",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """What cleaning did: `removed` names what was found and taken out ("place", "device", "trailing")."""

    removed: frozenset[str]
