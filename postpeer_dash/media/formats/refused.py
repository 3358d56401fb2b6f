"""Name what a file is that nobody takes, by its first bytes, and say what helps.

Sources: TIFF 6.0, 2; ISO/IEC 13818-1, 2.4.3 (MPEG-TS); RFC 8216, 4.3.1.1 (playlists); RFC 8794, 8.1 (EBML of Matroska);
ISO 32000, 7.5.2 (PDF); MS-CFB, 2.2 (Office of old); ZIP's APPNOTE, 4.3.7; ISO/IEC 11172-3, 2.4.1.3 (frames of MP3).
"""

import codecs

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_GIF = _("This is a GIF, which Pinterest doesn’t take. Save it as JPG or PNG, or as an MP4 if it moves.")
_SOUND = _("This file has sound, and no picture. Pinterest takes videos and pictures.")
_FILM = _("Pinterest takes no %(name)s videos. Export it as MP4 or MOV.")
_PICTURE = _("Pinterest takes no %(name)s files. Save it as JPG or PNG.")
_RAW = _("This is a camera’s raw picture, which Pinterest doesn’t take. Save it as JPG or PNG.")
_PAGE = _("This is a web page, and no picture or video. Save the picture itself, and choose that.")
_PDF = _("This is a PDF. Save the page that you want to pin as JPG or PNG.")
_OFFICE = _("This is a document, and no picture or video. Save what you want to pin as JPG or PNG.")
_ARCHIVE = _("This is a %(name)s archive. Unpack it, and choose the picture or video in it.")
_PLAYLIST = _("This is a playlist (%(name)s), which only points to a video. Choose the video itself, as MP4 or MOV.")
_PROGRAM = _("This is a program, and no picture or video.")
_TEXT = _("This is a text, and no picture or video.")

# Beginnings: where they stand, the bytes, what that is, and the sentence. The longer of two stands first.
_MAGIC: tuple[tuple[int, bytes, str, Promise], ...] = (
    (0, b"GIF8", "GIF", _GIF),
    (0, b"II*\0\x10\0\0\0CR", "raw", _RAW),
    (0, b"FUJIFILMCCD-RAW", "raw", _RAW),
    (0, b"IIRO", "raw", _RAW),
    (0, b"IIU\0", "raw", _RAW),
    (0, b"II*\0", "TIFF", _PICTURE),
    (0, b"MM\0*", "TIFF", _PICTURE),
    (0, b"II+\0", "TIFF", _PICTURE),
    (0, b"MM\0+", "TIFF", _PICTURE),
    (0, b"8BPS", "Photoshop", _PICTURE),
    (0, b"8BPB", "Photoshop", _PICTURE),
    (0, b"\xff\x0a", "JPEG XL", _PICTURE),
    (4, b"JXL \r\n\x87\n", "JPEG XL", _PICTURE),
    (4, b"jP  \r\n\x87\n", "JPEG 2000", _PICTURE),
    (0, b"\xff\x4f\xff\x51", "JPEG 2000", _PICTURE),
    (0, b"\0\0\1\0", "ICO", _PICTURE),
    (0, b"%!PS", "EPS", _PICTURE),
    (0, b"\xc5\xd0\xd3\xc6", "EPS", _PICTURE),
    (0, b"qoif", "QOI", _PICTURE),
    (0, b"gimp xcf", "GIMP", _PICTURE),
    (0, b"AFFN", "Affinity", _PICTURE),
    (0, b"%PDF", "PDF", _PDF),
    (0, b"FLV\1", "Flash", _FILM),
    (0, b"FWS", "Flash", _FILM),
    (0, b"CWS", "Flash", _FILM),
    (0, b".RMF", "RealMedia", _FILM),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "Windows Media", _FILM),
    (0, b"\0\0\1\xba", "MPEG", _FILM),
    (0, b"\0\0\1\xb3", "MPEG", _FILM),
    (0, b"\x06\x0e\x2b\x34", "MXF", _FILM),
    (0, b"DVDVIDEO", "DVD", _FILM),
    (0, b"#EXTM3U", "M3U8", _PLAYLIST),
    (0, b"ID3", "MP3", _SOUND),
    (0, b"fLaC", "FLAC", _SOUND),
    (0, b"MThd", "MIDI", _SOUND),
    (0, b"#!AMR", "AMR", _SOUND),
    (0, b"caff", "CAF", _SOUND),
    (0, b".snd", "AU", _SOUND),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Office", _OFFICE),
    (0, b"{\\rtf", "RTF", _OFFICE),
    (0, b"Rar!\x1a\7", "RAR", _ARCHIVE),
    (0, b"7z\xbc\xaf\x27\x1c", "7z", _ARCHIVE),
    (0, b"\x1f\x8b\x08", "gzip", _ARCHIVE),
    (0, b"BZh", "bzip2", _ARCHIVE),
    (0, b"\xfd7zXZ\0", "xz", _ARCHIVE),
    (257, b"ustar", "tar", _ARCHIVE),
    (0, b"\x7fELF", "", _PROGRAM),
    (0, b"#!", "", _PROGRAM),
)
_PACKET, _SYNC = 188, b"G"  # MPEG-TS: its packets, and what each begins with
_PAGES = ("<!doctype html", "<html", "<head", "<script", "<body", "<meta", "<title")
# The first parts of a ZIP file that is a document: Office's, LibreOffice's, and books.
_DOCUMENTS = (b"[Content_Types].xml", b"_rels/", b"docProps/", b"word/", b"xl/", b"ppt/", b"mimetype", b"Index/")


