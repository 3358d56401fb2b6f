"""People at their browsers: they fill in the compose form and press a button, impatiently and more than once."""

import random
import secrets
import threading
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import requests

from tools.prove.cast import Stage
from tools.prove.instance import Instance

# How long (seconds) a person presses again, whatever the web answers.
_PATIENCE = 120.0
_ZONE = "UTC"
_WORDS = ("Oak & linen", "Käse <b>", "שלום", "🧶🧶", "two\nlines")


@dataclass(slots=True)
class Wish:
    """What a person wants to go out, and how it has to look when it is out. `text` tells it from every other."""

    text: str
    title: str
    media_url: str
    account: str
    board: str
    account_pk: int
    board_pk: int
    linkedin_pk: int | None = None
    scheduled_for: datetime | None = None
    form_id: str = field(default_factory=lambda: str(uuid4()))
    # Whether the dashboard said yes: from then on it may not be lost.
    is_taken: bool = False
    # Another board (PostPeer's id) and title that it was to have instead.
    changed: tuple[str, str] | None = None
    # Handed in after the copy that the database was put back to.
    is_forgotten: bool = False
    pressed_at: float = 0.0


class People:
    """Makes wishes and hands them in through the real web."""

    def __init__(self, instance: Instance, stage: Stage, dice: random.Random) -> None:
        self._instance = instance
        self._stage = stage
        self._dice = dice
        self._count = 0
        self._local = threading.local()
        self._cookies = self._sign_in()
        self.wishes: list[Wish] = []

    def _sign_in(self) -> dict[str, str]:
        from django.conf import settings
        from django.test import Client

        client = Client()
        client.force_login(self._stage.owner)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        return {settings.SESSION_COOKIE_NAME: session, settings.CSRF_COOKIE_NAME: secrets.token_hex(16)}

    def wish(self, scene: str, *, seconds_ahead: float = 0, is_cross_post: bool = False) -> Wish:
        """Return a wish like no other: now, or for a time."""
        self._count += 1
        account = self._dice.choice(self._stage.accounts)
        board = self._dice.choice(self._stage.boards[account.pk])
        name = f"{scene} {self._count:04d}"
        made = Wish(
            text=f"{name}: {self._dice.choice(_WORDS)} {uuid4().hex[:8]}",
            title=name,
            media_url=f"https://media.example/{uuid4().hex}.jpg",
            account=account.remote_id,
            board=board.remote_id,
            account_pk=account.pk,
            board_pk=board.pk,
            linkedin_pk=self._stage.linkedin.pk if is_cross_post else None,
        )
        if seconds_ahead:
            made.scheduled_for = (datetime.now(UTC) + timedelta(seconds=seconds_ahead)).replace(microsecond=0)
        self.wishes.append(made)
        return made

    def make(self, scene: str, count: int) -> list[Wish]:
        """Return some wishes; every tenth goes to a second platform too."""
        return [self.wish(scene, is_cross_post=self._dice.random() < 0.1) for _n in range(count)]

    def twin(self, wish: Wish) -> Wish:
        """Return the very same on purpose, on a form of its own."""
        names = {name: getattr(wish, name) for name in Wish.__slots__}
        made = Wish(**{**names, "form_id": str(uuid4()), "is_taken": False})
        self.wishes.append(made)
        return made

    def press(self, wish: Wish) -> bool:
        """Presses the button once. Whether the dashboard has taken it."""
        form = {
            "form_id": wish.form_id,
            "account": wish.account_pk,
            "board": wish.board_pk,
            "title": wish.title,
            "description": wish.text,
            "media_url": wish.media_url,
            "media_type": "image",
            "timezone": _ZONE,
            "action": "publish",
            "csrfmiddlewaretoken": next(value for name, value in self._cookies.items() if "csrf" in name),
        }
        if wish.linkedin_pk:
            form["cross_post"] = wish.linkedin_pk
        if wish.scheduled_for:
            form |= {"action": "schedule", "scheduled_for": wish.scheduled_for.strftime("%Y-%m-%dT%H:%M:%S")}
        url = f"http://localhost:{self._instance.port}/t/proof/pins/new/"
        wish.pressed_at = time.time()
        try:
            answer = self._session().post(url, data=form, allow_redirects=False, timeout=30)
        except requests.RequestException:
            return False
        if answer.status_code == 302 and "/pins/" in answer.headers["Location"]:
            wish.is_taken = True
        elif answer.status_code < 500:
            raise RuntimeError(f"compose answered {answer.status_code}: {answer.text[:2000]}")
        return wish.is_taken

    def _session(self) -> requests.Session:
        if not hasattr(self._local, "session"):
            self._local.session = requests.Session()
            self._local.session.trust_env = False
            self._local.session.cookies.update(self._cookies)
        session: requests.Session = self._local.session
        return session

    def insist(self, wish: Wish) -> None:
        """Presses until it is taken, as a person does who sees an error page."""
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end:
            if self.press(wish):
                return
            time.sleep(0.25)
        raise RuntimeError("the web doesn't come back")

    def hand_in(self, wishes: Sequence[Wish], *, at_once: int = 4) -> None:
        """Several people hand these in."""
        with ThreadPoolExecutor(at_once) as pool:
            list(pool.map(self.insist, wishes))

    def press_many(self, wishes: Iterable[Wish], *, times: int) -> None:
        """Each form's button is pressed so many times at the same moment."""
        with ThreadPoolExecutor(times) as pool:
            for wish in wishes:
                list(pool.map(lambda _n, one=wish: self.press(one), range(times)))
                self.insist(wish)
