"""A team that can compose, and its form filled in."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from django.test import Client
from django.urls import reverse

from postpeer_dash.accounts.models import Account
from postpeer_dash.boards.models import Board, BoardList
from postpeer_dash.teams.models import Team
from tests.pins.factories import make_account, make_board


@dataclass
class Desk:
    """An account with a board that was just read, and what a person types for it."""

    team: Team
    account: Account
    board: Board

    @property
    def url(self) -> str:
        return reverse("pins:compose", args=[self.team.slug])

    def fields(self, **changed: Any) -> dict[str, Any]:
        """Return a form that lacks nothing; None takes a field out."""
        filled = {
            "form_id": str(uuid4()),
            "account": self.account.pk,
            "board": self.board.pk,
            "title": "A calm kitchen",
            "description": "Oak, linen and a little light.",
            "link": "https://nordlicht.example/kitchen",
            "media_type": "image",
            "media_url": "https://media.example/oak.jpg",
            "timezone": "Europe/Berlin",
            "action": "draft",
            **changed,
        }
        return {name: value for name, value in filled.items() if value is not None}

    def post(self, client: Client, **changed: Any) -> Any:
        return client.post(self.url, self.fields(**changed))


def fields_of(page: Any) -> dict[str, Any]:
    """Return what a browser sends of a compose page that nobody has touched."""
    form = page.context["form"]
    values = {name: form[name].value() for name in form.fields if name not in ("media_file", "cross_post")}
    shown = {name: value for name, value in values.items() if value not in (None, "")}
    if "scheduled_for" in shown:
        shown["scheduled_for"] = str(form["scheduled_for"]).partition('value="')[2].partition('"')[0]
    return {**shown, "cross_post": list(form["cross_post"].value() or [])}


def make_desk(team: Team, **account: Any) -> Desk:
    """Put an account with one board into a team; its list of boards is fresh, so nobody asks PostPeer for it."""
    row = make_account(team, **account)
    BoardList.objects.create(account=row, read_at=datetime.now(UTC), tried_at=datetime.now(UTC))
    return Desk(team, row, make_board(row))
