"""A page of the library: files, newest first, and for each where it was pinned and when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from postpeer_dash.media.models import MediaFile
from postpeer_dash.media.notes import name_kind, name_ratio
from postpeer_dash.pins.models import Pin
from postpeer_dash.pins.search.words import contains_all, split_words
from postpeer_dash.teams.access import Right, can
from postpeer_dash.teams.models import Membership, Team
from postpeer_dash.web.keyset import Page, read_page
from postpeer_dash.web.status_badges import STATUS_BADGES
from postpeer_dash.web.text import clean_text, fold

_MAX_QUERY = 200
# So many uses are named; a file that was pinned more often says how often.
_NAMED = 3
# A page's files are shown by so many pins at the most: more are left out of the counts.
_MAX_USES = 2000


@dataclass(frozen=True, slots=True)
class Use:
    """A pin that shows a file. `board` is "" where none was chosen."""

    url: str
    board: str
    status: str
    at: datetime

    @property
    def label(self) -> str:
        """Return the word for the pin's status."""
        return str(STATUS_BADGES[self.status].word) if self.status in STATUS_BADGES else self.status


@dataclass(frozen=True, slots=True)
class LibraryFile:
    """A file in the list. `again` is the address of a new pin with it, "" for whoever composes none."""

    name: str
    facts: str
    picture: str
    color: str
    is_film: bool
    added_at: datetime
    uses: Sequence[Use]
    more: int
    again: str


def read_library(membership: Membership, params: Mapping[str, str]) -> dict[str, object]:
    """Return the page's whole context."""
    team = membership.team
    query = clean_text(params.get("q", "")).strip()[:_MAX_QUERY]
    page: Page[MediaFile] = read_page(_find_files(team, query), time_field="created_at", at=params.get("at", ""))
    uses = _read_uses(team, [file.pk for file in page.rows], {file.uuid: file.pk for file in page.rows})
    home = reverse("pins:library", args=[team.slug])
    may_compose = can(membership, Right.COMPOSE)
    return {
        "files": [_describe(file, uses.get(file.pk, []), team, may_compose=may_compose) for file in page.rows],
        "query": query,
        "home": home,
        "older": _address(home, query, page.older),
        "newer": _address(home, query, page.newer),
        "is_first": not params.get("at"),
    }


def _find_files(team: Team, query: str) -> QuerySet[MediaFile]:
    """Return the team's files that some pin shows, whose name or whose pin's words have all of these words."""
    pins = Pin.objects.filter(team=team, media_file=OuterRef("uuid"))
    files = MediaFile.objects.filter(team=team, state=MediaFile.State.READY, purpose=MediaFile.Purpose.MEDIA)
    words = split_words(fold(query))
    if not words:
        return files.filter(Exists(pins))
    named = Q()
    for word in words:
        named &= Q(name__icontains=word)
    return files.filter(Exists(pins), named | Q(Exists(pins.filter(contains_all(words)))))


def _read_uses(team: Team, keys: Sequence[int], by_uuid: Mapping[UUID, int]) -> dict[int, list[Use]]:
    """Return the pins of each file, the newest first, in one query."""
    found: dict[int, list[Use]] = {key: [] for key in keys}
    rows = Pin.objects.filter(team=team, media_file__in=list(by_uuid)).select_related("board").order_by("-sort_at")
    for pin in rows[:_MAX_USES]:
        use = Use(
            url=reverse("pins:pin", args=[team.slug, pin.uuid]),
            board=pin.board.name if pin.board else "",
            status=pin.status,
            at=pin.scheduled_for or pin.sort_at,
        )
        if pin.media_file is not None:
            found[by_uuid[pin.media_file]].append(use)
    return found


def _describe(file: MediaFile, uses: Sequence[Use], team: Team, *, may_compose: bool) -> LibraryFile:
    compose = reverse("pins:compose", args=[team.slug])
    return LibraryFile(
        name=file.name,
        facts=", ".join(part for part in (name_kind(file.kind), _name_size(file)) if part),
        picture=reverse("media:thumbnail", args=[team.slug, file.uuid]) if file.has_thumbnail else "",
        color=file.color,
        is_film=file.is_film,
        added_at=file.created_at,
        uses=uses[:_NAMED],
        more=max(0, len(uses) - _NAMED),
        again=f"{compose}?media={file.uuid}" if may_compose else "",
    )


def _name_size(file: MediaFile) -> str:
    if not file.width:
        return ""
    ratio = name_ratio(file.width, file.height)
    sides = f"{file.width} × {file.height}"
    return _("%(sides)s, %(ratio)s") % {"sides": sides, "ratio": ratio} if ratio else sides


def _address(home: str, query: str, at: str) -> str:
    if not at:
        return ""
    return f"{home}?{urlencode({'q': query, 'at': at} if query else {'at': at})}"
