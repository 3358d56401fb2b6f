"""Send files to PostPeer: from the browser where it may, and through this server where it can't."""

import re
import unicodedata
from typing import BinaryIO
from urllib.parse import urlsplit

from django.conf import settings

from postpeer_dash.accounts.models import Connection
from postpeer_dash.accounts.postpeer import base_url, current_connection, page_client
from postpeer_dash.pins import rules
from postpeer_dash.postpeer import Upload

_NAME_LENGTH = 80
# An origin goes into a header of ours: nothing but a plain host, however PostPeer's answer is written.
_ORIGIN = re.compile(r"https?://([a-z0-9.-]{1,253}|\[[0-9a-f:.]{2,45}\])(:[0-9]{1,5})?")


def begin_upload(*, filename: str, mime_type: str) -> Upload:
    """Ask PostPeer where to put a file, and remember that place's origin for the compose page. Raises PostPeerError."""
    with page_client() as client:
        upload = client.create_upload(filename=safe_name(filename, mime_type), mime_type=mime_type)
    remember_origin(upload.upload_url)
    return upload


def send_file(*, stream: BinaryIO, filename: str, length: int, mime_type: str) -> str:
    """Send a file through this server, piece by piece; return the address at which it can be read.

    Raises PostPeerError.
    """
    with page_client() as client:
        upload = client.create_upload(filename=safe_name(filename, mime_type), mime_type=mime_type)
        client.put_media(upload, stream=stream, length=length, mime_type=mime_type)
    return upload.public_url


def safe_name(filename: str, mime_type: str) -> str:
    """Return a file's name as it may stand in an address: ASCII letters, and the ending of its content.

    How PostPeer treats a name isn't documented; a plain name gives an address that Pinterest fetches.
    """
    last = filename.replace("\\", "/").rpartition("/")[2]
    stem = last.rpartition(".")[0] or last
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-")[:_NAME_LENGTH].strip("-")
    endings = next((rule.types[mime_type] for rule in rules.MEDIA_RULES.values() if mime_type in rule.types), ("bin",))
    return f"{plain or 'file'}.{endings[0]}"


def origin_of(url: str) -> str:
    """Return scheme, host and port as a browser and a content security policy write them; empty for anything odd."""
    parts = urlsplit(url)
    try:
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    is_usual = port in (None, 443 if parts.scheme == "https" else 80)
    origin = f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{'' if is_usual else f':{port}'}"
    return origin if _ORIGIN.fullmatch(origin) else ""


def remember_origin(upload_url: str) -> None:
    """Store where PostPeer takes files, so that the next compose page allows the browser to send there."""
    connection = current_connection()
    origin = origin_of(upload_url)
    if origin and connection.upload_origin != origin:
        Connection.objects.filter(pk=connection.pk).update(upload_origin=origin)


def upload_origins() -> list[str]:
    """Return where the compose page's browser may send a file: PostPeer itself, and where it took the last file."""
    learned = Connection.objects.filter(base_url=base_url()).values_list("upload_origin", flat=True).first() or ""
    origins = (origin_of(settings.POSTPEER_BASE_URL), origin_of(learned))
    return list(dict.fromkeys(origin for origin in origins if origin))
