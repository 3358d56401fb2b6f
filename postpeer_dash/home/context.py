"""What the shell around every page shows: the team, where one is, and what needs attention."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from postpeer_dash.accounts.models import Account
from postpeer_dash.home.demo import people
from postpeer_dash.pins.workers import is_worker_silent
from postpeer_dash.teams.access import Right, can
from postpeer_dash.teams.models import Membership, Team, User
from postpeer_dash.web.text import initials


@dataclass(frozen=True, slots=True)
class Link:
    """One entry of the navigation."""

    section: str
    url: str
    label: "str | Promise"
    icon: str


_MAIN = (
    ("home", "home:home", _("Home"), "house"),
    ("pins", "pins:history", _("Pins"), "images"),
    ("boards", "boards:boards", _("Boards"), "gallery-vertical-end"),
    ("accounts", "accounts:accounts", _("Accounts"), "plug"),
)


class Shell:
    """Read by the templates one attribute at a time, so that a page without navigation asks the database nothing."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self.is_sandbox: bool = settings.SANDBOX
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
        """The person's other teams, by name."""
        if self.user is None:
            return []
        others = Team.objects.filter(memberships__user=self.user).order_by("name")
        return list(others.exclude(pk=self.team.pk)[:50] if self.team else others[:50])

    @cached_property
    def section(self) -> str:
        """Which entry of the navigation this page belongs to."""
        match = self._request.resolver_match
        name = match.view_name if match else ""
        return "compose" if name == "pins:compose" else name.partition(":")[0]

    @cached_property
    def can(self) -> dict[str, bool]:
        """Each right by its name: `{% if shell.can.publish %}`."""
        return {right.value: bool(self.membership and can(self.membership, right)) for right in Right}

    @cached_property
    def links(self) -> list[Link]:
        if self.team is None:
            return []
        return [Link(key, reverse(url, args=[self.team.slug]), label, icon) for key, url, label, icon in _MAIN]

    @property
    def admin_links(self) -> list[Link]:
        return []

    @cached_property
    def _accounts(self) -> list[str]:
        if self.team is None:
            return []
        connected = Account.objects.filter(team=self.team).exclude(health=Account.Health.DISCONNECTED)
        return list(connected.values_list("health", flat=True))

    @property
    def account_count(self) -> int:
        return len(self._accounts)

    @property
    def attention(self) -> int:
        """How many accounts need a person."""
        return self._accounts.count(Account.Health.RECONNECT_REQUIRED)

    @cached_property
    def worker_silent(self) -> bool:
        return self.team is not None and is_worker_silent()


def shell(request: HttpRequest) -> dict[str, Any]:
    """The context processor. `demo_people` are for the sign-in page, which shows them on the sandbox."""
    return {"shell": Shell(request), "demo_people": people() if settings.SANDBOX else ()}
