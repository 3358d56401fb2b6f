"""Pins in every state for tests of lists, written as rows: nothing is sent."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from postpeer_dash.accounts.models import Account
from postpeer_dash.pins.models import Pin, Status, Submission, Target
from postpeer_dash.teams.models import Team, User
from postpeer_dash.web.text import fold


def make_pin(team: Team, author: User, account: Account | None = None, **fields: Any) -> Pin:
    """Make a pin as it stands in history, published a minute ago unless said otherwise, with a target for its account.

    `others` are accounts that it was cross-posted to; `target` are fields of every target.
    """
    others: list[Account] = fields.pop("others", [])
    target: dict[str, Any] = fields.pop("target", {})
    at: datetime = fields.pop("at", timezone.now() - timedelta(minutes=1))
    status = fields.setdefault("status", Status.PUBLISHED)
    board = fields.get("board") or (account.boards.order_by("pk").first() if account else None)
    title = fields.setdefault("title", "A calm kitchen")
    pin = Pin.objects.create(
        **{
            "team": team,
            "author": author,
            "account": account,
            "board": board,
            "media_url": "https://media.example/oak.jpg",
            "search_text": fold(f"{title} {fields.get('description', '')} {fields.get('link', '')}"),
            "created_at": at,
            "updated_at": at,
            "sort_at": at,
            "frozen_at": None if status == Status.DRAFT else at,
            **fields,
        }
    )
    single = Status.FAILED if status == Status.PARTIAL else status
    Target.objects.bulk_create(
        Target(
            **{
                "pin": pin,
                "account": one,
                "board": pin.board if one == account else None,
                "platform": one.platform,
                "status": single,
                "sort_at": at,
                "updated_at": at,
                **target,
            }
        )
        for one in ([account] if account else []) + others
    )
    return pin


def make_submission(pin: Pin, actor: User | None = None, **fields: Any) -> Submission:
    """Return a submission that carries all of a pin's targets."""
    target = pin.targets.select_related("account").first()
    assert target is not None
    one = Submission.objects.create(
        **{
            "pin": pin,
            "connection": target.account.connection,
            "body": {"content": pin.title},
            "body_hash": str(pin.uuid),
            "requested_by": actor,
            "requested_at": pin.sort_at,
            "state": Submission.State.DONE,
            **fields,
        }
    )
    for held in pin.targets.all():
        one.carried.create(target=held, is_open=False)
    return one
