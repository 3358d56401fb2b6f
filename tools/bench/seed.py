"""Fills one database for measuring, and says what there is to ask for.

`python -m tools.bench.seed 1000` under the settings of the instance it is for; prints one line of JSON.
"""

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import django
from django.conf import settings
from django.db import connection
from django.test import Client

from tools.bench import texts

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "postpeer_dash.settings")

BATCH = 2000
BOARDS_EACH = 40
# How often each status comes among a thousand pins; the rest is published.
_ENDED = {"draft": 40, "failed": 20, "cancelled": 10, "partial": 8}
# Only what was handed in lately can still be on its way.
_LATELY = {**_ENDED, "scheduled": 40, "unconfirmed": 2, "queued": 2, "pending": 1, "publishing": 1}
_LATEST = 500
_COLOURS = ("#E9E3D8", "#C9D6CF", "#B8AFA0", "#6F7F72", "#D9C2B0", "")


@dataclass(frozen=True)
class Stock:
    """What every pin is put together from."""

    team: Any
    people: list[Any]
    accounts: list[Any]
    linkedin: Any
    boards: dict[int, list[Any]]


def main() -> None:
    """Migrates, fills and prints what the measuring has to know."""
    django.setup()
    from postpeer_dash.installation.preparing import collect_static, prepare_data

    prepare_data()
    collect_static()
    count = int(sys.argv[1])
    stock = make_stock()
    make_pins(stock, count)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    print(json.dumps(describe(stock, count)))


def make_stock() -> Stock:
    """Return a team with six people, four accounts and their boards, and a worker that was just seen."""
    from postpeer_dash.accounts.models import Account
    from postpeer_dash.accounts.postpeer import current_connection
    from postpeer_dash.boards.models import Board, BoardList
    from postpeer_dash.teams.models import Membership, Role, Team, User
    from postpeer_dash.worker.models import Worker

    now = datetime.now(UTC)
    team = Team.objects.create(name="Nordlicht Atelier", slug="bench", time_zone="Europe/Berlin")
    names = ("Alice Berg", "Adam Voss", "Bob Lindqvist", "Cora Iwu", "Dana Reyes", "Vera Holm")
    people = User.objects.bulk_create(User(email=f"person{n}@example.com", name=name) for n, name in enumerate(names))
    roles = (Role.OWNER, Role.ADMIN, Role.EDITOR, Role.CONTRIBUTOR, Role.CONTRIBUTOR, Role.VIEWER)
    Membership.objects.bulk_create(
        Membership(team=team, user=one, role=role) for one, role in zip(people, roles, strict=True)
    )
    postpeer = current_connection()
    accounts = Account.objects.bulk_create(
        Account(team=team, connection=postpeer, remote_id=f"int_{n}", platform=platform, display_name=name,
                health=Account.Health.ACTIVE, checked_at=now)
        for n, (platform, name) in enumerate(
            [("pinterest", "Nordlicht"), ("pinterest", "Kornhaus"), ("pinterest", "Outlet"), ("linkedin", "Nordlicht GmbH")]
        )
    )  # fmt: skip
    random = Random(1)  # noqa: S311 - not for secrets
    boards = {}
    for account in accounts[:3]:
        boards[account.pk] = Board.objects.bulk_create(
            Board(account=account, remote_id=str(10**17 + account.pk * 1000 + n), name=texts.make_title(random)[:50],
                  privacy="PUBLIC", position=n, seen_at=now)
            for n in range(BOARDS_EACH)
        )  # fmt: skip
        BoardList.objects.create(account=account, read_at=now, tried_at=now)
    Worker.objects.create(name="bench", seen_at=now + timedelta(days=1))
    return Stock(team, people, accounts[:3], accounts[3], boards)


