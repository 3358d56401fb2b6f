"""Two people open the picker of an account whose boards were never read."""

import threading
import time
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.db import connection

from postpeer_dash.boards import reading
from postpeer_dash.boards.models import BoardList
from postpeer_dash.boards.services import read_picker
from tests.accounts.factories import make_account
from tests.cast import Cast
from tests.postpeer.samples import a_board, board_list
from tests.postpeer.wire import Sent, Wire

WAIT = 10  # seconds; nobody waits so long unless something is broken


def in_thread(work: Callable[[], None]) -> threading.Thread:
    """Run in a thread with a database connection of its own."""

    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


@pytest.mark.django_db(transaction=True)
def test_two_people_at_once_cause_one_request(cast: Cast, postpeer_wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    account = make_account(cast.team)
    first_asks, second_waits, first_is_done = threading.Event(), threading.Event(), threading.Event()
    seen: dict[str, list[str]] = {}

    def while_postpeer_answers(sent: Sent) -> None:
        first_asks.set()
        assert second_waits.wait(WAIT)

    def instead_of_sleeping(seconds: float) -> None:
        second_waits.set()
        assert first_is_done.wait(WAIT)

    def first() -> None:
        seen["first"] = [board.name for board in read_picker(account).all]
        first_is_done.set()

    def second() -> None:
        assert first_asks.wait(WAIT)
        seen["second"] = [board.name for board in read_picker(account).all]

    monkeypatch.setattr(reading, "time", SimpleNamespace(monotonic=time.monotonic, sleep=instead_of_sleeping))
    postpeer_wire.get("/v1/pinterest/boards", json=board_list(a_board(name="Kitchen")), does=while_postpeer_answers)
    for thread in [in_thread(first), in_thread(second)]:
        thread.join(WAIT)
    assert seen == {"first": ["Kitchen"], "second": ["Kitchen"]}
    assert len(postpeer_wire.calls) == 1
    assert BoardList.objects.get().asking_until is None
