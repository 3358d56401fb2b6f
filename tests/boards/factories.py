"""Rows of boards for tests."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from postpeer_dash.accounts.models import Account
from postpeer_dash.boards.models import Board, BoardList


def make_board(account: Account, name: str = "Kitchen ideas", **fields: Any) -> Board:
    """Return a public board; its remote id follows from how many there are."""
    number = Board.objects.count()
    values = {"remote_id": f"10138026285401{number:05d}", "privacy": "PUBLIC", "position": number} | fields
    return Board.objects.create(account=account, name=name, **values)


def make_list(account: Account, *, minutes: float = 0, **fields: Any) -> BoardList:
    """Let the account's boards have been read so many minutes ago."""
    return BoardList.objects.create(account=account, **({"read_at": ago(minutes), "tried_at": ago(minutes)} | fields))


def ago(minutes: float) -> datetime:
    """Return a moment in the past."""
    return timezone.now() - timedelta(minutes=minutes)