def refuse_known(head: bytes) -> None:
    """Raise ValidationError where the first bytes (1,024 are enough) are of a known kind that Pinterest doesn't take."""
    for at, magic, name, words in _MAGIC:
        if head[at : at + len(magic)] == magic:
            raise _refusal(words, name)
    for look in (
        _refuse_riff,
        _refuse_packets,
        _refuse_matroska,
        _refuse_ogg,
        _refuse_zip,
        _refuse_text,
        _refuse_loose,
    ):
        look(head)


def _refusal(words: Promise, name: str) -> ValidationError:
    return ValidationError(str(words), code="content", params={"name": name})


def _refuse_riff(head: bytes) -> None:
    if head[:4] in (b"RIFF", b"RF64"):
        if head[8:12] == b"AVI ":
            raise _refusal(_FILM, "AVI")
        if head[8:12] in (b"WAVE", b"RMID"):
            raise _refusal(_SOUND, "WAV")
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        raise _refusal(_SOUND, "AIFF")


def _refuse_packets(head: bytes) -> None:
    # Cameras' packets (M2TS) have four bytes of time in front.
    for begin, step in ((0, _PACKET), (4, _PACKET + 4)):
        if head[begin : begin + 1] == _SYNC and head[begin + step : begin + step + 1] == _SYNC:
            raise _refusal(_FILM, "MPEG-TS")


def _refuse_matroska(head: bytes) -> None:
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        raise _refusal(_FILM, "WebM" if b"webm" in head[:64] else "Matroska (MKV)")


def _refuse_ogg(head: bytes) -> None:
    if head.startswith(b"OggS"):
        raise _refusal(_FILM, "Ogg") if b"\x80theora" in head[:256] else _refusal(_SOUND, "Ogg")


def _refuse_zip(head: bytes) -> None:
    if head.startswith((b"PK\3\4", b"PK\5\6")):
        raise _refusal(_OFFICE, "Office") if head[30:].startswith(_DOCUMENTS) else _refusal(_ARCHIVE, "ZIP")


def _refuse_loose(head: bytes) -> None:
    """Name what has but two bytes to be known by, once more of it fits."""
    if head.startswith(b"BM") and head[6:10] == bytes(4):
        raise _refusal(_PICTURE, "BMP")
    if head.startswith(b"MZ") and b"\0" in head:
        raise _refusal(_PROGRAM, "")
    # Frames of MP3 (ISO/IEC 11172-3, 2.4.1.3) and AAC: eleven or twelve bits that are set, and a layer.
    if len(head) > 3 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0 and head[1] & 0x18 != 0x08:
        is_adts, is_layered = head[1] & 0xF6 == 0xF0, head[1] & 0x06 != 0
        if is_adts or (is_layered and head[2] & 0xF0 != 0xF0 and head[2] & 0x0C != 0x0C):
            raise _refusal(_SOUND, "MP3")


def _refuse_text(head: bytes) -> None:
    """Name web pages, drawings and other text, in UTF-8 or UTF-16."""
    encoding = "utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        # In steps: the last letter may be cut in two.
        text = codecs.getincrementaldecoder(encoding)().decode(head)
    except UnicodeDecodeError:
        text = head.decode("latin-1")
        is_text = False
    else:
        is_text = all(letter.isprintable() or letter.isspace() for letter in text)
    plain = text.strip().lower()
    if plain.startswith("<") and "<svg" in plain and "<html" not in plain:
        raise _refusal(_PICTURE, "SVG")
    if plain.startswith(_PAGES) or (plain.startswith("<") and "<html" in plain):
        raise _refusal(_PAGE, "HTML")
    if plain.startswith("<") and "<mpd" in plain:
        raise _refusal(_PLAYLIST, "MPD")
    if plain and is_text:
        raise _refusal(_TEXT, "")
