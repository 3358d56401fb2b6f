"""The context of the shell around every page: the team, the navigation, and what needs attention."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from postpeer_dash.accounts.models import Account
from postpeer_dash.demo.cast import people
from postpeer_dash.teams.access import Right, can
from postpeer_dash.teams.models import Membership, Team, User
from postpeer_dash.web.text import initials
from postpeer_dash.worker.life_signs import is_worker_silent


@dataclass(frozen=True, slots=True)
class Link:
    """An entry of the navigation."""

    section: str
    url: str
    label: "str | Promise"
    icon: str


_MAIN = (
    ("home", "home:home", _("Home"), "house"),
    ("pins", "pins:history", _("Pins"), "images"),
    ("calendar", "pins:calendar", _("Calendar"), "calendar-days"),
    ("library", "pins:library", _("Library"), "image"),
    ("boards", "boards:boards", _("Boards"), "gallery-vertical-end"),
    ("accounts", "accounts:accounts", _("Accounts"), "plug"),
)


@dataclass(frozen=True, slots=True)
class Credits:
    """PostPeer's credits: what is left of how many, until when, in percent, and when PostPeer said so."""

    left: int
    limit: int
    until: datetime | None
    percent: int
    read_at: datetime | None


class _Connected(NamedTuple):
    """A connected account as the shell needs it: the columns of `_CONNECTED`, in their order."""

    health: str
    stopped_at: datetime | None
    held_at: datetime | None
    left: int | None
    limit: int | None
    cycle_end: datetime | None
    read_at: datetime | None


_CONNECTED = (
    "health",
    "connection__stopped_at",
    "connection__held_at",
    "connection__usage__left",
    "connection__usage__limit",
    "connection__usage__cycle_end",
    "connection__usage__read_at",
)
# Where a page's section isn't its app.
_SECTIONS = {
    "pins:compose": "compose",
    "pins:calendar": "calendar",
    "pins:library": "library",
    "home:settings": "settings",
    "home:stop": "settings",
    "home:delete_team": "settings",
    "teams:audit": "settings",
    "teams:me": "me",
    "teams:notifications": "me",
    "home:instance": "instance",
    "home:new_team": "instance",
    "home:bring_in": "instance",
    "home:instance_audit": "instance",
    "home:instance_held": "instance",
    "teams:email": "me",
    "teams:confirm_email": "me",
}


class Shell:
    """What templates read of the shell, each attribute by itself, so that a page without navigation costs no query."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self.is_sandbox: bool = settings.SANDBOX
        self.has_mail: bool = settings.HAS_MAIL
        self.sandbox_url = f"{settings.POSTPEER_BASE_URL}/control" if settings.SANDBOX else ""

    @property
    def membership(self) -> Membership | None:
        return getattr(self._request, "membership", None)

    @property
    def team(self) -> Team | None:
        return getattr(self._request, "team", None)

    @property
    def team_initials(self) -> str:
        return initials(self.team.name) if self.team else ""

    @property
    def user(self) -> User | None:
        user = getattr(self._request, "user", None)
        return user if isinstance(user, User) else None

    @cached_property
    def teams(self) -> list[Team]:
        """Return the person's other teams, by name."""
        if self.user is None:
            return []
        others = Team.objects.filter(memberships__user=self.user, deleting_at=None).order_by("name")
        return list(others.exclude(pk=self.team.pk)[:50] if self.team else others[:50])

    @cached_property
    def section(self) -> str:
        """Return the entry of the navigation that this page belongs to."""
        match = self._request.resolver_match
        name = match.view_name if match else ""
        return _SECTIONS.get(name) or name.partition(":")[0]

    @cached_property
    def can(self) -> dict[str, bool]:
        """Return each right by its name: `{% if shell.can.publish %}`."""
        return {right.value: bool(self.membership and can(self.membership, right)) for right in Right}

    @cached_property
    def links(self) -> list[Link]:
        if self.team is None:
            return []
        return [Link(key, reverse(url, args=[self.team.slug]), label, icon) for key, url, label, icon in _MAIN]

    @cached_property
    def admin_links(self) -> list[Link]:
        """Return the links to members, to settings for those who may, and to the installation for its owner."""
        links = []
        if self.team is not None:
            slug = self.team.slug
            links.append(Link("teams", reverse("teams:members", args=[slug]), _("Members"), "users"))
            if self.can[Right.MANAGE]:
                links.append(Link("settings", reverse("home:settings", args=[slug]), _("Settings"), "settings"))
        if self.user is not None and self.user.is_superuser:
            links.append(Link("instance", reverse("home:instance"), _("Installation"), "monitor"))
        return links

    @cached_property
    def _connected(self) -> list[_Connected]:
        """Read the team's accounts and what their PostPeer said of itself: all that the shell asks the database."""
        if self.team is None:
            return []
        rows = Account.objects.filter(team=self.team).exclude(health=Account.Health.DISCONNECTED)
        return [_Connected(*row) for row in rows.values_list(*_CONNECTED)]

    @cached_property
    def _accounts(self) -> list[str]:
        return [row.health for row in self._connected]

    @cached_property
    def credits(self) -> Credits | None:
        """Return PostPeer's credits for those who spend them; None until somebody has asked PostPeer."""
        row = next((row for row in self._connected if row.limit), None)
        if row is None or not row.limit or row.left is None or not self.can[Right.PUBLISH]:
            return None
        return Credits(row.left, row.limit, row.cycle_end, min(100 * row.left // row.limit, 100), row.read_at)

    @cached_property
    def stop(self) -> str:
        """Return why nothing is sent: "team", "instance" or "held"; empty while sending goes on."""
        if self.team is None:
            return ""
        if self.team.stopped_at is not None:
            return "team"
        if any(row.stopped_at for row in self._connected):
            return "instance"
        return "held" if any(row.held_at for row in self._connected) else ""

    @property
    def account_count(self) -> int:
        return len(self._accounts)

    @property
    def attention(self) -> int:
        """Return how many accounts need a person."""
        return self._accounts.count(Account.Health.RECONNECT_REQUIRED)

    @cached_property
    def worker_silent(self) -> bool:
        return self.team is not None and is_worker_silent()


def shell(request: HttpRequest) -> dict[str, Any]:
    """Add the shell to every template. `demo_people` are for the sign-in page, which lists them on the sandbox."""
    return {"shell": Shell(request), "demo_people": people() if settings.SANDBOX else ()}
