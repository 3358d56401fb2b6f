"""Scenarios in which PostPeer works, and not as one would think: slow, with two clocks, an id twice, lists that are part."""

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from tools.prove.people import Wish
from tools.prove.run import Run
from tools.prove.scenarios import lost_answer, post_fault, seeded

if TYPE_CHECKING:
    from postpeer_dash.accounts.models import Account
    from postpeer_dash.boards.models import Board
    from postpeer_dash.teams.models import Team

_DAY = 86_400.0
# An answer may take so long (life's seconds) out of the deadline's sixty.
_SLOW = (25.0, 50.0)
_CLICK_BESIDE_SLOW = 1.0
_TWENTY = 20
# Boards of an account, and how many of them PostPeer lists.
_BOARDS, _LISTED = 26, 25


def slow_answers(run: Run, count: int) -> None:
    """Answers after 25 s and 50 s are answers; and with twenty of 50 s under way, another team's pin leaves at once."""
    from postpeer_dash.pins.models import Event

    run.instance.start_workers(2)
    doubted = Event.objects.filter(kind__in=("unclear", "lease_ended"))
    before = doubted.count()
    for seconds in _SLOW:
        run.instance.sandbox.faults(post_fault("slow", seconds=seconds * run.scale, after=True))
        run.hand_in(run.people.make(f"answered after {seconds:.0f} s", max(2, count // 4)))
        run.wait_until_tried(60)
    run.figures["slow answers that were doubted"] = doubted.count() - before
    if doubted.count() > before:
        run.misses.append("an answer within the deadline counted as unclear")
    account, board = _other_team(run)
    run.hand_in(run.people.make("twenty that are slow", _TWENTY))
    run.instance.wait(30, lambda: run.count("sending") >= 2, "nothing slow is under way")
    wish, pressed = _press_elsewhere(run, account, board), time.time()
    run.measured(
        "another team's click to POST beside twenty slow ones",
        _left_at(run, wish) - pressed,
        at_most=_CLICK_BESIDE_SLOW,
    )
    run.instance.sandbox.faults()
    run.wait_until_tried(60)
    run.instance.stop_workers()


def _other_team(run: Run) -> "tuple[Account, Board]":
    from postpeer_dash.teams.models import Team

    team = Team.objects.create(name="Beside", slug="beside")
    boards = _seed(run, "int_o1", 1, first=100)
    return _add_account(run, team, "int_o1", boards)


def _seed(run: Run, remote_id: str, count: int, *, first: int) -> list[str]:
    """One more integration with so many boards in the sandbox; `first` tells them from those of the others."""
    ids = [f"{5 * 10**17 + first + number}" for number in range(count)]
    boards = [{"id": one, "name": f"Board {one}"} for one in ids]
    row = {"id": remote_id, "platform": "pinterest", "profileId": "prof_1", "boards": boards}
    run.instance.sandbox.seed(integrations=[row])
    return ids


def _add_account(run: Run, team: "Team", remote_id: str, boards: list[str]) -> "tuple[Account, Board]":
    from postpeer_dash.accounts.models import Account
    from postpeer_dash.boards.models import Board

    connection = run.stage.accounts[0].connection
    account = Account.objects.create(
        team=team, connection=connection, remote_id=remote_id, platform="pinterest", health=Account.Health.ACTIVE
    )
    rows = [Board.objects.create(account=account, remote_id=one, name=f"Board {one}") for one in boards]
    return account, rows[-1]


def _press_elsewhere(run: Run, account: "Account", board: "Board", *, seconds_ahead: float = 0) -> Wish:
    """Hands a pin in for another account than those of the stage, as the web does it."""
    from datetime import timedelta

    from postpeer_dash.pins.services import Content, publish_pin, save_draft, schedule_pin

    name = f"elsewhere {uuid4().hex[:8]}"
    wish = Wish(
        name, name, f"https://media.example/{uuid4().hex}.jpg", account.remote_id, board.remote_id, account.pk, board.pk
    )
    if seconds_ahead:
        wish.scheduled_for = (datetime.now(UTC) + timedelta(seconds=seconds_ahead)).replace(microsecond=0)
    content = Content(account=account, board=board, title=name, description=name, media_url=wish.media_url)
    pin = save_draft(
        team=account.team,
        author=run.stage.owner,
        form_id=UUID(wish.form_id),
        content=content,
        scheduled_for=wish.scheduled_for,
        time_zone="UTC",
    )
    (schedule_pin if seconds_ahead else publish_pin)(pin=pin, actor=run.stage.owner)
    wish.is_taken = True
    run.people.wishes.append(wish)
    return wish


def _left_at(run: Run, wish: Wish) -> float:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        for row in run.instance.sandbox.accepted():
            if row["body"]["content"] == wish.text:
                return datetime.fromisoformat(row["at"]).timestamp()
        time.sleep(0.02)
    raise RuntimeError("it never left")


def two_clocks(run: Run, count: int) -> None:
    """`Date` is a day ahead of `createdAt`, then a day behind, and changes in between, while answers are lost."""
    run.instance.start_workers(2)
    for seconds in (_DAY, -_DAY, 0.0, _DAY):
        run.instance.sandbox.faults(
            {"name": "date_skew", "seconds": seconds},
            seeded(run, lost_answer(0.6)),
            seeded(run, post_fault("cut_before", probability=0.2)),
        )
        run.hand_in(run.people.make(f"Date off by {seconds:.0f} s", max(2, count // 4)))
        run.wait_until_tried(60)
    run.instance.sandbox.faults()
    run.instance.stop_workers()


def named_again(run: Run, count: int) -> None:
    """PostPeer answers with the id of an earlier post, whether or not it made another one."""
    from postpeer_dash.pins.models import Event, Submission

    run.instance.start_workers(2)
    run.hand_in(run.people.make("before an id is named again", 3))
    run.wait_until_tried(60, "queued", "sending", "accepted")
    done = set(Submission.objects.filter(state="done").values_list("pk", "remote_id"))
    for is_done in (True, False):
        fault = {"name": "names_again", "carried_out": is_done}
        run.instance.sandbox.faults(seeded(run, {**fault, "probability": 0.6}))
        run.hand_in(run.people.make(f"an id named again, done: {is_done}", max(2, count // 2)))
        run.wait_until_tried(60)
    robbed = done - set(Submission.objects.filter(state="done").values_list("pk", "remote_id"))
    if robbed:
        run.misses.append(f"{len(robbed)} published pins have lost their post")
    run.figures["posts that were named again"] = Event.objects.filter(kind="named_again").count()
    run.instance.sandbox.faults()
    run.instance.stop_workers()


def part_of_the_boards(run: Run, count: int) -> None:
    """PostPeer lists 25 of 26 boards: the missing one isn't gone, and pins go there."""
    from postpeer_dash.boards.models import Board
    from postpeer_dash.boards.services import refresh_boards

    account, last = _add_account(run, run.stage.team, "int_o2", _seed(run, "int_o2", _BOARDS, first=200))
    run.instance.sandbox.faults({"name": "boards_part", "count": _LISTED})
    refresh_boards(account)
    gone = Board.objects.filter(account=account).exclude(gone_at=None).count()
    if gone:
        run.misses.append(f"{gone} boards were called gone that PostPeer left out of its list")
    run.instance.start_workers(1)
    for _n in range(max(2, count)):
        _press_elsewhere(run, account, last)
    run.wait_until_tried(60)
    run.instance.sandbox.faults()
    run.instance.stop_workers()


def renewed(run: Run, count: int) -> None:
    """A reconnect brings another integration id: what is scheduled moves there, or it would fail."""
    from postpeer_dash.pins.models import Renewal
    from postpeer_dash.pins.publishing.renewal import find_outdated, start_moving

    boards = _seed(run, "int_o3", 1, first=300)
    account, board = _add_account(run, run.stage.team, "int_o3", boards)
    run.instance.start_workers(2)
    wishes = [_press_elsewhere(run, account, board, seconds_ahead=90 + n) for n in range(max(3, count))]
    run.wait_until_tried(60)
    _seed(run, "int_o4", 1, first=300)
    account.remote_id = "int_o4"
    account.save(update_fields=["remote_id"])
    for wish in wishes:
        wish.account = "int_o4"
    outdated = len(find_outdated(account))
    start_moving(account, actor=run.stage.owner)
    run.instance.wait(60, lambda: not Renewal.objects.exists(), "what is scheduled hasn't moved")
    run.figures["scheduled pins that moved to a renewed connection"] = outdated - len(find_outdated(account))
    run.instance.stop_workers()
