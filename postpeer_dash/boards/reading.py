"""Read an account's boards from PostPeer, once for everybody who asks at the same time."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from postpeer_dash import postpeer
from postpeer_dash.accounts.error_sentences import kind_of
from postpeer_dash.accounts.models import Account
from postpeer_dash.accounts.postpeer import page_client, page_turn
from postpeer_dash.accounts.services import try_to_check
from postpeer_dash.boards.models import Board, BoardList
from postpeer_dash.postpeer import NoTurn, PostPeerError
from postpeer_dash.web.text import clean_text
from postpeer_dash.web.thread_shares import thread_shares
from postpeer_dash.worker.claims import claim, is_free

if TYPE_CHECKING:
    from postpeer_dash.postpeer import Client

_POLL = 0.1
_ABOUT_BOARD = re.compile(r"\bboards?\b", re.I)
# As wide as the columns: PostPeer documents no length for either.
_ID_LENGTH = 100
_PRIVACY_LENGTH = 20
# After a failed try a page doesn't ask by itself again for this long (seconds); the button always does.
PAUSE_AFTER_FAILURE = 60
_SEEN = ["name", "description", "privacy", "position", "seen_at", "gone_at", "pasted_at"]


def list_of(account: Account) -> BoardList:
    """Return the row that says how old the account's boards are; not saved while nothing was ever asked."""
    return BoardList.objects.filter(account=account).first() or BoardList(account=account)


def is_stale(board_list: BoardList) -> bool:
    """Return whether the last good reading is older than `settings.BOARDS_FRESH` seconds, or a pin failed for it since."""
    if board_list.read_at is None:
        return True
    if board_list.doubted_at is not None and board_list.doubted_at >= board_list.read_at:
        return True
    return board_list.read_at < timezone.now() - timedelta(seconds=settings.BOARDS_FRESH)


def is_worth_asking(board_list: BoardList) -> bool:
    """Return whether a page should ask by itself: the list is old, and the last try didn't fail just now."""
    if not is_stale(board_list):
        return False
    if not board_list.error_kind or board_list.tried_at is None:
        return True
    return board_list.tried_at < timezone.now() - timedelta(seconds=PAUSE_AFTER_FAILURE)


def refresh_boards(account: Account, *, client: Client | None = None) -> BoardList:
    """Read the account's boards from PostPeer into our rows. Returns how that went, and raises nothing.

    Whoever comes while somebody else asks makes no request: with stored boards they get those, without any they wait
    for the other's answer, at most for the deadline of a page. A page that finds no turn to wait gets what is stored.
    """
    board_list, _made = BoardList.objects.get_or_create(account=account)
    if client is not None:
        return _refresh(account, board_list, client)
    try:
        # Held before it is known who asks: waiting for somebody else's answer holds a thread just as well.
        with page_turn():
            return _refresh(account, board_list, None)
    except NoTurn:
        # The page around it is whole, and says that the boards aren't there yet.
        thread_shares().forget_refusal()
        return board_list


def _refresh(account: Account, board_list: BoardList, client: Client | None) -> BoardList:
    asked_at = timezone.now()
    if not _claim(board_list):
        return _wait_for_other(board_list, asked_at)
    try:
        if client is not None:
            _ask(account, board_list, client)
        else:
            with page_client() as own:
                _ask(account, board_list, own)
    finally:
        BoardList.objects.filter(pk=board_list.pk).update(asking_until=None)
        board_list.asking_until = None
    return board_list


def _claim(board_list: BoardList) -> bool:
    """Whether it is ours to ask; a claim that nobody gave back ends by itself."""
    # The reading, a question about the account after a failure, and some air.
    free = BoardList.objects.filter(is_free("asking_until"), pk=board_list.pk)
    return bool(claim(free, "asking_until", 3 * settings.POSTPEER_PAGE_DEADLINE))


def _wait_for_other(board_list: BoardList, asked_at: datetime) -> BoardList:
    deadline = time.monotonic() + settings.POSTPEER_PAGE_DEADLINE
    board_list.refresh_from_db()
    while board_list.read_at is None and not _was_tried_since(board_list, asked_at) and time.monotonic() < deadline:
        time.sleep(_POLL)
        board_list.refresh_from_db()
    return board_list


def _was_tried_since(board_list: BoardList, moment: datetime) -> bool:
    return board_list.tried_at is not None and board_list.tried_at >= moment


def _ask(account: Account, board_list: BoardList, client: Client) -> None:
    try:
        boards = client.list_boards(account.remote_id)
    except PostPeerError as error:
        # A refusal can mean that the account needs reconnecting, which PostPeer says of the account alone.
        if error.status is not None and error.status not in (401, 429):
            try_to_check(account, client=client)
        board_list.tried_at = timezone.now()
        board_list.error_kind = kind_of(error)
        board_list.error_text = error.message if error.is_quoted else ""
        board_list.save(update_fields=["tried_at", "error_kind", "error_text"])
        return
    _store(account, board_list, boards)


def doubt_boards(account_ids: Iterable[int], *, words: str) -> None:
    """Make the lists of these accounts old at once where the words of a failure speak of a board."""
    if _ABOUT_BOARD.search(words):
        BoardList.objects.filter(account__in=account_ids).update(doubted_at=timezone.now())


def _store(account: Account, board_list: BoardList, boards: postpeer.BoardReading) -> None:
    """Store a good reading: listed boards are made or brought up to date, missing ones are marked as gone.

    Not where there may be more than were listed: what is missing then may be among the others.
    """
    now = timezone.now()
    rows: dict[str, Board] = {}
    for board in boards:
        if board.id in rows or len(board.id) > _ID_LENGTH:
            continue
        rows[board.id] = Board(
            account=account,
            remote_id=board.id,
            name=clean_text(board.name),
            description=board.description,
            privacy=board.privacy if len(board.privacy) <= _PRIVACY_LENGTH else "",
            position=len(rows),
            seen_at=now,
            gone_at=None,
            pasted_at=None,
        )
    board_list.listed = boards.listed
    with transaction.atomic():
        Board.objects.bulk_create(
            rows.values(), update_conflicts=True, unique_fields=["account", "remote_id"], update_fields=_SEEN
        )
        if not board_list.may_be_part:
            Board.objects.filter(account=account, gone_at__isnull=True, seen_at__lt=now).update(gone_at=now)
        board_list.read_at = board_list.tried_at = now
        board_list.error_kind = board_list.error_text = ""
        board_list.save(update_fields=["read_at", "tried_at", "error_kind", "error_text", "listed"])
