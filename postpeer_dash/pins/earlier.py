"""The same picture, or the same link, that went to the same board before: said with its date, never refused.

Pictures are compared by content (`media/sameness.py`), so that a copy saved anew is known again. Drafts and what was
cancelled or failed don't count: nobody on Pinterest has seen them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from postpeer_dash.media.models import MediaFile
from postpeer_dash.media.sameness import is_same
from postpeer_dash.media.services import find_by_url
from postpeer_dash.pins.models import Pin, Status
from postpeer_dash.pins.text.labels import find_title
from postpeer_dash.pins.text.phrases import moment
from postpeer_dash.teams.models import Team

_COUNTS = frozenset(Status) - {Status.DRAFT, Status.CANCELLED, Status.FAILED}
# So many of a board's newest pins are compared.
_LOOKED_AT = 2000


@dataclass(frozen=True, slots=True)
class Earlier:
    """A pin of the same board with the same link, the same picture, or both."""

    pin: Pin
    has_link: bool
    has_picture: bool

    @property
    def at(self) -> datetime:
        """When it went out, or is to."""
        return self.pin.scheduled_for or self.pin.sort_at

    @property
    def title(self) -> str:
        """Return what the pin is called in lists."""
        return find_title(self.pin.title, self.pin.description)

    @property
    def sentence(self) -> str:
        """Return what is to be said of it."""
        words = {
            (True, True): _("This picture with this link went to this board before, %(when)s:"),
            (True, False): _("This link went to this board before, %(when)s, with another picture:"),
            (False, True): _("This picture went to this board before, %(when)s:"),
        }
        return words[self.has_link, self.has_picture] % {"when": moment(self.at)}


def find_earlier(team: Team, *, board_id: int | None, link: str, media_url: str, except_pin: int = 0) -> Earlier | None:
    """Return the newest pin of a board that shows the same picture or leads to the same page, if there is one."""
    if not board_id or not (link or media_url):
        return None
    pins = Pin.objects.filter(team=team, board=board_id, status__in=_COUNTS).exclude(pk=except_pin)
    newest = pins.order_by("-sort_at", "-pk")
    linked = newest.filter(link=link).first() if link else None
    shown = _find_same_picture(team, newest, media_url) if media_url else None
    found = [pin for pin in (linked, shown) if pin is not None]
    if not found:
        return None
    pin = max(found, key=lambda each: (each.sort_at, each.pk))
    return Earlier(
        pin,
        has_link=bool(link) and pin.link == link,
        has_picture=shown is not None and pin.pk == shown.pk,
    )


def _find_same_picture(team: Team, newest: QuerySet[Pin], media_url: str) -> Pin | None:
    """Return the newest of these pins that shows the same picture: at the same address, or alike by content."""
    file = find_by_url(team.pk, media_url)
    if file is None or not file.dhash:
        return newest.filter(media_url=media_url).first()
    rows = newest.filter(media_file__isnull=False).values_list("pk", "media_file")[:_LOOKED_AT]
    by_file = {uuid: pk for pk, uuid in reversed(list(rows)) if uuid is not None}
    same = _list_same(file, list(by_file))
    keys = [by_file[uuid] for uuid in same]
    return newest.filter(pk__in=keys).first() if keys else newest.filter(media_url=media_url).first()


def _list_same(file: MediaFile, uuids: Sequence[UUID]) -> list[UUID]:
    found = MediaFile.objects.filter(team=file.team_id, uuid__in=uuids).exclude(dhash="")
    rows = found.values_list("uuid", "dhash", "tile")
    tile = bytes(file.tile or b"")
    return [uuid for uuid, dhash, other in rows if is_same(file.dhash, tile, dhash, bytes(other or b""))]
