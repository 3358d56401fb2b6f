"""The questions about PostPeer that only a real key can answer, each with what asking it costs and publishes.

A step returns plain figures: nothing that tells whose account it was. What it makes is noted in the probe, which removes
it at the end.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any, Protocol

from postpeer_dash.installation.probe_picture import has_label, make_picture
from postpeer_dash.postpeer import Board, Client, Integration, PostPeerError, Usage, is_final_status, to_wire

Figures = dict[str, Any]
# A list of just so many boards is perhaps not all of them: one page, or several, of Pinterest's.
_PAGE_SIZES = (25, 50, 100, 250)
_LOOK_EVERY, _LOOK_FOR = 5.0, 180.0
_AHEAD = timedelta(days=7)


@dataclass(slots=True)
class Made:
    """A post of the probe's. `post_id` is empty while nobody knows whether PostPeer took it; its text holds `marker`."""

    marker: str
    post_id: str = ""
    is_scheduled: bool = False
    # Where it was published, for the person alone.
    url: str = ""


class Talk(Protocol):
    """How a probe speaks with the person at the terminal."""

    def say(self, text: str) -> None:
        """Show a line."""

    def ask(self, question: str) -> bool | None:
        """Return the answer to a question, None where nobody can be asked."""


@dataclass(slots=True)
class Probe:
    """What a step may use. `marker` stands in every text that is posted."""

    client: Client
    talk: Talk
    account: Integration
    board: Board
    marker: str
    other_account: Integration | None = None
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    made: list[Made] = field(default_factory=list)
    picture_url: str = ""

    def upload_picture(self) -> str:
        """Return the address of the picture at PostPeer, uploaded when it is first asked for."""
        if not self.picture_url:
            data = make_picture()
            upload = self.client.create_upload(filename="probe.png", mime_type="image/png")
            self.client.put_media(upload, stream=BytesIO(data), length=len(data), mime_type="image/png")
            self.picture_url = upload.public_url
        return self.picture_url

    def post(self, *, text: str = "", is_cross_post: bool = False, is_scheduled: bool = False) -> tuple[Made, Figures]:
        """Send one post, and return it with how that went. Raises PostPeerError."""
        body: Figures = {
            "content": f"{self.marker} {text}".strip(),
            "mediaItems": [{"type": "image", "url": self.upload_picture()}],
            "platforms": [
                {
                    "platform": "pinterest",
                    "accountId": self.account.id,
                    "platformSpecificData": {"boardId": self.board.id, "title": "A probe, gone in a minute"},
                }
            ],
        }
        if is_cross_post and self.other_account:
            body["platforms"].append({"platform": self.other_account.platform, "accountId": self.other_account.id})
        if is_scheduled:
            body |= {"scheduledFor": to_wire(datetime.now(UTC) + _AHEAD), "timezone": "UTC"}
        else:
            body["publishNow"] = True
        # Noted before it is sent: should the answer be lost, it is looked for at the end.
        made = Made(self.marker, is_scheduled=is_scheduled)
        self.made.append(made)
        begun = self.clock()
        try:
            receipt = self.client.create_post(body)
        except PostPeerError as error:
            if not error.may_have_happened:
                self.made.remove(made)
            raise
        made.post_id = receipt.post_id
        made.url = next((each.url for each in receipt.platforms if each.url), "")
        return made, {
            "seconds_until_answer": round(self.clock() - begun, 1),
            "http_status": receipt.http_status,
            "status_in_answer": receipt.status,
            "success_in_answer": receipt.success,
            "link_in_answer": bool(made.url),
        }


def read_boards(probe: Probe) -> Figures:
    """Count the boards."""
    begun = probe.clock()
    boards = probe.client.list_boards(probe.account.id)
    count = len(boards)
    return {
        "count": count,
        "is_a_page_size": count in _PAGE_SIZES,
        "secret": sum(board.privacy == "SECRET" for board in boards),
        "seconds": round(probe.clock() - begun, 1),
        "is_that_all": probe.talk.ask(f"PostPeer names {count} boards. Is that as many as Pinterest shows you?"),
    }


def compare_picture(probe: Probe) -> Figures:
    """Upload a labelled picture and fetch it again."""
    sent = make_picture()
    found = probe.client.get_media(probe.upload_picture())
    return {
        "bytes_sent": len(sent),
        "bytes_found": len(found),
        "is_the_same": found == sent,
        "label_survives": has_label(found),
    }


def publish_one(probe: Probe) -> Figures:
    """Publish one pin, and wait for its link."""
    before = _credits(probe)
    made, figures = probe.post()
    begun = probe.clock()
    looks = 0
    while True:
        post = probe.client.get_post(made.post_id)
        state = next((each for each in post.platforms if each.platform == "pinterest"), None)
        status = state.status if state else post.status
        made.url = made.url or (state.url if state else "")
        waited = probe.clock() - begun
        if (is_final_status(status) and (made.url or status == "failed")) or waited >= _LOOK_FOR:
            break
        looks += 1
        probe.sleep(_LOOK_EVERY)
    figures |= {
        "status_in_the_end": status,
        "has_link_in_the_end": bool(made.url),
        "seconds_until_link": round(waited, 1) if made.url else None,
        "looks": looks,
        "credits": _difference(before, _credits(probe)),
    }
    if made.url:
        probe.talk.say(f"    The pin is at {made.url}")
        figures["label_is_shown"] = probe.talk.ask("Open it: does Pinterest label it as made or changed with AI?")
    return figures


