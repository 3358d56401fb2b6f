"""What the brands of an ISO container say it is (14496-12, 4.3; 23008-12, 10; AV1 Image File Format, 6; mp4ra.org)."""

from enum import Enum, auto

# Films that players and Pinterest know. What isn't here is none.
FILM = frozenset(
    b"isom iso2 iso3 iso4 iso5 iso6 iso7 iso8 iso9 isoa isob isoc mp41 mp42 mp71 avc1 hvc1 M4VH M4VP MSNV msnv XAVC CAEP "
    # For streaming (DASH, CMAF, Smooth Streaming), and Nero's.
    b"dash msdh msix cmfc cmf2 cmff piff ndsc ndsh ndsm ndsp ndss".split()
) | {b"M4V ", b"f4v ", b"F4V "}
QUICKTIME = b"qt  "
OLD_PHONES = (b"3gp", b"3g2", b"3gr", b"3gs", b"3ge", b"3gg", b"3gt", b"3gh", b"3gm", b"kddi")
SOUND = frozenset([b"M4A ", b"M4B ", b"M4P ", b"F4A ", b"F4B ", b"aax ", b"aaxc"])
HEIC = frozenset(b"heic heix heim heis MiHE MiHB MiHA".split())
AVIF = frozenset(b"avif avio MA1A MA1B".split())
# Still pictures of any codec: the compatible brands say which.
STILL = frozenset(b"mif1 mif2 miaf 1pic".split())
# Several pictures that are shown one after another.
MOVING = frozenset(b"hevc hevx hevm hevs msf1 avis".split())


class Family(Enum):
    """What a container holds, by its brands."""

    MP4 = auto()
    MOV = auto()
    HEIC = auto()
    AVIF = auto()
    MOVING = auto()
    OLD_PHONE = auto()
    SOUND = auto()
    RAW = auto()
    UNKNOWN = auto()


def sort_brands(payload: bytes) -> Family:
    """Return what the payload of an `ftyp` box says: the major brand decides, the compatible ones where it says little."""
    major, brands = payload[:4], {payload[at : at + 4] for at in range(8, len(payload) - 3, 4)}
    if major.startswith(OLD_PHONES):
        return Family.OLD_PHONE
    by_major = {b"crx ": Family.RAW, QUICKTIME: Family.MOV}
    for family, names in ((Family.SOUND, SOUND), (Family.MOVING, MOVING), (Family.HEIC, HEIC), (Family.AVIF, AVIF)):
        by_major |= dict.fromkeys(names, family)
    by_major |= dict.fromkeys(FILM, Family.MP4)
    if major in by_major:
        return by_major[major]
    for family, names in ((Family.AVIF, AVIF), (Family.HEIC, HEIC)):
        if brands & names:
            return family
    if major in STILL:
        return Family.HEIC
    if QUICKTIME in brands:
        return Family.MOV
    return Family.MP4 if brands & FILM else Family.UNKNOWN