def make_pins(stock: Stock, count: int) -> None:
    """Pins with targets, submissions and a timeline, over the last three years, in batches."""
    from postpeer_dash.pins.models import Event, Pin, Submission, SubmissionTarget, Target

    random = Random(2)  # noqa: S311
    now = datetime.now(UTC)
    step = timedelta(days=3 * 365) / count
    ended, lately = _spread(_ENDED), _spread(_LATELY)
    for start in range(0, count, BATCH):
        numbers = range(start, min(start + BATCH, count))
        pins = [
            make_pin(
                stock,
                random,
                number,
                random.choice(lately if count - number < _LATEST else ended),
                at=now - (count - number) * step,
                every=max(count // 12, 1),
            )
            for number in numbers
        ]
        Pin.objects.bulk_create(pins)
        targets = [target for pin in pins for target in _targets(stock, random, pin)]
        Target.objects.bulk_create(targets)
        sent = [pin for pin in pins if pin.frozen_at]
        submissions = {one.pin_id: one for one in Submission.objects.bulk_create(_submission(stock, p) for p in sent)}
        SubmissionTarget.objects.bulk_create(
            SubmissionTarget(submission=submissions[target.pin_id], target=target, is_open=False)
            for target in targets
            if target.pin_id in submissions
        )
        Event.objects.bulk_create(event for pin in pins for event in _events(pin, submissions.get(pin.pk)))


def _spread(often: dict[str, int]) -> list[str]:
    words = [word for word, number in often.items() for _n in range(number)]
    return words + ["published"] * (1000 - len(words))


def make_pin(stock: Stock, random: Random, number: int, status: str, *, at: datetime, every: int) -> Any:
    """One pin, not saved yet. The rare word stands in one of `every` so many."""
    from postpeer_dash.pins.models import Pin
    from postpeer_dash.pins.planned_time import set_time
    from postpeer_dash.web.text import fold

    account = random.choice(stock.accounts)
    title, description = texts.make_title(random), texts.make_description(random, number, every)
    link = f"https://nordlicht.example/journal/{number}-{title.split()[1]}"
    is_draft = status == "draft"
    due = datetime.now(UTC) + timedelta(hours=number % 600 + 1) if status == "scheduled" else None
    pin = Pin(
        team=stock.team,
        author=random.choice(stock.people[:5]),
        account=account,
        board=random.choice(stock.boards[account.pk]),
        title=title,
        description=description,
        link=link,
        media_url=f"https://media.example/pins/{number:06}.jpg",
        alt_text=title,
        dominant_color=random.choice(_COLOURS),
        status=status,
        review="waiting" if is_draft and number % 3 == 0 else "none",
        created_at=at,
        updated_at=at,
        sort_at=at,
        frozen_at=None if is_draft else at,
        search_text=fold(f"{title} {description} {link}"),
    )
    set_time(pin, due, "Europe/Berlin")
    return pin


def _targets(stock: Stock, random: Random, pin: Any) -> Iterator[Any]:
    from postpeer_dash.pins.models import Target

    single = "failed" if pin.status == "partial" else pin.status
    url = f"https://www.pinterest.example/pin/{pin.pk}/" if single == "published" else ""
    kind = "platform" if single == "failed" else ""
    facts = {"pin": pin, "sort_at": pin.sort_at, "updated_at": pin.sort_at}
    yield Target(**facts, account=pin.account, board=pin.board, platform="pinterest", status=single, url=url,
                 error_kind=kind)  # fmt: skip
    if pin.status == "partial" or random.random() < 0.2:
        second = "published" if pin.status == "partial" else pin.status
        yield Target(**facts, account=stock.linkedin, platform="linkedin", status=second)


def _submission(stock: Stock, pin: Any) -> Any:
    from postpeer_dash.pins.models import Submission

    state = {"unconfirmed": "unconfirmed", "queued": "queued", "scheduled": "accepted"}.get(pin.status, "done")
    return Submission(
        pin=pin,
        connection=stock.accounts[0].connection,
        body={"content": pin.description, "mediaItems": [{"type": "image", "url": pin.media_url}], "platforms": []},
        body_hash=f"{pin.pk:064x}",
        requested_by_id=pin.author_id,
        requested_at=pin.sort_at,
        state=state,
        sent_at=pin.sort_at,
        answered_at=pin.sort_at + timedelta(seconds=2),
        http_status=202,
        remote_id=f"post_{pin.pk}",
    )


def _events(pin: Any, submission: Any) -> Iterator[Any]:
    from postpeer_dash.pins.models import Event

    yield Event(pin=pin, at=pin.sort_at, kind="drafted", actor_id=pin.author_id)
    if submission is not None:
        yield Event(pin=pin, at=pin.sort_at, kind="publish_pressed", actor_id=pin.author_id)
        yield Event(pin=pin, submission=submission, at=pin.sort_at + timedelta(seconds=1), kind="sent")
        data = {"post_id": submission.remote_id, "request_id": "req_1", "seconds": 1.2}
        yield Event(pin=pin, submission=submission, at=pin.sort_at + timedelta(seconds=2), kind="accepted", data=data)


def describe(stock: Stock, count: int) -> dict[str, Any]:
    """Return what the measuring asks for: the session, and the addresses by what they measure."""
    from postpeer_dash.pins.models import Pin
    from postpeer_dash.web.keyset import Position

    client = Client()
    client.force_login(stock.people[0])
    home = f"/t/{stock.team.slug}/"
    pins = f"{home}pins/"
    at, pk = Pin.objects.order_by("-sort_at", "-pk").values_list("sort_at", "pk")[int(count * 0.9)]
    deep = Position(at, pk).encode()
    account, board = stock.accounts[1].pk, stock.boards[stock.accounts[1].pk][3].pk
    published = Pin.objects.filter(status="published", targets__platform="linkedin").order_by("-pk").first()
    since, until = at.date(), (at + timedelta(days=60)).date()
    return {
        "cookie": f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}",
        "paths": {
            "home": home,
            "history": pins,
            "history, deep": f"{pins}?at={deep}",
            "status": f"{pins}?status=failed",
            "approval": f"{pins}?status=waiting",
            "account": f"{pins}?account={account}",
            "board": f"{pins}?board={board}",
            "author": f"{pins}?author={stock.people[2].pk}",
            "dates": f"{pins}?since={since}&until={until}",
            "text, common": f"{pins}?q={texts.COMMON}",
            "text, some": f"{pins}?q={texts.SOME}",
            "text, rare": f"{pins}?q={texts.RARE}",
            "text, absent": f"{pins}?q={texts.ABSENT}",
            "text, nearly": f"{pins}?q={texts.NEARLY}",
            "text, two words": f"{pins}?q={texts.COMMON}+harbour",
            "text, two letters": f"{pins}?q=zq",
            "text and status": f"{pins}?q={texts.COMMON}&status=failed",
            "text, rare, and account": f"{pins}?q={texts.RARE}&account={account}",
            "all filters": f"{pins}?q={texts.COMMON}&status=failed&account={account}&author={stock.people[2].pk}&since={since}",
            "account, status, author": f"{pins}?account={account}&status=failed&author={stock.people[2].pk}",
            "pin": f"{pins}{published.uuid}/" if published else pins,
            "compose": f"{pins}new/",
        },
    }


if __name__ == "__main__":
    main()
