"""A file's name as it may stand in an address."""

import re
import unicodedata

_LENGTH = 80


def safe_name(filename: str, ending: str) -> str:
    """Return a file's name in ASCII letters, with the ending of its content.

    How PostPeer treats a name isn't documented; a plain name gives an address that Pinterest fetches.
    """
    last = filename.replace("\\", "/").rpartition("/")[2]
    stem = last.rpartition(".")[0] or last
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-")[:_LENGTH].strip("-")
    return f"{plain or 'file'}.{ending}"
