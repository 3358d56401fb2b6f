"""Asking a real PostPeer what its documentation leaves open: what is asked, what is cleaned up, and what is told of it."""

import json
import re
import secrets
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from postpeer_dash.installation.probe_steps import STEPS, Figures, Made, Probe, Step
from postpeer_dash.postpeer import Board, Client, Conflict, Integration, NotFound, PostPeerError

# A name, an id or a link that has found its way into a text of PostPeer's.
_TELLING = re.compile(r"https?://\S+|\S+@\S+|@\w+|\b(?=\w*\d)\w{8,}\b")
_PAUSES = (0.0, 5.0, 15.0)


class ProbeError(Exception):
    """The probe can't begin; the text is a sentence for the console."""


def find_account(client: Client, wanted: str) -> Integration:
    """Return the Pinterest account with this id or name, or the only one. Raises ProbeError and PostPeerError."""
    found = client.list_integrations(platform="pinterest")
    fitting = [one for one in found if not wanted or wanted in (one.id, one.username, one.display_name)]
    if len(fitting) == 1:
        return fitting[0]
    names = ", ".join(f"{one.display_name or one.username} ({one.id})" for one in found)
    raise ProbeError(
        f"Name one of your Pinterest accounts with --account: {names}."
        if found
        else "No Pinterest account is connected under this key."
    )


def find_board(client: Client, account: Integration, wanted: str) -> Board:
    """Return the account's secret board of this name or id. Raises ProbeError and PostPeerError."""
    fitting = [board for board in client.list_boards(account.id) if wanted in (board.id, board.name)]
    if len(fitting) != 1:
        how_many = "No board" if not fitting else "More than one board"
        raise ProbeError(f"{how_many} is called {wanted!r}. Name a secret board of that account with --board.")
    if fitting[0].privacy != "SECRET":
        raise ProbeError(
            f"The board {wanted!r} isn’t secret. Make one on Pinterest that is: others must not see the pins."
        )
    return fitting[0]


def find_other_account(client: Client, wanted: str) -> Integration | None:
    """Return the account of another platform with this id, for the step about credits. Raises ProbeError."""
    if not wanted:
        return None
    fitting = [one for one in client.list_integrations() if one.id == wanted and one.platform != "pinterest"]
    if not fitting:
        raise ProbeError(f"{wanted!r} isn’t the id of an account of another platform than Pinterest.")
    return fitting[0]


def make_marker() -> str:
    """Return what tells the probe's posts from all others."""
    return f"postpeer-dash probe {secrets.token_hex(6)}."


def run_steps(probe: Probe, steps: Sequence[Step]) -> list[Figures]:
    """Take each step and return what came of it; the rest is left out after Ctrl-C. Raises nothing of PostPeer's."""
    results: list[Figures] = []
    for step in steps:
        probe.talk.say(f"  {step.name}: {step.asks}")
        result: Figures = {"step": step.name, "status": "interrupted"}
        results.append(result)
        try:
            result |= {"found": step.run(probe), "status": "done"}
        except PostPeerError as error:
            result |= {
                "status": "failed",
                "error": type(error).__name__,
                "http_status": error.status,
                "message": error.message if error.is_quoted else "",
            }
        except KeyboardInterrupt:
            probe.talk.say("  Ended. What was made is removed now.")
            break
        probe.talk.say(f"    {result['status']}")
    return results


def clean_up(probe: Probe) -> list[Made]:
    """Remove everything that was posted, from Pinterest too, and return what couldn't be removed."""
    left = []
    for made in _find_lost(probe):
        try:
            is_gone = _remove(probe, made)
        except KeyboardInterrupt:
            is_gone = False
        if not is_gone:
            left.append(made)
    probe.made = left
    return left


def _find_lost(probe: Probe) -> list[Made]:
    """Return what was made, with the ids of posts whose answer was lost, as far as PostPeer's list shows them."""
    if all(made.post_id for made in probe.made):
        return list(probe.made)
    known = {made.post_id for made in probe.made}
    with suppress(PostPeerError, KeyboardInterrupt):
        for post in probe.client.list_posts(created_after=datetime.now(UTC) - timedelta(days=1)).posts:
            if probe.marker in post.content and post.post_id not in known:
                lost = next((made for made in probe.made if not made.post_id), None)
                if lost is None:
                    probe.made.append(Made(probe.marker, post.post_id))
                else:
                    lost.post_id = post.post_id
        # A complete look that doesn't show it: PostPeer hasn't taken it, or shows it late. It stays on the list.
    return list(probe.made)


def _remove(probe: Probe, made: Made) -> bool:
    """Return whether a post is gone; one that is being published is asked for a few times."""
    if not made.post_id:
        return False
    for pause in _PAUSES:
        probe.sleep(pause)
        try:
            if made.is_scheduled:
                with suppress(NotFound, Conflict):
                    probe.client.cancel_scheduled(made.post_id)
            probe.client.delete_post(made.post_id, delete_from_platforms=True)
        except NotFound:
            return True
        except PostPeerError:
            continue
        return True
    return False


def make_report(probe: Probe, results: list[Figures], left: Sequence[Made], version: str) -> Figures:
    """Return what was found, without the key and without anything that tells whose account it was."""
    report = {
        "probe": 1,
        "dashboard": version,
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "results": results,
        "could_not_be_removed": len(left),
    }
    cleaned: Figures = _without(report, {part for part in _secrets(probe) if part})
    return cleaned


def _secrets(probe: Probe) -> Iterator[str]:
    for account in (probe.account, probe.other_account):
        if account is not None:
            yield from (account.id, account.username, account.display_name, account.platform_user_id)
            yield from (account.profile_url, account.image_url, account.profile_id)
    yield from (probe.board.id, probe.board.name, probe.board.description, probe.picture_url, probe.marker)
    for made in probe.made:
        yield from (made.post_id, made.url)


def _without(value: Any, parts: set[str]) -> Any:
    """Return the same without these texts, and without what looks like a link, an address or an id."""
    if isinstance(value, dict):
        return {_TELLING.sub("…", str(name)): _without(inner, parts) for name, inner in value.items()}
    if isinstance(value, list):
        return [_without(inner, parts) for inner in value]
    if isinstance(value, str):
        for part in sorted(parts, key=len, reverse=True):
            value = re.sub(re.escape(part), "…", value, flags=re.IGNORECASE) if len(part) > 2 else value
        return _TELLING.sub("…", value) if not re.fullmatch(r"\d{4}-\d\d-\d\d", value) else value
    return value


def write_text(report: Figures) -> str:
    """Return the report as a short text, fit for an issue."""
    lines = [f"PostPeer, as probed on {report['date']} by PostPeer Dash {report['dashboard']}", ""]
    for result in report["results"]:
        found = result.get("found") or {
            key: result[key] for key in ("error", "http_status", "message") if key in result
        }
        lines += [
            f"{result['step']}: {result['status']}",
            *(f"  {name}: {_plain(each)}" for name, each in found.items()),
        ]
    if report["could_not_be_removed"]:
        lines += ["", f"{report['could_not_be_removed']} of the probe's posts could not be removed by it."]
    return "\n".join(lines) + "\n"


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def steps_named(names: Sequence[str]) -> list[Step]:
    """Return the steps of these names, in their own order. Raises ProbeError for a name that none has."""
    unknown = [name for name in names if name not in {step.name for step in STEPS}]
    if unknown:
        known = ", ".join(step.name for step in STEPS)
        raise ProbeError(f"There is no step called {unknown[0]!r}. The steps are: {known}.")
    return [step for step in STEPS if step.name in names]
