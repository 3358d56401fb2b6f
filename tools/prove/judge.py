"""Counting what must not happen, from three sides: what people wanted, what the dashboard shows, what was really published."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from tools.prove.people import Wish

ZEROS = (
    "published twice",
    "lost",
    "shown published without a ledger entry",
    "live but finally shown as failed",
    "wrong account, board or content",
    "stuck in sending",
    "requests that break the structure",
)
_FINAL = ("published", "failed", "cancelled")
_BROKEN = (400, 405, 411, 413, 415, 422)


@dataclass(slots=True)
class Verdict:
    """The counts, and for each that isn't zero what it was."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(ZEROS, 0))
    details: list[str] = field(default_factory=list)

    def add(self, name: str, count: int, detail: str) -> None:
        """Count something that must not be."""
        if count > 0:
            self.counts[name] += count
            self.details.append(f"{name} ({count}): {detail}")

    @property
    def is_clean(self) -> bool:
        return not any(self.counts.values())


def judge(wishes: list[Wish], ledger: list[dict[str, Any]], refused: list[dict[str, Any]], stuck: set[int]) -> Verdict:
    """Count at the end of a run, when nothing moves any more."""
    verdict = Verdict()
    shown = _read_targets()
    live: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in ledger:
        live[row["content"], row["platform"]].append(row)
    wanted: dict[str, list[Wish]] = defaultdict(list)
    for wish in wishes:
        wanted[wish.text].append(wish)
    for text, group in wanted.items():
        _judge_text(verdict, text, group, shown, live)
    for text in {row["content"] for row in ledger} - set(wanted):
        verdict.add("wrong account, board or content", 1, f"published, and nobody wanted it: {text!r}")
    verdict.add("stuck in sending", len(stuck), f"submissions {sorted(stuck)}")
    broken = [row for row in refused if row["status"] in _BROKEN]
    verdict.add("requests that break the structure", len(broken), str(Counter(row["message"] for row in broken)))
    return verdict


def _read_targets() -> dict[tuple[str, str], list[str]]:
    from postpeer_dash.pins.models import Target

    shown: dict[tuple[str, str], list[str]] = defaultdict(list)
    for text, platform, status in Target.objects.values_list("pin__description", "platform", "status"):
        shown[text, platform].append(status)
    return shown


def _judge_text(verdict: Verdict, text: str, group: list[Wish], shown: Any, live: Any) -> None:
    platforms = ["pinterest", *(["linkedin"] if group[0].linkedin_pk else [])]
    taken = sum(wish.is_taken and not wish.is_forgotten for wish in group)
    for platform in platforms:
        statuses, rows = shown[text, platform], live[text, platform]
        name = f"{text!r} on {platform}: shown {statuses}, in the ledger {[row['postId'] for row in rows]}"
        verdict.add("published twice", len(rows) - len(group), name)
        is_published = statuses.count("published")
        open_ones = [status for status in statuses if status not in _FINAL]
        forgotten = sum(wish.is_forgotten for wish in group)
        verdict.add("shown published without a ledger entry", is_published - len(rows), name)
        verdict.add("lost", len(open_ones) + max(0, taken - len(statuses)), name)
        hidden = min(len(rows) - forgotten, len(statuses)) - is_published - len(open_ones)
        verdict.add("live but finally shown as failed", hidden, name)
        for row in rows:
            is_right = row["mediaUrl"] == group[0].media_url and (
                platform == "linkedin"
                or (row["accountId"] == group[0].account and (row["boardId"], row["title"]) in _allowed(group[0]))
            )
            verdict.add("wrong account, board or content", int(not is_right), f"{name}: {row}")


def _allowed(wish: Wish) -> list[tuple[str, str]]:
    """Board and title that may be live: what was wanted. Of a pin that was changed, what the dashboard shows of it."""
    from postpeer_dash.pins.models import Pin

    wanted = (wish.board, wish.title)
    if wish.changed is None:
        return [wanted]
    shown = Pin.objects.filter(form_id=wish.form_id).values_list("board__remote_id", "title").first()
    return [shown] if shown in (wanted, wish.changed) else []
