"""Which picture stands for a pin in lists: ours, small and never blank, or else what its address leads to."""

from functools import lru_cache
from uuid import UUID

from django.urls import reverse

from postpeer_dash.media.services import find_by_url
from postpeer_dash.pins.models import MediaType, Pin
from postpeer_dash.pins.text.labels import safe_url

FIELDS = ("media_file", "picture")


def set_files(pin: Pin) -> None:
    """Note which files of the team's a pin shows now, and whose thumbnail stands for it; the caller saves `FIELDS`."""
    media = find_by_url(pin.team_id, pin.media_url)
    shown = find_by_url(pin.team_id, pin.cover_image_url) if pin.media_type == MediaType.VIDEO else media
    pin.media_file = media.uuid if media is not None else None
    pin.picture = shown.uuid if shown is not None and shown.has_thumbnail else None


def picture_url(slug: str, picture: UUID | None, *, media_type: str, media_url: str, cover_image_url: str) -> str:
    """Return the address of the picture that stands for a pin of the team with this slug; "" where there is none."""
    if picture is not None:
        return f"{_media_home(slug)}{picture}/thumbnail.webp"
    return safe_url(cover_image_url if media_type == MediaType.VIDEO else media_url)


def picture_of(slug: str, pin: Pin) -> str:
    """Return the address of the picture that stands for a pin; "" where there is none."""
    return picture_url(
        slug,
        pin.picture,
        media_type=pin.media_type,
        media_url=pin.media_url,
        cover_image_url=pin.cover_image_url,
    )


@lru_cache(maxsize=256)
def _media_home(slug: str) -> str:
    return reverse("media:begin", args=[slug])
