"""A file as its uploader's page is told of it."""

from django.urls import reverse

from postpeer_dash.media.models import MediaFile
from postpeer_dash.media.notes import has_doubts, name_kind, name_ratio, read_notes
from postpeer_dash.media.services import PIECE_BYTES


def describe(file: MediaFile, *, slug: str) -> dict[str, object]:
    """Return what a page shows of a file, as JSON takes it."""
    return {
        "id": str(file.uuid),
        "state": file.state,
        "size": file.size,
        "received": file.received,
        "piece_bytes": PIECE_BYTES,
        "error": file.error,
        "notes": read_notes(file.notes),
        "has_doubts": has_doubts(file.notes),
        "url": file.url,
        "thumbnail": thumbnail_url(file, slug=slug),
        "kind": name_kind(file.kind),
        "media_type": file.media_type,
        "width": file.width,
        "height": file.height,
        "ratio": name_ratio(file.width, file.height),
        "color": file.color,
        "bytes": file.sent_bytes,
    }


def thumbnail_url(file: MediaFile, *, slug: str) -> str:
    """Return the address of the small picture of ours, or "" where there is none."""
    if not file.has_thumbnail:
        return ""
    return reverse("media:thumbnail", args=[slug, file.uuid])
