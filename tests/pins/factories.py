"""Rows for tests of pins: accounts, boards and pins of a team, with sensible defaults."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from postpeer_dash.accounts.models import Account, Connection
from postpeer_dash.accounts.postpeer import current_connection
from postpeer_dash.boards.models import Board
from postpeer_dash.pins.models import Pin, Submission, Target
from postpeer_dash.pins.publishing.jobs import handle_submission
from postpeer_dash.pins.services import Content, publish_pin, save_draft, schedule_pin
from postpeer_dash.teams.models import Team, User

BOARD_ID = "1013802628540193876"


def make_account(team: Team, **fields: Any) -> Account:
    connection: Connection = current_connection()
    number = Account.objects.count() + 1
    return Account.objects.create(
        **{
            "team": team,
            "connection": connection,
            "remote_id": f"int_{number}",
            "platform": "pinterest",
            "platform_user_id": str(number),
            "display_name": f"Account {number}",
            "health": Account.Health.ACTIVE,
            **fields,
        }
    )


def make_board(account: Account, **fields: Any) -> Board:
    number = Board.objects.count()
    return Board.objects.create(
        **{
            "account": account,
            "remote_id": BOARD_ID if number == 0 else f"10138026285401{number:05d}",
            "name": f"Board {number}",
            "privacy": "PUBLIC",
            **fields,
        }
    )


def make_atelier(team: Team) -> Account:
    """Return a team's account Atelier, with the board Winter away."""
    account = make_account(team, display_name="Atelier")
    make_board(account, name="Winter away")
    return account


def make_draft(
    team: Team, author: User, *, account: Account | None = None, scheduled_for: datetime | None = None, **content: Any
) -> Pin:
    """Return a draft that lacks nothing: an account with a board, a picture, a title."""
    account = account or Account.objects.filter(team=team, platform="pinterest").first() or make_account(team)
    board = content.pop("board", None) or account.boards.first() or make_board(account)
    filled = {
        "title": "A calm kitchen",
        "description": "Oak, linen and a little light.",
        "media_url": "https://media.example/oak.jpg",
        **content,
    }
    return save_draft(
        team=team,
        author=author,
        form_id=uuid4(),
        content=Content(account=account, board=board, **filled),
        scheduled_for=scheduled_for,
        time_zone="Europe/Berlin",
    )


def make_submitted(team: Team, author: User, **fields: Any) -> Submission:
    """Return a pin that was handed in, as its one submission."""
    pin = make_draft(team, author, **fields)
    if pin.scheduled_for:
        schedule_pin(pin=pin, actor=author)
    else:
        publish_pin(pin=pin, actor=author)
    return Submission.objects.select_related("pin").get(pin=pin)


def work(submission: Submission) -> Submission:
    """Run the task for a submission as a worker would, and read the row again."""
    handle_submission(submission.pk)
    return again(submission)


def make_due(submission: Submission, **fields: Any) -> Submission:
    """Make a row due, as if its time had come."""
    from django.utils import timezone

    Submission.objects.filter(pk=submission.pk).update(due_at=timezone.now(), **fields)
    return again(submission)


def again(submission: Submission) -> Submission:
    return Submission.objects.select_related("pin").get(pk=submission.pk)


def target_of(submission: Submission, platform: str = "pinterest") -> Target:
    return Target.objects.get(pin=submission.pin, platform=platform)
