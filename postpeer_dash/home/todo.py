"""The parts of a todo on home: its text, its pictures and its buttons."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from postpeer_dash.home.team_rows import TeamRows
from postpeer_dash.pins.pages.cards import make_picture_url
from postpeer_dash.pins.search.pin_lists import Row
from postpeer_dash.pins.text.labels import find_title


@dataclass(frozen=True, slots=True)
class Action:
    """A button: a link, or a form that posts."""

    words: str
    url: str
    is_post: bool = False
    is_quiet: bool = False
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    url: str
    color: str


@dataclass(frozen=True, slots=True)
class Todo:
    """Something that needs a person. `said` are the platform's own words, without our quotation marks."""

    sign: str
    title: str
    text: str
    acts: Sequence[Action]
    pictures: Sequence[Picture] = ()
    said: str = ""
    said_by: str = ""
    icon: str = "plug"  # where there is no picture
    is_mine: bool = False  # the reader's own work, which they can go on with whatever their role


def make_picture(rows: TeamRows, row: Row) -> Picture:
    """Return a pin's picture in a list; a video shows its cover."""
    return Picture(make_picture_url(rows.membership.team.slug, row), row.dominant_color)


def find_row_title(row: Row) -> str:
    return find_title(row.title, row.beginning)


def pin_url(rows: TeamRows, row: Row, name: str = "pin") -> str:
    return reverse(f"pins:{name}", args=[rows.membership.team.slug, row.uuid])


def own_pins_url(rows: TeamRows, status: str) -> str:
    """Return the address of history with the reader's own pins of one status."""
    home = reverse("pins:history", args=[rows.membership.team.slug])
    return f"{home}?status={status}&author={rows.membership.user_id}"


def make_details_action(rows: TeamRows, row: Row, *, is_quiet: bool = False) -> Action:
    return Action(_("See what we know"), pin_url(rows, row), is_quiet=is_quiet)


def sort_newest_first(rows: Sequence[Row]) -> list[Row]:
    """Return pins in history's order."""
    return sorted(rows, key=lambda row: (row.sort_at, row.pk), reverse=True)