def publish_long_texts(probe: Probe) -> Figures:
    """Try a description of 800 characters and, where that is refused, one of 501."""
    figures: Figures = {}
    for length in (800, 501):
        text = ("lorem ipsum " * 80)[: length - len(probe.marker) - 1]
        text = f"{text[:-1]}."
        try:
            made, sent = probe.post(text=text)
        except PostPeerError as error:
            figures[f"{length}"] = {"is_taken": False, "http_status": error.status, "error": type(error).__name__}
            if error.may_have_happened:
                raise
            continue
        state = _wait_for_end(probe, made)
        is_published = state.get("status") == "published"
        figures[f"{length}"] = {"is_taken": True, **sent, **state}
        if is_published:
            break
    return figures


def compare_credits(probe: Probe) -> Figures:
    """Schedule one post to Pinterest and another platform, see what it costs, and cancel it."""
    if probe.other_account is None:
        return {"is_skipped": "no second account was named (--other-account)"}
    before = _credits(probe)
    made, figures = probe.post(is_cross_post=True, is_scheduled=True)
    after = _credits(probe)
    probe.client.cancel_scheduled(made.post_id)
    return {
        **figures,
        "platforms": ["pinterest", probe.other_account.platform],
        "credits_when_scheduled": _difference(before, after),
        "credits_after_cancelling": _difference(before, _credits(probe)),
    }


def read_figures(probe: Probe) -> Figures:
    """Read one page of figures, and count which are there."""
    before = _credits(probe)
    found: dict[str, list[int]] = {}
    answer = probe.client.get_analytics(probe.account.id, platform="pinterest")
    _count_figures(answer.get("posts"), found)
    return {
        "posts": len(answer["posts"]) if isinstance(answer.get("posts"), list) else None,
        "figures": {name: {"given": given, "empty": empty} for name, (given, empty) in sorted(found.items())},
        "credits": _difference(before, _credits(probe)),
    }


@dataclass(frozen=True, slots=True)
class Step:
    """One question. `costs` and `publishes` are said before it is asked."""

    name: str
    asks: str
    costs: str
    publishes: str
    run: Callable[[Probe], Figures]


_NOTHING = "nothing"
STEPS = (
    Step("boards", "Does PostPeer list more than 25 boards?", _NOTHING, _NOTHING, read_boards),
    Step(
        "picture",
        "Do a picture's metadata and its AI label survive the upload?",
        _NOTHING,
        "nothing (a picture of one colour is uploaded to PostPeer and can’t be deleted there)",
        compare_picture,
    ),
    Step(
        "post",
        "How long does a POST wait, what does it cost, when does the link come, is the label shown?",
        "1 credit, and 1 to delete the pin",
        "1 pin on your secret board, deleted at the end",
        publish_one,
    ),
    Step(
        "long-text",
        "Is a description of 501 to 800 characters taken?",
        "1 or 2 credits, and as many to delete the pins",
        "1 or 2 pins on your secret board, deleted at the end",
        publish_long_texts,
    ),
    Step(
        "credits",
        "Does a post to two platforms cost one credit or two? Are they given back when it is cancelled?",
        "1 or 2 credits",
        "nothing: a post to both is scheduled for next week and cancelled at once",
        compare_credits,
    ),
    Step("figures", "Which figures does Pinterest give?", "1 credit", _NOTHING, read_figures),
)


def _wait_for_end(probe: Probe, made: Made) -> Figures:
    begun = probe.clock()
    while True:
        post = probe.client.get_post(made.post_id)
        state = next((each for each in post.platforms if each.platform == "pinterest"), None)
        status = state.status if state else post.status
        if is_final_status(status) or probe.clock() - begun >= _LOOK_FOR:
            kept = len(state.content) if state and state.content else None
            return {"status": status, "characters_in_record": kept}
        probe.sleep(_LOOK_EVERY)


def _credits(probe: Probe) -> int | None:
    """Return how many credits were used, as far as PostPeer tells."""
    usage: Usage = probe.client.get_usage()
    balances = [balance for balance in (usage.monthly, usage.purchased) if balance is not None]
    return sum(balance.used for balance in balances) if balances else None


def _difference(before: int | None, after: int | None) -> int | None:
    return None if before is None or after is None else after - before


def _count_figures(value: Any, found: dict[str, list[int]], name: str = "") -> None:
    """Count, for each name of a number, how often it is given and how often it is empty."""
    if isinstance(value, dict):
        for key, inner in value.items():
            _count_figures(inner, found, str(key))
    elif isinstance(value, list):
        for inner in value:
            _count_figures(inner, found, name)
    elif name and (value is None or (isinstance(value, int | float) and not isinstance(value, bool))):
        found.setdefault(name, [0, 0])[value is None] += 1
